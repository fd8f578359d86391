"""The discovery response (CDS Hooks 2.0, "Discovery")."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

KNOWLEDGE = "org.marrow-cds.knowledge"


class DiscoveredService(BaseModel):
    """One service as discovery lists it."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    hook: str = Field(min_length=1)
    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    prefetch: dict[str, str] = Field(min_length=1)
    usage_requirements: str = Field(min_length=1)
    extension: dict[str, dict[str, Any]]


class Discovery(BaseModel):
    """All services; the order is stable, so that clients may cache the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    services: tuple[DiscoveredService, ...]
