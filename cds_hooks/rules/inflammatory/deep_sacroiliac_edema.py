"""Edema that reaches deeper than a centimeter from a sacroiliac joint speaks for axial spondyloarthritis.

When    the newest MRI of the sacroiliac joints states edema deeper than the limit
Unless  an axial spondyloarthritis is recorded, or the back pain began at 45 years or later
Then    say so, with caution in the year after a birth, and offer a referral to rheumatology and HLA-B27
"""

from __future__ import annotations

from math import inf

from cds_hooks.authoring.evidence import MANAGEMENT, SIJ_MRI, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.imaging import EDEMA_FINDINGS, Sign, after
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, any_of, gaps_of, items_of, only, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.pregnancy import years
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

DEEP_MM = Threshold(
    name="sacroiliac-edema-depth",
    unit="mm",
    default=10,
    low=5,
    high=15,
    source="management text: more than 1 cm from the articular surface",
)
ONSET_YEARS = Threshold(
    name="axial-onset-age", unit="a", default=45, low=40, high=50, source="usual onset of axial spondyloarthritis"
)
POSTPARTUM_DAYS = Threshold(
    name="postpartum-edema-days", unit="d", default=365, low=90, high=730, source="rule specification: 12 months"
)

RULE = Rule(
    id="BME-IA-04",
    version=1,
    title="Deep edema at the sacroiliac joint",
    check="depth of edema at the sacroiliac joints",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(
        Need.MRI,
        Need.IMAGING_MEASURES,
        Need.PROBLEMS,
        Need.PROCEDURES,
        Need.DEMOGRAPHICS,
        Need.IMMUNOLOGY,
        Need.OPEN_ORDERS,
    ),
    thresholds=(DEEP_MM, ONSET_YEARS, POSTPARTUM_DAYS),
    evidence=(
        Evidence(MANAGEMENT, "sacroiliac edema deeper than 1 cm"),
        Evidence(SIJ_MRI, "deep lesions in healthy people, runners and after birth"),
    ),
    limits="Observational. The depth is read from the words of MR reports, or from an Observation of category imaging "
    "that names it.",
)

SUMMARY = "Deep sacroiliac marrow edema (> 1 cm) - consider axial spondyloarthritis"
RARE = "Deep lesions are rare in healthy volunteers and runners; with back pain after a birth about 14 % have them."
AFTER_BIRTH = "Caution: there was a birth in the last 12 months."
SACROILIAC = Site(Region.SACROILIAC)
BIRTH = (Concept.DELIVERY, Concept.POSTPARTUM)


def assess(patient: Patient) -> Verdict:
    deep = _deep(patient)
    if isinstance(deep, Absent):
        return NOT_APPLICABLE
    match unless(deep, patient.has(Concept.AXIAL_SPONDYLOARTHRITIS), _late_onset(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            birth, typed = _birth(patient), patient.newest(Concept.HLA_B27, inf)
            test = (Propose(Service.HLA_B27_TEST),) if isinstance(typed, Absent) else ()
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(RARE, *((AFTER_BIRTH,) if isinstance(birth, Present) else ())),
                because=(*found.facts, *(each.fact for each in (*items_of(birth), *items_of(typed)))),
                unchecked=(*found.gaps, *gaps_of(birth), *gaps_of(typed)),
                remarks=found.remarks,
                proposals=(Propose(Service.RHEUMATOLOGY_REFERRAL), *test),
            )


def _deep(patient: Patient) -> Finding[Sign]:
    """Edema whose depth the report states, or an Observation of its own that is no older."""
    seen = patient.seen_on_mri(*EDEMA_FINDINGS, site=SACROILIAC)
    stated = only(seen, lambda sign: _is_deep(sign, patient))
    if isinstance(stated, Present) or not isinstance(seen, Present):
        return stated
    measured = only(
        patient.measured_on_mri(Seen.MARROW_EDEMA, site=SACROILIAC),
        lambda sign: _is_deep(sign, patient) and not all(after(report, sign) for report in seen.items),
    )
    return any_of(stated, measured)  # type: ignore[return-value]


def _is_deep(sign: Sign, patient: Patient) -> bool:
    """Surely deeper: "up to 14 mm" is, "less than 14 mm" is not."""
    depth, bound = sign.mention.depth_mm, sign.mention.depth_comparator
    limit = patient.policy[DEEP_MM]
    return depth is not None and (depth > limit or (bound == ">" and depth >= limit)) and bound != "<"


def _late_onset(patient: Patient) -> Finding[Problem]:
    """Back pain that surely began at an age that speaks against axial spondyloarthritis; an unknown onset does not."""
    pains = patient.ever_had(Concept.BACK_PAIN)
    onsets = [item.onset for item in items_of(pains) if item.onset]
    if not isinstance(pains, Present) or len(onsets) < len(pains.items):
        return Absent() if isinstance(pains, Present) else pains
    if patient.demographics.gap:
        return Unknown(patient.demographics.gap)
    born, limit = patient.demographics.birth_date, patient.policy[ONSET_YEARS]
    late = born is not None and all(years(born.last, onset.first) >= limit for onset in onsets)
    return pains if late else Absent()


def _birth(patient: Patient) -> Finding[Problem | Event]:
    return patient.event(*BIRTH, within_days=patient.policy[POSTPARTUM_DAYS])
