"""A CDS Service: what discovery says about it, and which context it reads."""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.authoring.rule import Hook
from cds_hooks.wire.request import ChartContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One id answers one hook. `needs_data`: without any data there is nothing to judge (no draft in hand)."""

    id: str
    hook: Hook
    title: str
    description: str
    context: type[ChartContext]
    needs_data: bool = False
