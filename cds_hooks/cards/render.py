"""From advice to a card that a clinician reads in ten seconds: the finding, the facts, what was not checked, the
source and its limits. The basis extension says the same to machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from cds_hooks.authoring.evidence import Evidence
from cds_hooks.authoring.override import BY_INDICATOR, SYSTEM, OverrideReason
from cds_hooks.authoring.rule import Rule
from cds_hooks.authoring.verdict import Advice
from cds_hooks.cards.markdown import bullets, escape, plain, table
from cds_hooks.cards.suggestions import Suggestions
from cds_hooks.snapshot.medication import Order
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
    """Turns advice into cards for one request."""

    suggestions: Suggestions
    request: Request
    patient: Patient
    presentation: Presentation = PLAIN

    def card(self, rule: Rule, order: Order | None, advice: Advice) -> Card:
        uuid = card_id(self.request, rule.id, order.key if order else "")
        built = self.suggestions.build(advice.proposals, self.request, self.patient, uuid)
        suggestions = [each for each in built if self.presentation.replacements or len(each.actions or ()) < 2]
        evidence = rule.evidence[0]
        unknown = self._unrecognized(rule)
        gaps = (*advice.unchecked, *((_counted(unknown),) if unknown else ()))
        return Card(
            uuid=str(uuid),
            summary=advice.summary,
            detail=self._detail(rule, advice, unknown),
            indicator=advice.indicator,
            source=source_of(f"{evidence.title} | {NO_SIGN_OFF}", rule.id, rule.title),
            suggestions=suggestions or None,
            selection_behavior=self.presentation.selection_behavior if suggestions else None,
            override_reasons=overrides(advice.indicator, rule.overrides),
            extension={BASIS: basis([(rule, advice.indicator)], advice.because, gaps, rule.evidence)},
        )

    def _unrecognized(self, rule: Rule) -> tuple[str, ...]:
        """The names of medicines that no table knows, for a rule that looks at the medication list."""
        if Need.MEDICATIONS not in rule.needs:
            return ()
        return tuple(dict.fromkeys(item.medicine.name for item in self.patient.unrecognized_medications.items))

    def _detail(self, rule: Rule, advice: Advice, unknown: Sequence[str]) -> str:
        parts = [" ".join(advice.detail), table(advice.because)]
        if advice.unchecked:
            parts.append("**Not checked:**\n\n" + bullets(gap.text for gap in advice.unchecked))
        if unknown:
            parts.append(f"**Not recognized:** {_listed(unknown)}. {NOT_RECOGNIZED}.")
        cited = "; ".join(f"{evidence.title}, {evidence.section}" for evidence in rule.evidence)
        parts.append(f"**Source:** {cited}.")
        parts.append(f"**Limits:** {rule.limits} {VERIFY} Data as of {self.patient.as_of:%Y-%m-%d %H:%M %Z}.")
        return "\n\n".join(parts)


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
