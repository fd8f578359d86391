"""The response of a CDS Hooks call (CDS Hooks 2.0, "CDS Service Response").

Absent is left out, never null or empty: `encode` is the only way to bytes. The basis extension is Marrow's own
(`org.marrow-cds.basis`): what a card stands on, for machines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

BASIS = "org.marrow-cds.basis"
SUMMARY_LIMIT = 139  # "fewer than 140 characters", counted in UTF-16 units as browsers do
Indicator = Literal["info", "warning", "critical"]
SelectionBehavior = Literal["any", "at-most-one"]


@dataclass(frozen=True, slots=True)
class Presentation:
    """What a client can show: clients differ, and some accept only independent suggestions (`any`) of one action.

    `replacements`: whether it takes a suggestion of several actions, which replaces one draft by another.
    """

    selection_behavior: SelectionBehavior = "any"
    replacements: bool = True

    def takes(self, suggestion: Suggestion) -> bool:
        """Whether the client can apply this suggestion."""
        return self.replacements or len(suggestion.actions or ()) < 2


PLAIN = Presentation()


class Coding(msgspec.Struct, frozen=True, omit_defaults=True):
    code: str
    system: str
    display: str | None = None


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    label: str
    topic: Coding
    url: str | None = None


class Action(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """`resource` for create and update, `resource_id` (`Type/id`) for delete."""

    type: Literal["create", "update", "delete"]
    description: str
    resource: dict[str, Any] | None = None
    resource_id: str | None = None


class Suggestion(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    label: str
    uuid: str
    actions: list[Action] | None = None


class BasisRule(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    version: int
    indicator: Indicator


class BasisFact(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    value: str | None = None
    unit: str | None = None
    date: str | None = None
    resource: str | None = None
    origin: str | None = msgspec.field(default=None, name="from")


class BasisGap(msgspec.Struct, frozen=True, omit_defaults=True):
    fact: str
    gap: str


class BasisEvidence(msgspec.Struct, frozen=True, omit_defaults=True):
    title: str
    section: str | None = None


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    rules: list[BasisRule]
    facts: list[BasisFact] | None = None
    missing: list[BasisGap] | None = None
    evidence: list[BasisEvidence] | None = None


class Card(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    uuid: str
    summary: str
    detail: str
    indicator: Indicator
    source: Source
    extension: dict[str, Basis]
    suggestions: list[Suggestion] | None = None
    selection_behavior: SelectionBehavior | None = None
    override_reasons: list[Coding] | None = None

    def __post_init__(self) -> None:
        if len(self.summary.encode("utf-16-le")) // 2 > SUMMARY_LIMIT:
            raise ValueError(f"a summary holds fewer than 140 characters: {self.source.topic.code}")


class Response(msgspec.Struct, frozen=True):
    cards: list[Card]


def encode(response: Response) -> bytes:
    """The response as JSON."""
    return msgspec.json.encode(response)
