"""Which medicines count as an NSAID, and what makes one riskier (rule specification 0.2, DS-NSA-01 to 10).

A topical NSAID reaches the body very little (DS-NSA-09); low-dose aspirin is an antiplatelet. Where neither is sure, a
medicine counts as systemic.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Finding, only
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import DrugGroup, Route

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

BY_WHOLE_BODY = (DrugGroup.NSAID_SYSTEMIC, DrugGroup.COX2_INHIBITOR)
NSAIDS = (*BY_WHOLE_BODY, DrugGroup.NSAID_TOPICAL)
ORDERS = (*NSAIDS, DrugGroup.ANTIPLATELET)
"""The groups of drafts that may be an NSAID: aspirin stands among the antiplatelets."""
ASPIRIN = "aspirin"

ANALGESIC_ASPIRIN = Threshold(
    name="aspirin-analgesic", unit="mg/d", default=325, low=162, high=500, source="rule DS-NSA-06: above 325 mg/d"
)
LOW_DOSE_ASPIRIN = Threshold(
    name="aspirin-low-dose",
    unit="mg/d",
    default=162,
    low=81,
    high=325,
    source="81 mg/d in the FDA communication of 15 October 2020; up to 162 mg/d is ours",
)

EGFR_SEVERE = Threshold(
    name="nsaid-egfr-severe", unit="mL/min/1.73 m2", default=30, low=15, high=45, source="NSAID label: avoid below 30"
)
EGFR_DAYS = Threshold(
    name="nsaid-egfr-window", unit="d", default=365, low=30, high=365, source="ours, awaiting a clinical board"
)


def is_topical(item: Medication) -> bool:
    """An NSAID for the skin: by its route, or a topical product of which no other route is said."""
    if item.medicine.route is Route.LOCAL:
        return _gives(item, NSAIDS)
    product = item.gives(DrugGroup.NSAID_TOPICAL) and not _gives(item, BY_WHOLE_BODY)
    return product and item.medicine.route is Route.UNKNOWN


def is_systemic(item: Medication, patient: Patient) -> bool:
    """An NSAID that acts in the whole body, aspirin in a dose for pain included."""
    return _is_systemic(item, patient.policy[ANALGESIC_ASPIRIN])


def is_systemic_in_pregnancy(item: Medication, patient: Patient) -> bool:
    """There any aspirin above the low dose is an NSAID."""
    return _is_systemic(item, patient.policy[LOW_DOSE_ASPIRIN])


def _is_systemic(item: Medication, aspirin_above: float) -> bool:
    if is_topical(item):
        return False
    dose = _milligrams(item)
    if ASPIRIN in item.ingredients and dose is not None:
        return dose > aspirin_above
    return _gives(item, NSAIDS)  # of aspirin without a dose: a product for pain


def _milligrams(item: Medication) -> float | None:
    """The dose of a day; at least one unit of the product, where the dosage says nothing."""
    return item.per_day.mg if item.per_day and item.per_day.mg is not None else item.medicine.strength_mg


def _gives(item: Medication, groups: tuple[DrugGroup, ...]) -> bool:
    return any(item.gives(group) for group in groups)


def taken(patient: Patient, beside: Order | None = None) -> Finding[Medication]:
    """The systemic NSAIDs in use, or drafted beside this order. What is taken only as needed counts."""
    return only(patient.takes(*ORDERS, beside=beside), lambda item: is_systemic(item, patient))


def antiplatelets(patient: Patient, beside: Order | None = None) -> Finding[Medication]:
    """Antiplatelets in use or drafted, low-dose aspirin among them; aspirin for pain is an NSAID."""
    return only(patient.takes(DrugGroup.ANTIPLATELET, beside=beside), lambda item: not is_systemic(item, patient))


def severely_reduced_egfr(patient: Patient) -> Finding[Result]:
    """The newest eGFR, where it surely lies in the range in which labels say to avoid an NSAID."""
    limit = patient.policy[EGFR_SEVERE]
    return only(patient.egfr(patient.policy[EGFR_DAYS]), lambda result: result.surely_below(limit))


def have_cards(patient: Patient, items: Iterable[Medication]) -> bool:
    """Are they all selected drafts of the session? Then each has a card of its own, which names their partners."""
    selected = {order.reference for order in patient.drafts if order.selected}
    return all(item.standing is Standing.DRAFT and item.reference in selected for item in items)
