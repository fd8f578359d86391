"""Which prostacyclins the iloprost rules look at (rule specification 0.2 vs-prostacyclin, 0.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import ABSENT, Absent, Fact, Finding, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.vocabulary import DrugGroup

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient


def of_concern(medication: Medication | None, patient: Patient) -> Finding[Fact]:
    """A systemic prostacyclin that does not treat pulmonary hypertension.

    Present with a gap where it cannot be told what it treats: its risks are named then, and its removal is not offered.
    """
    if medication is None or not medication.gives(DrugGroup.PROSTACYCLIN):
        return ABSENT
    systemic = patient.systemic(medication)
    treats_lungs = patient.for_pulmonary_hypertension(medication)
    if isinstance(systemic, Absent) or isinstance(treats_lungs, Present):
        return ABSENT
    return systemic if isinstance(systemic, Unknown) else Present((medication.fact,), gaps_of(treats_lungs))


def given(patient: Patient, beside: Order) -> Finding[Medication]:
    """The prostacyclins of concern that are in use, or drafted beside this order."""
    found = patient.takes(DrugGroup.PROSTACYCLIN, beside=beside)
    if not isinstance(found, Present):
        return found
    asked = [(item, of_concern(item, patient)) for item in found.items]
    gaps = tuple(gap for _, concern in asked for gap in gaps_of(concern))
    return finding(tuple(item for item, concern in asked if isinstance(concern, Present)), (*gaps, *found.gaps))
