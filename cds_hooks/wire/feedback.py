"""What clinicians answered to cards (CDS Hooks 2.0, "Feedback").

Real clients send the specified `{"feedback": [...]}` or one bare item. An item that cannot be read costs no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw

from cds_hooks.wire.problem import RequestError
from cds_hooks.wire.request import decode

MOST_ITEMS = 500
MOST_SUGGESTIONS = 100
# A pattern and not a Literal, whose error would quote what was sent.
Outcome = Annotated[str, Meta(pattern="^(accepted|overridden)$")]
Id = Annotated[str, Meta(min_length=1, max_length=255)]


class AcceptedSuggestion(msgspec.Struct, frozen=True):
    id: Id


class ReasonCoding(msgspec.Struct, frozen=True):
    """A reason of ours or of the client. The sandbox sends no display."""

    code: Annotated[str, Meta(max_length=255)]
    system: Annotated[str, Meta(max_length=2048)] | None = None


class OverrideReason(msgspec.Struct, frozen=True, rename="camel"):
    reason: ReasonCoding | None = None
    user_comment: str | None = None


class FeedbackItem(msgspec.Struct, frozen=True, rename="camel"):
    """One answer to one card. Accepted without suggestions, and overridden without a reason, are taken as they come."""

    card: Id
    outcome: Outcome
    outcome_timestamp: Annotated[datetime, Meta(tz=True)]
    accepted_suggestions: Annotated[list[AcceptedSuggestion], Meta(max_length=MOST_SUGGESTIONS)] | None = None
    override_reason: OverrideReason | None = None

    def __post_init__(self) -> None:
        try:
            self.outcome_timestamp.astimezone(UTC)
        except OverflowError:
            raise ValueError("The time is out of range") from None

    @property
    def at(self) -> datetime:
        """When the clinician answered, by the client's clock, in UTC."""
        return self.outcome_timestamp.astimezone(UTC)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The ids of the accepted suggestions, once each, in one order."""
        return tuple(sorted({suggestion.id for suggestion in self.accepted_suggestions or ()}))

    @property
    def reason(self) -> ReasonCoding | None:
        return self.override_reason.reason if self.override_reason else None

    @property
    def comment(self) -> str:
        """Free text of the clinician: may name the patient."""
        return (self.override_reason.user_comment or "") if self.override_reason else ""


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """An item that is no feedback: its place in the array, and what to do."""

    index: int
    problem: RequestError


@dataclass(frozen=True, slots=True)
class Feedback:
    items: tuple[FeedbackItem, ...]
    refused: tuple[RefusedItem, ...]


class _Envelope(msgspec.Struct, frozen=True):
    feedback: list[Raw] | None = None


class FeedbackBody(msgspec.Struct, frozen=True):
    """The body as the specification has it, for OpenAPI."""

    feedback: Annotated[list[FeedbackItem], Meta(min_length=1, max_length=MOST_ITEMS)]


def read_feedback(body: bytes) -> Feedback:
    """The items of the body, and those that are none.

    Raises RequestError: no JSON object, no items or too many, or not a single item that can be read.
    """
    given = decode(body, _Envelope).feedback
    raws = [Raw(body)] if given is None else given
    if not 1 <= len(raws) <= MOST_ITEMS:
        raise RequestError(f"feedback is empty or too long. Send 1 to {MOST_ITEMS} items.", "feedback")
    items: list[FeedbackItem] = []
    refused: list[RefusedItem] = []
    for index, raw in enumerate(raws):
        try:
            items.append(decode(raw, FeedbackItem, f"feedback[{index}]"))
        except RequestError as problem:
            refused.append(RefusedItem(index, problem))
    if not items:
        raise refused[0].problem
    return Feedback(tuple(items), tuple(refused))


def schema() -> tuple[dict[str, Any], dict[str, Any]]:
    """JSON Schema of the body, and the component schemas that it refers to, for OpenAPI."""
    (root,), components = msgspec.json.schema_components([FeedbackBody], ref_template="#/components/schemas/{name}")
    return root, components
