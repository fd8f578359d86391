"""Vitamin D should come from one product and not exceed 4000 units a day without proven deficiency.

When    vitamin D is ordered
  and   all that is taken and ordered adds up to more than 4000 IU a day, or another product of vitamin D alone is
        active or drafted
Unless  for the dose: the 25-OH vitamin D of the last year is below 20 ng/mL; for the second product: the draft
        replaces it, or one of the two is a combination with calcium or a multivitamin
Then    warn, and offer to remove the draft of the second product
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import COLECALCIFEROL_SMPC, IOM_UPPER_LIMIT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import vitamin_d_products
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Need

DOSE_LIMIT = Threshold(
    name="vitamin-d-dose", unit="IU/d", default=4000, low=1000, high=10000, source="IOM tolerable upper intake level"
)
DEFICIENT = Threshold(
    name="vitamin-d-loading-level", unit="ng/mL", default=20, low=10, high=30, source="IOM; Endocrine Society 2011"
)
LEVEL_DAYS = Threshold(
    name="vitamin-d-loading-window", unit="d", default=365, low=90, high=365, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-DS-VTD-04",
    version=1,
    title="Vitamin D: dose above 4000 IU a day or duplicate",
    check="dose of vitamin D and second product",
    hooks=ORDER_HOOKS,
    orders=vitamin_d_products.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.MEDICATIONS, Need.VITAMIN_D),
    evidence=(
        Evidence(IOM_UPPER_LIMIT, "adults: 4000 IU a day"),
        Evidence(COLECALCIFEROL_SMPC, "4.4 Special warnings: other products with vitamin D"),
    ),
    limits="Only structured doses are added up; multivitamins and products without a prescription may be missing.",
    thresholds=(DOSE_LIMIT, DEFICIENT, LEVEL_DAYS),
    overrides=(OverrideReason("loading-course", "Loading course"),),
)

SUMMARY = "Vitamin D dose above 4000 IU/day or duplicate product"
SUM = "The structured doses add up to {total:,.0f} IU a day; for adults {limit:,.0f} IU is the tolerable upper intake."
LOADING = "A short loading course in proven deficiency is accepted."
TWICE = "Another product of vitamin D alone is active or drafted: one is enough."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not vitamin_d_products.is_vitamin_d(drug):
        return NOT_APPLICABLE
    taken = patient.takes(*vitamin_d_products.IN_THE_SUM, beside=order)
    others = only(taken, vitamin_d_products.counts_in_the_sum)
    second = _second(drug, others)
    total = _total(drug, others)
    high = total is not None and total > patient.policy[DOSE_LIMIT]
    level = patient.vitamin_d(patient.policy[LEVEL_DAYS]) if high else Absent()
    deficient = only(level, lambda result: result.surely_below(patient.policy[DEFICIENT]))
    too_much = high and not isinstance(deficient, Present)
    if isinstance(second, Present) or too_much:
        return _advice(second, total if too_much else None, others, level, order, patient)
    gaps = gaps_of(others)
    return MissingData(gaps[0]) if gaps else Satisfied()


def _second(drug: Medication, others: Finding[Medication]) -> Finding[Medication]:
    return only(others, vitamin_d_products.is_single) if vitamin_d_products.is_single(drug) else Absent()


def _total(drug: Medication, others: Finding[Medication]) -> float | None:
    """IU a day of the draft with all others whose dose is known; None where that of the draft is not."""
    own = vitamin_d_products.daily_units(drug)
    if own is None:
        return None
    items = others.items if isinstance(others, Present) else ()
    return own + sum(vitamin_d_products.daily_units(item) or 0 for item in items)


def _advice(
    second: Finding[Medication],
    total: float | None,
    others: Finding[Medication],
    level: Finding[Result],
    order: Order,
    patient: Patient,
) -> Advice:
    duplicate = isinstance(second, Present)
    named = others.items if isinstance(others, Present) else ()
    products = (item for item in named if vitamin_d_products.is_vitamin_d(item))
    drafted = tuple(item.reference for item in products if item.standing is Standing.DRAFT)
    mirror = patient.named_before(order, drafted)
    measured = level.facts if isinstance(level, Present) and not mirror else ()
    limit = patient.policy[DOSE_LIMIT]
    dose = () if total is None else (SUM.format(total=total, limit=limit), LOADING)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(*dose, *((TWICE,) if duplicate else ())),
        because=(order.fact, *(item.fact for item in named), *measured),
        unchecked=tuple(dict.fromkeys(gaps_of(others) + gaps_of(level))),
        remarks=() if isinstance(level, Unknown) else level.remarks,
        proposals=(DeleteDraft(order.reference, "Remove this draft order of vitamin D"),) if duplicate else (),
        partners=drafted,
        mirror=mirror,
        arm="duplicate" if duplicate else "dose",
    )
