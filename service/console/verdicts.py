"""For every rule its verdict and why. The decision names what was asked and had something to look at; the rest is not
applicable, for a reason that the rule's metadata gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cds_hooks.authoring.rule import ORDER_HOOKS, ChartRule, OrderRule
from cds_hooks.snapshot.policy import Mode
from cds_hooks.snapshot.queries import HELD_IN
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.wire.card import BASIS
from service.rules.describe import Description, describe_rules

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor, Consultation
    from cds_hooks.decision import Decision, Outcome

NOT_APPLICABLE = "not applicable"
UNSHOWN = {
    "silent": "The site's policy evaluates this rule without showing it.",
    "held": "Not said at this hook, or a critical card about the same draft is shown instead.",
    "capped": "One information card too many; the last card names it.",
    "merged": "The card of the other draft says it.",
    "advice": "It has something to say.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule said about one draft, or about the chart (`about` is empty)."""

    rule: str
    title: str
    pathway: str
    verdict: str
    why: str
    about: str = ""


def verdicts(
    advisor: Advisor, consultation: Consultation, decision: Decision, cards: Sequence[Mapping[str, Any]]
) -> tuple[Line, ...]:
    """Every rule of the catalog, those that were heard first."""
    told = list(_lines(advisor, consultation, decision, cards))
    return tuple(sorted(told, key=lambda line: line.verdict == NOT_APPLICABLE))


def _lines(
    advisor: Advisor, consultation: Consultation, decision: Decision, cards: Sequence[Mapping[str, Any]]
) -> Iterator[Line]:
    for each in describe_rules(advisor):
        head = (each.rule.id, each.rule.title, each.pathway)
        heard = [outcome for outcome in decision.outcomes if outcome.rule == each.rule.id]
        for outcome in heard:
            yield Line(*head, outcome.verdict, _why(outcome, each, decision, cards), outcome.order or "")
        if not heard:
            yield Line(*head, NOT_APPLICABLE, _not_asked(each, advisor, consultation))


def _why(outcome: Outcome, each: Description, decision: Decision, cards: Sequence[Mapping[str, Any]]) -> str:
    match outcome.verdict:
        case "satisfied":
            return f"Checked: {each.rule.check}. Nothing to say."
        case "missing":
            return _missing(outcome.gap or "", decision)
        case "failed":
            kinds = {type(failure.error).__name__ for failure in decision.failures if failure.rule == outcome.rule}
            return f"The rule itself broke ({', '.join(sorted(kinds))}); the log says where."
        case verdict:
            card = next((card for card in cards if outcome.rule in _rules_on(card)), None)
            if card is None or verdict not in ("advice", "merged"):
                return UNSHOWN[verdict]
            return f"{'Its card' if verdict == 'advice' else 'Another card carries it'}: {card['summary']}"


def _missing(gap: str, decision: Decision) -> str:
    keys = HELD_IN[Need(gap)] if gap in set(Need) else ()
    states = [f"{key} {decision.queries[key]}" for key in keys if key in decision.queries]
    came = f" The data came as: {', '.join(states)}." if states else ""
    return f"It needs the {gap}, which could not be known.{came}"


def _rules_on(card: Mapping[str, Any]) -> list[str]:
    return [rule["id"] for rule in card["extension"][BASIS]["rules"]]


def _not_asked(each: Description, advisor: Advisor, consultation: Consultation) -> str:
    rule, hook = each.rule, consultation.service.asks
    if advisor.policy.mode(rule.id) is Mode.OFF:
        return "Switched off by the site's policy."
    if hook not in rule.hooks:
        return f"Not asked at {hook}; it is asked at {', '.join(sorted(rule.hooks))}."
    of_orders = hook in ORDER_HOOKS
    kinds = [kind for kind in advisor.rules if kind.rule.id == rule.id]
    if of_orders and not any(
        kind.concerns(order) for kind in kinds if isinstance(kind, OrderRule) for order in consultation.reading.drafts()
    ):
        return f"No draft concerns it; it is about {_named(rule.orders)}."
    if not of_orders and not any(isinstance(kind, ChartRule) for kind in kinds):
        return "It is about drafts, and this hook has none."
    when = next((text for word, text in each.clauses if word == "When"), rule.check)
    return f"Asked, and it does not apply to this patient ({each.gate}). When: {when}"


def _named(orders: Sequence[str]) -> str:
    return ", ".join(str(order).replace("_", " ") for order in orders) or "nothing that is ordered"
