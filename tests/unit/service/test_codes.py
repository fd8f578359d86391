"""The commands `marrow codes`, on a library of a few rows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fhir.resources.R4B.valueset import ValueSet
from typer.testing import CliRunner, Result

from service.cli import app
from service.codes import library as opening
from service.codes.library import Library, open_library
from service.config import Settings
from tests.builders.library import a_library

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SITE = "https://hospital.example.org/drugs"
LOCAL = (
    f"system,code,target,display\n{SITE},17,drug:anticoagulant/warfarin,Warfarin\n{SITE},P,value_set:pregnancy,Yes\n"
)


@pytest.fixture(autouse=True)
def _small_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands open the small library, with the settings of the environment."""
    for name in [name for name in os.environ if name.startswith("MARROW_")]:
        monkeypatch.delenv(name)
    folder = a_library(tmp_path / "mappings")

    def open_small(settings: Settings) -> Library:
        return open_library(settings, folder)

    monkeypatch.setattr(opening, "open_library", open_small)


def codes(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["codes", *arguments])


def explained(*arguments: str) -> list[dict[str, object]]:
    result = codes("explain", *arguments, "--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


# -- explain


@pytest.mark.parametrize("code", [f"{RXNORM}|855332", "rxnorm|855332", "urn:oid:2.16.840.1.113883.6.88|855332"])
def test_a_code_is_explained_with_group_route_source_and_rules(code: str) -> None:
    result = codes("explain", code)

    assert result.exit_code == 0
    assert "drug group anticoagulant (warfarin, oral, Oral Tablet)" in result.stdout
    assert "warfarin sodium 5 MG Oral Tablet (certainty: code, current)" in result.stdout
    assert "A published table (2026); drugs/anticoagulant.csv:4" in result.stdout
    assert "BME-CI-01" in result.stdout


def test_a_drug_names_the_rules_that_judge_it_or_look_for_it() -> None:
    """An anticoagulant is judged as a draft by one rule, and looked for beside a prostacyclin by others."""
    [meaning] = explained("rxnorm|855332")
    rules = meaning["rules"]
    assert isinstance(rules, list)
    assert {"BME-CI-01", "BME-CI-04", "BME-CI-05", "BME-DS-NSA-01"} <= set(rules)
    assert len(rules) == len(set(rules))
    assert "BME-CI-02" not in rules


def test_an_atc_code_that_no_table_holds_is_certain_by_its_class_only() -> None:
    [meaning] = explained("atc|B01AB13")
    assert (meaning["certainty"], meaning["found"], meaning["ingredient"]) == ("class", "atc|B01AB", "(class)")


def test_a_code_that_a_not_set_takes_back_is_said_not_to_count() -> None:
    notes = {(m["name"], m["found"]): m["note"] for m in explained("http://hl7.org/fhir/sid/icd-10|O24.430")}
    assert notes["not_pregnancy", "icd10cm|O24.43..."] == ""
    assert "does not count" in str(notes["pregnancy", "icd10|O24..."])
    assert "does not count" in str(notes["pregnancy", "icd10cm|O24..."])


def test_an_observation_names_the_rules_whose_query_asks_for_it() -> None:
    [meaning] = explained("loinc|6301-6")
    assert meaning["name"] == "inr"
    assert meaning["rules"]


def test_a_text_is_explained_by_the_names_in_it() -> None:
    drug, concept = explained("--text", "Coumadin 5 mg for bone marrow edema")
    assert (drug["name"], drug["ingredient"], drug["certainty"]) == ("anticoagulant", "warfarin", "name")
    assert drug["place"] == "lexicon/drug_names/anticoagulant.csv:2"
    assert (concept["name"], concept["certainty"]) == ("bone_marrow_edema", "name")


def test_a_class_word_is_certain_as_a_class() -> None:
    [meaning] = explained("--text", "blood thinner")
    assert (meaning["name"], meaning["certainty"]) == ("anticoagulant_vague", "class")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("rxnorm|861007",), "Another medicine"),
        (("https://hospital.example.org/drugs|1",), "Not in the library"),
        (("--text", "no warfarin"), "Not in the library"),
    ],
)
def test_what_is_not_known_is_said_and_exits_with_1(arguments: tuple[str, ...], text: str) -> None:
    result = codes("explain", *arguments)
    assert result.exit_code == 1
    assert text in result.stdout


