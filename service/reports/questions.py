"""Cards, answers, overrides, missing data and failures, counted by rule, version, client and week.

Verdicts come from `tallies`, cards and answers from `cards` and `feedback`; `decisions` is not read, so that a report
over millions of calls stays quick. A card that carries several rules counts for each of them. Of several answers to one
card the last one counts. The rates are of answered cards: what nobody answered says neither yes nor no.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from statistics import median
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.persistence.database import Database
from service.persistence.tables import cards, feedback, tallies

Dimension = Literal["rule", "version", "client", "week"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
TOP_REASONS = 5
NO_REASON = "(none given)"


@dataclass(frozen=True, slots=True)
class Question:
    """What to count. Days are those of the site's zone, both ends included; None is open.

    A line is flagged when more than `flag_above` of at least `at_least` answered cards were overridden.
    """

    since: date | None = None
    until: date | None = None
    by: tuple[Dimension, ...] = ("rule", "version")
    flag_above: float = 0.8
    at_least: int = 20


@dataclass(slots=True)
class Line:
    """The counts of one group, such as a rule in one version."""

    group: dict[str, str]
    verdicts: Counter[str] = field(default_factory=Counter)
    cards: int = 0
    accepted: int = 0
    overridden: int = 0
    seconds: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def answered(self) -> int:
        return self.accepted + self.overridden

    def told(self, question: Question) -> dict[str, Any]:
        """The line as JSON has it; a rate is None where there is nothing to divide by."""
        judged = self.verdicts.total()
        override_rate = _rate(self.overridden, self.answered)
        return {
            **self.group,
            "judged": judged,
            "advice": self.verdicts["advice"],
            "missing": self.verdicts["missing"],
            "missing_rate": _rate(self.verdicts["missing"], judged),
            "failed": self.verdicts["failed"],
            "cards": self.cards,
            "answered": self.answered,
            "accepted": self.accepted,
            "acceptance_rate": _rate(self.accepted, self.answered),
            "overridden": self.overridden,
            "override_rate": override_rate,
            "top_override_reasons": dict(self.reasons.most_common(TOP_REASONS)),
            "median_seconds_to_feedback": round(median(self.seconds), 1) if self.seconds else None,
            "flagged": self.answered >= question.at_least and (override_rate or 0) > question.flag_above,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The answer. `first` and `last` are the days on which something was counted; None when nothing was."""

    question: Question
    first: date | None
    last: date | None
    calls: int
    orphans: int
    missing_facts: dict[str, int]
    lines: list[dict[str, Any]]

    def told(self) -> dict[str, Any]:
        """The report as JSON has it. `orphans` is feedback that names no card of its client, whatever the period."""
        return {
            "since": _day(self.question.since or self.first),
            "until": _day(self.question.until or self.last),
            "by": list(self.question.by),
            "flag_above": self.question.flag_above,
            "flag_at_least": self.question.at_least,
            "calls": self.calls,
            "orphaned_feedback": self.orphans,
            "missing_facts": self.missing_facts,
            "lines": self.lines,
        }


def parse_dimensions(text: str) -> tuple[Dimension, ...]:
    """`rule,week` as dimensions. Raises ValueError."""
    chosen = tuple(dimension for dimension in DIMENSIONS if dimension in text.split(","))
    if not chosen or len(chosen) != len(text.split(",")):
        raise ValueError(f"give some of {', '.join(DIMENSIONS)}, comma-separated")
    return chosen


async def ask(database: Database, question: Question) -> Report:
    """Count. Raises what the database raises."""
    async with database.engine.connect() as connection:
        return await _count(connection, question)


