"""What each rule costs when it is evaluated with all others, on a draft and on a chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter_ns

from rich.console import Console
from rich.table import Table

from bench.cases import Case, cases
from bench.figures import Figure
from bench.pace import Pace
from cds_hooks.advisor import Advisor, build_advisor
from cds_hooks.authoring.rule import AnyRule, Hook
from cds_hooks.evaluation.evaluate import evaluate
from cds_hooks.snapshot.patient import Patient
from mappings.load import load
from service.app import collect_seldom

RULE_US = 2.0
DRAFT_US = 200.0
SLOWEST = 10
AGAIN = 10  # times that a chart is judged once its facts are read


class Clocked(Sequence[AnyRule]):
    """Rules that note, in microseconds, how long it takes until the next one is asked for: by rule, and in all."""

    def __init__(self, rules: Sequence[AnyRule]) -> None:
        self._rules = rules
        self._spent: defaultdict[str, list[float]] = defaultdict(list)
        self._totals: list[float] = []

    def __iter__(self) -> Iterator[AnyRule]:
        begin = perf_counter_ns()
        for each in self._rules:
            start = perf_counter_ns()
            yield each
            self._spent[each.rule.id].append((perf_counter_ns() - start) / 1000)
        self._totals.append((perf_counter_ns() - begin) / 1000)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self._rules[index]

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def costs(self) -> dict[str, float]:
        """The median by rule."""
        return {name: median(times) for name, times in self._spent.items()}

    @property
    def total(self) -> float:
        """The median of all together."""
        return median(self._totals)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`first` on a chart of which little was read yet, as in a call; `again` on the same chart: the rules alone.
    `whole` is what all of them take then, in microseconds, without a clock between them."""

    case: Case
    first: Clocked
    again: Clocked
    whole: list[float]

    @classmethod
    def of(cls, advisor: Advisor, case: Case, times: int) -> Evaluated:
        rules, _ = _read(advisor, case)
        found = cls(case, Clocked(rules), Clocked(rules), [])
        for _ in range(times):
            _, patient = _read(advisor, case)
            evaluate(found.first, patient)
            for _ in range(AGAIN):
                evaluate(found.again, patient)
                since = perf_counter_ns()
                evaluate(rules, patient)
                found.whole.append((perf_counter_ns() - since) / 1000)
        return found


def measure(console: Console, pace: Pace) -> list[Figure]:
    """The slowest rules in a table, with what all of them take.

    What one more rule costs is the median of all that are asked at a hook. Of those of an order a draft concerns few:
    the others cost their part of choosing.
    """
    advisor = build_advisor(load())
    collect_seldom()  # as in the service
    draft, _, chart = cases()
    both = [Evaluated.of(advisor, case, pace.repeats) for case in (draft, chart)]
    title = f"The slowest {SLOWEST} rules, microseconds (median of {pace.repeats})"
    table = Table("rule", "asked at", "facts not read yet", "facts read", title=title, title_justify="left")
    rows = [(cost, rule, each) for each in both for rule, cost in each.again.costs.items()]
    for cost, rule, each in sorted(rows, key=lambda row: -row[0])[:SLOWEST]:
        table.add_row(rule, each.case.name, f"{each.first.costs[rule]:.1f}", f"{cost:.1f}")
    for each in both:
        table.add_row(f"all {len(each.again)}", each.case.name, f"{each.first.total:.0f}", f"{median(each.whole):.0f}")
    console.print(table)
    signed, viewed = both
    asked = len(advisor.asked[Hook.ORDER_SIGN].rules)
    of_order = [*signed.again.costs.values(), *[_choosing(advisor, draft) / asked] * (asked - len(signed.again))]
    return [
        Figure(f"a rule of an order: the median of all {asked}", (median(of_order),), RULE_US, "us"),
        Figure(
            f"a rule of the chart: the median of all {len(viewed.again)}",
            (median(viewed.again.costs.values()),),
            RULE_US,
            "us",
        ),
        Figure(
            f"evaluating the {len(signed.again)} rules that a draft concerns", (median(signed.whole),), DRAFT_US, "us"
        ),
    ]


def _choosing(advisor: Advisor, case: Case) -> float:
    """Microseconds to find the rules that the draft concerns among all of the hook."""
    consultation = advisor.consult(case.service, case.body, datetime.now(UTC))
    drafts, laps = consultation.reading.drafts(), []
    for _ in range(AGAIN):
        since = perf_counter_ns()
        consultation._concerned(drafts)
        laps.append((perf_counter_ns() - since) / 1000)
    return median(laps)


def _read(advisor: Advisor, case: Case) -> tuple[Sequence[AnyRule], Patient]:
    consultation = advisor.consult(case.service, case.body, datetime.now(UTC))
    if consultation.needs({}):
        raise RuntimeError("the bench body must not need the EHR")
    rules = consultation._concerned(consultation.reading.drafts())
    return rules, consultation.reading.patient(consultation._keys(), advisor.policy)
