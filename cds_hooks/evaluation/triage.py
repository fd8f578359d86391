"""What of the verdicts is shown, and in which order. Nothing is lost from the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cds_hooks.authoring.rule import Rule, UndoneCheck
from cds_hooks.authoring.verdict import Advice, MissingData, Satisfied
from cds_hooks.evaluation.evaluate import Failed, Judged
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind

URGENCY = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Shown:
    """One card to be: the rule, its draft and its advice."""

    rule: Rule
    order: Order | None
    advice: Advice


@dataclass(frozen=True, slots=True)
class Triage:
    """The cards in order, what could not be checked, what data were unusable, and which advice another card carries."""

    shown: tuple[Shown, ...]
    undone: tuple[UndoneCheck, ...]
    remarks: tuple[Gap, ...]
    merged: tuple[Judged, ...]


def triage(judged: Sequence[Judged]) -> Triage:
    """Most urgent first, then in the order of the rules; one card per pair of drafts that meet each other."""
    merged = tuple(each for each in judged if _carried_by_other_side(each, judged))
    shown = [
        Shown(each.rule, each.order, each.verdict)
        for each in judged
        if isinstance(each.verdict, Advice) and each not in merged
    ]
    return Triage(
        shown=tuple(sorted(shown, key=lambda card: URGENCY[card.advice.indicator])),
        undone=tuple(_undone(judged)),
        remarks=_remarks(judged),
        merged=merged,
    )


def _carried_by_other_side(each: Judged, judged: Sequence[Judged]) -> bool:
    """A mirrored card is not shown where every drug it names has a card of its own that names this draft."""
    advice = each.verdict
    if not (isinstance(advice, Advice) and advice.mirror and each.order):
        return False
    named = [fact.resource for fact in advice.because if fact.resource != each.order.reference]
    carried = {
        other.order.reference
        for other in judged
        if other.order and other.rule is each.rule and isinstance(other.verdict, Advice) and not other.verdict.mirror
        if each.order.reference in other.verdict.partners
    }
    return bool(carried) and set(named) <= carried


def _undone(judged: Sequence[Judged]) -> list[UndoneCheck]:
    undone = []
    for each in judged:
        if isinstance(each.verdict, Failed):
            undone.append(UndoneCheck(each.rule, None))
        elif isinstance(each.verdict, MissingData) and each.verdict.gap.kind is GapKind.OUT_OF_REACH:
            undone.append(UndoneCheck(each.rule, each.verdict.gap))
    return list(dict.fromkeys(undone))


def _remarks(judged: Sequence[Judged]) -> tuple[Gap, ...]:
    remarks: list[Gap] = []
    for each in judged:
        match each.verdict:
            case Advice(remarks=found) | Satisfied(remarks=found):
                remarks += found
            case MissingData(gap) if gap.kind is GapKind.UNUSABLE:
                remarks.append(gap)
            case _:
                pass
    return tuple(dict.fromkeys(remarks))
