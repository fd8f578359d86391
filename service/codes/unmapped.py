"""What an export holds that the library does not know: FHIR resources, one per line (NDJSON), read as a stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from mappings.knowledge import Knowledge

_MEDICATION = ("medicationCodeableConcept",)
# Where the resources that Marrow reads, or may come to read, keep their codes.
ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "AllergyIntolerance": ("code",),
    "Condition": ("code",),
    "Device": ("type",),
    "DeviceRequest": ("codeCodeableConcept",),
    "DiagnosticReport": ("code", "conclusionCode"),
    "ImagingStudy": ("modality", "procedureCode", "series.modality", "series.bodySite"),
    "Immunization": ("vaccineCode",),
    "Medication": ("code", "ingredient.itemCodeableConcept"),
    "MedicationAdministration": _MEDICATION,
    "MedicationDispense": _MEDICATION,
    "MedicationRequest": _MEDICATION,
    "MedicationStatement": _MEDICATION,
    "Observation": ("code", "component.code"),
    "Procedure": ("code",),
    "ServiceRequest": ("code",),
}
LONGEST_TEXT = 120


class Unmapped(NamedTuple):
    """A code that no table holds; or, where there is no code, the text alone."""

    resource: str
    system: str
    code: str
    text: str = ""


@dataclass(slots=True)
class Survey:
    """What was seen. `by_name` counts concepts whose codes are all unknown and whose text the lexicon reads."""

    lines: int = 0
    malformed: int = 0
    resources: int = 0
    concepts: int = 0
    by_code: int = 0
    by_name: int = 0
    counts: Counter[Unmapped] = field(default_factory=Counter)
    displays: dict[Unmapped, str] = field(default_factory=dict)
    named: set[Unmapped] = field(default_factory=set)

    def by_frequency(self) -> list[tuple[Unmapped, int]]:
        """The most frequent first; of equals in the order of type, system, code and text."""
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))


def survey(lines: Iterable[bytes], knowledge: Knowledge) -> Survey:
    """Read all lines. One that is no JSON object, or nested too deeply, is counted and left out."""
    found = Survey()
    for line in lines:
        if not line.strip():
            continue
        found.lines += 1
        try:
            resource = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            resource = None
        if not isinstance(resource, dict):
            found.malformed += 1
            continue
        for each in _resources(resource):
            _count(each, knowledge, found)
    return found


def _resources(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The resource itself, what it contains, and the entries of a Bundle."""
    if resource.get("resourceType") == "Bundle":
        for entry in _objects(resource.get("entry")):
            for each in _objects(entry.get("resource")):
                yield from _resources(each)
        return
    yield resource
    yield from _objects(resource.get("contained"))


def _count(resource: Mapping[str, Any], knowledge: Knowledge, found: Survey) -> None:
    kind = resource.get("resourceType")
    found.resources += 1
    if not isinstance(kind, str):
        return
    concepts = [concept for path in ELEMENTS.get(kind, ()) for concept in _at(resource, path)]
    known = [_note(kind, concept, knowledge, found) for concept in concepts]
    # The answer to a question that nobody knows is of no interest.
    if kind == "Observation" and any(known):
        for concept in _at(resource, "valueCodeableConcept"):
            _note(kind, concept, knowledge, found)


def _note(kind: str, concept: Mapping[str, Any], knowledge: Knowledge, found: Survey) -> bool:
    """Count one CodeableConcept or Coding; gives whether a code of it is known."""
    codings = [*_objects(concept.get("coding"))] if "coding" in concept or "text" in concept else [concept]
    found.concepts += 1
    pairs = [(_text(coding, "system"), _text(coding, "code")) for coding in codings]
    if any(knowledge.drugs(*pair) or knowledge.concepts(*pair) for pair in pairs):
        found.by_code += 1
        return True
    texts = [text for text in (_text(concept, "text"), *(_text(coding, "display") for coding in codings)) if text]
    named = any(knowledge.drugs_named(text) or knowledge.concepts_named(text) for text in texts)
    found.by_name += named
    label = texts[0][:LONGEST_TEXT] if texts else ""
    coded = {Unmapped(kind, system, code) for system, code in pairs if code}
    for place in coded or ({Unmapped(kind, "", "", label)} if label else ()):
        found.counts[place] += 1
        found.displays.setdefault(place, label)
        if named:
            found.named.add(place)
    return False


def _at(resource: Mapping[str, Any], path: str) -> Iterator[Mapping[str, Any]]:
    """The objects at a path such as "component.code", through every list on the way."""
    here: list[Mapping[str, Any]] = [resource]
    for name in path.split("."):
        here = [found for each in here for found in _objects(each.get(name))]
    yield from here


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, dict):
            yield each


def _text(element: Mapping[str, Any], name: str) -> str:
    value = element.get(name)
    return value.strip() if isinstance(value, str) else ""
