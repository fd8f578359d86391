"""All that the shell calls: open a consultation on a request, ask what it needs, have it answered.

    consultation = advisor.consult(service_id, body, as_of)
    while queries := consultation.needs(have):
        have = {**have, **gathered(queries)}
    answer = consultation.answer(have)

Pure: the same request, data and moment give the same bytes. `needs` asks for each key once, so the loop ends: the
medications that drafts refer to, then what the concerned rules need, then the medications that the chart refers to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cds_hooks.authoring.rule import AnyRule, Hook
from cds_hooks.cards.notices import check_not_done, data_not_used
from cds_hooks.cards.render import Renderer
from cds_hooks.cards.suggestions import Suggestions
from cds_hooks.decision import Decision, Revisions, record
from cds_hooks.evaluation.evaluate import Asked, Judged, asked_at, evaluate
from cds_hooks.evaluation.offers import all_needs
from cds_hooks.evaluation.options import settled
from cds_hooks.evaluation.thresholds import thresholds_of
from cds_hooks.evaluation.triage import NOTHING, Triage, triage
from cds_hooks.hooks import SERVICES
from cds_hooks.hooks.service import Service
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.from_fhir.snapshot import Reading, foreign_resource
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Policy, Threshold
from cds_hooks.snapshot.queries import Source, in_order, keys_for, sources
from cds_hooks.snapshot.report_text import ReportReader
from cds_hooks.wire.card import PLAIN, Card, Presentation, Response, encode
from cds_hooks.wire.delivery import Delivery, Query
from cds_hooks.wire.discovery import KNOWLEDGE, DiscoveredService, Discovery
from cds_hooks.wire.problem import DataUnavailableError, RequestError, UnknownServiceError
from cds_hooks.wire.request import Request, read_request
from mappings.knowledge import Knowledge

USAGE = "Decision support for clinicians, without clinical sign-off. Reads the patient's record; writes nothing."


@dataclass(frozen=True, slots=True)
class Answer:
    """The response as JSON and the record of how it came about."""

    body: bytes
    decision: Decision


@dataclass(frozen=True, slots=True)
class Advisor:
    """Rules, knowledge and policy in one frozen whole. `build_advisor` makes it."""

    services: tuple[Service, ...]
    rules: tuple[AnyRule, ...]
    knowledge: Knowledge
    sources: Mapping[str, Source]
    suggestions: Suggestions
    reports: ReportReader
    keys: Mapping[str, frozenset[str]]
    asked: Mapping[Hook, Asked]
    policy: Policy = Policy()

    @property
    def knowledge_revision(self) -> str:
        return self.knowledge.revision

    def with_rules(self, rules: Sequence[AnyRule]) -> Advisor:
        """The same advisor with these rules."""
        return replace(self, rules=tuple(rules), keys=_keys(rules), asked=_asked(rules, self.policy))

    def with_policy(self, policy: Policy) -> Advisor:
        """The same advisor under another policy of the site."""
        return replace(self, policy=policy, asked=_asked(self.rules, policy))

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Every rule once, in the order of the catalog."""
        return tuple(dict.fromkeys(each.rule.id for each in self.rules))

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        """Every limit that a site may set, by its name."""
        return thresholds_of(self.rules)

    # -- discovery

    def discovery(self) -> dict[str, Any]:
        """The body of `GET /cds-services`."""
        services = tuple(self._discovered(service) for service in self.services)
        return Discovery(services=services).model_dump(by_alias=True)

    def _discovered(self, service: Service) -> DiscoveredService:
        asked = {rule.rule.id: rule.rule for rule in asked_at(self.rules, service.asks).rules}
        keys = frozenset().union(*(self.keys[name] for name in asked))
        rules = [{"id": rule.id, "version": rule.version, "mode": self.policy.mode(rule.id)} for rule in asked.values()]
        return DiscoveredService(
            hook=service.hook,
            title=service.title,
            description=service.description,
            id=service.id,
            prefetch={key: self.sources[key].template for key in in_order(keys)},
            usage_requirements=USAGE,
            extension={
                KNOWLEDGE: {"revision": self.knowledge.revision, "sets": list(self.knowledge.sets), "rules": rules}
            },
        )

    # -- one call

    def consult(
        self, service_id: str, body: bytes, as_of: datetime, presentation: Presentation = PLAIN
    ) -> Consultation:
        """Read and check a call. Raises UnknownServiceError, or RequestError with what to do.

        `as_of` is the moment of the call, aware, in the site's zone; `presentation` is what the client can show.
        """
        service = self._service(service_id)
        request = read_request(body, service.hook, service.context)
        if where := foreign_resource(request):
            raise RequestError(
                "This resource belongs to another patient than context.patientId. Send data of one patient only.", where
            )
        reading = Reading(request, self.sources, self.knowledge, self.reports, as_of)
        return Consultation(self, service, request, reading, as_of, presentation)

    def _service(self, service_id: str) -> Service:
        for service in self.services:
            if service.id == service_id:
                return service
        raise UnknownServiceError("No service has this id. GET /cds-services lists the services.", "id")


