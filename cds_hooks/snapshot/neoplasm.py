"""What speaks for a tumor behind a marrow edema, and whether it is being looked for (rule DX-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, any_of, finding, only, unless
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NEEDS = (Need.MRI, Need.PROBLEMS, Need.CARE, Need.APPOINTMENTS, Need.PROCEDURES)
WEIGHT_LOSS_DAYS = Threshold(
    name="weight-loss-days", unit="d", default=90, low=30, high=365, source="ours, awaiting a clinical board"
)
CANCER = frozenset(
    {
        Concept.MALIGNANCY,
        Concept.MALIGNANCY_HISTORY,
        Concept.LEUKEMIA,
        Concept.LYMPHOMA,
        Concept.MULTIPLE_MYELOMA,
        Concept.BONE_METASTASIS,
        Concept.PRIMARY_BONE_TUMOR,
        Concept.NEOPLASTIC_FRACTURE,
    }
)
"""vs-malignancy; a history of cancer counts like one in remission."""
DESTRUCTIVE = (Seen.MASS, Seen.DESTRUCTION, Seen.PERIOSTEAL_REACTION)
IMAGING_OR_BIOPSY = frozenset({Concept.CT_ANY, Concept.BONE_BIOPSY})


def neoplasm_behind_edema(patient: Patient, seen: EdemaReport) -> Finding[Factual]:
    """Cancer on record, destructive wording beside this edema or a recent weight loss, and no CT, biopsy or referral
    to oncology since the report."""
    signs = any_of(cancer(patient), _destruction(patient, seen), _weight_loss(patient))
    return unless(signs, _work_up(patient, seen))


def cancer(patient: Patient) -> Finding[Problem]:
    """A malignant tumor, also in remission, over or only considered; skin cancer other than melanoma is none."""
    considered = tuple(item for item in patient.differentials if item.concepts & CANCER)
    found = finding((*patient.problems.about(*CANCER), *considered), patient.problems.gaps)
    return only(found, lambda item: Concept.SKIN_CANCER_NOT_MELANOMA not in item.concepts)


def _destruction(patient: Patient, seen: EdemaReport) -> Finding[Factual]:
    """Asserted or suspected in this report, or in the newest one of the site."""
    said = (patient.seen_on_mri(*DESTRUCTIVE, said=each) for each in (Assertion.PRESENT, Assertion.UNCERTAIN))
    report = seen.report.fact.resource
    return any_of(
        *(only(each, lambda sign: sign.fact.resource == report or sign.site.same_as(seen.site)) for each in said)
    )


def _weight_loss(patient: Patient) -> Finding[Problem]:
    days = patient.policy[WEIGHT_LOSS_DAYS]
    return only(
        patient.has(Concept.WEIGHT_LOSS),
        lambda item: item.since is not None and item.since.age_days_at_most(patient.as_of) <= days,
    )


def _work_up(patient: Patient, seen: EdemaReport) -> Finding[Event]:
    rows = (*patient.care.items, *patient.appointments.items, *patient.procedures.items)
    found = tuple(row for row in rows if _looks_for_tumor(row, seen) and _since(row.when, seen.when))
    return finding(found, patient.care.gaps + patient.appointments.gaps + patient.procedures.gaps)


def _looks_for_tumor(row: Event, seen: EdemaReport) -> bool:
    if Concept.REFERRAL_ONCOLOGY in row.concepts:
        return True
    return not row.concepts.isdisjoint(IMAGING_OR_BIOPSY) and row.site.may_be(seen.site)


def _since(when: When | None, report: When) -> bool:
    return when is None or when.last.date() >= report.first.date()


def tumor_suspected(patient: Patient) -> Finding[Factual]:
    """Does rule DX-08 speak, at any place?"""
    seen = patient.edema_on_mri()
    if not isinstance(seen, Present):
        return Absent() if isinstance(seen, Absent) else seen
    return any_of(*(neoplasm_behind_edema(patient, each) for each in seen.items))
