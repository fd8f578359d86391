"""Marrow edema on MRI, site by site: MRI_BME_POS, MRI_BME_NEG and BME_CONTEXT of the rule specification (0.2)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from tests.builders.fhir import (
    EDEMA_SYNDROME,
    LOINC,
    SNOMED,
    SUBJECT,
    Json,
    coded,
    fhir_condition,
    fhir_draft,
    named,
)
from tests.builders.moment import day
from tests.builders.snapshot import out_of_reach
from tests.unit.cds_hooks.snapshot.reading import read

HIP_LEFT, HIP_RIGHT = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
ANKLE_RIGHT = Site(Region.ANKLE_FOOT, Side.RIGHT)
EDEMA = "Bone marrow edema of the femoral head and neck, no fracture, no rim sign."
NONE = "No marrow edema."


def a_report(conclusion: str | None = EDEMA, days: int = 10, **changed: Any) -> Json:
    """An MR report of the left hip."""
    report: Json = {
        "resourceType": "DiagnosticReport",
        "id": f"report-{days}",
        "status": "final",
        "code": coded(LOINC, "36488-5", "MR Hip - left WO contrast"),
        "subject": SUBJECT,
        "effectiveDateTime": day(days),
        "conclusion": conclusion,
        **changed,
    }
    return {key: value for key, value in report.items() if value is not None}


def kind(finding: Finding[Any]) -> type[object]:
    return type(finding)


def seen(*reports: Json) -> Patient:
    return read(reports)


def test_edema_at_its_site() -> None:
    """ "no" negates only up to the next comma: the report is positive, and it is about the left hip alone."""
    patient = seen(a_report())
    positive = patient.edema_on_mri(HIP_LEFT)
    assert isinstance(positive, Present)
    assert positive.facts[0].value == EDEMA
    assert isinstance(patient.edema_on_mri(), Present)
    assert isinstance(patient.edema_on_mri(HIP_RIGHT), Absent)
    assert isinstance(patient.edema_on_mri(ANKLE_RIGHT), Absent)
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Absent)


@pytest.mark.parametrize(
    ("conclusion", "positive", "negative"),
    [
        (EDEMA, Present, Absent),
        (NONE, Absent, Present),
        ("Marrow edema, resolved.", Absent, Present),
        ("Bone marrow edema cannot be excluded.", Absent, Absent),
        ("Labral tear.", Absent, Absent),
    ],
)
def test_what_a_report_says(conclusion: str, positive: type[object], negative: type[object]) -> None:
    patient = seen(a_report(conclusion))
    assert kind(patient.edema_on_mri(HIP_LEFT)) is positive
    assert kind(patient.edema_ruled_out_on_mri(HIP_LEFT)) is negative


def test_the_newest_report_of_the_site_decides() -> None:
    """A negative MRI ends a positive one of the same site, and leaves that of another site alone."""
    other = a_report("Marrow edema of the talus.", 60, code=coded(LOINC, "36429-9", "MR Ankle - right WO contrast"))
    patient = seen(a_report(days=40), a_report(NONE, 5), other)
    assert isinstance(patient.edema_on_mri(HIP_LEFT), Absent)
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Present)
    assert isinstance(patient.edema_on_mri(ANKLE_RIGHT), Present)
    again = seen(a_report(NONE, 40), a_report(days=5))
    assert isinstance(again.edema_on_mri(HIP_LEFT), Present)


@pytest.mark.parametrize(("days", "positive"), [(365, Present), (366, Absent)])
def test_a_report_counts_for_a_year(days: int, positive: type[object]) -> None:
    assert kind(seen(a_report(days=days)).edema_on_mri()) is positive


def test_a_coded_conclusion_counts_whatever_the_text() -> None:
    code = coded(SNOMED, "6411000179107", "Edema of bone marrow")
    assert isinstance(seen(a_report("See images.", conclusionCode=[code])).edema_on_mri(HIP_LEFT), Present)


def test_a_report_as_plain_text_attachment() -> None:
    """What an EHR presents as text/plain is read; a PDF alone is a gap, not a negative report."""
    text = {"contentType": "text/plain; charset=utf-8", "data": b64encode(EDEMA.encode()).decode()}
    pdf = {"contentType": "application/pdf", "data": "JVBERi0="}
    garbled = {"contentType": "text/plain", "data": "a"}
    assert isinstance(seen(a_report(None, presentedForm=[pdf, text])).edema_on_mri(), Present)
    unread = seen(a_report(None, presentedForm=[pdf, garbled]))
    for finding in (unread.edema_on_mri(), unread.edema_ruled_out_on_mri(HIP_LEFT), unread.edema_context()):
        assert isinstance(finding, Unknown)
        assert "no text that can be read" in finding.gap.text


@pytest.mark.parametrize(
    "report",
    [
        a_report(status="preliminary"),
        a_report(status="entered-in-error"),
        a_report(code=coded(LOINC, "36428-1", "CT Ankle - right WO contrast")),
    ],
)
def test_what_is_no_valid_mr_report(report: Json) -> None:
    assert isinstance(seen(report).edema_on_mri(), Absent)


def remarks(*reports: Json) -> list[str]:
    return [remark.text for remark in seen(*reports).mri_reports.remarks]


@pytest.mark.parametrize("status", ["registered", "partial", "preliminary"])
def test_a_report_that_is_not_final_is_remarked(status: str) -> None:
    """It does not count, for or against, and does not vanish either."""
    assert remarks(a_report(status=status)) == ["an MR report that is not final; it was not used"]
    assert isinstance(seen(a_report(NONE, 5, status=status), a_report(days=9)).edema_on_mri(HIP_LEFT), Present)


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_report_that_was_withdrawn_is_left_out(status: str) -> None:
    assert seen(a_report(status=status)).mri_reports.items == ()
    assert remarks(a_report(status=status)) == []


@pytest.mark.parametrize("status", [None, "done"])
def test_a_report_without_a_readable_status_is_a_gap(status: str | None) -> None:
    """Nobody knows whether it counts; it may say either."""
    assert isinstance(seen(a_report(status=status)).edema_on_mri(HIP_LEFT), Unknown)


LOCAL = coded("http://hospital.example/studies", "X17", "Imaging study")


@pytest.mark.parametrize(
    "changed",
    [
        {"category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "NMR"}]}]},
        {"category": {"coding": [{"code": "NMR"}]}},
        {"conclusion": f"MRI of the left hip, 3 T:\n{EDEMA}"},
    ],
)
def test_a_study_that_its_department_or_its_text_shows_to_be_mr(changed: Json) -> None:
    assert isinstance(seen(a_report(**{"code": LOCAL, **changed})).edema_on_mri(), Present)


@pytest.mark.parametrize(
    ("changed", "remarked"),
    [
        ({"code": LOCAL}, True),
        ({"code": LOCAL, "conclusion": NONE}, True),
        ({"code": LOCAL, "conclusion": "Normal. MRI was not done."}, False),
        ({"code": None, "conclusion": "Normal."}, True),
        ({"code": {"coding": [{"system": "http://local", "code": "17"}]}, "conclusion": None}, True),
        ({"code": named("Ultrasound of the ankle"), "conclusion": "Bone marrow edema?"}, False),
        ({"code": named("XR HIP LEFT 2 VIEWS")}, False),
    ],
)
def test_a_study_that_may_be_mr_is_remarked(changed: Json, remarked: bool) -> None:
    """What speaks of marrow edema, or has no name, may be an MR report; other studies are none."""
    sentence = "an imaging report that may be of an MR study was not recognized as one; it was not used"

    assert remarks(a_report(**changed)) == ([sentence] if remarked else [])
    assert seen(a_report(**changed)).mri_reports.items == ()


@pytest.mark.parametrize("date", [None, day(-5)])
def test_a_report_without_a_usable_date_is_remarked(date: str | None) -> None:
    found = seen(a_report(effectiveDateTime=date)).edema_on_mri()
    assert isinstance(found, Absent)
    assert "without a usable date" in found.remarks[0].text


def test_the_site_comes_from_the_words_where_no_code_says_it() -> None:
    """A study known by its title only, and a report that names another side than its title."""
    titled = seen(a_report(code=named("MRI RIGHT HIP WITHOUT CONTRAST")))
    assert isinstance(titled.edema_on_mri(HIP_RIGHT), Present)
    both = seen(a_report("Right hip: bone marrow edema. Left hip: no marrow edema.", code=named("MRI pelvis")))
    assert isinstance(both.edema_on_mri(HIP_RIGHT), Present)
    assert isinstance(both.edema_ruled_out_on_mri(HIP_LEFT), Present)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HIP_LEFT, HIP_LEFT, True),
        (HIP_LEFT, HIP_RIGHT, False),
        (HIP_LEFT, Site(Region.HIP), True),
        (HIP_LEFT, Site(Region.HIP, Side.BOTH), True),
        (HIP_LEFT, ANKLE_RIGHT, False),
        (Site(), Site(), False),
        (Site(Region.OTHER), Site(Region.OTHER), False),
    ],
)
def test_same_site(one: Site, other: Site, same: bool) -> None:
    """Same region, and the same or an unknown side; an unknown or other region never matches."""
    assert one.same_as(other) is same
    assert other.same_as(one) is same


def test_the_context_of_bone_marrow_edema() -> None:
    """Edema on MRI, an active edema Condition, or the draft's own reason; failed data are unknown, not absent."""
    assert isinstance(seen(a_report()).edema_context(), Present)
    assert isinstance(read([fhir_condition(EDEMA_SYNDROME)]).edema_context(), Present)
    nothing = read([], drafts=[fhir_draft(reasonCode=[named("bone marrow edema")]), fhir_draft(id="draft-2")])
    assert isinstance(nothing.edema_context(nothing.drafts[0]), Present)
    assert isinstance(nothing.edema_context(nothing.drafts[1]), Absent)
    failed = replace(nothing, mri_reports=replace(nothing.mri_reports, gap=out_of_reach("MR reports")))
    assert isinstance(failed.edema_context(), Unknown)
