"""What a specification expects of a rule, in one line: `spec(patient, advice("BME-CI-01", "critical"))`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cds_hooks.authoring.rule import ChartRule, Hook, OrderRule
from cds_hooks.authoring.verdict import (
    Advice,
    DeleteDraft,
    Group,
    MakeProvisional,
    MissingData,
    NotApplicable,
    Propose,
    Satisfied,
    Treat,
    UpdateDraft,
    Verdict,
)
from cds_hooks.evaluation.evaluate import evaluate
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Fact, Gap, GapKind
from cds_hooks.snapshot.patient import Patient
from cds_hooks.wire.card import Indicator

SENTENCE = re.compile(r"[A-Z0-9].*[.?]", re.DOTALL)
REMOVAL = re.compile(r"Remove th(e|is) draft order of .*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Expected:
    """The verdict of one rule; what is None is not looked at."""

    rule: str
    kind: type[Verdict]
    indicator: Indicator | None = None
    summary: str | None = None
    offers: tuple[str, ...] | None = None
    because: tuple[str, ...] | None = None
    mirror: bool | None = None
    unchecked: bool | None = None
    remarked: bool | None = None
    about: str | None = None
    gap: GapKind | None = None
    arm: str | None = None
    group: Group | None = None
    says: tuple[str, ...] = ()


def advice(
    rule: str,
    indicator: Indicator,
    *,
    summary: str | None = None,
    offers: Sequence[str] | None = None,
    because: Sequence[str] | None = None,
    mirror: bool | None = None,
    unchecked: bool | None = None,
    remarked: bool | None = None,
    arm: str | None = None,
    group: Group | None = None,
    says: Sequence[str] = (),
) -> Expected:
    """Advice. `says` are words of its detail; `offers` are all proposals: `delete Type/id` or a service; `because` are
    references it must stand on; `unchecked` and `remarked` say whether the card names what could not be checked, or
    data that were not used."""
    return Expected(
        rule,
        Advice,
        indicator,
        summary,
        offers=None if offers is None else tuple(offers),
        because=None if because is None else tuple(because),
        mirror=mirror,
        unchecked=unchecked,
        remarked=remarked,
        arm=arm,
        group=group,
        says=tuple(says),
    )


def satisfied(rule: str, *, remarked: bool | None = None) -> Expected:
    """Checked, nothing to say."""
    return Expected(rule, Satisfied, remarked=remarked)


def missing(rule: str, about: str | None = None, gap: GapKind = GapKind.OUT_OF_REACH) -> Expected:
    """It could not be checked; `about` is the fact that was missing."""
    return Expected(rule, MissingData, about=about, gap=gap)


def not_applicable(rule: str) -> Expected:
    return Expected(rule, NotApplicable)


def judge(rule_id: str, patient: Patient, order: Order | None = None) -> Verdict:
    """The verdict of a rule about a draft (by default the first of the session); without drafts, about the chart.

    The rule alone speaks: its gate and what other rules say are the evaluation's.
    """
    found = [rule for rule in CATALOG if rule.rule.id == rule_id]
    order = order or next(iter(patient.drafts), None)
    for rule in found:
        if isinstance(rule, OrderRule) and order:
            return _sound(rule.assess(order, patient))
        if isinstance(rule, ChartRule) and (order is None or len(found) == 1):
            return _sound(rule.assess(patient))
    raise LookupError(f"{rule_id}: no rule of this kind")


def _sound(verdict: Verdict) -> Verdict:
    """Whatever an advice says: it stands on facts, its detail is sentences, and a removal names the draft in words."""
    if isinstance(verdict, Advice):
        parts = (
            verdict.detail,
            verdict.because,
            verdict.unchecked,
            verdict.remarks,
            verdict.proposals,
            verdict.partners,
        )
        assert all(isinstance(part, tuple) for part in parts)
        assert verdict.because
        assert all(isinstance(fact, Fact) for fact in verdict.because)
        assert [each for each in verdict.detail if not SENTENCE.fullmatch(each) or each.isupper()] == []
        removals = [each.label for each in verdict.proposals if isinstance(each, DeleteDraft)]
        assert [each for each in removals if not REMOVAL.fullmatch(each)] == []
    return verdict


def cards(rule_id: str, patient: Patient) -> list[str]:
    """The drafts about which this rule shows a card at order-sign, when no other rule speaks."""
    rules = [rule for rule in CATALOG if rule.rule.id == rule_id]
    plans = triage(evaluate(rules, patient), Hook.ORDER_SIGN).cards
    return [plan.lead.order.reference for plan in plans if plan.lead.order]


def spec(patient: Patient, *expected: Expected, of: Order | None = None) -> None:
    """The rules say what is expected, about the draft `of`."""
    for each in expected:
        _check(judge(each.rule, patient, of), each)


def _check(verdict: Verdict, expected: Expected) -> None:
    assert type(verdict) is expected.kind, f"{expected.rule}: {verdict}"
    if isinstance(verdict, Advice):
        _check_advice(verdict, expected)
    if isinstance(verdict, MissingData):
        assert verdict.gap.kind is expected.gap
        assert expected.about in (None, verdict.gap.fact)
    if isinstance(verdict, Advice | Satisfied):
        _check_gaps(verdict.remarks, expected.remarked)


def _check_advice(verdict: Advice, expected: Expected) -> None:
    assert verdict.indicator == expected.indicator
    assert expected.summary in (None, verdict.summary)
    assert expected.mirror in (None, verdict.mirror)
    assert expected.arm in (None, verdict.arm)
    assert expected.group in (None, verdict.group)
    assert [words for words in expected.says if words not in " ".join(verdict.detail)] == []
    if expected.offers is not None:
        assert sorted(offers(verdict)) == sorted(expected.offers)
    if expected.because is not None:
        assert set(expected.because) <= {fact.resource for fact in verdict.because}
    _check_gaps(verdict.unchecked, expected.unchecked)


def _check_gaps(gaps: Iterable[Gap], wanted: bool | None) -> None:
    assert wanted in (None, bool(tuple(gaps)))


def offers(verdict: Advice) -> list[str]:
    """The proposals in words: `delete Type/id`, `update Type/id: change`, `provisional Condition/id`, or the name of a
    service or treatment."""
    words = []
    for proposal in verdict.proposals:
        match proposal:
            case DeleteDraft(what=what):
                words.append(f"delete {what}")
            case UpdateDraft(what=what, change=change):
                words.append(f"update {what}: {change}")
            case MakeProvisional(what=what):
                words.append(f"provisional {what}")
            case Propose(service=service):
                words.append(service)
            case Treat(treatment=treatment):
                words.append(treatment)
    return words
