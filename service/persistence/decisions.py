"""The record of one call, and what a place that keeps such records must do.

A record holds names of facts and no values of the chart, unless the site asks for them. The patient is a keyed hash:
the same patient gives the same key at one site, and nobody without the site's secret can find out which patient it is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from cds_hooks.wire.card import BASIS, BasisFact
from service.persistence.tables import TEXT_LIMIT

if TYPE_CHECKING:
    from cds_hooks.decision import CardRecord, Decision

ANSWERED = "answered"


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
    # The response as it was sent, from which the values on the cards are taken; empty unless the site keeps them.
    response: bytes = b""


class DecisionStore(Protocol):
    """Keeps call records. `record` never waits and never fails a call: what cannot be kept is counted as lost."""

    @property
    def ready(self) -> bool:
        """Whether the store has been able to keep records since the start."""
        ...

    @property
    def failing(self) -> bool:
        """Whether what was written last did not get through."""
        ...

    @property
    def lost(self) -> int:
        """How many records could not be kept."""
        ...

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        ...

    async def start(self) -> None:
        """Begin to keep records. Raises SetupError when the place to keep them does not fit this version."""
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
        self.failing = False
        self.lost = 0
        self.waiting = 0

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


class Detail(msgspec.Struct, omit_defaults=True):
    """What a decision tells beside whom it was for, as the JSON in `decisions.detail`. What is empty is left out.

    An outcome is (rule, version, verdict, order, missing fact), the last two null where they say nothing; a card is
    (uuid, topic, indicator); `values` are (name, value, unit, date), only where the site keeps them.
    """

    outcomes: list[tuple[str, int, str, str | None, str | None]] = []
    cards: list[tuple[str, str, str]] = []
    facts: list[str] = []
    missing: list[str] = []
    queries: Mapping[str, str] = {}
    foreign_rows: int = 0
    knowledge: str = ""
    policy: str = ""
    program: str = ""
    timings: Mapping[str, float] = {}
    values: list[tuple[str, str, str, str]] = []


def row(record: CallRecord, key: bytes) -> dict[str, Any]:
    """The record as a row of the table `decisions`. Verdicts are words of the core's own, taken as they come."""
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
        "detail": msgspec.json.encode(_detail(record)).decode(),  # escapes what no database takes
    }


def _detail(record: CallRecord) -> Detail:
    decision = record.decision
    return Detail(
        outcomes=[
            (o.rule, o.version, o.verdict, o.order and storable(o.order), o.gap and storable(o.gap))
            for o in decision.outcomes
        ],
        cards=[(card.uuid, card.topic, card.indicator) for card in decision.cards],
        facts=list(decision.facts),
        missing=list(decision.missing),
        queries=decision.queries,
        foreign_rows=decision.foreign_rows,
        knowledge=decision.knowledge_revision,
        policy=decision.policy_revision,
        program=record.program_version,
        timings=record.timings,
        values=shown_values(record.response) if record.response else [],
    )


def card_rows(record: CallRecord) -> list[dict[str, Any]]:
    """The cards of a record as rows of the table `cards`."""
    decision = record.decision
    versions = {outcome.rule: outcome.version for outcome in decision.outcomes}
    return [
        {
            "client": record.client,
            "tenant": record.tenant or "",
            "uuid": card.uuid,
            "decision_id": record.decision_id,
            "at": decision.as_of.astimezone(UTC),
            "day": decision.as_of.date(),
            "service": record.service,
            "rules": _rules_on(card, versions),
            "indicator": card.indicator,
        }
        for card in decision.cards
    ]


# What `tallies` counts under one key: day, client, tenant, service, rule, version, verdict, gap. Rule "" is the call.
Tally = tuple[date, str, str, str, str, int, str, str]


def tally(record: CallRecord) -> list[Tally]:
    """What this record adds one to: the call and its verdicts. The day is that of the site's zone."""
    day, client, tenant = record.decision.as_of.date(), record.client, record.tenant or ""
    verdicts = [
        (day, client, tenant, record.service, o.rule, o.version, o.verdict, storable(o.gap) if o.gap else "")
        for o in record.decision.outcomes
    ]
    return [(day, client, tenant, record.service, "", 0, ANSWERED, ""), *verdicts]


class _ShownBasis(msgspec.Struct):
    facts: list[BasisFact] = []


class _ShownCard(msgspec.Struct):
    extension: dict[str, _ShownBasis]


class _Shown(msgspec.Struct):
    cards: list[_ShownCard]


def shown_values(response: bytes) -> list[tuple[str, str, str, str]]:
    """(name, value, unit, date) of each fact on the cards of a response, once each."""
    cards = msgspec.json.decode(response, type=_Shown).cards
    facts = [fact for card in cards for fact in card.extension[BASIS].facts]
    shown = ((fact.name, fact.value or "", fact.unit or "", fact.date or "") for fact in facts)
    return list(dict.fromkeys(shown))


def patient_key(patient_id: str, key: bytes) -> str:
    """HMAC-SHA256 of the patient's id, in hexadecimal."""
    return hmac.digest(key, patient_id.encode("utf-8", "replace"), hashlib.sha256).hex()


def storable(text: str, most: int = TEXT_LIMIT) -> str:
    """Text that every database takes: without the zero character and lone surrogates, of bounded length."""
    if len(text) <= most and text.isascii() and "\x00" not in text:  # as nearly all are
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:most]


def _rules_on(card: CardRecord, versions: Mapping[str, int]) -> str:
    """`BME-CI-01@1+BME-CI-02@3`. The notices (BME-SYS) are no rules with a verdict: version 0."""
    return "+".join(f"{rule}@{versions.get(rule, 0)}" for rule in card.topic.split("+"))
