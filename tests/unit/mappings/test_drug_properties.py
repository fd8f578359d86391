"""What holds for every row of the medicines."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import mappings
from mappings import Knowledge, systems
from tests.unit.mappings import test_golden_drugs as golden

SHIPPED = Path(mappings.__file__).parent
DIRECTORIES = ("drugs", "licensed/atc/drugs", "licensed/snomed_ct/drugs")
CLASS = "(class)"

LOCAL_ENDINGS = ("_local", "_local_other", "_ophthalmic", "_topical")
LOCAL_ROUTES = frozenset({"topical", "ophthalmic", "otic", "vaginal", "irrigation"})
SYSTEMIC_ROUTES = frozenset({"oral", "parenteral", "transdermal"})
# Nitroglycerin ointment acts on the whole body. Irrigation is one of the fluids of its group.
SYSTEMIC_BY_ANY_ROUTE = frozenset({"nitrate", "calcium_parenteral_or_fluid"})

# A bare name is read as the medicine that it mostly means; the form or the route then tells the others.
NAMED_IN_ANOTHER_GROUP = frozenset(
    {
        "anticoagulant_flush",
        "calcium_parenteral_or_fluid",
        "calcium_vitamin_d_combination",
        "glucocorticoid_depot_injection",
        "multivitamin",
        "naloxone_in_combination",
    }
)
# Budesonide without a form is mostly inhaled; aspirin without a strength is mostly low-dose.
NAMED_ELSEWHERE = frozenset({("glucocorticoid_systemic", "budesonide"), ("nsaid_systemic", "aspirin")})


class Row(NamedTuple):
    group: str
    system: str
    code: str
    ingredient: str
    route: str
    display: str
    provenance: str


def _rows() -> Iterator[Row]:
    for directory in DIRECTORIES:
        for file in sorted((SHIPPED / directory).glob("*.csv")):
            with file.open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    columns = (row[name] for name in Row._fields[1:])
                    yield Row(file.stem, *columns)


ROWS = tuple(_rows())


def test_no_row_of_a_local_route_stands_in_a_systemic_group() -> None:
    systemic = [row for row in ROWS if not row.group.endswith(LOCAL_ENDINGS) and row.group not in SYSTEMIC_BY_ANY_ROUTE]

    assert [row for row in systemic if row.route in LOCAL_ROUTES] == []


def test_no_row_of_a_systemic_route_stands_in_a_local_group() -> None:
    local = [row for row in ROWS if row.group.endswith(LOCAL_ENDINGS)]

    assert [row for row in local if row.route in SYSTEMIC_ROUTES] == []


def test_every_provenance_is_known(knowledge: Knowledge) -> None:
    assert {row.provenance for row in ROWS} <= knowledge.sources.keys()


def test_every_row_resolves_to_its_own_medicine(knowledge: Knowledge) -> None:
    lost = [
        row
        for row in ROWS
        if (row.group, row.ingredient)
        not in {(entry.group, entry.ingredient) for entry in knowledge.drugs(systems.uri(row.system), row.code)}
    ]

    assert lost == []


def test_every_ingredient_resolves_by_its_name_to_its_own_group(knowledge: Knowledge) -> None:
    wanted = {
        (row.group, row.ingredient)
        for row in ROWS
        if row.ingredient != CLASS
        and not row.group.endswith(LOCAL_ENDINGS)
        and row.group not in NAMED_IN_ANOTHER_GROUP
        and (row.group, row.ingredient) not in NAMED_ELSEWHERE
    }

    assert {pair for pair in wanted if pair not in _named(knowledge, pair[1])} == set()


def test_every_local_ingredient_resolves_by_its_name(knowledge: Knowledge) -> None:
    wanted = {row.ingredient for row in ROWS if row.ingredient != CLASS and row.group.endswith(LOCAL_ENDINGS)}

    assert {ingredient for ingredient in wanted if not _has_name(knowledge, ingredient)} == set()


def _named(knowledge: Knowledge, text: str) -> set[tuple[str, str]]:
    return {(drug.entry.group, drug.entry.ingredient) for drug in knowledge.drugs_named(text)}


def _has_name(knowledge: Knowledge, ingredient: str) -> bool:
    return any(found == ingredient for _, found in _named(knowledge, ingredient))


def test_no_prostacyclin_is_an_antiplatelet() -> None:
    prostacyclins = {(row.system, row.code) for row in ROWS if row.group == "prostacyclin"}

    assert [row for row in ROWS if row.group == "antiplatelet" and (row.system, row.code) in prostacyclins] == []


def test_no_flush_is_an_anticoagulant() -> None:
    flushes = {(row.system, row.code) for row in ROWS if row.group == "anticoagulant_flush"}

    assert [row for row in ROWS if row.group == "anticoagulant" and (row.system, row.code) in flushes] == []


def test_a_combination_of_calcium_and_vitamin_d_is_in_both_groups() -> None:
    codes = {
        group: {(row.system, row.code) for row in ROWS if row.group == group} for group in ("calcium", "vitamin_d")
    }
    both = {(row.system, row.code) for row in ROWS if row.group == "calcium_vitamin_d_combination"}

    assert both <= codes["calcium"] & codes["vitamin_d"]


def test_a_depot_injection_is_also_a_systemic_glucocorticoid() -> None:
    systemic = {(row.system, row.code) for row in ROWS if row.group == "glucocorticoid_systemic"}
    depot = {(row.system, row.code) for row in ROWS if row.group == "glucocorticoid_depot_injection"}

    assert depot <= systemic


@pytest.mark.parametrize("column", ["ingredient", "display", "provenance"])
def test_no_cell_is_empty(column: str) -> None:
    assert [row for row in ROWS if not getattr(row, column).strip()] == []


def test_the_golden_list_has_a_code_of_each_kind_for_every_group(knowledge: Knowledge) -> None:
    listed = {
        systems.RXNORM: golden.RXNORM_CODES,
        systems.ATC: golden.ATC_CODES,
        systems.SNOMED: golden.SNOMED_CODES,
        systems.NDC: golden.NDC_CODES,
    }
    covered = {
        (entry.group, system)
        for system, codes in listed.items()
        for code, _ in codes
        for entry in knowledge.drugs(systems.uri(system), code)
    }

    assert {(row.group, row.system) for row in ROWS} - covered == set()
