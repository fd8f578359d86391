"""Recorded allergies: which records count, to what, and how bad."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.medication import CLASS
from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup
from tests.builders.fhir import RXNORM, SNOMED, Json, a_bundle, an_outcome, coded, fhir_allergy, named
from tests.unit.cds_hooks.snapshot.reading import read


def recorded(code: Json | None = None, **changed: Any) -> Allergy:
    [allergy] = read([fhir_allergy(code, **changed)]).allergies.items
    return allergy


def status(code: str) -> Json:
    return {"coding": [{"code": code}]}


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({"clinicalStatus": None}, True),
        ({"clinicalStatus": status("resolved")}, False),
        ({"clinicalStatus": status("inactive")}, False),
        ({"verificationStatus": None}, True),
        ({"verificationStatus": status("unconfirmed")}, True),
        ({"verificationStatus": status("refuted")}, False),
        ({"verificationStatus": status("entered-in-error")}, False),
    ],
)
def test_which_records_count(changed: Json, counts: bool) -> None:
    """Active or without a status, and neither refuted nor entered in error (0.1)."""
    assert len(read([fhir_allergy(**changed)]).allergies.items) == counts


# -- to what


@pytest.mark.parametrize(
    ("code", "drug", "by_text"),
    [
        (coded(RXNORM, "5640", "Ibuprofen"), (DrugGroup.NSAID_SYSTEMIC, "ibuprofen", Certainty.CODE), False),
        (named("Ibuprofen"), (DrugGroup.NSAID_SYSTEMIC, "ibuprofen", Certainty.NAME), True),
        (named("Allergy to ibuprofen"), (DrugGroup.NSAID_SYSTEMIC, "ibuprofen", Certainty.NAME), True),
        (coded("http://local", "1", "Denosumab"), (DrugGroup.DENOSUMAB, "denosumab", Certainty.NAME), True),
        (named("NSAIDs"), (DrugGroup.NSAID_SYSTEMIC, CLASS, Certainty.NAME), True),
        (named("bisphosphonates"), (DrugGroup.BISPHOSPHONATE, CLASS, Certainty.NAME), True),
    ],
)
def test_the_drug_of_a_record(code: Json, drug: tuple[DrugGroup, str, Certainty], by_text: bool) -> None:
    """By code, else by words; a class has no ingredient of its own."""
    allergy = recorded(code)

    assert drug in [(each.group, each.ingredient, each.certainty) for each in allergy.drugs]
    assert allergy.by_text is by_text


def test_the_substance_of_a_reaction() -> None:
    """The record may name a class of substances and the reaction the drug."""
    allergy = recorded(named("Drug allergy"), reaction=[{"substance": coded(RXNORM, "5640", "ibuprofen")}])

    assert [drug.ingredient for drug in allergy.drugs] == ["ibuprofen"]


@pytest.mark.parametrize(
    ("code", "concept"),
    [
        (named("Latex"), Concept.LATEX_ALLERGY),
        (named("bone cement"), Concept.BONE_CEMENT_ALLERGY),
        (named("gadolinium"), Concept.GADOLINIUM_ALLERGY),
        (coded(RXNORM, "25483", "contrast agent"), Concept.GADOLINIUM_ALLERGY),
        (named("iodinated contrast"), Concept.CONTRAST_MEDIA_ALLERGY),
        (named("NSAID hypersensitivity"), Concept.NSAID_HYPERSENSITIVITY),
    ],
)
def test_what_else_a_record_names(code: Json, concept: Concept) -> None:
    assert concept in recorded(code).concepts


@pytest.mark.parametrize("text", ["No known drug allergies", "no allergy to ibuprofen", "NKDA", "Pollen"])
def test_records_of_nothing_that_rules_look_at(text: str) -> None:
    found = read([fhir_allergy(named(text))]).allergies

    assert (found.items, found.gap) == ((), None)


# -- how bad


@pytest.mark.parametrize(
    ("changed", "severe"),
    [
        ({}, False),
        ({"criticality": "high"}, True),
        ({"criticality": "low"}, False),
        ({"reaction": [{"severity": "severe"}]}, True),
        ({"reaction": [{"severity": "moderate", "manifestation": [named("Urticaria")]}]}, False),
        ({"reaction": [{"manifestation": [named("Anaphylactic shock")]}]}, True),
        ({"reaction": [{"manifestation": [named("Angio\u00f6dem")]}]}, True),
        ({"reaction": [{"manifestation": [coded(SNOMED, "41291007")]}]}, True),
        ({"reaction": [{"manifestation": [coded("http://local", "41291007")]}]}, False),
        ({"reaction": [{"manifestation": [named("bronchospasm"), named("rash")]}]}, True),
        ({"reaction": "hives"}, False),
    ],
)
def test_what_counts_as_severe(changed: Json, severe: bool) -> None:
    """A severe reaction, anaphylaxis, angioedema, bronchospasm or a high criticality; hives alone are not."""
    assert recorded(**changed).severe is severe


@pytest.mark.parametrize(
    ("changed", "anaphylaxis"),
    [
        ({"criticality": "high", "reaction": [{"severity": "severe", "manifestation": [named("Nausea")]}]}, False),
        ({"reaction": [{"manifestation": [named("Anaphylactic shock")]}]}, True),
        ({"reaction": [{"manifestation": [coded(SNOMED, "41291007")]}]}, True),
    ],
)
def test_what_counts_as_anaphylaxis(changed: Json, anaphylaxis: bool) -> None:
    """What the reaction names, whatever it is rated."""
    assert recorded(**changed).anaphylaxis is anaphylaxis


@pytest.mark.parametrize(
    ("manifestations", "stomach"),
    [
        ([coded(SNOMED, "162031009", "Indigestion")], True),
        ([named("GI upset (dyspepsia)"), named("Nausea")], True),
        ([named("\u00dcbelkeit")], True),
        ([named("Nausea"), named("Rash")], False),
        ([], False),
    ],
)
def test_complaints_of_the_stomach_alone(manifestations: list[Json], stomach: bool) -> None:
    allergy = recorded(type="intolerance", reaction=[{"manifestation": manifestations}])

    assert allergy.intolerance
    assert allergy.stomach_only is stomach


def test_the_line_on_the_card() -> None:
    """Substance, reaction and criticality in the chart's words."""
    reaction = [{"manifestation": [named("Hives"), named("Itching")]}]
    allergy = recorded(criticality="low", reaction=reaction)

    assert allergy.fact.value == "Ibuprofen; reaction: Hives, Itching; criticality: low"
    assert (allergy.fact.name, allergy.fact.resource) == ("allergy", "AllergyIntolerance/allergy-1")
    assert recorded(type="intolerance").fact.name == "intolerance"
    assert recorded().fact.value == "Ibuprofen"


