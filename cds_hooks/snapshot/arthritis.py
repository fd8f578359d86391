"""Inflammatory arthritis with marrow edema whose treatment nobody has reviewed (rule IA-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Finding, Present, any_of, finding, gaps_of, only, unless
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.team import RHEUMATOLOGY, seen_or_referred
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NEEDS = (Need.MRI, Need.PROBLEMS, Need.MEDICATIONS, Need.ENCOUNTERS, Need.CARE, Need.APPOINTMENTS)
EROSIVE = (Concept.RHEUMATOID_ARTHRITIS, Concept.AXIAL_SPONDYLOARTHRITIS, Concept.PSORIATIC_ARTHRITIS)
DMARD = (DrugGroup.DMARD_OTHER, DrugGroup.TNF_INHIBITOR)
EDEMA_DAYS = Threshold(
    name="arthritis-edema-days", unit="d", default=183, low=90, high=365, source="rule specification: six months"
)
CONTACT_DAYS = Threshold(
    name="arthritis-contact-days", unit="d", default=28, low=7, high=90, source="ours, awaiting a clinical board"
)
THRESHOLDS = (EDEMA_DAYS, CONTACT_DAYS)


def confirmed_arthritis(patient: Patient) -> Finding[Problem]:
    """Rheumatoid arthritis, axial spondyloarthritis or psoriatic arthritis that is more than a suspicion."""
    return only(patient.has(*EROSIVE), lambda item: not item.provisional)


def unreviewed_edema(patient: Patient) -> Finding[EdemaReport]:
    """Edema of a joint, the spine or the sacroiliac joints in such an arthritis, without a disease-modifying drug, or
    without contact to rheumatology in the weeks since the MRI."""
    arthritis = confirmed_arthritis(patient)
    edema = only(
        patient.edema_on_mri(within_days=patient.policy[EDEMA_DAYS]),
        lambda each: each.site.known,
    )
    if not isinstance(edema, Present) or not isinstance(arthritis, Present):
        none = isinstance(edema, Absent) or isinstance(arthritis, Absent)
        return Absent() if none else finding((), (*gaps_of(edema), *gaps_of(arthritis)))
    untreated = unless(edema, patient.takes(*DMARD))
    judged = [untreated, *(_unseen(each, patient) for each in edema.items)]
    return any_of(*judged)  # type: ignore[return-value]


def _unseen(each: EdemaReport, patient: Patient) -> Finding[EdemaReport]:
    if each.when.age_days(patient.as_of) < patient.policy[CONTACT_DAYS]:
        return Absent()
    return unless(Present((each,)), seen_or_referred(patient, *RHEUMATOLOGY, since=each.when))
