"""Edema syndrome that lasts longer than expected should be imaged again and its diagnosis reviewed.

When    edema syndrome is active and began more than nine months ago
Unless  its site had an MRI in the last 90 days, with or without a report, or one is ordered
Then    say so, as a warning after a year; offer an MRI of the site and a referral
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, MANAGEMENT, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot import course
from cds_hooks.snapshot.bone_pain import mri_requested, mri_studied
from cds_hooks.snapshot.examinations import MRIS, mri_lately, mri_of
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, GapKind, Present, any_of, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Need, Service

MRI_DAYS = Threshold(
    name="late-syndrome-mri-days", unit="d", default=90, low=30, high=180, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-TB-05",
    version=1,
    title="Edema syndrome beyond the expected course: re-evaluate",
    check="length of the edema syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.IMAGING_STUDIES, Need.CARE, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Prognosis: 3 to 9 months"),
        Evidence(CONSUMER_ARTICLE, "course: 6 to 12 months"),
        Evidence(MANAGEMENT, "healing in 3 to 9 months"),
    ),
    limits="Reviews; sources differ on the upper end (9 or 12 months), hence two steps.",
    proposes=MRIS,
    thresholds=(course.EXPECTED_DAYS, course.LATE_DAYS, MRI_DAYS),
)

SUMMARY = "BMES has lasted longer than expected - consider repeat MRI and review of the diagnosis"
LOOK_FOR = (
    "Look for osteonecrosis, stress or insufficiency fracture, tumor, infection, inflammatory disease and untreated "
    "vitamin D deficiency."
)
NO_DATE = Gap(Need.PROBLEMS, GapKind.NOT_RECORDED, "onset of the edema syndrome: not recorded")


def assess(patient: Patient) -> Verdict:
    syndromes = course.syndromes(patient)
    if not syndromes:
        return MissingData(patient.problems.gap) if patient.problems.gap else NOT_APPLICABLE
    if all(item.since is None for item in syndromes):
        return MissingData(NO_DATE)
    late = [item for item in syndromes if _lasts_beyond(item, patient, course.EXPECTED_DAYS)]
    imaged = [(item, _imaged(item, patient)) for item in late]
    open_ = tuple(item for item, found in imaged if isinstance(found, Absent))
    unclear = tuple(gap for _, found in imaged if not isinstance(found, Present) for gap in gaps_of(found))
    if open_:
        return _advice(open_, (*patient.problems.gaps, *unclear), patient)
    return MissingData(unclear[0]) if unclear else SATISFIED


def _lasts_beyond(item: Problem, patient: Patient, limit: Threshold) -> bool:
    return item.since is not None and item.since.age_days(patient.as_of) > patient.policy[limit]


def _imaged(item: Problem, patient: Patient) -> Finding[Factual]:
    """An MRI of its site, made lately, with or without a report, or ordered."""
    days = patient.policy[MRI_DAYS]
    return any_of(
        mri_lately(patient, item.site, days),
        mri_studied(patient, item.site, days),
        mri_requested(patient, item.site),
    )


def _advice(late: tuple[Problem, ...], gaps: tuple[Gap, ...], patient: Patient) -> Advice:
    very_late = any(_lasts_beyond(item, patient, course.LATE_DAYS) for item in late)
    return Advice(
        indicator="warning" if very_late else "info",
        summary=SUMMARY,
        detail=(LOOK_FOR,),
        because=tuple(item.fact for item in late),
        unchecked=tuple(dict.fromkeys(gaps)),
        proposals=(
            *dict.fromkeys(Propose(mri_of(item.site)) for item in late),
            Propose(Service.ORTHOPEDIC_REFERRAL),
        ),
    )
