"""What one answer costs inside the process, stage by stage, each call on a chart of its own (median of many)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from rich.table import Table

from bench.cases import Case, cases
from cds_hooks.advisor import Advisor, build_advisor
from cds_hooks.evaluation.evaluate import evaluate
from cds_hooks.evaluation.options import settled
from cds_hooks.evaluation.triage import triage
from mappings.load import load


def measure(times: int) -> Table:
    """Microseconds by stage. What a stage leaves to be read later counts where it is read."""
    advisor = build_advisor(load())
    found = {case.name: _medians(advisor, case, times) for case in cases()}
    table = Table("microseconds", *found, title=f"Inside the process (median of {times})", title_justify="left")
    for stage in dict.fromkeys(stage for stages in found.values() for stage in stages):
        table.add_row(stage, *(f"{stages[stage]:.0f}" if stage in stages else "-" for stages in found.values()))
    table.add_row("in all", *(f"{sum(stages.values()):.0f}" for stages in found.values()), style="bold")
    return table


def _medians(advisor: Advisor, case: Case, times: int) -> dict[str, float]:
    laps: dict[str, list[float]] = {}
    for _ in range(times):
        since = perf_counter()
        for stage in _stages(advisor, case):
            laps.setdefault(stage, []).append((perf_counter() - since) * 1e6)
            since = perf_counter()
    return {stage: median(each) for stage, each in laps.items()}


def _stages(advisor: Advisor, case: Case) -> Iterator[str]:
    """The steps of `Consultation.answer`; each is named when it is done."""
    consultation = advisor.consult(case.service, case.body, datetime.now(UTC))
    yield "request and drafts"
    if consultation.needs({}):
        raise RuntimeError("the bench body must not need the EHR")
    yield "what is missing"
    rules = consultation._concerned(consultation.reading.drafts())
    if not rules:
        consultation.answer({})
        yield "answer and record"
        return
    patient = consultation.reading.patient(consultation._keys(), advisor.policy)
    yield "snapshot"
    judged = evaluate(rules, patient)
    yield "rules"
    judged = settled(judged, advisor.rules, patient)
    yield "options tried"
    sorted_out = triage(judged, consultation.service.asks, advisor.policy)
    yield "triage"
    cards = consultation._cards(sorted_out, patient)
    yield "cards"
    consultation._answer(cards, judged, sorted_out)
    yield "answer and record"
