"""Draft orders by name."""

from __future__ import annotations

import json
from datetime import date

import pytest
from fhir.resources.R4B import get_fhir_model_class

from service.sample_ehr import UnknownDraftError, draft, draft_names, stories

TODAY = date(2025, 4, 12)


def test_the_drafts_are_stored_or_built() -> None:
    stored = {"apixaban", "iloprost-inhaled", "iloprost-iv", "metformin", "mri-hip", "warfarin"}
    assert stored < set(draft_names())
    assert list(draft_names()) == sorted(set(draft_names()))


def test_every_draft_of_a_story_is_there() -> None:
    assert {name for story in stories() for name in story.drafts} <= set(draft_names())


@pytest.mark.parametrize("name", draft_names())
@pytest.mark.parametrize("reason", [None, "bone marrow edema syndrome"])
def test_a_draft_is_valid_r4_for_the_patient_and_the_day(name: str, reason: str | None) -> None:
    order = draft(name, "sample-safe", TODAY, reason)
    get_fhir_model_class(order["resourceType"]).model_validate_json(json.dumps(order))
    assert order["status"] == "draft"
    assert order["subject"] == {"reference": "Patient/sample-safe"}
    assert order["authoredOn"] == "2025-04-12"
    assert reason is None or order["reasonCode"] == [{"text": reason}]


@pytest.mark.parametrize(
    ("name", "system", "code"),
    [
        ("apixaban", "http://www.nlm.nih.gov/research/umls/rxnorm", "1364445"),
        ("iloprost-inhaled", "http://www.nlm.nih.gov/research/umls/rxnorm", "861964"),
        ("iloprost-iv", "http://www.nlm.nih.gov/research/umls/rxnorm", "2680303"),
        ("metformin", "http://www.nlm.nih.gov/research/umls/rxnorm", "861007"),
        ("mri-hip", "http://loinc.org", "36488-5"),
        ("warfarin", "http://www.nlm.nih.gov/research/umls/rxnorm", "855332"),
    ],
)
def test_a_draft_has_its_code(name: str, system: str, code: str) -> None:
    order = draft(name, "sample-safe", TODAY)
    concept = order["medicationCodeableConcept"] if "medicationCodeableConcept" in order else order["code"]
    assert [(coding["system"], coding["code"]) for coding in concept["coding"]] == [(system, code)]


def test_two_drafts_of_one_name_are_apart() -> None:
    draft("iloprost-iv", "sample-safe", TODAY)["status"] = "active"
    assert draft("iloprost-iv", "sample-safe", TODAY)["status"] == "draft"


@pytest.mark.parametrize("name", ["aspirin", "../patients/iloprost_safe", ""])
def test_an_unknown_draft_names_those_there_are(name: str) -> None:
    with pytest.raises(UnknownDraftError, match="choose one of adalimumab, apixaban"):
        draft(name, "sample-safe", TODAY)