# -- what could not be read


def test_a_record_that_names_no_substance_is_a_gap() -> None:
    found = read([fhir_allergy({"coding": [{}]}), fhir_allergy(id="a2")]).allergies

    assert len(found.items) == 1
    assert found.gap is not None
    assert found.gap.text == "allergies: 1 could not be read"


def test_malformed_and_foreign_records() -> None:
    stranger = fhir_allergy(patient={"reference": "Patient/another"})
    patient = read([fhir_allergy() | {"code": 5}, stranger, fhir_allergy(named("latex"), id="a3")])
    found = patient.allergic(DrugGroup.NSAID_SYSTEMIC)

    assert isinstance(found, Unknown)
    assert isinstance(patient.allergic(Concept.LATEX_ALLERGY), Present)


def test_a_failed_query_is_not_an_empty_one() -> None:
    assert isinstance(read().allergic(DrugGroup.OPIOID), Absent)
    assert isinstance(read(allergies=None).allergic(DrugGroup.OPIOID), Absent)
    assert isinstance(read(allergies=an_outcome()).allergic(DrugGroup.OPIOID), Unknown)
    only_strangers = a_bundle([fhir_allergy(patient={"reference": "Patient/another"})])
    assert isinstance(read(allergies=only_strangers).allergic(DrugGroup.OPIOID), Unknown)
