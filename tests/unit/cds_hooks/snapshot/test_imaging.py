"""Marrow edema on MRI, site by site: MRI_BME_POS, MRI_BME_NEG and BME_CONTEXT of the rule specification (0.2)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.snapshot.imaging import Modality
from cds_hooks.snapshot.model import Absent, Finding, Listing, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, FractureKind, Region, Side
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
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
        a_report(status="partial"),
        a_report(status="registered"),
        a_report(status="entered-in-error"),
        a_report(code=coded(LOINC, "36428-1", "CT Ankle - right WO contrast")),
    ],
)
def test_what_is_no_valid_mr_report(report: Json) -> None:
    assert isinstance(seen(report).edema_on_mri(), Absent)


def remarks(*reports: Json) -> list[str]:
    return [remark.text for remark in seen(*reports).mri_reports.remarks]


@pytest.mark.parametrize("status", ["partial", "preliminary"])
def test_a_report_that_is_not_final_is_kept_apart(status: str) -> None:
    """It does not count, for or against, unless a rule asks for it; it is no unusable data either."""
    patient = seen(a_report(NONE, 5, status=status), a_report(days=9))
    assert isinstance(patient.edema_on_mri(HIP_LEFT), Present)
    assert isinstance(patient.edema_on_mri(HIP_LEFT, preliminary=True), Absent)
    assert remarks(a_report(status=status)) == []


@pytest.mark.parametrize("status", ["registered", "cancelled", "entered-in-error"])
def test_a_report_that_says_nothing_yet_or_was_withdrawn_is_left_out(status: str) -> None:
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


# -- place by place

BOTH_HIPS = coded(LOINC, "24872-4", "MR Pelvis and Hip")
DAYS = 20


def an_earlier(conclusion: str = EDEMA, **changed: Any) -> Json:
    return a_report(conclusion, DAYS, **changed)


@pytest.mark.parametrize(
    ("newer", "left", "right"),
    [
        (a_report("Right hip: no marrow edema.", 5, code=BOTH_HIPS), Present, Absent),
        (a_report("Left hip: no marrow edema.", 5, code=BOTH_HIPS), Absent, Present),
        (a_report("No marrow edema of both hips.", 5, code=BOTH_HIPS), Absent, Absent),
        (a_report("Labral tear.", 5, code=BOTH_HIPS), Absent, Absent),
        (a_report("Labral tear.", 5), Absent, Present),
        (a_report("No marrow edema of the right knee.", 5, code=named("MRI right knee")), Present, Present),
        (a_report("No marrow edema.", DAYS, code=BOTH_HIPS), Present, Present),
    ],
    ids=["right ended", "left ended", "both ended", "silent on both", "silent on the left", "knee", "of the same day"],
)
def test_no_at_one_place_ends_no_other(newer: Json, left: type[object], right: type[object]) -> None:
    """Both hips had edema; a newer report ends what it is about, and only that."""
    patient = seen(an_earlier("Bone marrow edema of both hips.", code=BOTH_HIPS), newer)
    assert kind(patient.edema_on_mri(HIP_LEFT)) is left
    assert kind(patient.edema_on_mri(HIP_RIGHT)) is right


def test_each_side_of_one_report_is_a_place() -> None:
    """Which report decides, with its place, its sentence and its date; a side that is not asked for counts as well."""
    patient = seen(a_report("Right hip: bone marrow edema. Left hip: no marrow edema.", code=BOTH_HIPS))
    said = {each.site: each.assertion for each in patient.edema_reports()}
    assert said == {HIP_RIGHT: Assertion.PRESENT, HIP_LEFT: Assertion.ABSENT}
    (found,) = patient.edema_reports(HIP_RIGHT)
    assert found.fact.value == "Right hip: bone marrow edema."
    assert found.when.day == day(10)
    assert isinstance(patient.edema_on_mri(Site(Region.HIP)), Present)
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Present)
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_RIGHT), Absent)


def test_edema_at_one_spot_of_a_place_is_edema_there() -> None:
    """Present outweighs absent at the same place, in one report or in two of the same day."""
    one = seen(a_report("Marrow edema of the femoral neck. No marrow edema of the acetabulum."))
    two = seen(a_report("Marrow edema of the femoral neck."), a_report(NONE, id="second"))
    for patient in (one, two):
        assert isinstance(patient.edema_on_mri(HIP_LEFT), Present)
        assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Absent)


def test_a_report_of_an_unknown_place_stands_for_itself() -> None:
    """It matches no site, ends none, and counts where any site will do. Unread, it may be about any."""
    unknown = a_report("Marrow edema.", 5, code=named("MRI"))
    negative = a_report(NONE, 5, code=named("MRI"))
    assert isinstance(seen(unknown).edema_on_mri(), Present)
    assert isinstance(seen(unknown).edema_on_mri(HIP_LEFT), Absent)
    assert isinstance(seen(an_earlier(), negative).edema_on_mri(HIP_LEFT), Present)
    assert isinstance(seen(unknown, a_report(NONE, 5, code=named("MRI"), id="b")).edema_ruled_out_on_mri(), Absent)
    unread = a_report(None, 5, code=named("MRI"))
    assert isinstance(seen(unread).edema_on_mri(HIP_LEFT), Unknown)
    assert isinstance(seen(unread).edema_on_mri(), Unknown)


def test_an_unread_report_hides_only_what_no_newer_one_shows() -> None:
    unread = a_report(None, DAYS)
    assert isinstance(seen(an_earlier(), a_report(None, 5)).edema_on_mri(HIP_LEFT), Unknown)
    assert isinstance(seen(unread, a_report(NONE, 5)).edema_on_mri(HIP_LEFT), Absent)
    assert isinstance(seen(unread).edema_on_mri(ANKLE_RIGHT), Absent)
    found = seen(unread, a_report("Marrow edema of the talus.", 5, code=named("MRI right ankle"))).edema_on_mri()
    assert isinstance(found, Present)
    assert found.gaps


@pytest.mark.parametrize(("days", "ruled_out"), [(183, Present), (184, Absent)])
def test_the_window_is_the_rules_choice(days: int, ruled_out: type[object]) -> None:
    patient = seen(a_report(NONE, days))
    assert kind(patient.edema_ruled_out_on_mri(HIP_LEFT, within_days=183)) is ruled_out
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Present)


def test_edema_ever() -> None:
    """An earlier positive report stays on record, after a year and when a newer is negative; no preliminary does."""
    patient = seen(a_report(days=400), a_report(NONE, 5))
    assert isinstance(patient.edema_ever_on_mri(HIP_LEFT), Present)
    assert isinstance(patient.edema_ever_on_mri(), Present)
    assert isinstance(patient.edema_ever_on_mri(HIP_RIGHT), Absent)
    assert isinstance(seen(a_report(NONE)).edema_ever_on_mri(), Absent)
    assert isinstance(seen(a_report(status="preliminary")).edema_ever_on_mri(), Absent)
    assert isinstance(seen(a_report("Rim sign.")).edema_ever_on_mri(), Absent)
    assert isinstance(seen(a_report(None)).edema_ever_on_mri(HIP_LEFT), Unknown)
    assert isinstance(seen(a_report(None)).edema_ever_on_mri(HIP_RIGHT), Absent)


def test_a_preliminary_report_counts_only_where_it_is_asked_for() -> None:
    patient = seen(an_earlier(NONE), a_report(status="preliminary"))
    assert isinstance(patient.edema_on_mri(HIP_LEFT), Absent)
    found = patient.edema_on_mri(HIP_LEFT, preliminary=True)
    assert isinstance(found, Present)
    assert found.facts[0].kind == "preliminary imaging report"
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Present)
    assert isinstance(patient.edema_on_mri(HIP_LEFT, preliminary=True, within_days=9), Absent)


# -- the other findings of the text

DETAILED = (
    "Bone marrow edema of the femoral head and neck. No rim sign. Osteonecrosis cannot be excluded. "
    "Subchondral insufficiency fracture. Right hip: joint effusion."
)


def test_what_else_a_report_says() -> None:
    """Each finding with its place, its sentence and what the sentence adds to it."""
    patient = seen(a_report(DETAILED))
    doubted = patient.seen_on_mri(Seen.OSTEONECROSIS, site=HIP_LEFT, said=Assertion.UNCERTAIN)
    assert isinstance(doubted, Present)
    assert doubted.facts[0].value == "Osteonecrosis cannot be excluded."
    assert isinstance(patient.seen_on_mri(Seen.RIM_SIGN, said=Assertion.ABSENT), Present)
    assert isinstance(patient.seen_on_mri(Seen.RIM_SIGN, Seen.OSTEONECROSIS), Absent)
    broken = patient.seen_on_mri(Seen.RIM_SIGN, Seen.SUBCHONDRAL_FRACTURE, site=HIP_LEFT)
    assert isinstance(broken, Present)
    assert [sign.mention.fracture_kind for sign in broken.items] == [FractureKind.INSUFFICIENCY]
    assert isinstance(patient.seen_on_mri(Seen.EFFUSION, site=HIP_LEFT), Absent)
    assert isinstance(patient.seen_on_mri(Seen.EFFUSION, site=HIP_RIGHT), Present)
    assert isinstance(patient.seen_on_mri(Seen.EFFUSION, within_days=9), Absent)


def test_the_verdict_on_a_finding_is_that_of_its_place() -> None:
    """What is denied at one spot and seen at another is seen; a newer report of the place ends it."""
    said = "Rim sign in the femoral head. No rim sign in the acetabulum."
    patient = seen(a_report(said))
    assert isinstance(patient.seen_on_mri(Seen.RIM_SIGN, site=HIP_LEFT), Present)
    assert isinstance(patient.seen_on_mri(Seen.RIM_SIGN, site=HIP_LEFT, said=Assertion.ABSENT), Absent)
    newer = seen(an_earlier(said), a_report("Labral tear.", 5))
    assert isinstance(newer.seen_on_mri(Seen.RIM_SIGN), Absent)
    unread = seen(a_report(None))
    assert isinstance(unread.seen_on_mri(Seen.RIM_SIGN), Unknown)


def test_a_finding_of_both_sides_is_told_once() -> None:
    found = seen(a_report("Joint effusion of both hips.", code=BOTH_HIPS)).seen_on_mri(Seen.EFFUSION)
    assert isinstance(found, Present)
    assert len(found.items) == 1


def test_a_preliminary_finding() -> None:
    patient = seen(a_report("Rim sign.", status="preliminary"))
    assert isinstance(patient.seen_on_mri(Seen.RIM_SIGN), Absent)
    assert isinstance(patient.seen_on_mri(Seen.RIM_SIGN, preliminary=True), Present)


@pytest.mark.parametrize(
    ("conclusion", "study", "subchondral"),
    [
        ("Marrow edema of the femoral head.", "MRI left hip", True),
        ("Marrow edema of the talar dome.", "MRI right ankle", True),
        ("Marrow edema of the lateral tibial plateau.", "MRI right knee", True),
        ("Marrow edema of the humeral head.", "MRI right shoulder", True),
        ("Marrow edema of the calcaneus.", "MRI right ankle", False),
        ("Edema of the subchondral bone of the left sacroiliac joint.", "MRI sacroiliac joints", False),
        ("No marrow edema of the calcaneus. Marrow edema of the talar dome.", "MRI right ankle", True),
        ("Marrow edema of the calcaneus. No marrow edema of the talar dome.", "MRI right ankle", False),
    ],
)
def test_subchondral_sites(conclusion: str, study: str, subchondral: bool) -> None:
    """vs-subchondral-site: femoral head and condyle, tibial plateau, talar dome, humeral head."""
    found = seen(a_report(conclusion, code=named(study))).edema_on_mri()
    assert isinstance(found, Present)
    assert [each.subchondral for each in found.items] == [subchondral]


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        (named("osteonecrosis"), Seen.OSTEONECROSIS),
        (named("subchondral fracture"), Seen.SUBCHONDRAL_FRACTURE),
        (named("stress fracture"), Seen.FRACTURE),
        (named("osteomyelitis"), Seen.OSTEOMYELITIS),
        (named("joint effusion"), Seen.EFFUSION),
    ],
)
def test_coded_conclusions(code: Json, finding: Seen) -> None:
    """They stand for the study's own place; a text that states the same finding says it more exactly."""
    by_code = seen(a_report(None, conclusionCode=[code])).seen_on_mri(finding, site=HIP_LEFT)
    assert isinstance(by_code, Present)
    assert by_code.facts[0].value == "MR Hip - left WO contrast"


