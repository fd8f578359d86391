"""How FHIR data reach the core: one `Query` asked for, one `Delivery` handed in.

A prefetch key and a query of our own end in the same four states (CDS Hooks, "Prefetch Template";
what the specification leaves open is decided in `docs/adr/`): a failed query is never an empty one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of one query."""

    DATA = "data"
    EMPTY = "empty"  # it ran and found nothing
    FAILED = "failed"  # an OperationOutcome, garbage, an HTTP error, cut off
    ABSENT = "absent"  # nobody ran it


class Origin(StrEnum):
    """Where a resource came from, as the card's basis names it."""

    PREFETCH = "prefetch"
    FHIR_SERVER = "FHIR server"
    DRAFT = "draft order"
    CONTEXT = "hook context"


@dataclass(frozen=True, slots=True)
class Query:
    """A FHIR read or search that the core asks the shell to run.

    `path` is relative to the FHIR base. `resume` is the absolute URL of the next page when the client sent the
    first pages as prefetch; the shell decides whether that URL may be followed.
    """

    key: str
    path: str
    resume: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one query gave: the pages as raw JSON (Bundles of a search, or the one resource of a read).

    `state` FAILED with pages means: cut off, the pages hold what arrived before. `reason` says in plain words why it
    failed; it never quotes the server.
    """

    state: State
    pages: tuple[bytes, ...] = ()
    reason: str = ""


NOT_ASKED = Delivery(State.ABSENT, reason="not sent by the EHR, and no FHIR server could be asked")
