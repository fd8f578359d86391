"""From the text files to one compact table: every row checked, every repeated value kept once."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from mappings import layout, systems
from mappings.built import Built, BuiltService, Positions
from mappings.errors import MappingError
from mappings.models import ROUTE_GROUPS, DrugEntry, Route, RouteGroup, Source, Unit
from mappings.phrases import phrase_table
from mappings.rows import (
    ConditionNameRow,
    DrugNameRow,
    DrugRow,
    RouteNameRow,
    ServiceRow,
    SourceRow,
    UnitRow,
    ValueSetRow,
    WordRow,
)
from mappings.tables import Folder
from mappings.text import fold_unit, spellings, whole_text

C = TypeVar("C", DrugRow, ValueSetRow)
_Coded = tuple[str, str]


def compile_folder(root: Path) -> Built:
    """All that stands in a folder of mapping files.

    Raises MappingError with file, line and reason for a missing or unexpected file, a row that does not fit its model,
    a repeated row, a licensed code outside its set, or a provenance that `provenance/sources.csv` does not list.
    """
    files = Folder(root)
    sources = [Source(**row.model_dump()) for row in files.rows(layout.SOURCES, SourceRow, lambda row: row.key)]
    files.sources = frozenset(source.key for source in sources)
    layout.refuse_strays(files.content)
    drugs = _Drugs(files)
    concepts = _Concepts(files)
    return Built(
        digests=_digests(files.content),
        sources=tuple(sources),
        drug_groups=drugs.groups,
        drug_entries=tuple(drugs.entries),
        drug_bundles=drugs.codes.bundles,
        drug_codes=drugs.codes.positions,
        drug_names=tuple(drugs.names),
        drug_phrases=phrase_table((name, number) for number, (_, name) in enumerate(drugs.names)),
        concepts=concepts.names,
        concept_bundles=concepts.exact.bundles,
        exact_codes=concepts.exact.positions,
        prefix_codes=concepts.prefixes,
        members=concepts.members,
        condition_phrases=phrase_table(concepts.phrases),
        condition_texts={text: tuple(sorted(found)) for text, found in sorted(concepts.texts.items())},
        route_codes=concepts.routes,
        route_names=[(name, route) for route in ROUTE_GROUPS for name in _route_names(files, route)],
        negations=_phrases(files, layout.WORDS, "negation"),
        negations_behind=_phrases(files, layout.WORDS, "negation_behind"),
        clause_breaks=_phrases(files, layout.WORDS, "clause_break"),
        flush_words=_phrases(files, layout.WORDS, "heparin_flush"),
        report_lists={name: _phrases(files, layout.REPORT, name) for name in files.stems(layout.REPORT)},
        units=_units(files),
        services=tuple(_service(row) for row in files.rows(layout.SERVICES, ServiceRow, lambda row: row.name)),
    )


def _digests(content: Mapping[str, bytes]) -> dict[str, str]:
    found = {name: hashlib.sha256() for name in (layout.BASE, *layout.LICENSED_SETS)}
    for name in sorted(content):
        digest = found[layout.set_of(name)]
        # Lengths between the parts, so that no byte can move from one file into the next unseen.
        digest.update(f"{name}\0{len(content[name])}\0".encode())
        digest.update(content[name])
    return {name: digest.hexdigest() for name, digest in found.items()}


class _Bundles:
    """Collects what each code stands for. `close` numbers the distinct answers."""

    def __init__(self) -> None:
        self._found: dict[_Coded, dict[int, None]] = {}
        self.bundles: tuple[tuple[int, ...], ...] = ()
        self.positions: Positions = {}

    def add(self, key: _Coded, number: int) -> None:
        self._found.setdefault(key, {})[number] = None

    def close(self, known: Iterable[tuple[int, ...]] = ()) -> "_Bundles":
        """Number the answers, those of `known` first. Codes are sorted, so that the same rows give the same bytes."""
        numbers = {bundle: number for number, bundle in enumerate(known)}
        for (system, code), found in sorted(self._found.items()):
            number = numbers.setdefault(tuple(found), len(numbers))
            self.positions.setdefault(system, {})[code] = number
        self.bundles = tuple(numbers)
        return self


class _Drugs:
    """The medicines by code and by name."""

    def __init__(self, files: Folder) -> None:
        self.entries: dict[DrugEntry, int] = {}
        self.codes = _Bundles()
        self.names: list[tuple[int, str]] = []
        coded = _stems(files, layout.DRUGS, layout.DRUG_NAMES)
        named = sorted({*files.stems(layout.DRUG_NAMES), *layout.REQUIRED[layout.DRUG_NAMES]})
        self.groups = tuple(sorted({*coded, *named}))
        for group in self.groups:
            routes = self._read_codes(files, group)
            if group in named:
                self._read_names(files, group, routes)
        self.codes.close()

    def _read_codes(self, files: Folder, group: str) -> dict[str, Route]:
        """Gives the routes of the group's brands: "Ventavis" is inhaled, also where it comes as text."""
        routes: dict[str, Route] = {}
        for row in _coded_rows(files, layout.DRUGS, group, DrugRow):
            entry = DrugEntry(group, row.ingredient, row.route, row.combination == "yes", row.dose_form)
            self.codes.add(_coded(row), self._number(entry))
            if row.system == systems.RXNORM:
                routes[whole_text(row.display)] = row.route
        return routes

    def _read_names(self, files: Folder, group: str, routes: Mapping[str, Route]) -> None:
        file = layout.file_of(layout.DRUG_NAMES, group)
        for row in files.rows(file, DrugNameRow, lambda row: min(spellings(row.name))):
            entry = DrugEntry(group, row.ingredient, routes.get(whole_text(row.name), "unspecified"), False)
            self.names.append((self._number(entry), row.name))

    def _number(self, entry: DrugEntry) -> int:
        return self.entries.setdefault(entry, len(self.entries))