def test_the_text_says_where_a_coded_conclusion_is() -> None:
    edema = coded(SNOMED, "6411000179107", "Edema of bone marrow")
    patient = seen(a_report("Transient osteoporosis of the right hip.", code=BOTH_HIPS, conclusionCode=[edema]))
    assert isinstance(patient.edema_on_mri(HIP_RIGHT), Present)
    assert isinstance(patient.edema_on_mri(HIP_LEFT), Absent)


# -- the parts of the spine

SPINE = Site(Region.SPINE)
LUMBAR = coded(LOINC, "30679-5", "MR Lumbar spine WO contrast")
CERVICAL = coded(LOINC, "24935-9", "MR Cervical spine")
THORACIC_AND_LUMBAR = coded(LOINC, "94088-2", "MR Thoracic and lumbar spine WO and W contrast")
WHOLE = coded(LOINC, "36067-7", "MR Spine")
OF_L1 = "Compression fracture of L1 with bone marrow edema."


@pytest.mark.parametrize(
    ("older", "newer", "overtaken"),
    [
        (LUMBAR, LUMBAR, True),
        (LUMBAR, CERVICAL, False),
        (LUMBAR, THORACIC_AND_LUMBAR, True),
        (LUMBAR, WHOLE, True),
        (WHOLE, CERVICAL, True),
        (named("MRI lumbar spine"), named("MRI of the cervical spine"), False),
        (named("MRT LWS"), named("MRT HWS"), False),
        (named("MRI thoracolumbar spine"), named("MRI T-spine"), True),
        (LUMBAR, named("MRI spine"), True),
    ],
)
def test_a_report_of_another_part_of_the_spine_is_about_another_place(
    older: Json, newer: Json, overtaken: bool
) -> None:
    """By code or title; a study that does not say its part may be of any."""
    patient = seen(a_report(OF_L1, 60, code=older), a_report(NONE, 5, code=newer))
    assert kind(patient.edema_on_mri(SPINE)) is (Absent if overtaken else Present)
    assert kind(patient.seen_on_mri(Seen.FRACTURE, site=SPINE)) is (Absent if overtaken else Present)
    assert kind(patient.edema_ruled_out_on_mri(SPINE)) is (Present if overtaken else Absent)


