"""A bisphosphonate for bone marrow edema should go together with vitamin D.

When    a bisphosphonate is ordered for bone marrow edema
  and   no vitamin D is active or drafted
Unless  25-OH vitamin D of the last 180 days is at least 30 ng/mL (75 nmol/L), or the patient is under 18
Then    inform and offer vitamin D
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    Group,
    MissingData,
    Satisfied,
    Treat,
    Verdict,
)
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Treatment

SUFFICIENT = Threshold(
    name="bisphosphonate-vitamin-d-sufficient",
    unit="ng/mL",
    default=30,
    low=20,
    high=40,
    source="Endocrine Society 2011; the 2024 guideline names no cut-off",
)

RULE = Rule(
    id="BME-RF-03",
    version=1,
    title="Bisphosphonate needs vitamin D with it",
    check="vitamin D together with a bisphosphonate",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.BISPHOSPHONATE,),
    needs=(Need.MEDICATIONS, Need.VITAMIN_D, Need.PROBLEMS, Need.DEMOGRAPHICS),
    evidence=(
        Evidence(STATPEARLS, "Treatment / Management"),
        Evidence(CONSUMER_ARTICLE, "Treatment: bisphosphonates, vitamin D"),
    ),
    limits="Small studies. Products bought over the counter are often not on the list.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    proposes=(Treatment.COLECALCIFEROL,),
    thresholds=(SUFFICIENT, antiresorptive.VITAMIN_D_DAYS),
    overrides=(OverrideReason("supplement-otc", "Supplement taken over the counter"),),
)

SUMMARY = "Bisphosphonate for BMES is used together with vitamin D - none is ordered"
ANALGESIC = "Ibandronate and other nitrogen-containing bisphosphonates also have an analgesic effect."
NOT_ANABOLIC = "They slow bone resorption; they do not build bone, as one source has it."
PRODUCTS = (DrugGroup.VITAMIN_D, DrugGroup.CALCIUM_VITAMIN_D_COMBINATION)
ADULT = 18  # years: the pathways for adults do not apply to children (BME-SP-04)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.BISPHOSPHONATE) or patient.surely_under(ADULT):
        return NOT_APPLICABLE
    reason = patient.edema_reason(order)
    if isinstance(reason, Absent):
        return NOT_APPLICABLE
    taken = patient.takes(*PRODUCTS, beside=order)
    level = patient.vitamin_d(patient.policy[antiresorptive.VITAMIN_D_DAYS])
    if order.gives(*PRODUCTS) or isinstance(taken, Present) or _sufficient(level, patient):
        return Satisfied(_remarks(level))
    gaps = gaps_of(reason) + gaps_of(taken) + gaps_of(level)
    return MissingData(gaps[0]) if gaps else _advice(drug, reason, level)


def _sufficient(level: Finding[Result], patient: Patient) -> bool:
    limit = patient.policy[SUFFICIENT]
    return isinstance(level, Present) and not level.gaps and level.items[0].surely_at_least(limit)


def _remarks(level: Finding[Result]) -> tuple[Gap, ...]:
    return () if isinstance(level, Unknown) else level.remarks


def _advice(drug: Medication, reason: Finding[Fact], level: Finding[Result]) -> Advice:
    shown = (fact for each in (reason, level) if isinstance(each, Present) for fact in each.facts)
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(ANALGESIC, NOT_ANABOLIC),
        because=tuple(dict.fromkeys((drug.fact, *shown))),
        remarks=_remarks(level),
        proposals=(Treat(Treatment.COLECALCIFEROL),),
        group=Group.BISPHOSPHONATE_CHECK,
    )
