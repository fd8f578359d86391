"""What the result Observations of an imaging report add to its words, and what is not known without them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_hooks.snapshot.from_fhir.snapshot import Reading
from cds_hooks.snapshot.imaging import edema_ever_on_mri
from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Policy
from cds_hooks.snapshot.queries import CONDITIONS, IMAGING_REPORTS, MEDICATIONS
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import Site
from cds_hooks.wire.delivery import Delivery, State
from tests.builders.fhir import LOINC, SNOMED, Json, a_bundle, coded, fhir_observation, named
from tests.unit.cds_hooks.snapshot.reading import read, reading_of
from tests.unit.cds_hooks.snapshot.test_imaging import HIP_LEFT, NONE, a_report

FINDINGS = coded(LOINC, "59776-5", "Procedure findings")
EDEMA_CODE = coded(SNOMED, "6411000179107", "Bone marrow edema")
ASKED = named("Bone marrow edema")
NO_WORDS = "Small joint effusion."  # of marrow edema


def without_words(concept: Json) -> Json:
    return {"coding": [{key: value for key, value in each.items() if key != "display"} for each in concept["coding"]]}


def a_result(code: Json = ASKED, **said: Any) -> Json:
    return fhir_observation(code, **{"id": "result-1", **said})


def referring(*results: Json, conclusion: str | None = None, **changed: Any) -> Json:
    references = [{"reference": f"Observation/{each['id']}"} for each in results]
    return a_report(conclusion, **{"result": references, **changed})


def with_result(code: Json = ASKED, conclusion: str | None = None, **said: Any) -> Patient:
    """The patient of a report of the left hip whose only result says this."""
    result = a_result(code, **said)
    return read([referring(result, conclusion=conclusion), result])


def interpreted(code: str) -> list[Json]:
    return [{"coding": [{"code": code}]}]


# -- what they say


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (FINDINGS, {"valueString": "Bone marrow edema of the femoral head."}),
        (FINDINGS, {"valueCodeableConcept": EDEMA_CODE}),
        (FINDINGS, {"valueCodeableConcept": without_words(EDEMA_CODE)}),
        ({}, {"valueString": "Bone marrow edema of the femoral head."}),
        (coded(LOINC, "36488-5", "MR Hip - left WO contrast"), {"valueString": "Edema of the femoral head."}),
        (ASKED, {"valueBoolean": True}),
        (ASKED, {"valueString": "yes"}),
        (ASKED, {"valueString": "mild"}),
        (ASKED, {"valueString": "left femoral head"}),
        (ASKED, {"valueCodeableConcept": coded(LOINC, "LA6576-8", "Positive")}),
        (ASKED, {"valueCodeableConcept": without_words(coded(LOINC, "LA6576-8"))}),
        (ASKED, {"interpretation": interpreted("POS")}),
        (without_words(EDEMA_CODE), {"valueString": "present"}),
        (ASKED, {"component": [{"code": ASKED, "valueString": "present"}]}),
        (named("MR findings"), {"component": [{"code": ASKED, "valueBoolean": True}]}),
    ],
)
def test_edema_as_a_result(code: Json, said: Json) -> None:
    """In words, as a code, or as the answer to what its own code names."""
    [report] = with_result(code, **said).edema_on_mri(HIP_LEFT).items  # type: ignore[union-attr]
    assert report.assertion is Assertion.PRESENT


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (FINDINGS, {"valueString": "No bone marrow edema."}),
        (ASKED, {"valueString": "not seen"}),
        (ASKED, {"valueBoolean": False}),
        (ASKED, {"valueCodeableConcept": coded(LOINC, "LA6577-6", "Negative")}),
        (ASKED, {"interpretation": interpreted("NEG")}),
    ],
)
def test_no_edema_as_a_result(code: Json, said: Json) -> None:
    patient = with_result(code, **said)
    assert isinstance(patient.edema_on_mri(), Absent)
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Present)


@pytest.mark.parametrize(
    "said", [{"valueString": "indeterminate"}, {"interpretation": interpreted("IND")}, {"valueString": "possible"}]
)
def test_a_result_in_doubt_is_neither(said: Json) -> None:
    patient = with_result(**said)
    assert isinstance(patient.edema_on_mri(), Absent)
    assert isinstance(patient.edema_ruled_out_on_mri(), Absent)


def test_the_card_quotes_the_answer_as_the_chart_has_it() -> None:
    [report] = with_result(valueBoolean=True).edema_on_mri().items  # type: ignore[union-attr]
    assert report.fact.value == "Bone marrow edema: yes"
    [report] = with_result(interpretation=interpreted("POS")).edema_on_mri().items  # type: ignore[union-attr]
    assert report.fact.value == "Bone marrow edema: positive"


@pytest.mark.parametrize("heading", ["Clinical indication", "Radiology Reason for study (narrative)", "Recommendation"])
def test_what_is_no_finding_of_the_study(heading: str) -> None:
    """The indication, an earlier study or a recommendation may name edema."""
    patient = with_result(named(heading), conclusion=NO_WORDS, valueString="Pain. Bone marrow edema?")
    assert isinstance(patient.edema_on_mri(), Absent)


def test_a_result_has_a_place_of_its_own() -> None:
    """By its words, else by its body site, else that of the study; the side of a place holds for that place alone."""
    pelvis: Any = {"code": coded(LOINC, "24872-4", "MR Pelvis WO contrast")}
    result = a_result(valueString="present", bodySite=named("right femoral head"))
    patient = read([referring(result, **pelvis), result])
    assert isinstance(patient.edema_on_mri(Site(Region.HIP, Side.RIGHT)), Present)
    assert isinstance(patient.edema_on_mri(Site(Region.HIP, Side.LEFT)), Absent)
    result = a_result(valueString="sacral ala", bodySite=named("right femoral head"))
    [report] = read([referring(result, **pelvis), result]).edema_on_mri().items  # type: ignore[union-attr]
    assert report.site == Site(Region.SACROILIAC, None)


def test_the_conclusion_and_a_result_speak_together() -> None:
    """What one of them shows is there, as with two sentences of a report."""
    patient = with_result(conclusion=NONE, valueString="present")
    assert isinstance(patient.edema_on_mri(HIP_LEFT), Present)
    assert isinstance(patient.edema_ruled_out_on_mri(HIP_LEFT), Absent)


def test_a_score_is_read_and_other_measurements_say_nothing() -> None:
    score = with_result(named("RAMRIS bone marrow edema score"), valueInteger=4)
    [sign] = score.seen_on_mri(Seen.RAMRIS_SCORE).items  # type: ignore[union-attr]
    assert sign.mention.score == 4
    other = with_result(named("Slice thickness"), valueQuantity={"value": 3, "unit": "mm"}, conclusion=NO_WORDS)
    assert isinstance(other.edema_on_mri(), Absent)
    alone = with_result(named("Slice thickness"), valueQuantity={"value": 3, "unit": "mm"})
    assert isinstance(alone.edema_on_mri(), Unknown)  # the report holds nothing that could be read


# -- where they come from


def test_a_contained_result() -> None:
    contained = [{"resourceType": "Device"}, a_result(id="other", valueBoolean=False), a_result(valueBoolean=True)]
    report = a_report(None, contained=contained, result=[{"reference": "#result-1"}])
    assert isinstance(read([report]).edema_on_mri(), Present)
    lost = a_report(None, contained=contained, result=[{"reference": "#result-2"}])
    assert isinstance(read([lost]).edema_on_mri(), Unknown)


def test_a_result_that_came_with_the_reports() -> None:
    """As `_include` brings it."""
    result = a_result(valueBoolean=True)
    patient = read(imagingReports=a_bundle([referring(result), result]))
    assert isinstance(patient.edema_on_mri(), Present)


KEYS = (CONDITIONS, MEDICATIONS, IMAGING_REPORTS)


def asked_for(reading: Reading) -> list[str]:
    return [query.path for query in reading.unasked(KEYS)]


@pytest.mark.parametrize("reference", ["Observation/result-1", "https://ehr/fhir/Observation/result-1/_history/2"])
def test_a_result_that_did_not_come_is_asked_for_once(reference: str) -> None:
    reading = reading_of([a_report(None, result=[{"reference": reference}, {"reference": reference}])])
    assert asked_for(reading) == ["Observation/result-1"]
    reading.deliver({"Observation/result-1": Delivery(State.DATA, (json.dumps(a_result(valueBoolean=True)).encode(),))})
    assert asked_for(reading) == []
    assert isinstance(reading.patient(KEYS, Policy()).edema_on_mri(), Present)


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({}, True),
        ({"code": coded(LOINC, "37362-1", "XR Bone Views")}, True),
        ({"code": coded(LOINC, "24323-8", "Comprehensive metabolic panel")}, False),
        ({"status": "cancelled"}, False),
        ({"result": [{"reference": "#contained"}]}, False),
        ({"result": [{"display": "measurements"}]}, False),
        ({"result": [{"reference": "DiagnosticReport/1"}]}, False),
    ],
)
def test_only_results_of_mri_and_radiographs_are_asked_for(changed: Json, asked: bool) -> None:
    assert bool(asked_for(reading_of([referring(a_result(), **changed)]))) is asked


# -- what is not known without them


UNKNOWN_RESULTS: list[Json] = [
    {},
    {"valueString": "not evaluable"},
    {"valueQuantity": {"value": 0}},
    {"valueBoolean": True, "status": "unknown"},
    {"valueBoolean": True, "component": "garbled"},
    {"valueBoolean": True, "subject": {"reference": "Patient/another"}},
    {"valueCodeableConcept": {"coding": [{"system": "urn:local", "code": "7"}]}},
]


@pytest.mark.parametrize("said", UNKNOWN_RESULTS)
def test_a_result_that_is_not_understood_is_a_gap(said: Json) -> None:
    """Never "no edema": without a value, with an answer of unknown meaning, of unknown status, of another patient."""
    found = with_result(conclusion=NO_WORDS, **said).edema_on_mri()
    assert isinstance(found, Unknown)
    assert "results that could not be read" in found.gap.text


@pytest.mark.parametrize("code", [FINDINGS, named("Panel")])
def test_a_result_that_holds_nothing_is_a_gap(code: Json) -> None:
    assert isinstance(with_result(code, conclusion=NO_WORDS).edema_on_mri(), Unknown)


def test_a_result_that_could_not_be_had_is_a_gap_where_the_words_are_silent() -> None:
    """The words of the report answer for what they speak of: their edema is there, and what they deny is not."""
    missing = a_result()
    silent, positive, negative = (
        read([referring(missing, conclusion=text)]) for text in (NO_WORDS, "Bone marrow edema.", NONE)
    )
    assert isinstance(silent.edema_on_mri(HIP_LEFT), Unknown)
    assert isinstance(edema_ever_on_mri(silent, HIP_LEFT), Unknown)
    assert isinstance(silent.edema_on_mri(Site(Region.KNEE)), Absent)
    assert isinstance(silent.seen_on_mri(Seen.EFFUSION), Present)
    assert isinstance(positive.edema_on_mri(), Present)
    assert isinstance(negative.edema_on_mri(), Absent)
    assert isinstance(negative.seen_on_mri(Seen.RIM_SIGN), Unknown)


def test_a_report_of_another_place_answers_by_its_words() -> None:
    """A missing result of a brain MRI is no gap in what is known of bone."""
    brain: Any = {"code": named("MRI of the brain")}
    patient = read([referring(a_result(), conclusion="No infarct.", **brain)])
    assert isinstance(patient.edema_on_mri(), Absent)
    assert isinstance(read([referring(a_result(), **brain)]).edema_on_mri(), Unknown)  # it has no words


def test_malformed_references_are_a_gap() -> None:
    assert isinstance(read([a_report(NO_WORDS, result="garbled")]).edema_on_mri(), Unknown)
    assert asked_for(reading_of([a_report(NO_WORDS, result="garbled")])) == []


@pytest.mark.parametrize(
    "said",
    [
        {"valueBoolean": True, "status": "entered-in-error"},
        {"valueBoolean": True, "status": "cancelled"},
        {"valueBoolean": True, "status": "preliminary"},
        {"dataAbsentReason": named("not performed")},
        {"component": [{"code": ASKED, "dataAbsentReason": named("not performed")}]},
    ],
)
def test_a_result_that_never_counts(said: Json) -> None:
    """Withdrawn, preliminary or said to have no value: neither a finding nor a gap beside words that can be read."""
    assert isinstance(with_result(conclusion=NO_WORDS, **said).edema_on_mri(), Absent)
    assert isinstance(with_result(**said).edema_on_mri(), Unknown)  # and no report by itself


def test_a_preliminary_result_belongs_to_a_preliminary_report() -> None:
    result = a_result(valueBoolean=True, status="preliminary")
    patient = read([referring(result, status="preliminary"), result])
    assert isinstance(patient.edema_on_mri(preliminary=True), Present)
    assert isinstance(patient.edema_on_mri(), Absent)