def test_an_unreadable_report_of_another_part_of_the_spine_remains_a_gap() -> None:
    unread = seen(a_report(None, 60, code=LUMBAR), a_report(NONE, 5, code=CERVICAL))
    assert isinstance(unread.edema_on_mri(SPINE), Unknown)
    assert isinstance(seen(a_report(None, 60, code=LUMBAR), a_report(NONE, 5, code=LUMBAR)).edema_on_mri(SPINE), Absent)


# -- the studies


def test_what_the_study_was() -> None:
    """Its title says that it was made with dynamic contrast."""
    patient = seen(a_report(code=named("Dynamic contrast enhanced MRI left hip")))
    assert Concept.DYNAMIC_CONTRAST_MRI in patient.mri_reports.items[0].concepts


def test_radiographs_stand_apart() -> None:
    """A plain radiograph is no MR report: it neither shows nor rules out edema, and its abbreviations mean nothing."""
    xray = a_report("No fracture. BME.", 5, code=coded(LOINC, "36664-1", "XR Hip - left 2 Views"))
    patient = seen(an_earlier(), xray)
    (radiograph,) = patient.radiographs.items
    assert radiograph.modality is Modality.RADIOGRAPH
    assert radiograph.about(HIP_LEFT)
    assert not radiograph.about(HIP_RIGHT)
    assert radiograph.verdict(Seen.FRACTURE) is Assertion.ABSENT
    assert radiograph.verdict(Seen.MARROW_EDEMA, Seen.MASS) is None
    assert radiograph.fact.name == "radiograph"
    assert isinstance(patient.edema_on_mri(HIP_LEFT), Present)


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
        (Site(Region.ARM), Site(Region.ARM), False),
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
    failed = replace(nothing, mri_reports=Listing(nothing.mri_reports.items, out_of_reach("MR reports")))
    assert isinstance(failed.edema_context(), Unknown)


# -- bone density


DXA = coded(LOINC, "38268-9", "DXA Skeletal system Views for bone density")


def test_a_bone_density_measurement_was_made() -> None:
    """Of its report only that there is one, and when; a preliminary or future one is none, another study neither."""
    report, *others = (
        a_report("T-score -1.4", 300, code=DXA),
        a_report("T-score -1.4", 5, code=DXA, status="preliminary"),
        a_report("T-score -1.4", -5, code=DXA),
        a_report(),
    )
    patient = seen(report, *others)
    (made,) = patient.densitometry.items
    assert made.fact.resource == "DiagnosticReport/report-300"
    assert made.concepts == {Concept.DXA}
    assert made.when is not None
    assert made.when.day == day(300)
    assert len(patient.mri_reports.items) == 1


def test_an_undated_bone_density_measurement() -> None:
    (made,) = seen(a_report("T-score -1.4", code=named("DXA scan"), effectiveDateTime=None)).densitometry.items
    assert made.when is None