@pytest.mark.parametrize("arguments", [(), ("rxnorm|1", "--text", "x"), ("855332",), ("|1",)])
def test_a_question_that_is_none_is_refused(arguments: tuple[str, ...]) -> None:
    assert codes("explain", *arguments).exit_code == 2


def test_codes_of_the_site_are_explained_with_their_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "local_codes.csv"
    file.write_text(LOCAL)
    monkeypatch.setenv("MARROW_LOCAL_CODES_FILE", str(file))

    [drug] = explained(f"{SITE}|17")
    [concept] = explained(f"{SITE}|P")

    assert (drug["name"], drug["ingredient"]) == ("anticoagulant", "warfarin")
    assert drug["place"] == "line 2: drug:anticoagulant/warfarin"
    assert concept["name"] == "pregnancy"


def test_a_set_that_is_off_is_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARROW_CODE_SETS_OFF", "atc")
    assert codes("explain", "atc|B01AA03").exit_code == 1


def test_a_set_up_that_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARROW_LOCAL_CODES_FILE", "/does/not/exist.csv")
    result = codes("explain", "rxnorm|1")
    assert result.exit_code == 2
    assert "MARROW_LOCAL_CODES_FILE" in result.stderr


# -- unmapped


def concept(system: str, code: str, display: str = "") -> dict[str, object]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


METFORMIN = concept(RXNORM, "861007", "metformin")
RESOURCES: list[object] = [
    {"resourceType": "MedicationRequest", "medicationCodeableConcept": METFORMIN},
    {"resourceType": "MedicationRequest", "medicationCodeableConcept": METFORMIN},
    {"resourceType": "MedicationRequest", "medicationCodeableConcept": concept(RXNORM, "855332", "warfarin")},
    {"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": "Coumadin"}},
    {
        "resourceType": "MedicationRequest",
        "contained": [{"resourceType": "Medication", "code": concept(SITE, "9", "x")}],
    },
    {"resourceType": "Condition", "code": concept("http://hl7.org/fhir/sid/icd-10-cm", "Z33.1")},
    {
        "resourceType": "Medication",
        "code": {"coding": [{"system": SITE, "code": "1"}, {"system": RXNORM, "code": "855332"}]},
    },
    {
        "resourceType": "Observation",
        "code": concept("http://loinc.org", "6301-6"),
        "valueCodeableConcept": {"text": "hi"},
    },
    {"resourceType": "Observation", "code": {"text": "mood"}, "valueCodeableConcept": {"text": "good"}},
    {"resourceType": "ImagingStudy", "modality": [{"system": "http://example.org/m", "code": "MR"}]},
    {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Procedure", "code": {"text": "hop"}}}, {}]},
    {"resourceType": "Patient", "name": [{"family": "Nobody"}]},
    {"resourceType": ["odd"]},
    ["no", "object"],
]


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    file = tmp_path / "export.ndjson"
    lines = [json.dumps(resource) for resource in RESOURCES]
    file.write_bytes("\n".join([*lines, "", "{broken", "[" * 5000]).encode() + b"\n\xff\xff\n")
    return file


def test_an_export_is_listed_by_frequency(exported: Path) -> None:
    result = codes("unmapped", str(exported))

    assert result.exit_code == 0
    first, *_ = result.stdout.splitlines()
    assert first.split() == ["2", "MedicationRequest", f"{RXNORM}|861007", "metformin"]
    assert "17 lines (4 unreadable)" in result.stdout


