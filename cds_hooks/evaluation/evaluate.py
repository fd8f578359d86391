"""Every concerned rule is asked about every selected draft, or about the chart. One that breaks silences no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cds_hooks.authoring.rule import ORDER_HOOKS, AnyRule, ChartRule, Hook, OrderRule, Rule
from cds_hooks.authoring.verdict import MissingData, NotApplicable, Verdict
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need


@dataclass(frozen=True, slots=True)
class Failed:
    """A rule that raised. The error goes out as a value: the core does not log."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Judged:
    """What one rule says about one draft (`order`), or about the chart (`order` is None)."""

    rule: Rule
    order: Order | None
    verdict: Verdict | Failed


def concerned(rules: Sequence[AnyRule], hook: Hook, drafts: Sequence[Order]) -> tuple[AnyRule, ...]:
    """The rules that have something to look at in this call, before anything about the patient is known."""
    asked = [rule for rule in rules if hook in rule.rule.hooks]
    if hook not in ORDER_HOOKS:
        return tuple(rule for rule in asked if isinstance(rule, ChartRule))
    return tuple(rule for rule in asked if isinstance(rule, OrderRule) and any(map(rule.concerns, drafts)))


def evaluate(rules: Sequence[AnyRule], patient: Patient) -> tuple[Judged, ...]:
    """The verdicts of the concerned rules; what is not applicable is left out."""
    judged = (each for rule in rules for each in _judge(rule, patient))
    return tuple(each for each in judged if not isinstance(each.verdict, NotApplicable))


def _judge(rule: AnyRule, patient: Patient) -> Iterator[Judged]:
    if isinstance(rule, ChartRule):
        yield Judged(rule.rule, None, _asked_of_chart(rule, patient))
        return
    for order in patient.drafts:
        if rule.concerns(order):
            yield Judged(rule.rule, order, _asked_of_order(rule, order, patient))


def _asked_of_chart(rule: ChartRule, patient: Patient) -> Verdict | Failed:
    try:
        return rule.assess(patient)
    except Exception as error:  # noqa: BLE001 -- isolation is the point; the shell records it
        return Failed(error)


def _asked_of_order(rule: OrderRule, order: Order, patient: Patient) -> Verdict | Failed:
    if order.unreadable:
        return MissingData(Gap(Need.MEDICATIONS, GapKind.OUT_OF_REACH, order.unreadable))
    try:
        return rule.assess(order, patient)
    except Exception as error:  # noqa: BLE001 -- isolation is the point; the shell records it
        return Failed(error)
