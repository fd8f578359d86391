"""What of the verdicts is shown, and in which order. Nothing is lost from the record: what is no card of its own has a
fate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cds_hooks.authoring.rule import ORDER_HOOKS, Hook, Rule, UndoneCheck
from cds_hooks.authoring.verdict import BASIS_GROUPS, Advice, MissingData, Satisfied
from cds_hooks.evaluation.evaluate import Failed, Judged, advice_of
from cds_hooks.evaluation.merge import URGENCY, CardPlan, Spoken, plan
from cds_hooks.snapshot.model import Gap, GapKind
from cds_hooks.snapshot.policy import Mode, Policy, Threshold

INFO_CAP = Threshold(
    name="info-cards", unit="1", default=5, low=1, high=20, source="decision D6 of the rule specification"
)
FIRST_INFO = ("BME-SP-04", "BME-SP-01", "BME-DX-06", "BME-DX-01", "BME-TB-01", "BME-TB-03", "BME-RF-02", "BME-TB-05")
ORDER_OF_INFO = (
    *FIRST_INFO,
    *("BME-VF", "BME-CF", "BME-ON", "BME-IA", "BME-SP", "BME-DX", "BME-TB", "BME-ED", "BME-DS"),
)
"""Which information cards of a chart come first: rules, then whole pathways (rule specification 0.5)."""


class Fate(StrEnum):
    """Why advice is no card of its own."""

    MERGED = "merged"  # another card carries or replaces it
    SILENT = "silent"  # the site evaluates the rule without showing it
    HELD = "held"  # not said at this hook, or beside a critical card about the same draft
    CAPPED = "capped"  # one information card too many


Key = tuple[str, str | None]
"""A rule's id and the draft it is about."""


@dataclass(frozen=True, slots=True)
class Triage:
    """The cards in order, what could not be checked, what data were unusable, what became of the rest, and the titles
    of the information cards that were one too many."""

    cards: tuple[CardPlan, ...]
    undone: tuple[UndoneCheck, ...]
    remarks: tuple[Gap, ...]
    fates: dict[Key, Fate]
    left_out: tuple[str, ...] = ()

    def fate(self, judged: Judged) -> Fate | None:
        return self.fates.get((judged.rule.id, judged.order.key if judged.order else None))


NOTHING = Triage((), (), (), {})
"""No rule was concerned."""


def triage(judged: Sequence[Judged], hook: Hook, policy: Policy | None = None) -> Triage:
    """Most urgent first, then in the order of the rules; one card per pair of drafts that meet each other."""
    site, fates = policy or Policy(), dict[Key, Fate]()
    spoken = [Spoken(each.rule, each.order, advice) for each in judged if (advice := advice_of(each))]
    spoken = _without(spoken, fates, Fate.SILENT, [each for each in spoken if site.mode(each.rule.id) is Mode.SILENT])
    spoken = _without(spoken, fates, Fate.HELD, [each for each in spoken if not _speaks(each, hook)])
    spoken = _without(spoken, fates, Fate.MERGED, [each for each in spoken if _carried_by_other_side(each, spoken)])
    planned, replaced = plan(spoken)
    _mark(fates, Fate.MERGED, replaced)
    cards = [card for card in planned if not _beside_critical(card, planned)]
    _mark(fates, Fate.HELD, [each for card in planned if card not in cards for each in card.members])
    cards = sorted(cards, key=lambda card: (URGENCY[card.indicator], _rank(card, hook)))
    heard = [each for each in judged if site.mode(each.rule.id) is Mode.LIVE]
    undone = _undone(heard)
    kept = cards if hook in ORDER_HOOKS else _capped(cards, int(site[INFO_CAP]), _places_kept(heard, undone))
    _mark(fates, Fate.MERGED, [each for card in kept for each in card.lines])
    left_out = cards[len(kept) :]
    _mark(fates, Fate.CAPPED, [each for card in left_out for each in card.members])
    return Triage(
        cards=tuple(kept),
        undone=tuple(undone),
        remarks=_remarks(heard),
        fates=fates,
        left_out=tuple(card.lead.rule.title for card in left_out),
    )


def _without(spoken: list[Spoken], fates: dict[Key, Fate], fate: Fate, those: Sequence[Spoken]) -> list[Spoken]:
    _mark(fates, fate, those)
    return [each for each in spoken if each not in those]


def _mark(fates: dict[Key, Fate], fate: Fate, those: Sequence[Spoken]) -> None:
    fates.update({(each.rule.id, each.about): fate for each in those})


def _speaks(each: Spoken, hook: Hook) -> bool:
    said = each.rule.speaks.get(hook)
    return said is None or each.advice.indicator in said


def _carried_by_other_side(each: Spoken, spoken: Sequence[Spoken]) -> bool:
    """A mirrored card is not shown where every drug it names has a card of its own that names this draft."""
    if not (each.advice.mirror and each.order):
        return False
    named = [fact.resource for fact in each.advice.because if fact.resource != each.order.reference]
    carried = {
        other.order.reference
        for other in spoken
        if other.order and other.rule is each.rule and not other.advice.mirror
        if each.order.reference in other.advice.partners
    }
    return bool(carried) and set(named) <= carried


def _beside_critical(card: CardPlan, cards: Sequence[CardPlan]) -> bool:
    """A basis card is not shown when a critical card exists for the same draft."""
    if card.groups.isdisjoint(BASIS_GROUPS):
        return False
    return any(other.indicator == "critical" and other.lead.about == card.lead.about for other in cards)


def _rank(card: CardPlan, hook: Hook) -> int:
    """The place of an information card of a chart; all others keep the order of the rules."""
    if hook in ORDER_HOOKS or card.indicator != "info":
        return 0
    return _place(card.lead.rule)


def _place(rule: Rule) -> int:
    return next(place for place, name in enumerate((*ORDER_OF_INFO, "")) if rule.id.startswith(name))


def _capped(cards: list[CardPlan], cap: int, kept: Sequence[int]) -> list[CardPlan]:
    """Critical and warning cards are never dropped. What rules that come first and could not be checked may have
    displaced does not move up because data were missing."""
    urgent = sum(card.indicator != "info" for card in cards)
    shown = cards[: urgent + cap]
    if len(shown) - urgent < cap:
        return shown
    for place in kept:
        if len(shown) - urgent > 1 and place < _place(shown[-1].lead.rule):
            shown = shown[:-1]
    return shown


def _places_kept(judged: Sequence[Judged], undone: Sequence[UndoneCheck]) -> list[int]:
    """The places of the rules that come first, could not be checked, and would not have warned instead."""
    warnings = {each.rule.id for each in judged if isinstance(each.verdict, MissingData) and each.verdict.urgent}
    first = {each.rule.id: each.rule for each in undone if each.rule.id in FIRST_INFO}
    return sorted(_place(rule) for name, rule in first.items() if name not in warnings)


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
