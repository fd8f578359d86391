"""Bone pain of the lower limb that asks for an MRI (rules DX-02 and DX-03), as the rules about it share it: whether an
MRI can be made is not asked here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds_hooks.snapshot.causes import causes_of_edema
from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.model import Fact, Factual, Finding, Present, any_of, finding, gaps_of, only, unless
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.report_text import Assertion, Region
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

OURS = "ours, awaiting a clinical board"
PAIN_FLOOR_DAYS = Threshold(name="bone-pain-days", unit="d", default=42, low=14, high=90, source=OURS)
PAIN_FLOOR_NRS = Threshold(name="bone-pain-nrs", unit="1", default=5, low=1, high=8, source=OURS)
NRS_DAYS = Threshold(name="bone-pain-nrs-days", unit="d", default=30, low=7, high=90, source=OURS)
RADIOGRAPH_DAYS = Threshold(
    name="early-radiograph-days",
    unit="d",
    default=60,
    low=30,
    high=90,
    source="review article: osteopenia becomes visible one to two months after onset",
)
THRESHOLDS = (PAIN_FLOOR_DAYS, PAIN_FLOOR_NRS, NRS_DAYS, RADIOGRAPH_DAYS)
NEEDS = (Need.PROBLEMS, Need.PAIN, Need.MRI, Need.RADIOGRAPHS, Need.IMAGING_STUDIES, Need.CARE)
"""What a rule that asks for these pains declares."""
LOWER_LIMB = frozenset({Region.HIP, Region.KNEE, Region.ANKLE_FOOT, Region.OTHER})
"""Other is the thigh or the lower leg here: the pains are those of the lower limb."""
PAIN = (
    Concept.LOWER_LIMB_BONE_PAIN,
    Concept.PAIN_HIP,
    Concept.PAIN_GROIN,
    Concept.PAIN_KNEE,
    Concept.PAIN_ANKLE,
    Concept.PAIN_FOOT,
)
MRI = frozenset({Concept.MRI_ANY, Concept.DYNAMIC_CONTRAST_MRI})
STRUCTURAL = (Seen.FRACTURE, Seen.SUBCHONDRAL_FRACTURE, Seen.OSTEOPENIA)


@dataclass(frozen=True, slots=True, kw_only=True)
class BonePain:
    """A pain that asks for an MRI, with what else speaks for it: the score, or the early radiograph."""

    problem: Problem
    beside: tuple[Fact, ...] = ()

    @property
    def site(self) -> Site:
        return self.problem.site

    @property
    def fact(self) -> Fact:
        return self.problem.fact

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (self.fact, *self.beside)


def lower_limb_pain(patient: Patient) -> Finding[Problem]:
    """Current bone pain of the lower limb at a known place (vs-lowerlimb-bone-pain)."""
    found = patient.has(*PAIN)
    if not isinstance(found, Present):
        return found
    return finding(tuple(item for item in found.items if item.site.region in LOWER_LIMB), found.gaps)


def unexplained_pain(patient: Patient) -> Finding[BonePain]:
    """Rule DX-02: pain for weeks at ankle or foot, or severe pain elsewhere, without a cause at the site, without an
    MRI of it since the onset and without a request for one."""
    return _each(patient, _long_and_unexplained)


def early_radiograph(patient: Patient) -> Finding[BonePain]:
    """Rule DX-03: a radiograph without fracture or osteopenia in the first weeks of a pain that goes on, without a
    cause at the site, without an MRI of it and without a request for one."""
    return _each(patient, _early_radiograph)


def _each(patient: Patient, asks: Callable[[Problem, Patient], Finding[Factual]]) -> Finding[BonePain]:
    pains = lower_limb_pain(patient)
    if not isinstance(pains, Present):
        return pains
    judged = [(item, asks(item, patient)) for item in pains.items]
    found = tuple(BonePain(problem=item, beside=why.facts) for item, why in judged if isinstance(why, Present))
    return finding(found, (*pains.gaps, *(gap for _, why in judged for gap in gaps_of(why))))


def _long_and_unexplained(item: Problem, patient: Patient) -> Finding[Factual]:
    if item.since is None or item.since.age_days(patient.as_of) < patient.policy[PAIN_FLOOR_DAYS]:
        return finding((), ())
    why: Finding[Factual] = Present((item,))
    if item.site.region is not Region.ANKLE_FOOT:
        scores = patient.pain(patient.policy[NRS_DAYS])
        limit = patient.policy[PAIN_FLOOR_NRS]
        severe = scores.items if isinstance(scores, Present) else ()
        why = finding(tuple(each for each in severe if each.surely_at_least(limit)), gaps_of(scores))
    done = imaged(patient, item.site, since=item.since)
    return unless(why, done, mri_requested(patient, item.site), _causes(patient, item.site))


def _early_radiograph(item: Problem, patient: Patient) -> Finding[Factual]:
    radiographs = [each for each in patient.radiographs.items if each.site.alike(item.site) and not each.preliminary]
    days = patient.policy[RADIOGRAPH_DAYS]
    if item.onset:
        early = [each for each in radiographs if 0 <= _days_after(item, each, patient) <= days]
    else:
        early = [each for each in radiographs if len(radiographs) == 1 and each.when.age_days(patient.as_of) <= days]
    unread = tuple(each for each in early if each.may_hide(*STRUCTURAL))
    normal = (each for each in early if each not in unread and each.verdict(*STRUCTURAL) in (None, Assertion.ABSENT))
    why = finding(tuple(normal), (*patient.radiographs.gaps, *(each.unread for each in unread)))
    done = imaged(patient, item.site)
    return unless(why, done, mri_requested(patient, item.site), _causes(patient, item.site))


def _causes(patient: Patient, site: Site) -> Finding[Problem]:
    """Of the thigh or lower leg, which are one region here, those of that region as well."""
    elsewhere = causes_of_edema(patient)
    here = only(elsewhere, lambda item: item.site.alike(site))
    return any_of(here, causes_of_edema(patient, site))  # type: ignore[return-value]


def _days_after(item: Problem, report: ImagingReport, patient: Patient) -> int:
    """Days from the onset to the report, at most."""
    onset = item.onset.age_days_at_most(patient.as_of) if item.onset else 0
    return onset - report.when.age_days(patient.as_of)


def imaged(patient: Patient, site: Site, *, since: When | None = None) -> Finding[Factual]:
    """An MRI of this site, with or without a report, from that day on; an undated study counts."""
    mri = patient.mri_reports
    reports = (report for report in mri.items if report.about(site) or report.site.alike(site))
    reported = tuple(report for report in reports if _from(report.when, since))
    studies = (item for item in patient.imaging_studies.items if item.concepts & MRI and item.site.alike(site))
    made = tuple(item for item in studies if _from(item.when, since))
    return any_of(finding(reported, mri.gaps, mri.remarks), finding(made, patient.imaging_studies.gaps))


def mri_studied(patient: Patient, site: Site, within_days: float) -> Finding[Event]:
    """MRI studies of the last days of this site, or of one that is not said, with or without a report."""
    made = tuple(
        item
        for item in patient.imaging_studies.items
        if item.concepts & MRI and item.site.may_be(site)
        if item.when is not None and item.when.age_days(patient.as_of) <= within_days
    )
    return finding(made, patient.imaging_studies.gaps)


def _from(when: When | None, since: When | None) -> bool:
    return when is None or since is None or when.last >= since.first


def mri_requested(patient: Patient, site: Site) -> Finding[Event]:
    """An open request for an MRI of this site, or of one that is not said."""
    requests = (item for item in patient.care.items if item.open and item.concepts & MRI)
    found = tuple(i for i in requests if not i.site.known or site.region is None or i.site.alike(site))
    return finding(found, patient.care.gaps)
