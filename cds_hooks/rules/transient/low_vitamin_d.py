"""Low vitamin D in a patient with marrow edema should be supplemented.

When    bone marrow edema is documented and the newest 25-OH vitamin D of the last year is below 20 ng/mL
Unless  vitamin D is taken, or the calcium is above its limit
Then    say so, as a warning below 12 ng/mL; offer vitamin D in adults, and a repeat of the test
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, DPM_BLOG, ENDOCRINE_SOCIETY, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import SATISFIED, Advice, MissingData, Proposal, Propose, Satisfied, Treat, Verdict
from cds_hooks.snapshot import age, vitamin_d_level, vitamin_d_products
from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Need, Service, Treatment

RULE = Rule(
    id="BME-TB-03",
    version=1,
    title="Low vitamin D in edema syndrome: supplement",
    check="low vitamin D with marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(
        Need.VITAMIN_D,
        Need.MEDICATIONS,
        Need.CALCIUM,
        Need.DEMOGRAPHICS,
        Need.PROBLEMS,
        Need.MRI,
        Need.OPEN_ORDERS,
    ),
    gate=Gate.EDEMA,
    evidence=(
        Evidence(STATPEARLS, "Evaluation; Treatment / Management"),
        Evidence(DPM_BLOG, "vitamin D in bone marrow edema syndrome"),
        Evidence(CONSUMER_ARTICLE, "treatment"),
        Evidence(ENDOCRINE_SOCIETY, "cut-offs of 2011, dropped in 2024"),
    ),
    limits="Cohorts and case reports; the evidence that supplementation helps healing is weak.",
    proposes=(Treatment.COLECALCIFEROL,),
    thresholds=(
        vitamin_d_level.DAYS,
        vitamin_d_level.SEVERE,
        vitamin_d_level.LOW,
        vitamin_d_level.CALCIUM_DAYS,
    ),
    overrides=(OverrideReason("supplement-otc", "Supplement taken over the counter"),),
)

SUMMARY = "Vitamin D is low with marrow edema - consider supplementation"
WHY = "Supplementation may help healing; the evidence is weak."
HOW = "Dose by local protocol, and check the level again after about 3 months."


def assess(patient: Patient) -> Verdict:
    low = vitamin_d_level.below(patient, vitamin_d_level.LOW)
    if isinstance(low, Unknown):
        return MissingData(low.gap)
    if isinstance(low, Absent):
        return Satisfied(low.remarks)
    taken, calcium = _taken(patient), vitamin_d_level.high_calcium(patient)
    if isinstance(taken, Present) or isinstance(calcium, Present):
        return SATISFIED
    if isinstance(taken, Unknown):
        return MissingData(taken.gap, urgent=_severe(patient))
    return _advice(low, calcium, patient)


def _severe(patient: Patient) -> bool:
    return isinstance(vitamin_d_level.below(patient, vitamin_d_level.SEVERE), Present)


def _taken(patient: Patient) -> Finding[Medication]:
    """Vitamin D in use or drafted, alone or with calcium."""
    return only(patient.takes(*vitamin_d_products.ORDERS), vitamin_d_products.is_vitamin_d)


def _advice(low: Present[Result], calcium: Finding[Calcium], patient: Patient) -> Advice:
    adult = patient.surely_aged(age.ADULT)
    offered: tuple[Proposal, ...] = (Treat(Treatment.COLECALCIFEROL),) if adult else ()
    context = patient.edema_context()
    return Advice(
        indicator="warning" if _severe(patient) else "info",
        summary=SUMMARY,
        detail=(WHY, HOW),
        because=tuple(dict.fromkeys((*low.facts, *(context.facts if isinstance(context, Present) else ())))),
        unchecked=tuple(dict.fromkeys((*low.gaps, *gaps_of(calcium)))),
        remarks=low.remarks,
        proposals=(*offered, Propose(Service.VITAMIN_D_TEST_REPEAT)),
    )
