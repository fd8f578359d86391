"""A treatment that a rule would propose, tried as if it were a draft of this patient with the reason edema syndrome
(rule specification 0.2, HYPOTHETICAL DRAFT): all contraindication and drug safety rules are asked about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from cds_hooks.authoring.rule import AnyRule, OrderRule, Rule
from cds_hooks.authoring.verdict import Advice, MissingData
from cds_hooks.evaluation.evaluate import Failed, ask_about
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.medication import CLASS, Drug, Medication, Medicine, Order, Reasons, Standing
from cds_hooks.snapshot.model import Fact, Gap, GapKind
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route, Treatment
from cds_hooks.wire.delivery import Origin

SAFETY = ("BME-CI-", "BME-DS-")
"""The rules that a trial asks, by the beginning of their ids."""
_DRUGS: Mapping[Treatment, tuple[DrugGroup, str, Route]] = MappingProxyType(
    {
        Treatment.COLECALCIFEROL: (DrugGroup.VITAMIN_D, "cholecalciferol", Route.ORAL),
        Treatment.CALCIUM: (DrugGroup.CALCIUM, CLASS, Route.ORAL),
        Treatment.NSAID: (DrugGroup.NSAID_SYSTEMIC, CLASS, Route.ORAL),
        Treatment.TOPICAL_NSAID: (DrugGroup.NSAID_TOPICAL, CLASS, Route.LOCAL),
        Treatment.PPI: (DrugGroup.PPI, CLASS, Route.ORAL),
        Treatment.NALOXONE: (DrugGroup.NALOXONE, "naloxone", Route.UNKNOWN),
        Treatment.ILOPROST: (DrugGroup.PROSTACYCLIN, "iloprost", Route.PARENTERAL),
        Treatment.IBANDRONATE: (DrugGroup.BISPHOSPHONATE, "ibandronate", Route.PARENTERAL),
        Treatment.DENOSUMAB: (DrugGroup.DENOSUMAB, "denosumab", Route.PARENTERAL),
        Treatment.NIFEDIPINE: (DrugGroup.CALCIUM_CHANNEL_BLOCKER, "nifedipine", Route.ORAL),
    }
)
_PROCEDURES: Mapping[Treatment, Concept] = MappingProxyType(
    {
        Treatment.ESWT: Concept.ESWT,
        Treatment.PEMF: Concept.PEMF,
        Treatment.SYMPATHETIC_BLOCK: Concept.SYMPATHETIC_BLOCK,
    }
)
MISSING_ARMS = frozenset({"missing", "unknown"})
"""The arms with which rules warn of what is not on record, or too old."""
_FOR_EDEMA = Later.of(Reasons(stated=True, concepts=frozenset({Concept.EDEMA_SYNDROME})))


@dataclass(frozen=True, slots=True)
class Trial:
    """`hits` are the critical and warning findings, the most urgent first; `open` the checks that could not be made;
    `gaps` what was missing for any of them, also where a rule warns because nothing is on record; `facts` what the
    findings stand on in the chart, the hypothetical draft itself aside."""

    hits: tuple[tuple[Rule, Advice], ...]
    open: tuple[Rule, ...]
    gaps: tuple[Gap, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def critical(self) -> bool:
        return any(advice.indicator == "critical" for _, advice in self.hits)


def hypothetical(treatment: Treatment) -> Order | None:
    """The draft that stands for a treatment; None for acetaminophen, about which no rule speaks."""
    if concept := _PROCEDURES.get(treatment):
        return Order(
            reference="", kind="ServiceRequest", concepts=frozenset({concept}), why=_FOR_EDEMA, hypothetical=True
        )
    if treatment not in _DRUGS:
        return None
    group, ingredient, route = _DRUGS[treatment]
    medication = Medication(
        reference="",
        medicine=Medicine(name=treatment, drugs=(Drug(group, ingredient, Certainty.CODE),), route=route),
        standing=Standing.DRAFT,
        origin=Origin.DRAFT,
        why=_FOR_EDEMA,
    )
    return Order(reference="", kind="MedicationRequest", medication=medication, hypothetical=True)


def asked_about(order: Order, rules: Sequence[AnyRule]) -> Iterator[OrderRule]:
    """The safety rules that concern such a draft, whatever their gate and hooks."""
    for rule in rules:
        if isinstance(rule, OrderRule) and rule.rule.id.startswith(SAFETY) and rule.concerns(order):
            yield rule


def needs_of_trial(treatment: Treatment, rules: Sequence[AnyRule]) -> Iterator[Need]:
    """What must be known to try it."""
    if order := hypothetical(treatment):
        for rule in asked_about(order, rules):
            yield from rule.rule.needs


def trial(treatment: Treatment, rules: Sequence[AnyRule], patient: Patient) -> Trial:
    """Ask the safety rules about it. A rule that breaks leaves its check open."""
    order = hypothetical(treatment)
    if order is None:
        return Trial((), ())
    hits: list[tuple[Rule, Advice]] = []
    unchecked: list[Rule] = []
    gaps: list[Gap] = []
    for rule in asked_about(order, rules):
        match ask_about(rule, order, patient):
            case Advice(indicator="critical" | "warning") as advice:
                hits.append((rule.rule, advice))
                gaps += advice.unchecked or _not_recorded(rule.rule, advice)
            case MissingData(gap):
                unchecked.append(rule.rule)
                gaps.append(gap)
            case Failed():
                unchecked.append(rule.rule)
            case _:
                pass
    return Trial(
        hits=tuple(sorted(hits, key=lambda hit: hit[1].indicator != "critical")),
        open=tuple(unchecked),
        gaps=tuple(dict.fromkeys(gaps)),
        facts=tuple(dict.fromkeys(fact for _, found in hits for fact in found.because if fact != order.fact)),
    )


def _not_recorded(rule: Rule, advice: Advice) -> tuple[Gap, ...]:
    if advice.arm not in MISSING_ARMS:
        return ()
    return (Gap(rule.check, GapKind.NOT_RECORDED, f"{advice.summary} ({rule.id})"),)
