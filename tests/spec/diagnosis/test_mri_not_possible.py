"""BME-DX-15: where an MRI may be unsafe, CT or bone scan are the alternatives."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.imaging import Modality
from cds_hooks.snapshot.medication import Order, Reasons
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_event,
    an_mri,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DX-15"
SUMMARY = "MRI may be unsafe here - CT or bone scintigraphy are the alternatives for the BME question"
HIP, FOOT = Site(Region.HIP, Side.LEFT), Site(Region.ANKLE_FOOT, Side.RIGHT)
PACEMAKER = an_event(Concept.PACEMAKER, kind="Device")
FOOT_PAIN = a_problem(Concept.PAIN_FOOT, site=FOOT, onset=days_ago(42))
HIP_PAIN = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(42))
NRS = a_result(Concept.PAIN_NRS, 5.0)


FOR_EDEMA = a_reason(Concept.EDEMA)


def mri(reasons: Reasons = FOR_EDEMA, site: Site = HIP, concept: Concept = Concept.MRI_ANY) -> Order:
    return an_order(concept, reasons=reasons, site=site)


def with_device(*drafts: Order, **chart: Any) -> Patient:
    return a_patient(*drafts, **{"devices": (PACEMAKER,), **chart})


# -- an MRI is ordered


def test_an_mri_is_ordered() -> None:
    """Then: a warning that offers to remove it, and CT of the region or a bone scan."""
    offers = ["delete ServiceRequest/draft", "ct_hip", "bone_scan"]
    because = ["ServiceRequest/draft", "Device/pacemaker"]
    expected = advice(RULE, "warning", summary=SUMMARY, offers=offers, because=because, unchecked=False, arm="order")
    spec(with_device(mri()), expected)


@pytest.mark.parametrize(
    ("site", "ct"),
    [
        (Site(Region.KNEE), "ct_knee"),
        (FOOT, "ct_ankle"),
        (Site(Region.SACROILIAC), "ct_pelvis"),
        (Site(Region.SPINE), "ct"),
        (Site(), "ct"),
    ],
)
def test_the_ct_of_the_region(site: Site, ct: str) -> None:
    offers = ["delete ServiceRequest/draft", ct, "bone_scan"]
    spec(with_device(mri(site=site)), advice(RULE, "warning", offers=offers))


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (mri(a_reason(Concept.PAIN_KNEE)), advice(RULE, "warning")),
        (mri(concept=Concept.DYNAMIC_CONTRAST_MRI), advice(RULE, "warning")),
        (mri(a_reason(Concept.BACK_PAIN)), not_applicable(RULE)),
        (mri(Reasons()), not_applicable(RULE)),
        (mri(concept=Concept.CT_ANY), not_applicable(RULE)),
    ],
)
def test_questions(draft: Order, expected: Expected) -> None:
    """When: the MRI asks for marrow edema or bone pain."""
    spec(with_device(draft), expected)


@pytest.mark.parametrize(
    "device",
    [
        *(Concept.IMPLANTABLE_DEFIBRILLATOR, Concept.NEUROSTIMULATOR, Concept.COCHLEAR_IMPLANT),
        *(Concept.ANEURYSM_CLIP, Concept.RETAINED_METAL, Concept.MRI_CONTRAINDICATION),
    ],
)
def test_contraindications(device: Concept) -> None:
    spec(a_patient(mri(), problems=(a_problem(device),)), advice(RULE, "warning", because=[f"Condition/{device}"]))


def test_what_the_device_says_of_mri() -> None:
    """Unless: it is recorded as MR conditional or MR safe. Then: where it says that MRI is contraindicated, nobody is
    asked to check that."""
    compatible = an_event(Concept.PACEMAKER, Concept.MRI_COMPATIBLE, kind="Device")
    spec(a_patient(mri(), devices=(compatible,)), satisfied(RULE))
    spec(a_patient(devices=(compatible,), problems=(FOOT_PAIN,)), satisfied(RULE))
    unsafe = an_event(Concept.PACEMAKER, Concept.MRI_CONTRAINDICATION, kind="Device")
    for device, asked in ((unsafe, False), (PACEMAKER, True)):
        verdict = judge(RULE, a_patient(mri(), devices=(device,)))
        assert isinstance(verdict, Advice)
        assert any("does not say" in sentence for sentence in verdict.detail) is asked


def test_nothing_speaks_against_an_mri() -> None:
    spec(a_patient(mri()), satisfied(RULE))
    spec(a_patient(problems=(FOOT_PAIN,)), satisfied(RULE))


# -- the chart would ask for an MRI


def test_the_chart_is_opened() -> None:
    """Then: a prompt that removes nothing; it stands for the rules that would propose an MRI."""
    because = ["Condition/pain_foot", "Device/pacemaker"]
    expected = advice(
        RULE, "info", summary=SUMMARY, offers=["ct_ankle", "bone_scan"], because=because, unchecked=False, arm="chart"
    )
    spec(with_device(problems=(FOOT_PAIN,)), expected)


def test_an_early_normal_radiograph() -> None:
    pain = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(50))
    xray = an_mri(None, site=HIP, when=days_ago(35), modality=Modality.RADIOGRAPH, id="xray")
    patient = with_device(problems=(pain,), radiographs=(xray,))
    spec(patient, advice(RULE, "info", offers=["ct_hip", "bone_scan"], because=["DiagnosticReport/xray"]))


def test_each_place_and_each_fact_once() -> None:
    """Both rules about one pain give one CT; two places give two."""
    xray = an_mri(None, site=FOOT, when=days_ago(35), modality=Modality.RADIOGRAPH, id="xray")
    patient = with_device(problems=(FOOT_PAIN, HIP_PAIN), vitals=(NRS,), radiographs=(xray,))
    spec(patient, advice(RULE, "info", offers=["ct_ankle", "ct_hip", "bone_scan"], because=["Observation/pain_nrs"]))


def test_no_pain_that_asks_for_an_mri() -> None:
    spec(with_device(), not_applicable(RULE))
    spec(with_device(problems=(HIP_PAIN,)), not_applicable(RULE))


def test_pain_that_other_rules_answer() -> None:
    """Unless: it is at a second site after an edema syndrome, or belongs to a pregnancy."""
    before = a_problem(Concept.EDEMA_SYNDROME, site=HIP, onset=days_ago(200))
    spec(with_device(problems=(FOOT_PAIN, before)), not_applicable(RULE))
    later = a_problem(Concept.EDEMA_SYNDROME, site=HIP, onset=days_ago(20))
    spec(with_device(problems=(FOOT_PAIN, later)), advice(RULE, "info", offers=["ct_ankle", "bone_scan"]))


# -- what could not be read


def test_out_of_reach() -> None:
    unread: Listing[Event] = cut_off(Need.DEVICES)
    spec(a_patient(mri(), devices=unread), missing(RULE, Need.DEVICES))
    spec(a_patient(devices=unread, problems=(FOOT_PAIN,)), missing(RULE, Need.DEVICES))
    spec(a_patient(devices=unread), not_applicable(RULE))
    spec(with_device(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(with_device(problems=(FOOT_PAIN,), care=cut_off(Need.CARE)), missing(RULE, Need.CARE))
    partly = with_device(problems=cut_off(Need.PROBLEMS, FOOT_PAIN))
    spec(partly, missing(RULE, Need.PROBLEMS))
    cut = Listing((PACEMAKER,), out_of_reach(Need.DEVICES))
    spec(a_patient(mri(), devices=cut), advice(RULE, "warning", unchecked=True))
    half = with_device(problems=(FOOT_PAIN, HIP_PAIN), vitals=cut_off(Need.PAIN))
    spec(half, advice(RULE, "info", because=["Condition/pain_foot"], unchecked=True))


def test_a_question_that_cannot_be_read() -> None:
    spec(with_device(mri(UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(mri(UNREADABLE_REASON)), satisfied(RULE))
