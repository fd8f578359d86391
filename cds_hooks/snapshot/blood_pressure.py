"""Medicines that lower blood pressure, and the newest systolic value, as several rules ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Finding, only
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Route

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NIFEDIPINE = "nifedipine"
ANTIHYPERTENSIVES = (
    DrugGroup.ACE_INHIBITOR,
    DrugGroup.ARB,
    DrugGroup.ARNI,
    DrugGroup.BETA_BLOCKER,
    DrugGroup.CALCIUM_CHANNEL_BLOCKER,
    DrugGroup.DIURETIC_THIAZIDE,
    DrugGroup.DIURETIC_LOOP,
    DrugGroup.DIURETIC_POTASSIUM_SPARING,
    DrugGroup.ALPHA_BLOCKER_OTHER_ANTIHYPERTENSIVE,
)
BLOOD_PRESSURE_DAYS = Threshold(
    name="blood-pressure-days", unit="d", default=7, low=1, high=30, source="ours, awaiting a clinical board"
)


def is_nifedipine(medication: Medication | None) -> bool:
    """Nifedipine for the whole body; an ointment for a fissure is none."""
    return medication is not None and NIFEDIPINE in medication.ingredients and _systemic(medication)


def antihypertensives(patient: Patient, beside: Order) -> Finding[Medication]:
    """Antihypertensives in use or drafted beside this order; nifedipine alone is not among them."""
    return only(
        patient.takes(*ANTIHYPERTENSIVES, beside=beside), lambda item: _systemic(item) and bool(lowering((item,)))
    )


def lowering(medications: tuple[Medication, ...]) -> frozenset[str]:
    """Their antihypertensive substances but nifedipine; a fixed combination counts with each."""
    drugs = (drug for item in medications for drug in item.medicine.drugs if drug.group in ANTIHYPERTENSIVES)
    return frozenset(drug.ingredient for drug in drugs if drug.ingredient != NIFEDIPINE)


def systolic(patient: Patient) -> Finding[Result]:
    """The newest systolic blood pressure in mmHg."""
    return patient.newest(Concept.SYSTOLIC_BP, patient.policy[BLOOD_PRESSURE_DAYS])


def systolic_below(patient: Patient, limit: float) -> Finding[Result]:
    """The newest systolic blood pressure, where it is surely below the limit in mmHg."""
    return only(systolic(patient), lambda result: result.surely_below(limit))


def _systemic(medication: Medication) -> bool:
    return medication.medicine.route is not Route.LOCAL