@dataclass(frozen=True, slots=True)
class Consultation:
    """One call. `request` is what the client sent, checked."""

    advisor: Advisor
    service: Service
    request: Request
    reading: Reading
    as_of: datetime
    presentation: Presentation = PLAIN

    def needs(self, have: Mapping[str, Delivery]) -> tuple[Query, ...]:
        """What must be asked for before `answer`; empty when nothing is. Keys of `have` are never asked again."""
        self.reading.deliver(have)
        return self.reading.unread_drafts() or self.reading.unasked(self._keys())

    def answer(self, have: Mapping[str, Delivery]) -> Answer:
        """The cards. Raises DataUnavailableError for a chart hook none of whose data could be had."""
        self.reading.deliver(have)
        rules = self._concerned(self.reading.drafts())
        if not rules:
            return self._answer([], (), NOTHING)
        keys = self._keys()
        if self.service.needs_data and keys and not self.reading.any_data(keys):
            raise DataUnavailableError(
                "None of the prefetch data came and none could be read from fhirServer. Send the prefetch that "
                "discovery asks for, or a fhirServer with a token that may read it.",
                "prefetch",
            )
        patient = self.reading.patient(keys, self.advisor.policy)
        judged = settled(evaluate(rules, patient), self.advisor.rules, patient)
        sorted_out = triage(judged, self.service.asks, self.advisor.policy)
        return self._answer(self._cards(sorted_out, patient), judged, sorted_out)

    def _answer(self, cards: list[Card], judged: Sequence[Judged], sorted_out: Triage) -> Answer:
        revision = self.advisor.knowledge_revision
        decision = record(
            self.request,
            self.as_of,
            Revisions(revision, self.advisor.policy.revision),
            judged,
            sorted_out,
            cards,
            self.reading.chart,
        )
        return Answer(encode(Response(cards)), decision)

    def _cards(self, sorted_out: Triage, patient: Patient) -> list[Card]:
        renderer = Renderer(
            self.advisor.suggestions,
            self.request,
            patient,
            self.advisor.rules,
            self.reading.condition,
            self.presentation,
        )
        cards = renderer.cards(sorted_out.cards, sorted_out.left_out)
        urgent = [card for card in cards if card.indicator != "info"]
        notices = [check_not_done(self.request, sorted_out.undone)] if sorted_out.undone else []
        quality = [data_not_used(self.request, sorted_out.remarks)] if sorted_out.remarks else []
        return urgent + notices + [card for card in cards if card.indicator == "info"] + quality

    def _keys(self) -> tuple[str, ...]:
        """The queries that the concerned rules need. A draft that cannot be read asks for none."""
        readable = [order for order in self.reading.drafts() if not order.unreadable]
        return in_order(frozenset().union(*(self.advisor.keys[rule.rule.id] for rule in self._concerned(readable))))

    def _concerned(self, drafts: Sequence[Order]) -> tuple[AnyRule, ...]:
        return self.advisor.asked[self.service.asks].concerned(drafts)


def build_advisor(knowledge: Knowledge, rules: Sequence[AnyRule] = CATALOG, policy: Policy | None = None) -> Advisor:
    """Put rules, knowledge and policy together; validates every order that may be proposed. Start-up only."""
    site = policy or Policy()
    return Advisor(
        services=SERVICES,
        rules=tuple(rules),
        knowledge=knowledge,
        sources=sources(knowledge),
        suggestions=Suggestions(knowledge),
        reports=ReportReader(knowledge.report_lists),
        keys=_keys(rules),
        asked=_asked(rules, site),
        policy=site,
    )


def _keys(rules: Sequence[AnyRule]) -> Mapping[str, frozenset[str]]:
    """The queries that each rule needs."""
    return {rule.rule.id: frozenset(keys_for(all_needs(rule.rule, rules))) for rule in rules}


def _asked(rules: Sequence[AnyRule], policy: Policy) -> Mapping[Hook, Asked]:
    return {hook: asked_at(rules, hook, policy) for hook in Hook}
