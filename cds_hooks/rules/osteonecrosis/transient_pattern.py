"""Edema of femoral head and neck without a rim sign fits transient edema syndrome rather than osteonecrosis.

When    the newest MRI of a hip shows marrow edema of head and neck, and a report denies rim sign or collapse there
Unless  a report asserts or doubts a sign of osteonecrosis there, or osteonecrosis is on record
Then    say so, and point to protection from fracture
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Satisfied, Verdict
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, finding, unless
from cds_hooks.snapshot.osteonecrosis import osteonecrosis_at
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Region
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.report_text.model import Pattern
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Need

RULE = Rule(
    id="BME-ON-02",
    version=1,
    title="Diffuse edema of femoral head and neck without rim sign: transient pattern",
    check="transient pattern of a hip edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.MRI, Need.PROBLEMS),
    evidence=(
        Evidence(MANAGEMENT, "edema of head and neck without rim sign"),
        Evidence(DPM_BLOG, "155 hips, none with progression"),
    ),
    limits="Case series; the sources count 155 patients or 155 hips.",
)

SUMMARY = "Hip edema of head and neck without rim sign fits transient BMES"
COURSE = "In a series of 155 none turned into osteonecrosis."
THEN = "Protect the hip from fracture and follow the pathway of transient edema syndrome."
HIP = Site(Region.HIP)
RIM = (Seen.RIM_SIGN, Seen.OSTEONECROSIS_SIGN)
NECROSIS = (*RIM, Seen.OSTEONECROSIS)


def assess(patient: Patient) -> Verdict:
    seen = patient.edema_on_mri(HIP)
    if isinstance(seen, Unknown):
        return MissingData(seen.gap)
    if isinstance(seen, Absent):
        return Satisfied(seen.remarks)
    judged = [_pattern(each, patient) for each in seen.items if _head_and_neck(each)]
    match any_of(*judged):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return Satisfied(seen.remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(COURSE, THEN),
                because=tuple(dict.fromkeys(found.facts)),
                unchecked=tuple(dict.fromkeys((*seen.gaps, *found.gaps))),
                remarks=seen.remarks,
            )


def _head_and_neck(edema: EdemaReport) -> bool:
    return any(
        sign.mention.pattern is Pattern.HEAD_AND_NECK and sign.assertion is Assertion.PRESENT for sign in edema.signs
    )


def _pattern(edema: EdemaReport, patient: Patient) -> Finding[Factual]:
    """The edema and the sentence that denies a rim, unless anything speaks for osteonecrosis of this hip."""
    denied = patient.seen_on_mri(*RIM, site=edema.site, said=Assertion.ABSENT)
    if not isinstance(denied, Present):
        return denied
    asserted = (
        patient.seen_on_mri(*NECROSIS, site=edema.site, said=said) for said in (Assertion.PRESENT, Assertion.UNCERTAIN)
    )
    against = (each for each in asserted if isinstance(each, Present))
    shown = finding((edema.fact, *denied.facts), denied.gaps)
    return unless(shown, *against, osteonecrosis_at(patient, edema.site))
