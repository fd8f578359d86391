"""From advice to a card that a clinician reads in ten seconds: the finding, the facts, what was not checked, the
source and its limits. The basis extension says the same to machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from cds_hooks.authoring.evidence import Evidence
from cds_hooks.authoring.override import BY_INDICATOR, SYSTEM, OverrideReason
from cds_hooks.authoring.rule import AnyRule, Rule
from cds_hooks.authoring.verdict import Advice
from cds_hooks.cards.markdown import bullets, escape, option_table, plain, table
from cds_hooks.cards.suggestions import Call, Recorded, Suggestions
from cds_hooks.evaluation.merge import CardPlan
from cds_hooks.evaluation.offers import Offers, offers
from cds_hooks.snapshot.model import Fact, Gap, GapKind
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.wire.card import (
    BASIS,
    PLAIN,
    Basis,
    BasisEvidence,
    BasisFact,
    BasisGap,
    BasisRule,
    Card,
    Coding,
    Indicator,
    Presentation,
    Source,
)
from cds_hooks.wire.request import Request

TOPIC_SYSTEM = "https://marrow-cds.org/fhir/CodeSystem/rule"
NAMESPACE = UUID("8e7c6c1e-6f5c-5d0e-9a55-0d6c6c8f9b1a")
NO_SIGN_OFF = "Marrow decision support, without clinical sign-off"
NOT_RECOGNIZED = "No list of Marrow knows these medicines of the patient by name or code; each may be any drug"
NAMES_SHOWN = 5
VERIFY = "Supports the clinician's judgment and has had no clinical sign-off."


def card_id(request: Request, topic: str, about: str) -> UUID:
    """The same question gives the same card, so that a retry does not look like news."""
    return uuid5(NAMESPACE, "\n".join((request.hook_instance, request.hook, topic, about)))


def source_of(label: str, topic: str, title: str) -> Source:
    return Source(label=label, topic=Coding(code=topic, system=TOPIC_SYSTEM, display=title))


def overrides(indicator: Indicator, own: Iterable[OverrideReason] = ()) -> list[Coding]:
    reasons = (*BY_INDICATOR[indicator], *own)
    return [Coding(code=reason.code, system=SYSTEM, display=reason.display) for reason in reasons]


@dataclass(frozen=True, slots=True)
class Renderer:
    """Turns planned cards into cards for one request."""

    suggestions: Suggestions
    request: Request
    patient: Patient
    rules: Sequence[AnyRule]
    recorded: Recorded
    presentation: Presentation = PLAIN

    def cards(self, planned: Sequence[CardPlan], left_out: Sequence[str]) -> list[Card]:
        """In the order given; the last information card names those that were one too many."""
        last = planned[-1] if planned else None
        return [self._card(each, left_out if each is last else ()) for each in planned]

    def _card(self, card: CardPlan, left_out: Sequence[str]) -> Card:
        lead = card.lead
        topic = "+".join(dict.fromkeys(each.rule.id for each in card.members))
        uuid = card_id(self.request, topic, lead.about or "")
        offered = offers(card, self.rules, self.patient)
        call = Call(self.request, self.patient, self.recorded, card, uuid)
        built = self.suggestions.build(offered.proposals, call)
        suggestions = [each for each in built if self.presentation.takes(each)]
        unknown = self._unrecognized(card)
        facts = [fact for each in card.members for fact in each.advice.because]
        facts += [fact for option in offered.options for fact in option.facts]
        gaps = [gap for each in card.members for gap in each.advice.unchecked]
        untried = [gap for option in offered.options for gap in option.gaps]
        evidence = [item for each in card.members for item in each.rule.evidence]
        own = dict.fromkeys(reason for each in card.members for reason in each.rule.overrides)
        return Card(
            uuid=str(uuid),
            summary=lead.advice.summary,
            detail="\n\n".join(self._detail(card, facts, gaps, unknown, offered, left_out)),
            indicator=card.indicator,
            source=source_of(f"{lead.rule.evidence[0].title} | {NO_SIGN_OFF}", topic, lead.rule.title),
            suggestions=suggestions or None,
            selection_behavior=self.presentation.selection_behavior if suggestions else None,
            override_reasons=overrides(card.indicator, own),
            extension={
                BASIS: basis(
                    [(each.rule, each.advice.indicator) for each in card.members],
                    facts,
                    [*gaps, *untried, *((_counted(unknown),) if unknown else ())],
                    evidence,
                )
            },
        )

    def _unrecognized(self, card: CardPlan) -> tuple[str, ...]:
        """The names of medicines that no table knows, for a rule that looks at the medication list."""
        if not any(Need.MEDICATIONS in each.rule.needs for each in card.members):
            return ()
        return tuple(dict.fromkeys(item.medicine.name for item in self.patient.unrecognized_medications))

    def _detail(
        self,
        card: CardPlan,
        facts: Sequence[Fact],
        gaps: Sequence[Gap],
        unknown: Sequence[str],
        offered: Offers,
        left_out: Sequence[str],
    ) -> Iterator[str]:
        yield " ".join(card.lead.advice.detail)
        if card.lines:
            yield bullets(_line(each.advice) for each in card.lines)
        if offered.options:
            yield option_table(offered.options)
        if facts:
            yield table(facts)
        if offered.notes:
            yield "**Not suggested or first to check:**\n\n" + bullets(offered.notes)
        if gaps:
            yield "**Not checked:**\n\n" + bullets(gap.text for gap in gaps)
        if unknown:
            yield f"**Not recognized:** {_listed(unknown)}. {NOT_RECOGNIZED}."
        yield f"**Source:** {_cited(card)}."
        limits = " ".join(dict.fromkeys(each.rule.limits for each in card.members))
        yield f"**Limits:** {limits} {VERIFY} Data as of {self.patient.as_of:%Y-%m-%d %H:%M %Z}."
        if left_out:
            yield f"**{len(left_out)} more without a card:** {'; '.join(left_out)}."


def _line(advice: Advice) -> str:
    """What a card says of a rule that it carries."""
    return advice.line or f"{advice.summary}."


def _cited(card: CardPlan) -> str:
    items = dict.fromkeys(item for each in card.members for item in each.rule.evidence)
    return "; ".join(f"{item.title}, {item.section}" for item in items)


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return ", ".join(map(escape, names[:NAMES_SHOWN])) + (f" and {rest} more" if rest > 0 else "")


def _counted(names: Sequence[str]) -> Gap:
    return Gap(Need.MEDICATIONS, GapKind.UNUSABLE, f"{len(names)} not recognized: each may be any drug")


def basis(
    rules: Sequence[tuple[Rule, Indicator]],
    facts: Iterable[Fact],
    gaps: Iterable[Gap],
    evidence: Iterable[Evidence],
) -> Basis:
    """What a card stands on (`org.marrow-cds.basis`)."""
    return Basis(
        rules=[BasisRule(rule.id, rule.version, indicator) for rule, indicator in rules],
        facts=[_basis_fact(fact) for fact in dict.fromkeys(facts)] or None,
        missing=[BasisGap(gap.fact, gap.text) for gap in dict.fromkeys(gaps)] or None,
        evidence=[BasisEvidence(item.title, item.section) for item in dict.fromkeys(evidence)] or None,
    )


def _basis_fact(fact: Fact) -> BasisFact:
    return BasisFact(
        name=plain(fact.name),
        value=plain(fact.value) or None,
        unit=plain(fact.unit) or None,
        date=fact.when.text if fact.when else None,
        resource=plain(fact.resource) or None,
        origin=str(fact.origin),
    )
