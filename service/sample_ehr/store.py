"""The sample resources in memory, read from the packaged bundles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

from service.sample_ehr.placeholders import fill
from service.sample_ehr.stories import stories

# One FHIR resource as JSON: {"resourceType": "Condition", "id": "apixaban-bmes", ...}. Nobody writes to it.
Resource: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Store:
    """All resources, by type and then by id, in the order of the files."""

    by_type: Mapping[str, Mapping[str, Resource]]

    @classmethod
    def of(cls, resources: Iterable[Resource]) -> Store:
        """Index the resources; ValueError when two share a type and an id, since one would hide the other."""
        by_type: dict[str, dict[str, Resource]] = {}
        for resource in resources:
            rows = by_type.setdefault(resource["resourceType"], {})
            if resource["id"] in rows:
                raise ValueError(f"{resource['resourceType']}/{resource['id']} occurs twice")
            rows[resource["id"]] = resource
        return cls(MappingProxyType({kind: MappingProxyType(rows) for kind, rows in by_type.items()}))

    def read(self, kind: str, resource_id: str) -> Resource | None:
        """The resource, or None when it is not held."""
        return self.by_type.get(kind, {}).get(resource_id)

    def rows(self, kind: str) -> tuple[Resource, ...]:
        """Every resource of the type; empty when there is none."""
        return tuple(self.by_type.get(kind, {}).values())


def load_patients(today: date) -> tuple[Resource, ...]:
    """Every resource of every sample patient, dated relative to ``today``.

    ValueError for a file with an unknown placeholder or broken JSON: the samples are ours, so it is our mistake.
    """
    return tuple(resource for story in stories() for resource in _bundle(story.file, today))


def _bundle(file: str, today: date) -> list[Resource]:
    text = files(__package__).joinpath("patients", file).read_text(encoding="utf-8")
    return [entry["resource"] for entry in json.loads(fill(text, today))["entry"]]
