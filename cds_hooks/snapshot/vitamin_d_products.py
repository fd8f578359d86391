"""Which medicines are vitamin D and how much of it they give (rule specification 0.2, DS-VTD-01 to 05)."""

from __future__ import annotations

from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.vocabulary import DrugGroup, Route

ORDERS = (DrugGroup.VITAMIN_D, DrugGroup.CALCIUM_VITAMIN_D_COMBINATION)
IN_THE_SUM = (*ORDERS, DrugGroup.MULTIVITAMIN)
"""A multivitamin is no vitamin D product, but what it holds counts in the daily dose."""
UNITS_PER_MG = 40_000.0  # 1 microgram = 40 IU
ACTIVE_FORMS = frozenset(
    {"calcitriol", "alfacalcidol", "calcifediol", "paricalcitol", "doxercalciferol", "dihydrotachysterol"}
)
"""Forms of other potency, which the body need not activate: international units do not measure them."""


def is_vitamin_d(item: Medication) -> bool:
    """Any vitamin D that reaches the body, alone or with calcium."""
    return _systemic(item, ORDERS)


def counts_in_the_sum(item: Medication) -> bool:
    """Any vitamin D that reaches the body, in a multivitamin too."""
    return _systemic(item, IN_THE_SUM)


def is_native(item: Medication) -> bool:
    """Colecalciferol or ergocalciferol, alone or with calcium."""
    return is_vitamin_d(item) and item.ingredients.isdisjoint(ACTIVE_FORMS)


def _systemic(item: Medication, groups: tuple[DrugGroup, ...]) -> bool:
    return any(item.gives(group) for group in groups) and item.medicine.route is not Route.LOCAL


def is_single(item: Medication) -> bool:
    """A product of vitamin D alone; one with calcium counts only in the dose."""
    combined = item.gives(DrugGroup.CALCIUM_VITAMIN_D_COMBINATION) or item.gives(DrugGroup.CALCIUM)
    return is_vitamin_d(item) and not combined


def daily_units(item: Medication) -> float | None:
    """The international units of native vitamin D in a day; None where the dosage does not tell."""
    if item.per_day is None or not counts_in_the_sum(item) or not item.ingredients.isdisjoint(ACTIVE_FORMS):
        return None
    if item.per_day.units is not None:
        return item.per_day.units
    return None if item.per_day.mg is None else item.per_day.mg * UNITS_PER_MG
