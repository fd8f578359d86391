"""Medicines and procedures that may cause marrow edema (rules DX-13 and ON-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import Finding, Gap, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NEEDS = (Need.MEDICATIONS, Need.STOPPED_MEDICATIONS, Need.PROBLEMS, Need.PROCEDURES)
STEROID_DAYS = Threshold(
    name="glucocorticoid-days", unit="d", default=30, low=14, high=90, source="rule specification; ours"
)
STOPPED_DAYS = Threshold(
    name="exposure-stopped-days", unit="d", default=365, low=90, high=730, source="rule specification: 12 months"
)
TREATED_DAYS = Threshold(
    name="exposure-procedure-days", unit="d", default=730, low=365, high=1825, source="rule specification: 24 months"
)
THRESHOLDS = (STEROID_DAYS, STOPPED_DAYS, TREATED_DAYS)
CICLOSPORIN = "cyclosporine"
NOT_SYSTEMIC = (Route.LOCAL, Route.INHALATION)
SURGERY = frozenset(
    {
        Concept.BONE_OR_JOINT_SURGERY,
        Concept.JOINT_REPLACEMENT,
        Concept.CORE_DECOMPRESSION,
        Concept.VERTEBRAL_AUGMENTATION,
        Concept.KYPHOPLASTY,
        Concept.VERTEBROPLASTY,
    }
)
INFARCTION_SITES = frozenset({Region.HIP, Region.KNEE, Region.SHOULDER})
"""There a glucocorticoid raises the question of osteonecrosis first (rule ON-04)."""
RADIATION = frozenset({Concept.RADIOTHERAPY, Concept.RADIOTHERAPY_HISTORY})
RECORDED = RADIATION | {Concept.POSTSURGICAL_STATE}
"""What a problem list says of radiotherapy and operations."""


def long_glucocorticoid(patient: Patient) -> Finding[Medication]:
    """A systemic glucocorticoid for weeks, in use or stopped in the last year. Inhaled, topical and injected ones and
    short courses are none."""
    days = patient.policy[STEROID_DAYS]
    taken = (item for item in _taken(patient) if item.gives(DrugGroup.GLUCOCORTICOID_SYSTEMIC))
    return finding(tuple(item for item in taken if _lasted(item, patient) >= days), _gaps(patient))


def marrow_toxic_medicine(patient: Patient) -> Finding[Medication]:
    """Ciclosporin or a cytostatic, in use or stopped in the last year."""
    taken = (item for item in _taken(patient) if _marrow_toxic(item))
    return finding(tuple(taken), _gaps(patient))


def _marrow_toxic(item: Medication) -> bool:
    ciclosporin = item.gives(DrugGroup.CALCINEURIN_INHIBITOR) and CICLOSPORIN in item.ingredients
    return ciclosporin or item.gives(DrugGroup.CYTOTOXIC_IMMUNOSUPPRESSANT)


def _taken(patient: Patient) -> list[Medication]:
    return [
        item
        for item in patient.medications.items
        if item.medicine.route not in NOT_SYSTEMIC and (item.standing is Standing.ACTIVE or _stopped(item, patient))
    ]


def _stopped(item: Medication, patient: Patient) -> bool:
    """Ended on a known day of the window."""
    if item.standing is not Standing.ENDED or item.stopped is None:
        return False
    return item.stopped.age_days(patient.as_of) <= patient.policy[STOPPED_DAYS]


def _lasted(item: Medication, patient: Patient) -> int:
    """Days from the order to its end, else to today; none where the order has no date."""
    if item.written is None:
        return 0
    ended = item.stopped.age_days(patient.as_of) if item.stopped and item.standing is Standing.ENDED else 0
    return item.written.age_days(patient.as_of) - ended


def _gaps(patient: Patient) -> tuple[Gap, ...]:
    stops = (patient.administrations_gap,) if patient.administrations_gap else ()
    return patient.medications.gaps + stops


def treated_site(patient: Patient, site: Site) -> Finding[Problem | Event]:
    """Radiotherapy or an operation of bone or joint at this site in the last two years."""
    days = patient.policy[TREATED_DAYS]
    rows: tuple[Problem | Event, ...] = (*patient.procedures.items, *patient.problems.items)
    found = tuple(row for row in rows if _treats(row) and row.site.same_as(site) and _recent(_date(row), patient, days))
    return finding(found, patient.procedures.gaps + patient.problems.gaps)


def _treats(row: Problem | Event) -> bool:
    return not row.concepts.isdisjoint(RECORDED if isinstance(row, Problem) else RADIATION | SURGERY)


def _date(row: Problem | Event) -> When | None:
    return row.since if isinstance(row, Problem) else row.when


def _recent(when: When | None, patient: Patient, days: float) -> bool:
    return when is not None and 0 <= when.age_days_at_most(patient.as_of) <= days
