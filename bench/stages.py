"""What one answer costs inside the process, stage by stage (median of many)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from bench import bodies
from cds_hooks.advisor import Advisor, Consultation, build_advisor
from cds_hooks.authoring.rule import Hook
from cds_hooks.cards.render import Renderer
from cds_hooks.evaluation.evaluate import evaluate
from cds_hooks.evaluation.triage import triage
from mappings.load import load

REPEATS = 300


def stages() -> Mapping[str, float]:
    """Microseconds by stage: decode, snapshot, rules, render, and the whole, for a critical and a silent order."""
    advisor = build_advisor(load())
    now = datetime.now(UTC)
    critical, silent = bodies.order_sign(bodies.ILOPROST, now), bodies.order_sign(bodies.METFORMIN, now)
    consultation = _consult(advisor, critical, now)
    keys = consultation._keys()
    patient = consultation.reading.patient(keys, advisor.policy)
    rules = consultation._concerned(patient.drafts)
    planned = triage(evaluate(rules, patient), Hook.ORDER_SIGN)
    renderer = Renderer(
        advisor.suggestions, consultation.request, patient, advisor.rules, consultation.reading.condition
    )

    def snapshot() -> None:
        _consult(advisor, critical, now).reading.patient(keys, advisor.policy)

    decode = _time(lambda: _consult(advisor, critical, now))
    return {
        "decode (envelope, drafts)": decode,
        "snapshot": _time(snapshot) - decode,
        f"rules ({len(rules)} asked of the draft)": _time(lambda: evaluate(rules, patient)),
        "triage": _time(lambda: triage(evaluate(rules, patient), Hook.ORDER_SIGN)),
        "render": _time(lambda: renderer.cards(planned.cards, planned.left_out)),
        "whole answer, critical card": _time(lambda: _answer(advisor, critical, now)),
        "whole answer, no rule concerned": _time(lambda: _answer(advisor, silent, now)),
    }


def _consult(advisor: Advisor, body: bytes, now: datetime) -> Consultation:
    return advisor.consult("bme-order-sign", body, now)


def _answer(advisor: Advisor, body: bytes, now: datetime) -> None:
    consultation = _consult(advisor, body, now)
    if consultation.needs({}):
        raise RuntimeError("the bench body must not need the EHR")
    consultation.answer({})


def _time(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times) * 1e6
