"""An MRI for marrow edema should contain T1 and a fluid-sensitive sequence.

When    an MRI for marrow edema or bone pain is ordered and names its sequences
  and   T1 is missing, or STIR or fat-saturated T2 is
Then    advise to ask for both and offer to note it on the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, MANAGEMENT, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Change,
    MissingData,
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot.indication import MRI, asks_about_edema
from cds_hooks.snapshot.medication import Order, Series
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need

RULE = Rule(
    id="BME-DX-04",
    version=1,
    title="The MRI protocol must contain T1 and a fluid-sensitive sequence",
    check="sequences of the ordered MRI",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=MRI,
    needs=(Need.PROBLEMS,),
    evidence=(
        Evidence(STATPEARLS, "Evaluation: MRI"),
        Evidence(MANAGEMENT, "MRI: STIR and T1"),
        Evidence(ICLINIQ, "Diagnosis: MRI"),
    ),
    limits="Narrative texts, consistent; one of them mentions the bright signal only.",
)

SUMMARY = "BME question: ask for T1 plus STIR or fat-saturated T2 sequences"
WHY = (
    "Marrow edema is dark on T1 and bright on T2 and STIR; reading both separates active edema from structural change "
    "(fat, sclerosis, erosion)."
)
NEEDED = frozenset({Series.T1, Series.FLUID_SENSITIVE})


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(*MRI) or not order.sequences:
        return NOT_APPLICABLE
    question = asks_about_edema(order, patient)
    if isinstance(question, Absent):
        return NOT_APPLICABLE
    if order.sequences >= NEEDED:
        return SATISFIED
    if isinstance(question, Unknown):
        return MissingData(question.gap)
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(WHY,),
        because=(order.fact,),
        proposals=(UpdateDraft(order.reference, Change.SEQUENCES),),
    )
