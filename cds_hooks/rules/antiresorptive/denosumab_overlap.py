"""Denosumab should not be given together with, or soon after, another antiresorptive.

When    denosumab is ordered
  and   another denosumab or a bisphosphonate is active or drafted, or was given less than 180 days ago; or the other
        way round
Unless  the draft is the next dose of the same product: 180 days after the last one, or 150 where it renews its order;
        or it takes the place of the bisphosphonate
Then    warn, name all of them and offer to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PROLIA_LABEL, XGEVA_SUMMARY, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, DeleteDraft, MissingData, Verdict
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.antiresorptive import PastDose
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Fact, Gap, Present, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import DrugGroup, Need

INTERVAL = Threshold(
    name="denosumab-interval", unit="d", default=180, low=150, high=240, source="Prolia label: every 6 months"
)
RENEWAL = Threshold(
    name="denosumab-renewal", unit="d", default=150, low=120, high=180, source="Prolia label; days: ours"
)
ANTIRESORPTIVES = (DrugGroup.DENOSUMAB, DrugGroup.BISPHOSPHONATE)

RULE = Rule(
    id="BME-DS-DEN-06",
    version=1,
    title="Denosumab twice or with a bisphosphonate",
    check="other antiresorptives with denosumab",
    hooks=ORDER_HOOKS,
    orders=ANTIRESORPTIVES,
    needs=(Need.MEDICATIONS, Need.STOPPED_MEDICATIONS),
    evidence=(
        Evidence(PROLIA_LABEL, "Warnings: other products with the same substance; dosage interval"),
        Evidence(XGEVA_SUMMARY, "Not together with other denosumab or with bisphosphonates"),
    ),
    limits="Where no administration is on record, the day of the order stands for the day of the dose.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(INTERVAL, RENEWAL),
)

SUMMARY = "Second antiresorptive with or soon after denosumab - possible duplicate"
SAME_SUBSTANCE = "The 60 mg and 120 mg products of denosumab contain the same substance."
TURNOVER = (
    "Overlap with a bisphosphonate adds suppression of bone turnover without proven benefit in bone marrow edema."
)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not order.gives(*ANTIRESORPTIVES):
        return NOT_APPLICABLE
    groups = ANTIRESORPTIVES if drug.gives(DrugGroup.DENOSUMAB) else (DrugGroup.DENOSUMAB,)
    taken = patient.takes(*groups, beside=order)
    past = [antiresorptive.past_doses(patient, group) for group in groups]
    doses = [dose for found in past if isinstance(found, Present) for dose in found.items]
    active = taken.items if isinstance(taken, Present) else ()
    dated = [dose.medication for dose in doses]
    beside = [item for item in active if not (_same_product(item, drug) and item in dated)]
    soon = [dose for dose in doses if _too_soon(dose, drug, patient)]
    gaps = tuple(dict.fromkeys(gap for found in (taken, *past) for gap in gaps_of(found)))
    if beside or soon:
        return _advice(order, drug, beside, soon, gaps, patient)
    return MissingData(gaps[0]) if gaps else SATISFIED


def _same_product(item: Medication, drug: Medication) -> bool:
    """An order on file of the same denosumab: how old its last dose is decides. Not the same where both state a
    strength and these differ."""
    if item.standing is Standing.DRAFT or not (item.gives(DrugGroup.DENOSUMAB) and drug.gives(DrugGroup.DENOSUMAB)):
        return False
    strengths = {item.medicine.strength_mg, drug.medicine.strength_mg} - {None}
    return len(strengths) < 2


def _too_soon(dose: PastDose, drug: Medication, patient: Patient) -> bool:
    earlier = dose.medication
    renewed = earlier.reference == drug.replaces
    if renewed and not earlier.gives(DrugGroup.DENOSUMAB):
        return False
    return dose.days < patient.policy[RENEWAL if renewed and _same_product(earlier, drug) else INTERVAL]


def _advice(
    order: Order,
    drug: Medication,
    beside: list[Medication],
    soon: list[PastDose],
    gaps: tuple[Gap, ...],
    patient: Patient,
) -> Advice:
    drafts = [item for item in beside if item.standing is Standing.DRAFT]
    denosumab = drug.gives(DrugGroup.DENOSUMAB)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(SAME_SUBSTANCE, TURNOVER),
        because=(drug.fact, *_facts(beside, soon)),
        unchecked=gaps,
        proposals=(DeleteDraft(drug.reference, "Remove the draft order of the antiresorptive"),),
        partners=tuple(item.reference for item in drafts),
        mirror=not denosumab or any(_first_of_two(item, order, patient) for item in drafts),
    )


def _facts(beside: list[Medication], soon: list[PastDose]) -> tuple[Fact, ...]:
    """An order that is active and was given lately stands there once, with the day of its dose."""
    given = [dose.medication for dose in soon]
    return (*(item.fact for item in beside if item not in given), *(dose.fact for dose in soon))


def _first_of_two(item: Medication, order: Order, patient: Patient) -> bool:
    """Of two drafts of denosumab the first has the card; beside a bisphosphonate the denosumab has it."""
    return item.gives(DrugGroup.DENOSUMAB) and antiresorptive.stands_before(item, order, patient)
