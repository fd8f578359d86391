"""The record of one answer: which rule said what, on which data, with which knowledge. Values of facts are not in it.

What is not named was not applicable. The shell adds who asked, when, and how long it took, and keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cds_hooks.authoring.verdict import Advice, MissingData, NotApplicable, Satisfied, Verdict
from cds_hooks.evaluation.evaluate import Failed, Judged
from cds_hooks.evaluation.triage import Triage
from cds_hooks.snapshot.from_fhir.chart import Chart
from cds_hooks.wire.card import BASIS, Card
from cds_hooks.wire.request import Request


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule about one draft (`order` as `Type/id`; None for the chart). `gap` is the fact that was missing.

    `verdict` is advice, satisfied, missing or failed; for advice that is no card of its own, what became of it (merged,
    silent, held, capped).
    """

    rule: str
    version: int
    verdict: str
    order: str | None
    gap: str | None


@dataclass(frozen=True, slots=True)
class CardRecord:
    uuid: str
    topic: str
    indicator: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that raised; the shell records the error's type and place, never its message."""

    rule: str
    version: int
    error: Exception


class Revisions(NamedTuple):
    """With which knowledge and under which policy of the site a decision was made."""

    knowledge: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`facts` and `missing` are names; `queries` maps a query's key to the state its data came in."""

    hook: str
    hook_instance: str
    patient_id: str
    as_of: datetime
    knowledge_revision: str
    outcomes: tuple[Outcome, ...]
    cards: tuple[CardRecord, ...]
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    queries: dict[str, str]
    foreign_rows: int
    failures: tuple[Failure, ...]
    policy_revision: str = ""


def record(
    request: Request,
    as_of: datetime,
    revisions: Revisions,
    judged: Sequence[Judged],
    sorted_out: Triage,
    cards: Sequence[Card],
    chart: Chart,
) -> Decision:
    bases = [card.extension[BASIS] for card in cards]
    failed = [(each, each.verdict) for each in judged if isinstance(each.verdict, Failed)]
    return Decision(
        hook=request.hook,
        hook_instance=request.hook_instance,
        patient_id=request.patient_id,
        as_of=as_of,
        knowledge_revision=revisions.knowledge,
        policy_revision=revisions.policy,
        outcomes=tuple(_outcome(each, sorted_out) for each in judged),
        cards=tuple(CardRecord(card.uuid, card.source.topic.code, card.indicator) for card in cards),
        facts=tuple(dict.fromkeys(fact.name for basis in bases for fact in basis.facts or ())),
        missing=tuple(dict.fromkeys(gap.fact for basis in bases for gap in basis.missing or ())),
        queries={key: str(rows.state) for key, rows in chart.read.items()},
        foreign_rows=sum(rows.foreign for rows in chart.read.values()),
        failures=tuple(Failure(each.rule.id, each.rule.version, verdict.error) for each, verdict in failed),
    )


def _outcome(each: Judged, sorted_out: Triage) -> Outcome:
    gap = each.verdict.gap.fact if isinstance(each.verdict, MissingData) else None
    order = each.order.reference if each.order else None
    verdict = sorted_out.fate(each) or kind_of(each.verdict)
    return Outcome(each.rule.id, each.rule.version, verdict, order, gap)


def kind_of(verdict: Verdict | Failed) -> str:
    """The verdict in a word, as the record keeps it."""
    match verdict:
        case Advice():
            return "advice"
        case Satisfied():
            return "satisfied"
        case MissingData():
            return "missing"
        case NotApplicable():
            return "not applicable"
        case _:
            return "failed"
