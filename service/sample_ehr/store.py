"""The sample resources in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

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
    """Every resource of every sample patient, dated relative to ``today``."""
    return tuple(resource for story in stories() for resource in story.resources(today))