class _Concepts:
    """Conditions, observations, procedures and all else that has a value set, by code and by name."""

    def __init__(self, files: Folder) -> None:
        named = sorted({*files.stems(layout.CONDITION_NAMES), *layout.REQUIRED[layout.CONDITION_NAMES]})
        coded = _stems(files, layout.VALUE_SETS)
        self.names = tuple(sorted({*coded, *named}))
        self.members: dict[str, list[tuple[str, str, str]]] = {name: [] for name in self.names}
        self.routes: dict[str, dict[str, RouteGroup]] = {}
        self.exact = _Bundles()
        self.phrases: list[tuple[str, int]] = []
        self.texts: dict[str, set[str]] = {}
        prefixes = _Bundles()
        for number, name in enumerate(self.names):
            if name in coded:
                self._read_codes(files, name, number, prefixes)
            if name in named:
                self._read_names(files, name, number)
        # Both share one sequence of answers.
        self.exact.close(prefixes.close().bundles)
        self.prefixes = prefixes.positions

    def _read_codes(self, files: Folder, name: str, number: int, prefixes: _Bundles) -> None:
        route = _route_of(name)
        for row in _coded_rows(files, layout.VALUE_SETS, name, ValueSetRow):
            system, normal = _coded(row)
            if row.match == "prefix":
                prefixes.add((system, normal), number)
                continue
            self.exact.add((system, normal), number)
            self.members[name].append((row.system, row.code, row.display))
            if route is not None:
                self.routes.setdefault(system, {})[normal] = route

    def _read_names(self, files: Folder, name: str, number: int) -> None:
        file = layout.file_of(layout.CONDITION_NAMES, name)
        for row in files.rows(file, ConditionNameRow, lambda row: min(spellings(row.name))):
            if row.match == "words":
                self.phrases.append((row.name, number))
                continue
            for spelling in spellings(row.name):
                self.texts.setdefault(" ".join(spelling), set()).add(name)


def _stems(files: Folder, kind: str, *elsewhere: str) -> set[str]:
    """The names that have rows of a kind, in the base or in a licensed set. Raises MappingError for a required one."""
    found = {stem for directory in layout.directories(kind) for stem in files.stems(directory)}
    base = set(files.stems(kind)) if kind == layout.DRUGS else found
    for name in layout.REQUIRED[kind]:
        if name not in base:
            raise MappingError(layout.file_of(kind, name), 0, "the file is missing")
    return found


def _coded_rows(files: Folder, kind: str, name: str, model: type[C]) -> Iterator[C]:
    for directory in layout.directories(kind):
        file = layout.file_of(directory, name)
        if file not in files.content:
            continue
        for line, row in files.numbered(file, model, _identity):
            layout.refuse_other_systems(file, line, row.system)
            yield row


def _identity(row: DrugRow | ValueSetRow) -> tuple[str, ...]:
    """A fixed combination may stand in one group with several ingredients."""
    return (*_coded(row), row.ingredient) if isinstance(row, DrugRow) else _coded(row)


def _coded(row: DrugRow | ValueSetRow) -> _Coded:
    return row.system, systems.normalize_code(row.system, row.code)


def _route_of(concept: str) -> RouteGroup | None:
    return next((route for route in ROUTE_GROUPS if concept == f"route_{route}"), None)


def _route_names(files: Folder, route: RouteGroup) -> list[str]:
    file = layout.file_of(layout.ROUTE_NAMES, route)
    return [row.name for row in files.rows(file, RouteNameRow, lambda row: min(spellings(row.name)))]


def _phrases(files: Folder, directory: str, name: str) -> tuple[str, ...]:
    rows = files.rows(layout.file_of(directory, name), WordRow, lambda row: min(spellings(row.phrase)))
    return tuple(row.phrase for row in rows)


def _units(files: Folder) -> list[tuple[str, Unit]]:
    rows = files.rows(layout.UNITS, UnitRow, lambda row: (row.kind, fold_unit(row.spelling)))
    return [
        (fold_unit(row.spelling), Unit(row.kind, row.canonical, row.factor, row.plausible_low, row.plausible_high))
        for row in rows
    ]


def _service(row: ServiceRow) -> BuiltService:
    return BuiltService(row.name, row.resource_type, row.system, row.code, row.display, row.text)
