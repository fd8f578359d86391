"""The library as FHIR R4 ValueSets: one for each drug group and value set that holds codes.

A code matched by prefix becomes a filter `concept is-a CODE`: the code and all that stands below it. A set `not_x` is
not written by itself; its codes are the excluded ones of `x`. Nothing of a set that is off is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from fhir.resources.R4B.valueset import ValueSet

from mappings import systems
from mappings.codes import EXCLUDES
from mappings.details import CodeRow, code_rows
from mappings.layout import DRUGS
from service.codes.library import Library

BASE = "https://marrow-cds.org/fhir/ValueSet/"
# WHO's titles may not be passed on, and the display of an NDC row is no name.
NO_DISPLAY = frozenset({systems.ICD10, systems.NDC})
COPYRIGHT: Mapping[str, str] = {
    systems.RXNORM: "RxNorm: publicly available data courtesy of the U.S. National Library of Medicine, which is not "
    "responsible for this product and does not endorse it.",
    systems.LOINC: "LOINC (http://loinc.org) is copyright Regenstrief Institute, Inc. and the LOINC Committee and is "
    "available at no cost under the license at http://loinc.org/license.",
    systems.SNOMED: "Includes SNOMED Clinical Terms (SNOMED CT), used by permission of SNOMED International. "
    "Implementers must have the appropriate SNOMED CT affiliate license.",
    systems.ATC: "ATC is copyright WHO Collaborating Centre "  # codespell:ignore centre
    "for Drug Statistics Methodology, Oslo, Norway. Commercial distribution needs its permission.",
    systems.ICD10: "ICD-10 is copyright World Health Organization; codes only.",
    systems.ICD10CM: "ICD-10-CM is a work of the U.S. Government.",
    systems.NDC: "National Drug Codes are in the public domain.",
    systems.CVX: "CVX is published by the U.S. Centers for Disease Control and Prevention.",
    systems.DICOM: "DICOM codes are copyright National Electrical Manufacturers Association.",
    systems.RADLEX: "RadLex is copyright Radiological Society of North America.",
}
SITE = "The codes of the site are its own."


def value_sets(library: Library) -> Iterator[tuple[str, dict[str, Any]]]:
    """Id and content of each ValueSet, checked by fhir.resources. Raises pydantic's error for one that is not R4."""
    rows = list(code_rows(library.knowledge.sets_off, library.folder))
    groups: dict[tuple[str, str], list[CodeRow]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.name), []).append(row)
    for kind, name in sorted({*groups, *_site_only(library)}):
        if name.startswith(EXCLUDES):
            continue
        excluded = groups.get((kind, EXCLUDES + name), [])
        content = _value_set(library, kind, name, groups.get((kind, name), []), excluded)
        ValueSet.model_validate(content)
        yield content["id"], content


def write_value_sets(library: Library, folder: Path) -> int:
    """Write them all as `ValueSet-<id>.json` and give their number. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for number, (identifier, content) in enumerate(value_sets(library), start=1):  # noqa: B007 -- the last is the count
        text = msgspec.json.format(msgspec.json.encode(content), indent=2)
        (folder / f"ValueSet-{identifier}.json").write_bytes(text + b"\n")
    return number


def _site_only(library: Library) -> Iterator[tuple[str, str]]:
    site = library.knowledge.site
    yield from ((DRUGS, entry.group) for entries in site.drugs.values() for entry in entries)
    yield from (("value_sets", concept) for concept in site.members)


def _value_set(library: Library, kind: str, name: str, rows: list[CodeRow], excluded: list[CodeRow]) -> dict[str, Any]:
    knowledge = library.knowledge
    identifier = f"{'drug' if kind == DRUGS else 'concept'}-{name.replace('_', '-')}"
    own = [*_of_site(library, kind, name)]
    compose: dict[str, Any] = {"include": [*_includes(rows), *own]}
    if excluded:
        compose["exclude"] = [*_includes(excluded)]
    return {
        "resourceType": "ValueSet",
        "id": identifier,
        "url": BASE + identifier,
        "version": knowledge.revision,
        "name": "Marrow" + "".join(part.capitalize() for part in identifier.split("-")),
        "title": f"Marrow {'drug group' if kind == DRUGS else 'value set'}: {name.replace('_', ' ')}",
        "status": "draft",
        "publisher": "Marrow",
        "description": _description(kind, rows),
        "copyright": " ".join([*_statements([*rows, *excluded]), *([SITE] if own else [])]) or SITE,
        "compose": compose,
    }


def _description(kind: str, rows: Iterable[CodeRow]) -> str:
    text = "A selection for decision support on bone marrow edema, without clinical sign-off; no copy of a code system."
    if any(row.match == "prefix" for row in rows):
        text += " Codes under a filter count with all codes that begin with them."
    if kind == DRUGS and any(row.system == systems.ATC for row in rows):
        text += " An ATC code of the fifth level that is not listed counts by its fourth level, where that is listed."
    return text


def _statements(rows: Iterable[CodeRow]) -> list[str]:
    held = {row.system for row in rows}
    return [statement for system, statement in COPYRIGHT.items() if system in held]


def _includes(rows: Iterable[CodeRow]) -> Iterator[dict[str, Any]]:
    """One part per system with its exact codes, then one per prefix: filters in one part would all have to hold."""
    for system, found in groupby(sorted(rows, key=lambda row: (row.system, row.code)), key=lambda row: row.system):
        of_system = list(found)
        exact = {row.code: row for row in of_system if row.match == "exact"}
        if exact:
            yield {"system": systems.uri(system), "concept": [_concept(row) for row in exact.values()]}
        for row in of_system:
            if row.match == "prefix":
                below = {"property": "concept", "op": "is-a", "value": row.code}
                yield {"system": systems.uri(system), "filter": [below]}


def _concept(row: CodeRow) -> dict[str, str]:
    return {"code": row.code} if row.system in NO_DISPLAY or not row.display else _shown(row.code, row.display)


def _shown(code: str, display: str) -> dict[str, str]:
    return {"code": code, "display": display}


def _of_site(library: Library, kind: str, name: str) -> Iterator[dict[str, Any]]:
    """The site's own codes of this group or set."""
    site = library.knowledge.site
    if kind == DRUGS:
        held = [place for place, entries in site.drugs.items() if any(entry.group == name for entry in entries)]
    else:
        held = [place for place, concepts in site.concepts.items() if name in concepts]
    for key, places in groupby(sorted(held), key=lambda place: place[0]):
        system = systems.uri(key) if key in systems.SYSTEMS else key
        yield {"system": system, "concept": [{"code": code} for _, code in places]}
