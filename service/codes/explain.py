"""What the library says about one code or one text, and where each statement comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mappings import systems
from mappings.codes import EXCLUDES, read_as
from mappings.details import CodeRow, NameRow, code_rows, condition_name_rows, drug_name_rows, named_in
from mappings.layout import DRUGS
from mappings.local import rows_about
from mappings.models import CLASS, Code
from mappings.text import words
from service.codes.library import Library

Certainty = Literal["code", "class", "name"]
# The fourth level of the ATC: five characters.
ATC_CLASS_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Meaning:
    """One statement of the library. `place` is the file and line that it stands in; what does not apply is empty."""

    table: Literal["drug group", "value set"]
    name: str
    certainty: Certainty
    found: str
    display: str
    place: str
    source: str
    rules: tuple[str, ...]
    ingredient: str = ""
    route: str = ""
    dose_form: str = ""
    status: str = ""
    note: str = ""


def parse_code(text: str) -> tuple[str, str]:
    """System and code of "SYSTEM|CODE", the system as URI, OID or short key. Raises ValueError."""
    system, bar, code = text.rpartition("|")
    if not (bar and system.strip() and code.strip()):
        raise ValueError("write it as SYSTEM|CODE, for example 'rxnorm|855332'")
    return (systems.uri(system) if system in systems.SYSTEMS else system), code


def explain_code(library: Library, system: str, code: str) -> list[Meaning]:
    """All that the library says about a code; nothing when it does not know it."""
    key = systems.of_site(system)
    normal = systems.normalize_code(key, code)
    rows = [row for row in code_rows(library.knowledge.sets_off, library.folder) if row.system in read_as(key)]
    drugs = [row for row in rows if row.kind == DRUGS and row.normal == normal]
    certainty: Certainty = "code"
    if not drugs and key == systems.ATC:
        certainty = "class"
        drugs = [row for row in rows if row.kind == DRUGS and row.normal == normal[:ATC_CLASS_LENGTH]]
    held = [row for row in rows if row.kind != DRUGS and _covers(row, normal)]
    meanings = [_drug(library, row, certainty) for row in drugs]
    meanings += [_value_set(library, row) for row in held]
    return _with_exclusions([*meanings, *_local(library, system, code)])


def explain_text(library: Library, text: str) -> list[Meaning]:
    """All that the library reads in a text. A name that the text negates says nothing."""
    knowledge = library.knowledge
    named = dict.fromkeys((drug.entry, drug.name) for drug in knowledge.drugs_named(text))
    rows = {(row.of, row.name): row for row in drug_name_rows(library.folder)} if named else {}
    meanings = []
    for entry, name in named:
        certainty: Certainty = "class" if entry.ingredient == CLASS else "name"
        meaning = _named(library, rows[entry.group, name], "drug group", certainty, library.rules_of_group(entry.group))
        meanings.append(replace(meaning, ingredient=entry.ingredient, route=entry.route))
    concepts = knowledge.concepts_named(text)
    names = condition_name_rows(library.folder) if concepts else ()
    found = (row for row in names if row.of in concepts and named_in(row, words(text)))
    return meanings + [_named(library, row, "value set", "name", ()) for row in found]


def _covers(row: CodeRow, normal: str) -> bool:
    return normal.startswith(row.normal) if row.match == "prefix" else row.normal == normal


def _drug(library: Library, row: CodeRow, certainty: Certainty) -> Meaning:
    return Meaning(
        table="drug group",
        name=row.name,
        certainty="class" if row.ingredient == CLASS else certainty,
        found=f"{row.system}|{row.code}",
        display=row.display,
        place=f"{row.file}:{row.line}",
        source=_source(library, row.provenance),
        rules=library.rules_of_group(row.name),
        ingredient=row.ingredient,
        route=row.route,
        dose_form=row.dose_form,
        status=row.status,
        note="fixed combination" if row.combination == "yes" else "",
    )


def _value_set(library: Library, row: CodeRow) -> Meaning:
    code = Code(systems.uri(row.system), row.code, row.display)
    return Meaning(
        table="value set",
        name=row.name,
        certainty="code",
        found=f"{row.system}|{row.code}{'...' if row.match == 'prefix' else ''}",
        display=row.display,
        place=f"{row.file}:{row.line}",
        source=_source(library, row.provenance),
        rules=library.rules_of_codes((code,)),
        status=row.status,
    )


def _named(
    library: Library,
    row: NameRow,
    table: Literal["drug group", "value set"],
    certainty: Certainty,
    rules: tuple[str, ...],
) -> Meaning:
    place, source = f"{row.file}:{row.line}", _source(library, row.provenance)
    return Meaning(table, row.of, certainty, row.name, f"{row.kind}, {row.language}", place, source, rules)


def _local(library: Library, system: str, code: str) -> Iterator[Meaning]:
    """What the site's own file says, one statement for each group or value set that a target stands for."""
    knowledge = library.knowledge
    place = (systems.of_site(system), systems.normalize_code(systems.of_site(system), code))
    lines = ", ".join(f"line {line}: {row.target}" for line, row in rows_about(library.local_codes, system, code))
    for entry in knowledge.site.drugs.get(place, ()):
        rules = library.rules_of_group(entry.group)
        own = Meaning("drug group", entry.group, "code", f"{system}|{code}", "", lines, "the site's local codes", rules)
        yield replace(own, ingredient=entry.ingredient, route=entry.route, dose_form=entry.dose_form)
    for concept in sorted(knowledge.site.concepts.get(place, ())):
        rules = library.rules_of_codes(knowledge.codes(concept))
        yield Meaning("value set", concept, "code", f"{system}|{code}", "", lines, "the site's local codes", rules)


def _with_exclusions(meanings: list[Meaning]) -> list[Meaning]:
    """Says which value sets are taken back by a `not_` set."""
    names = {meaning.name for meaning in meanings if meaning.table == "value set"}
    return [
        replace(meaning, note=f"does not count: {EXCLUDES}{meaning.name} holds the code too")
        if meaning.table == "value set" and EXCLUDES + meaning.name in names
        else meaning
        for meaning in meanings
    ]


def _source(library: Library, key: str) -> str:
    source = library.knowledge.sources[key]
    return f"{source.title} ({source.release})"
