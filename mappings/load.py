"""Loading the mapping files: every row checked, then frozen into a `Knowledge`."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mappings import systems
from mappings.codes import CodeIndex
from mappings.errors import MappingError
from mappings.knowledge import ROUTE_GROUPS, Knowledge, RouteGroup, whole_text
from mappings.models import (
    Code,
    ConditionNameRow,
    DrugEntry,
    DrugNameRow,
    DrugRow,
    NamedDrug,
    Route,
    RouteNameRow,
    ServiceEntry,
    ServiceRow,
    Source,
    SourceRow,
    Unit,
    UnitRow,
    ValueSetRow,
    WordRow,
)
from mappings.phrases import Negation, PhraseIndex
from mappings.tables import Folder
from mappings.text import fold_unit, spellings

SOURCES = "provenance/sources.csv"
UNITS = "units/units.csv"
SERVICES = "services/services.csv"
DRUGS = "drugs"
DRUG_NAMES = "lexicon/drug_names"
VALUE_SETS = "value_sets"
CONDITION_NAMES = "lexicon/condition_names"
ROUTE_NAMES = "lexicon/route_names"
WORDS = "lexicon/words"

# Without these files the rules would be silent where they should speak. A folder may hold more.
REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        DRUGS: ("prostacyclin", "anticoagulant", "anticoagulant_flush"),
        DRUG_NAMES: ("prostacyclin", "anticoagulant", "anticoagulant_flush", "anticoagulant_vague"),
        VALUE_SETS: (
            "abortion_procedure",
            "answer_negative",
            "answer_not_pregnant",
            "answer_positive",
            "answer_pregnancy_uncertain",
            "answer_pregnant",
            "bone_marrow_edema",
            "bone_marrow_edema_syndrome",
            "bone_marrow_edema_with_text",
            "delivery_procedure",
            "egfr",
            "estimated_delivery_date",
            "hcg_qualitative",
            "hcg_quantitative",
            "inr",
            "long_term_anticoagulant_use",
            "no_childbearing",
            "not_pregnancy",
            "pregnancy",
            "pregnancy_ended",
            "pregnancy_status",
            "pulmonary_hypertension",
            "route_inhalation",
            "route_local",
            "route_oral",
            "route_parenteral",
        ),
        CONDITION_NAMES: (
            "bone_marrow_edema",
            "bone_marrow_edema_syndrome",
            "long_term_anticoagulant_use",
            "other_prostacyclin_indication",
            "pregnancy",
            "pulmonary_hypertension",
        ),
        ROUTE_NAMES: ROUTE_GROUPS,
        WORDS: ("clause_break", "heparin_flush", "negation"),
    }
)
_SINGLE_FILES = frozenset({SOURCES, UNITS, SERVICES})
# A new file of these would be read by nobody.
_CLOSED = frozenset({ROUTE_NAMES, WORDS})

_Coded = tuple[str, str]
_DrugRows = Mapping[str, tuple[DrugRow, ...]]


def load(folder: Path | None = None) -> Knowledge:
    """The knowledge in a folder, by default the one that ships with the package.

    Raises MappingError with file, line and reason for a missing or unexpected file, a row that does not fit its model,
    a repeated row, or a provenance that `provenance/sources.csv` does not list.
    """
    files = Folder(folder if folder is not None else Path(__file__).parent)
    sources = _sources(files)
    files.sources = frozenset(sources)
    _refuse_strays(files)
    drugs = {group: _drug_rows(files, group) for group in _stems(files, DRUGS)}
    value_sets = {concept: _value_set_rows(files, concept) for concept in _stems(files, VALUE_SETS)}
    condition_words, condition_texts = _conditions(files)
    return Knowledge(
        revision=_revision(files.content),
        sources=MappingProxyType(sources),
        drug_codes=_drug_codes(drugs),
        drug_names=PhraseIndex((name.name, name) for name in _drug_names(files, drugs)),
        value_sets=CodeIndex(value_sets),
        condition_words=condition_words,
        condition_texts=condition_texts,
        route_codes=_route_codes(value_sets),
        route_names=PhraseIndex((name, route) for route in ROUTE_GROUPS for name in _route_names(files, route)),
        negation=Negation(_phrases(files, "negation"), _phrases(files, "clause_break")),
        flush_words=PhraseIndex((phrase, phrase) for phrase in _phrases(files, "heparin_flush")),
        units=_units(files),
        services=_services(files),
        drug_groups=tuple(sorted({*drugs, *_stems(files, DRUG_NAMES)})),
    )


def _revision(content: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(content):
        # Lengths between the parts, so that no byte can move from one file into the next unseen.
        digest.update(f"{name}\0{len(content[name])}\0".encode())
        digest.update(content[name])
    return digest.hexdigest()[:16]


def _stems(files: Folder, directory: str) -> tuple[str, ...]:
    """The files of a directory, the required ones even when missing, so that their reading reports it."""
    return tuple(sorted({*files.stems(directory), *REQUIRED[directory]}))


def _refuse_strays(files: Folder) -> None:
    """A file in the wrong place would be read by nobody: better said than ignored."""
    for file in sorted(files.content):
        directory, _, name = file.rpartition("/")
        expected = file in _SINGLE_FILES or directory in REQUIRED
        if not expected or (directory in _CLOSED and name.removesuffix(".csv") not in REQUIRED[directory]):
            raise MappingError(file, 0, "no mapping file is expected here")


def _sources(files: Folder) -> dict[str, Source]:
    rows = files.rows(SOURCES, SourceRow, lambda row: row.key)
    return {row.key: Source(**row.model_dump()) for row in rows}


def _drug_rows(files: Folder, group: str) -> tuple[DrugRow, ...]:
    return files.rows(f"{DRUGS}/{group}.csv", DrugRow, _coded)


def _value_set_rows(files: Folder, concept: str) -> tuple[ValueSetRow, ...]:
    return files.rows(f"{VALUE_SETS}/{concept}.csv", ValueSetRow, _coded)


def _coded(row: DrugRow | ValueSetRow) -> _Coded:
    return row.system, systems.normalize_code(row.system, row.code)


def _drug_codes(drugs: _DrugRows) -> Mapping[_Coded, tuple[DrugEntry, ...]]:
    found: dict[_Coded, tuple[DrugEntry, ...]] = {}
    for group, rows in drugs.items():
        for row in rows:
            entry = DrugEntry(group, row.ingredient, row.route, row.combination == "yes", row.display)
            found[_coded(row)] = (*found.get(_coded(row), ()), entry)
    return MappingProxyType(found)


def _drug_names(files: Folder, drugs: _DrugRows) -> list[NamedDrug]:
    names: list[NamedDrug] = []
    for group in _stems(files, DRUG_NAMES):
        routes = _brand_routes(drugs.get(group, ()))
        for row in files.rows(f"{DRUG_NAMES}/{group}.csv", DrugNameRow, lambda row: min(spellings(row.name))):
            route = routes.get(whole_text(row.name), "unspecified")
            names.append(NamedDrug(DrugEntry(group, row.ingredient, route, False, row.name), row.name))
    return names


def _brand_routes(rows: tuple[DrugRow, ...]) -> dict[str, Route]:
    """The route of a brand that has only one: "Ventavis" is inhaled, also where it comes as text."""
    return {whole_text(row.display): row.route for row in rows if row.system == systems.RXNORM}


def _conditions(files: Folder) -> tuple[PhraseIndex[str], Mapping[str, frozenset[str]]]:
    by_words: list[tuple[str, str]] = []
    by_text: dict[str, frozenset[str]] = {}
    for concept in _stems(files, CONDITION_NAMES):
        file = f"{CONDITION_NAMES}/{concept}.csv"
        for row in files.rows(file, ConditionNameRow, lambda row: min(spellings(row.name))):
            if row.match == "words":
                by_words.append((row.name, concept))
                continue
            for spelling in spellings(row.name):
                text = " ".join(spelling)
                by_text[text] = by_text.get(text, frozenset()) | {concept}
    return PhraseIndex(by_words), MappingProxyType(by_text)


def _route_codes(value_sets: Mapping[str, tuple[ValueSetRow, ...]]) -> Mapping[_Coded, RouteGroup]:
    return MappingProxyType({_coded(row): route for route in ROUTE_GROUPS for row in value_sets[f"route_{route}"]})


def _route_names(files: Folder, route: RouteGroup) -> list[str]:
    rows = files.rows(f"{ROUTE_NAMES}/{route}.csv", RouteNameRow, lambda row: min(spellings(row.name)))
    return [row.name for row in rows]


def _phrases(files: Folder, word_list: str) -> list[str]:
    rows = files.rows(f"{WORDS}/{word_list}.csv", WordRow, lambda row: min(spellings(row.phrase)))
    return [row.phrase for row in rows]


def _units(files: Folder) -> Mapping[_Coded, Unit]:
    rows = files.rows(UNITS, UnitRow, lambda row: (row.kind, fold_unit(row.spelling)))
    return MappingProxyType(
        {
            (row.kind, fold_unit(row.spelling)): Unit(
                row.kind, row.canonical, row.factor, row.plausible_low, row.plausible_high
            )
            for row in rows
        }
    )


def _services(files: Folder) -> Mapping[str, ServiceEntry]:
    rows = files.rows(SERVICES, ServiceRow, lambda row: row.name)
    return MappingProxyType({row.name: _service(row) for row in rows})


def _service(row: ServiceRow) -> ServiceEntry:
    code = Code(systems.uri(row.system), row.code, row.display) if row.system else None
    return ServiceEntry(row.name, row.resource_type, code, row.text)
