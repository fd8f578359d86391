"""A CDS Service: what discovery says about it, and which context it reads."""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.authoring.rule import Hook
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire.request import ChartContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One id answers one hook. `needs_data`: without any data there is nothing to judge (no draft in hand).

    `like` is the hook whose rules it asks, where the rules do not name its own. `problems` is what a problem that was
    just entered must be about for the rules to be asked; empty at hooks where none is.
    """

    id: str
    hook: Hook
    title: str
    description: str
    context: type[ChartContext]
    needs_data: bool = False
    like: Hook | None = None
    problems: frozenset[Concept] = frozenset()

    @property
    def asks(self) -> Hook:
        """The hook whose rules are asked."""
        return self.like or self.hook
