"""The queries ask for everything that readers and rules look at: codes, statuses, categories, without limits."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cds_hooks
from cds_hooks.snapshot import measures, queries
from cds_hooks.snapshot.from_fhir import care
from cds_hooks.snapshot.gestation import gestation
from cds_hooks.snapshot.lactation import lactation
from cds_hooks.snapshot.model import Absent, Listing, Present
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.queries import PREGNANCY, Source, sources
from cds_hooks.snapshot.vocabulary import Concept
from tests.builders.fhir import LOINC, Json, a_quantity, coded, fhir_observation, named
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import KNOWLEDGE, read

SOURCES = sources(KNOWLEDGE)
LISTINGS = {
    queries.PREGNANCY: ("pregnancy_results", queries.PREGNANCY_RESULTS),
    queries.LABS: ("labs", measures.KIDNEY_AND_CLOTTING),
    queries.BONE_LABS: ("bone_labs", measures.BONE),
    queries.SCREENING_LABS: ("screening_labs", measures.SCREENING),
    queries.VITALS: ("vitals", measures.VITAL_SIGNS),
    queries.SCORES: ("scores", measures.SCORES),
    queries.IMMUNOLOGY: ("immunology", measures.IMMUNOLOGY),
}
NOT_RESULTS = re.compile(
    r"(MRI|XRAY|CT|SIDE|ANSWER)_\w+|DXA|BONE_SCAN|LEUKOCYTE_SCAN|NUCLEAR_MEDICINE|DYNAMIC_CONTRAST_MRI"
)
"""Studies, sides and answers: their codes stand in other elements than the code of an Observation."""
MEDICATION_STATUSES = {"active", "on-hold", "unknown", "completed", "stopped", "cancelled", "entered-in-error", "draft"}
REQUEST_STATUSES = {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}


def parameter(source: Source, name: str) -> set[str]:
    """The values of a parameter of a query."""
    found = re.search(rf"[?&]{name}=([^&]*)", source.template)
    return set(found[1].split(",")) if found else set()


@cache
def named_concepts() -> frozenset[Concept]:
    """The concepts that the code of the core names."""
    files = (path for path in Path(cds_hooks.__file__).parent.rglob("*.py") if path.name != "vocabulary.py")
    return frozenset(Concept[name] for path in files for name in _concepts_in(ast.parse(path.read_text())))


def _concepts_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Concept":
            yield node.attr


def loinc_codes(concept: Concept) -> set[str]:
    return {f"{code.system}|{code.code}" for code in KNOWLEDGE.codes(concept) if code.system == LOINC}


def test_every_result_that_the_core_looks_for_is_asked_for() -> None:
    """No rule or reader names a result whose codes no query holds."""
    asked = {code for source in SOURCES.values() if source.row_type == "Observation" for code in _codes(source)}
    results = [concept for concept in named_concepts() if not NOT_RESULTS.fullmatch(concept.name)]
    missing = {concept.name: codes for concept in results if (codes := loinc_codes(concept) - asked)}
    assert Concept.GESTATIONAL_AGE in results
    assert missing == {}


def _codes(source: Source) -> set[str]:
    return parameter(source, "code")


@pytest.mark.parametrize("key", LISTINGS)
def test_every_code_of_a_query_is_read_into_its_listing(key: str) -> None:
    field, concepts = LISTINGS[key]
    for concept in concepts:
        for code in loinc_codes(concept):
            assert code in _codes(SOURCES[key])
            row = fhir_observation(coded(LOINC, code.partition("|")[2], concept), valueString="?")
            listing: Listing[Result] = getattr(read([row], observations_under=key), field)
            assert listing.rows_about(concept), code


def test_every_query_of_observations_fills_a_listing() -> None:
    by_code = {key for key, source in SOURCES.items() if _codes(source)}
    assert by_code == set(LISTINGS)


def test_every_status_that_counts_is_asked_for() -> None:
    """Rule specification 0.1: drafts are those of the call alone; what was withdrawn never counts."""
    medications, services = SOURCES[queries.MEDICATIONS], SOURCES[queries.SERVICES]
    assert parameter(medications, "status") == MEDICATION_STATUSES - {"cancelled", "entered-in-error", "draft"}
    assert parameter(services, "status") == REQUEST_STATUSES - care.NEVER_COUNTS
    others = [source for source in SOURCES.values() if source not in (medications, services)]
    assert not any(parameter(source, "status") for source in others)


def test_every_category_of_radiology_is_asked_for() -> None:
    """Whatever the department calls itself: radiology, MR, radiographs, nuclear medicine (bone density)."""
    asked = parameter(SOURCES[queries.IMAGING_REPORTS], "category")
    assert asked == {code.code for code in KNOWLEDGE.codes("radiology_category")}
    assert asked >= {"LP29684-5", "RAD", "NMR", "RX", "NMS", "imaging"}


@pytest.mark.parametrize(
    "name", ["date", "_count", "_lastUpdated", "authoredon", "recorded-date", "_sort", "_elements"]
)
def test_no_query_has_a_limit_of_its_own(name: str) -> None:
    """The windows are those of the rules."""
    assert not any(parameter(source, name) for source in SOURCES.values())


# -- what the query of pregnancy results holds besides pregnancy


def stated(code: str, **value: object) -> Patient:
    row: Json = fhir_observation(coded(LOINC, code, "status"), effectiveDateTime=day(3), **value)
    return read([row], observations_under=PREGNANCY)


@pytest.mark.parametrize(
    ("value", "feeding"),
    [
        ({"valueCodeableConcept": named("Yes")}, Present),
        ({"valueCodeableConcept": coded(LOINC, "LA33-6", "Yes")}, Present),
        ({"valueCodeableConcept": named("Exclusively breastfeeding")}, Present),
        ({"valueString": "lactating"}, Present),
        ({"valueBoolean": True}, Present),
        ({"valueCodeableConcept": named("No")}, Absent),
        ({"valueCodeableConcept": named("Not breastfeeding")}, Absent),
        ({"valueCodeableConcept": named("Unknown")}, Absent),
    ],
)
def test_the_breastfeeding_status(value: Json, feeding: type[object]) -> None:
    assert type(lactation(stated("63895-7", **value))) is feeding


@pytest.mark.parametrize(
    ("code", "value", "days"),
    [
        ("49051-6", {"valueQuantity": a_quantity(30, "wk")}, 213),
        ("49051-6", {"valueQuantity": {"value": 30}}, 213),
        ("49051-6", {"valueInteger": 30}, 213),
        ("49052-4", {"valueQuantity": {"value": 212}}, 215),
        ("11884-4", {"valueQuantity": {"value": 30}}, None),
    ],
)
def test_the_unit_of_a_gestational_age(code: str, value: Json, days: int | None) -> None:
    """Where the value has none, that which the code states."""
    found = gestation(stated(code, **value))
    assert (found.first if found else None) == days
