"""Loading: from the compact table to a `Knowledge`, without the sets that a site switches off."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from mappings import systems
from mappings.built import Built, BuiltService, Positions
from mappings.codes import CodeIndex
from mappings.knowledge import DrugCodes, Knowledge
from mappings.layout import BASE, LICENSED_SETS
from mappings.models import Code, DrugEntry, NamedDrug, ServiceEntry
from mappings.phrases import Negation, PhraseIndex
from mappings.stored import PACKAGE, read_or_build
from mappings.text import words

T = TypeVar("T")


def load(folder: Path | None = None, *, without: Collection[str] = frozenset()) -> Knowledge:
    """The knowledge in a folder, by default the one that ships with the package.

    `without` names licensed sets that the site has switched off; ValueError for a name that is none. Raises
    MappingError with file, line and reason when a text file cannot be used.
    """
    unknown = sorted(set(without) - set(LICENSED_SETS))
    if unknown:
        raise ValueError(f"no licensed set is named {unknown[0]!r}; there are {', '.join(LICENSED_SETS)}")
    return _assembled(read_or_build(folder or PACKAGE), frozenset(without))


def _assembled(built: Built, without: frozenset[str]) -> Knowledge:
    off = frozenset(LICENSED_SETS[name] for name in without)
    on = tuple(name for name in (BASE, *LICENSED_SETS) if name not in without)
    return Knowledge(
        text_revision=_revision(built.digests, on),
        sets=on,
        sets_off=tuple(name for name in LICENSED_SETS if name in without),
        sources=MappingProxyType({source.key: source for source in built.sources}),
        drug_entries=built.drug_entries,
        drug_codes=_drug_codes(built, off),
        drug_names=_drug_names(built),
        value_sets=_value_sets(built, off),
        condition_words=PhraseIndex.from_table(built.condition_phrases, built.concepts),
        condition_texts=MappingProxyType({text: frozenset(found) for text, found in built.condition_texts.items()}),
        route_codes=_without(built.route_codes, off),
        route_names=PhraseIndex(built.route_names),
        negation=Negation(built.negations, built.clause_breaks, built.negations_behind),
        side_words=frozenset(_side_words(built.report_lists)),
        flush_words=PhraseIndex((phrase, phrase) for phrase in built.flush_words),
        report_lists=MappingProxyType(built.report_lists),
        units=MappingProxyType({(unit.kind, spelling): unit for spelling, unit in built.units}),
        services=MappingProxyType({service.name: _service(service, off) for service in built.services}),
        drug_groups=built.drug_groups,
    )


def _side_words(lists: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Left, right and both in one word."""
    for name in ("side_left", "side_right", "side_both"):
        yield from (found[0] for phrase in lists.get(name, ()) if len(found := words(phrase)) == 1)


def _revision(digests: Mapping[str, str], on: Iterable[str]) -> str:
    told = "\0".join(f"{name}\0{digests[name]}" for name in on)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _without(by_system: Mapping[str, T], off: frozenset[str]) -> Mapping[str, T]:
    return MappingProxyType({system: table for system, table in by_system.items() if system not in off})


def _resolved(tables: Positions, off: frozenset[str], answers: Sequence[T]) -> Mapping[str, Mapping[str, T]]:
    """The tables with the answers in place of their positions; codes that say the same share one answer."""
    return MappingProxyType(
        {
            system: {code: answers[position] for code, position in table.items()}
            for system, table in tables.items()
            if system not in off
        }
    )


def _drug_codes(built: Built, off: frozenset[str]) -> DrugCodes:
    bundles: list[tuple[DrugEntry, ...]] = [
        tuple(built.drug_entries[number] for number in bundle) for bundle in built.drug_bundles
    ]
    return _resolved(built.drug_codes, off, bundles)


def _drug_names(built: Built) -> PhraseIndex[NamedDrug]:
    named = [NamedDrug(built.drug_entries[number], name) for number, name in built.drug_names]
    return PhraseIndex.from_table(built.drug_phrases, named)


def _value_sets(built: Built, off: frozenset[str]) -> CodeIndex:
    bundles = [frozenset(built.concepts[number] for number in bundle) for bundle in built.concept_bundles]
    exact, prefixes = (_resolved(tables, off, bundles) for tables in (built.exact_codes, built.prefix_codes))
    members = built.members
    if off:
        members = {name: [row for row in rows if row[0] not in off] for name, rows in members.items()}
    return CodeIndex(exact, prefixes, members)


def _service(service: BuiltService, off: frozenset[str]) -> ServiceEntry:
    """A service whose code belongs to a set that is off goes out as text alone."""
    coded = service.system and service.system not in off
    code = Code(systems.uri(service.system), service.code, service.display) if coded else None
    return ServiceEntry(service.name, service.resource_type, code, service.text)