async def _count(connection: AsyncConnection, question: Question) -> Report:
    lines: dict[tuple[str, ...], Line] = {}
    calls, missing, days = 0, Counter[str](), set[date]()

    @cache  # few lines, many rows
    def line(rule: str, version: int, client: str, day: date) -> Line:
        found = {"rule": rule, "version": str(version or "-"), "client": client, "week": _week(day)}
        key = tuple(found[dimension] for dimension in question.by)
        return lines.setdefault(key, Line({dimension: found[dimension] for dimension in question.by}))

    for tally in (await connection.execute(_tallies(question))).all():
        days.add(tally.day)
        if not tally.rule:
            calls += tally.total
            continue
        line(tally.rule, tally.version, _client(tally), tally.day).verdicts[tally.verdict] += tally.total
        if tally.gap:
            missing[tally.gap] += tally.total
    for card in (await connection.execute(_cards(question))).all():
        for rule, version in _rules(card.rules):
            line(rule, version, _client(card), card.day).cards += card.total
    for answered in _last_answers((await connection.execute(_answers(question))).all()):
        for rule, version in _rules(answered.card.rules):
            answered.count_in(line(rule, version, _client(answered.card), answered.card.day))
    return Report(
        question,
        min(days, default=None),
        max(days, default=None),
        calls,
        int(await connection.scalar(_orphans()) or 0),
        dict(missing.most_common()),
        [lines[key].told(question) for key in sorted(lines)],
    )


# -- queries


def _tallies(question: Question) -> Any:
    t = tallies.c
    keys = (t.day, t.client, t.tenant, t.rule, t.version, t.verdict, t.gap)
    counted = select(*keys, func.sum(tallies.c.count).label("total"))
    return counted.where(*_between(tallies.c.day, question)).group_by(*keys)


def _cards(question: Question) -> Any:
    keys = (cards.c.day, cards.c.client, cards.c.tenant, cards.c.rules)
    counted = select(*keys, func.count().label("total"))
    return counted.where(*_between(cards.c.day, question)).group_by(*keys)


_SAME_CARD = and_(
    feedback.c.client == cards.c.client, feedback.c.tenant == cards.c.tenant, feedback.c.card == cards.c.uuid
)


def _answers(question: Question) -> Any:
    c, f = cards.c, feedback.c
    told = (c.client, c.tenant, c.uuid, c.rules, c.day, c.at, f.outcome, f.outcome_at, f.reason_code)
    joined = select(*told).select_from(feedback.join(cards, _SAME_CARD))
    return joined.where(*_between(cards.c.day, question)).order_by(feedback.c.outcome_at, feedback.c.received_at)


def _orphans() -> Any:
    return select(func.count()).select_from(feedback.outerjoin(cards, _SAME_CARD)).where(cards.c.uuid.is_(None))


def _between(day: Any, question: Question) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if question.since:
        bounds.append(day >= question.since)
    if question.until:
        bounds.append(day <= question.until)
    return bounds


# -- answers


@dataclass(slots=True)
class _Answered:
    card: Any
    outcome: str
    reason: str
    seconds: float

    def count_in(self, line: Line) -> None:
        if self.outcome == "accepted":
            line.accepted += 1
        else:
            line.overridden += 1
            line.reasons[self.reason] += 1
        if self.seconds >= 0:  # else one of the two clocks is wrong
            line.seconds.append(self.seconds)


def _last_answers(rows: Iterable[Any]) -> Iterator[_Answered]:
    """One per card; the rows come in the order in which they were answered."""
    found: dict[tuple[str, str, str], _Answered] = {}
    for row in rows:
        known = found.get((row.client, row.tenant, row.uuid))
        seconds = known.seconds if known else (row.outcome_at - row.at).total_seconds()
        found[row.client, row.tenant, row.uuid] = _Answered(row, row.outcome, row.reason_code or NO_REASON, seconds)
    return iter(found.values())


@cache
def _rules(joined: str) -> Sequence[tuple[str, int]]:
    return [(rule, int(version)) for rule, _, version in (each.partition("@") for each in joined.split("+"))]


def _client(row: Any) -> str:
    return f"{row.client}/{row.tenant}" if row.tenant else str(row.client)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
