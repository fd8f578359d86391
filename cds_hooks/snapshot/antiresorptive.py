"""Bisphosphonates and denosumab: by which route, when last given, and the limits that several of their rules share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import CLASS, Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, GapKind, Present, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

OURS = "ours, awaiting a clinical board"
CALCIUM_DAYS = Threshold(name="antiresorptive-calcium-days", unit="d", default=30, low=7, high=90, source=OURS)
KIDNEY_DAYS = Threshold(name="antiresorptive-kidney-days", unit="d", default=90, low=7, high=180, source=OURS)
VITAMIN_D_DAYS = Threshold(name="antiresorptive-vitamin-d-days", unit="d", default=180, low=30, high=365, source=OURS)
VITAMIN_D_LOW = Threshold(
    name="antiresorptive-vitamin-d-low",
    unit="ng/mL",
    default=20,
    low=12,
    high=30,
    source="Institute of Medicine; Endocrine Society 2011. The 2024 guideline names no cut-off",
)
PREGNANCY_TEST_DAYS = Threshold(
    name="antiresorptive-pregnancy-test-days", unit="d", default=14, low=1, high=28, source=OURS
)

CHRONIC_KIDNEY_DISEASE = (Concept.CKD, Concept.CKD_3, Concept.CKD_4, Concept.CKD_5)
END_STAGE_KIDNEY_DISEASE = (Concept.DIALYSIS, Concept.END_STAGE_RENAL_DISEASE)
"""What stands for a kidney function below 15, whatever the laboratory says."""

# -- the route of a bisphosphonate

INTRAVENOUS_ONLY = frozenset({"zoledronic acid", "pamidronate", "neridronate"})
ORAL_ONLY = frozenset({"alendronate", "risedronate", "etidronate", "tiludronate"})
ZOLEDRONATE_FOR_CANCER = 4.0  # mg: the product for bone metastases, which has no yearly interval


def bisphosphonate_route(medication: Medication) -> Route:
    """By mouth or into a vein: as stated, else as the ingredient is made. Unknown where it is made for both
    (ibandronate, clodronate) or is not named; the rules then take the side that asks for more."""
    stated = medication.medicine.route
    if stated in (Route.ORAL, Route.PARENTERAL):
        return stated
    ingredients = ingredients_of(medication)
    if ingredients <= INTRAVENOUS_ONLY:
        return Route.PARENTERAL
    return Route.ORAL if ingredients <= ORAL_ONLY else Route.UNKNOWN


def ingredients_of(medication: Medication) -> frozenset[str]:
    """The bisphosphonates that it gives."""
    return frozenset(drug.ingredient for drug in medication.medicine.of(DrugGroup.BISPHOSPHONATE))


def bisphosphonate_name(medication: Medication) -> str:
    """How a sentence names the bisphosphonates."""
    return " and ".join(sorted(ingredients_of(medication) - {CLASS})) or "this bisphosphonate"


# -- earlier doses


@dataclass(frozen=True, slots=True)
class PastDose:
    """An order on file with the days since its last dose: since it was given, else since it was written. A partial
    date counts as its last day: the question is whether the dose is old enough."""

    medication: Medication
    when: When
    days: int

    @property
    def fact(self) -> Fact:
        """The order with the day of the dose and how that is known."""
        known = "last given" if self.medication.last_given else "ordered, no administration on record"
        fact = self.medication.fact
        return replace(fact, value=f"{fact.value}; {known}", when=self.when)


def past_doses(patient: Patient, group: DrugGroup) -> Finding[PastDose]:
    """Every dose of the chart, the newest first, whatever became of its order. The order that a draft replaces is among
    them: what was given was given.

    Without the administrations, a dose may be newer than its order; an order without any date proves nothing.
    """
    on_file = patient.on_file(group, Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED)
    dated = [(item, when) for item in on_file if (when := _last_dose(item, patient))]
    doses = [PastDose(item, when, when.age_days(patient.as_of)) for item, when in dated]
    gaps = patient.medications.gaps
    if on_file and patient.administrations_gap:
        gaps += (patient.administrations_gap,)
    if len(dated) < len(on_file):
        gaps += (Gap(Need.MEDICATIONS, GapKind.UNUSABLE, "an earlier antiresorptive order has no usable date"),)
    return finding(tuple(sorted(doses, key=lambda dose: dose.days)), gaps)


def _last_dose(medication: Medication, patient: Patient) -> When | None:
    """The newest administration, else when it was written, else when it ended; a date ahead of today is none."""
    dates = (medication.last_given, medication.written, medication.stopped)
    return next((when for when in dates if when and not when.is_future(patient.as_of)), None)


def stands_before(partner: Medication, order: Order, patient: Patient) -> bool:
    """The partner is a draft that comes before this one in the session: of two alike, its card is the first."""
    for each in patient.drafts:
        if each is order:
            return False
        if each.medication is partner:
            return True
    return False


# -- pregnancy


def pregnancy_not_excluded(patient: Patient) -> Finding[Fact]:
    """The patient may become pregnant, and no recent negative status or test is on record. Whether she is pregnant is
    asked before."""
    potential = patient.childbearing_potential
    tested = patient.not_pregnant_by_test(patient.policy[PREGNANCY_TEST_DAYS])
    return Absent() if isinstance(potential, Present) and isinstance(tested, Present) else potential
