"""The sample patients: valid FHIR, each on its own, and each tells the story that its title announces."""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from mappings.load import load
from service.sample_ehr import Story, load_patients, stories
from service.sample_ehr.store import Resource, Store

TODAY = date(2025, 4, 12)
LEAP_DAY = date(2024, 2, 29)
RESOURCES = load_patients(TODAY)
BY_ID = {f"{row['resourceType']}/{row['id']}": row for row in RESOURCES}


def _validate(resource: Resource) -> None:
    get_fhir_model_class(resource["resourceType"]).model_validate_json(json.dumps(resource))


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["reference"]] if "reference" in node else []
        return own + [found for value in node.values() for found in _references(value)]
    if isinstance(node, list):
        return [found for item in node for found in _references(item)]
    return []


def _age(birth: date) -> int:
    return TODAY.year - birth.year - ((TODAY.month, TODAY.day) < (birth.month, birth.day))


def _codes(concept: Resource) -> set[str]:
    return {coding["code"] for coding in concept.get("coding", [])}


@pytest.mark.parametrize("name", sorted(BY_ID))
def test_every_resource_is_valid_r4(name: str) -> None:
    _validate(BY_ID[name])


@pytest.mark.parametrize("today", [LEAP_DAY, TODAY])
def test_the_samples_stay_valid_whatever_the_day(today: date) -> None:
    for resource in load_patients(today):
        _validate(resource)


@pytest.mark.parametrize("name", sorted(BY_ID))
def test_every_reference_leads_somewhere(name: str) -> None:
    assert set(_references(BY_ID[name])) <= set(BY_ID)


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(RESOURCES)


def test_two_resources_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="Patient/sample-safe occurs twice"):
        Store.of([BY_ID["Patient/sample-safe"], BY_ID["Patient/sample-safe"]])


def test_the_files_and_the_list_of_stories_agree() -> None:
    folder = files("service.sample_ehr").joinpath("patients")
    assert sorted(file.name for file in folder.iterdir()) == sorted(story.file for story in stories() if story.file)


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.id)
def test_a_story_has_a_sentence_and_its_patient(story: Any) -> None:
    patient = BY_ID[f"Patient/{story.id}"]
    assert story.title.endswith(".")
    assert f" of {_age(date.fromisoformat(patient['birthDate']))} " in story.title
    assert story.title.startswith(("A woman", "A girl") if patient["gender"] == "female" else "A man")


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.id)
def test_a_chart_is_about_one_patient(story: Any) -> None:
    rows = story.resources(TODAY)
    subjects = {(row.get("subject") or row.get("patient") or {}).get("reference") for row in rows} - {None}
    assert rows[0]["resourceType"] == "Patient" or story.file
    assert subjects == {f"Patient/{story.id}"}


def test_a_title_without_an_age_is_our_mistake() -> None:
    story = Story("sample-x", "A man takes apixaban.", "Diagnosis", "patient-view", chart=lambda _chart: None)
    with pytest.raises(ValueError, match="says the age"):
        story.resources(TODAY)


def test_the_stories_cover_every_pathway() -> None:
    assert len(stories()) >= 25
    assert len({story.pathway for story in stories()}) == 11


def test_no_result_lies_in_the_future() -> None:
    for row in RESOURCES:
        when = row.get("effectiveDateTime") or row.get("recordedDate") or row.get("authoredOn") or row.get("started")
        assert when is None or when[:10] <= TODAY.isoformat(), row["id"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ("apixaban-apixaban", "1364445"),
        ("safe-acetaminophen", "198440"),
        ("safe-cholecalciferol", "199362"),
        ("inhaled-iloprost-inhaled", "861964"),
        ("inhaled-warfarin", "855332"),
        ("ongoing-iloprost", "2680303"),
        ("ongoing-rivaroxaban", "1232086"),
    ],
)
def test_an_active_order_has_its_rxnorm_code(order: str, code: str) -> None:
    row = BY_ID[f"MedicationRequest/{order}"]
    assert row["status"] == "active"
    assert _codes(row["medicationCodeableConcept"]) == {code}


def test_warfarin_is_named_only_by_reference() -> None:
    order = BY_ID["MedicationRequest/warfarin-warfarin"]
    assert "medicationCodeableConcept" not in order
    assert _codes(BY_ID[order["medicationReference"]["reference"]]["code"]) == {"855332"}


def test_the_blood_thinner_has_text_and_no_code() -> None:
    assert BY_ID["MedicationStatement/unclear-blood-thinner"]["medicationCodeableConcept"] == {"text": "blood thinner"}


def test_the_pregnancy_has_eleven_weeks_to_go() -> None:
    expected = BY_ID["Observation/pregnant-expected-delivery"]["valueDateTime"]
    assert date.fromisoformat(expected) - TODAY == timedelta(weeks=11)


def test_nothing_tells_whether_the_woman_of_33_is_pregnant() -> None:
    pregnancy = {"77386006", "Z33.1", "11778-8", "82810-3", "2106-3", "2118-8", "21198-7"}
    own = [row for row in RESOURCES if row.get("subject") == {"reference": "Patient/sample-status-unknown"}]
    assert own
    assert not any(_codes(row.get("code", {})) & pregnancy for row in own)


KNOWLEDGE = load()
BUILT = [row for story in stories() if story.chart for row in story.resources(TODAY)]


def test_the_examinations_and_results_that_are_built_have_codes_of_the_tables() -> None:
    """A wrong digit would make another examination of it."""
    for row in BUILT:
        if row["resourceType"] in ("Observation", "DiagnosticReport"):
            for coding in row["code"].get("coding", []):
                known = KNOWLEDGE.concepts(coding["system"], coding["code"])
                assert known, coding
                if coding["display"].startswith("MR "):
                    places = ("hip", "knee", "ankle", "foot", "lumbar", "pelvis")
                    [place] = [each for each in places if each in coding["display"].lower()]
                    assert any(each.startswith("mri_") and place in each for each in known), coding


def test_the_problems_that_are_built_have_codes_of_the_tables() -> None:
    for row in BUILT:
        if row["resourceType"] == "Condition":
            for coding in row["code"].get("coding", []):
                assert KNOWLEDGE.concepts(coding["system"], coding["code"]), coding
