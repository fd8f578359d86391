"""Every concerned rule is asked about every selected draft, or about the chart. One that breaks silences no other.

A rule's gate is held here (rule specification 0.3): whether it is asked at all, or heard, without bone marrow edema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cds_hooks.authoring.rule import ORDER_HOOKS, AnyRule, ChartRule, Gate, Hook, OrderRule, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, NotApplicable, Verdict
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, GapKind, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Mode, Policy
from cds_hooks.snapshot.vocabulary import Concept, Need

WHOLE = frozenset({Gate.EDEMA, Gate.EDEMA_OR_VERTEBRAL_FRACTURE})
"""The gates that keep a rule from being asked at all."""


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


@dataclass(frozen=True, slots=True)
class Asked:
    """The rules of one hook as the site runs them: what is switched off is not among them. `subjects` are the places of
    the rules that a draft about each concerns; None at the hooks of the chart."""

    rules: tuple[AnyRule, ...]
    subjects: Mapping[str, frozenset[int]] | None

    def concerned(self, drafts: Sequence[Order]) -> tuple[AnyRule, ...]:
        """Those that have something to look at, before anything about the patient is known."""
        if self.subjects is None:
            return self.rules
        selected = [order for order in drafts if order.selected]
        if any(order.unreadable for order in selected):
            return self.rules  # it may be any drug
        about = {subject for order in selected for subject in order.subjects}
        places = frozenset[int]().union(*(self.subjects[each] for each in about & self.subjects.keys()))
        return tuple(self.rules[place] for place in sorted(places))


def asked_at(rules: Sequence[AnyRule], hook: Hook, policy: Policy | None = None) -> Asked:
    """The rules of a hook, for a site that runs them like this."""
    site = policy or Policy()
    kind = OrderRule if hook in ORDER_HOOKS else ChartRule
    live = (rule for rule in rules if isinstance(rule, kind) and hook in rule.rule.hooks)
    asked = tuple(rule for rule in live if site.mode(rule.rule.id) is not Mode.OFF)
    if kind is ChartRule:
        return Asked(asked, None)
    subjects: dict[str, set[int]] = {}
    for place, rule in enumerate(asked):
        for subject in rule.rule.orders:
            subjects.setdefault(subject, set()).add(place)
    return Asked(asked, {subject: frozenset(places) for subject, places in subjects.items()})


def evaluate(rules: Sequence[AnyRule], patient: Patient) -> tuple[Judged, ...]:
    """The verdicts of the concerned rules; what is not applicable is left out."""
    contexts = _Contexts(patient)
    judged: list[Judged] = []
    for rule in rules:
        for order in _drafts_for(rule, patient):
            verdict = _gated(rule, order, patient, contexts)
            if not isinstance(verdict, NotApplicable):
                judged.append(Judged(rule.rule, order, verdict))
    return tuple(judged)


class _Contexts:
    """What a gate asks of each draft and of the chart, looked for once: edema, or edema or a vertebral fracture."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._found: dict[tuple[bool, str | None], Finding[Factual]] = {}

    def of(self, order: Order | None, gate: Gate) -> Finding[Factual]:
        fracture = gate is Gate.EDEMA_OR_VERTEBRAL_FRACTURE
        key = fracture, order.key if order else None
        if key not in self._found:
            edema = self._patient.edema_context(order)
            self._found[key] = any_of(edema, self._patient.has(Concept.VERTEBRAL_FRACTURE)) if fracture else edema
        return self._found[key]


def _drafts_for(rule: AnyRule, patient: Patient) -> Sequence[Order | None]:
    """The drafts that a rule of orders is asked about; a rule of the chart is asked once."""
    return (None,) if isinstance(rule, ChartRule) else [order for order in patient.drafts if rule.concerns(order)]


def _gated(rule: AnyRule, order: Order | None, patient: Patient, contexts: _Contexts) -> Verdict | Failed:
    gate = rule.rule.gate
    if order and order.unreadable:
        return MissingData(Gap(Need.MEDICATIONS, GapKind.OUT_OF_REACH, order.unreadable))
    if gate in WHOLE and isinstance(contexts.of(order, gate), Absent):
        return NOT_APPLICABLE
    verdict = _asked(rule, order, patient)
    if gate is Gate.ALWAYS or not isinstance(verdict, Advice | MissingData):
        return verdict
    context = contexts.of(order, gate)
    if gate is Gate.EDEMA_BELOW_CRITICAL and order and isinstance(verdict, Advice):
        return verdict if verdict.indicator == "critical" else _below_critical(verdict, order, context, patient)
    if gate in WHOLE and isinstance(context, Unknown):
        return MissingData(context.gap)
    return verdict


def _below_critical(verdict: Advice, order: Order, context: Finding[Factual], patient: Patient) -> Verdict:
    """The warning and info variants of antiresorptives and prostacyclins: with edema, and not against cancer. What
    could not be looked at may have been critical, which is heard everywhere."""
    unheard = next((MissingData(gap) for gap in verdict.unchecked), NOT_APPLICABLE)
    if isinstance(context, Unknown):
        return MissingData(context.gap)
    if isinstance(context, Absent):
        return unheard
    match patient.oncology_use(order):
        case Present():
            return unheard
        case Unknown(gap):
            return MissingData(gap)
        case _:
            return verdict


def _asked(rule: AnyRule, order: Order | None, patient: Patient) -> Verdict | Failed:
    if isinstance(rule, OrderRule):
        return ask_about(rule, order, patient) if order else NOT_APPLICABLE
    try:
        return rule.assess(patient)
    except Exception as error:  # noqa: BLE001 -- isolation is the point; the shell records it
        return Failed(error)


def ask_about(rule: OrderRule, order: Order, patient: Patient) -> Verdict | Failed:
    """What the rule itself says about a draft, whatever its gate."""
    try:
        return rule.assess(order, patient)
    except Exception as error:  # noqa: BLE001 -- isolation is the point; the shell records it
        return Failed(error)


def advice_of(judged: Judged) -> Advice | None:
    return judged.verdict if isinstance(judged.verdict, Advice) else None
