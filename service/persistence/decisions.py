"""The record of one call, and what a place that keeps such records must do.

A record never holds values of the chart. The patient is a keyed hash: the same patient gives the same key at one site,
and nobody without the site's secret can find out which patient it is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from cds_hooks.decision import Decision

TEXT_LIMIT = 255


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What was decided in one call, for whom, and how long its stages took (milliseconds)."""

    decision_id: str
    service: str
    client: str
    tenant: str | None
    decision: Decision
    program_version: str
    timings: Mapping[str, float]


class DecisionStore(Protocol):
    """Keeps call records. `record` never waits and never fails a call: what cannot be kept is counted as lost."""

    @property
    def ready(self) -> bool:
        """Whether the store has been able to keep records since the start."""
        ...

    @property
    def lost(self) -> int:
        """How many records could not be kept."""
        ...

    async def start(self) -> None:
        """Begin to keep records."""
        ...

    def record(self, record: CallRecord) -> None:
        """Keep this record, later."""
        ...

    async def ping(self) -> bool:
        """Whether the store answers now."""
        ...

    async def stop(self) -> None:
        """Write what waits, then let go."""
        ...


class MemoryDecisions:
    """Keeps the last records in memory: enough for trying the service, gone when it stops."""

    def __init__(self, most: int = 1000) -> None:
        self.records: deque[CallRecord] = deque(maxlen=most)
        self.ready = True
        self.lost = 0

    async def start(self) -> None:
        """Nothing to begin."""

    def record(self, record: CallRecord) -> None:
        """Keep this record; the oldest goes when there are too many."""
        self.records.append(record)

    async def ping(self) -> bool:
        """Memory answers."""
        return True

    async def stop(self) -> None:
        """Nothing to write."""


def row(record: CallRecord, key: bytes) -> dict[str, Any]:
    """The record as a row of the table `decisions`."""
    decision = record.decision
    return {
        "decision_id": record.decision_id,
        "at": decision.as_of.astimezone(UTC),
        "client": record.client,
        "tenant": record.tenant,
        "service": record.service,
        "hook": str(decision.hook),
        "hook_instance": storable(decision.hook_instance),
        "patient_key": patient_key(decision.patient_id, key),
        "outcomes": [
            _present(rule=o.rule, version=o.version, verdict=o.verdict, order=o.order, gap=o.gap)
            for o in decision.outcomes
        ],
        "cards": [{"uuid": card.uuid, "topic": card.topic, "indicator": card.indicator} for card in decision.cards],
        "facts": list(decision.facts),
        "missing": list(decision.missing),
        "queries": dict(decision.queries),
        "foreign_rows": decision.foreign_rows,
        "knowledge": decision.knowledge_revision,
        "program_version": record.program_version,
        "timings": dict(record.timings),
    }


def patient_key(patient_id: str, key: bytes) -> str:
    """HMAC-SHA256 of the patient's id, in hexadecimal."""
    return hmac.new(key, patient_id.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def storable(text: str) -> str:
    """Text that every database takes: without the zero character and lone surrogates, of bounded length."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:TEXT_LIMIT]


def _present(**fields: object) -> dict[str, object]:
    return {
        name: storable(value) if isinstance(value, str) else value
        for name, value in fields.items()
        if value is not None
    }