def test_each_unknown_code_is_listed_once_with_its_count(exported: Path) -> None:
    data = json.loads(codes("unmapped", str(exported), "--json").stdout)
    listed = {(u["resource"], u["code"], u["text"]): (u["count"], u["by_name"]) for u in data["unmapped"]}

    assert listed == {
        ("MedicationRequest", "861007", ""): (2, False),
        ("Medication", "9", ""): (1, False),
        ("MedicationStatement", "", "Coumadin"): (1, True),
        ("Observation", "", "hi"): (1, False),
        ("Observation", "", "mood"): (1, False),
        ("ImagingStudy", "MR", ""): (1, False),
        ("Procedure", "", "hop"): (1, False),
    }
    assert (data["by_code"], data["by_name"], data["malformed"], data["different"]) == (4, 1, 4, 7)


def test_the_list_can_be_shortened(exported: Path) -> None:
    assert len(json.loads(codes("unmapped", str(exported), "--json", "--most", "2").stdout)["unmapped"]) == 2
    assert len(json.loads(codes("unmapped", str(exported), "--json", "--most", "0").stdout)["unmapped"]) == 7


def test_a_long_file_shows_its_progress_on_stderr_only(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.codes.commands.LONG_FILE_BYTES", 10)
    result = codes("unmapped", str(exported), "--json")
    assert json.loads(result.stdout)["different"] == 7


# -- export


def export(folder: Path) -> dict[str, dict[str, object]]:
    result = codes("export", str(folder))
    assert result.exit_code == 0, result.output
    return {path.name: json.loads(path.read_bytes()) for path in folder.iterdir()}


def test_each_group_and_set_with_codes_is_a_valid_value_set(tmp_path: Path) -> None:
    files = export(tmp_path / "out")

    assert set(files) == {
        "ValueSet-concept-inr.json",
        "ValueSet-concept-pregnancy.json",
        "ValueSet-concept-route-oral.json",
        "ValueSet-drug-anticoagulant-flush.json",
        "ValueSet-drug-anticoagulant.json",
        "ValueSet-drug-prostacyclin.json",
    }
    for content in files.values():
        ValueSet.model_validate(content)
        assert len(str(content["version"])) == 16
        assert content["copyright"]


def test_prefixes_are_filters_and_not_sets_are_excluded(tmp_path: Path) -> None:
    compose = export(tmp_path / "out")["ValueSet-concept-pregnancy.json"]["compose"]

    icd10cm, icd10 = "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10"
    assert compose == {
        "include": [
            {"system": icd10, "filter": [{"property": "concept", "op": "is-a", "value": "O24"}]},
            {"system": icd10cm, "concept": [{"code": "Z33.1", "display": "Pregnant state"}]},
            {"system": icd10cm, "filter": [{"property": "concept", "op": "is-a", "value": "O24"}]},
            {"system": "http://snomed.info/sct", "concept": [{"code": "77386006", "display": "Pregnant"}]},
        ],
        "exclude": [{"system": icd10cm, "filter": [{"property": "concept", "op": "is-a", "value": "O24.43"}]}],
    }


def test_nothing_of_a_set_that_is_off_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARROW_CODE_SETS_OFF", "atc,snomed_ct")
    files = export(tmp_path / "out")

    assert "ValueSet-concept-route-oral.json" not in files
    text = json.dumps(files)
    assert "snomed" not in text.lower()
    assert "whocc" not in text


def test_codes_of_the_site_are_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "local_codes.csv"
    file.write_text(LOCAL)
    monkeypatch.setenv("MARROW_LOCAL_CODES_FILE", str(file))
    files = export(tmp_path / "out")

    drugs = files["ValueSet-drug-anticoagulant.json"]["compose"]
    assert isinstance(drugs, dict)
    assert {"system": SITE, "concept": [{"code": "17"}]} in drugs["include"]


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    assert codes("export", str(tmp_path)).exit_code == 2


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert codes("export", str(tmp_path / "file" / "below")).exit_code == 1
