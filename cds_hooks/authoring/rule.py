"""A rule's metadata, and the two kinds of rule: about an order, about the chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cds_hooks.authoring.evidence import Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.verdict import Verdict
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service, Treatment
from cds_hooks.wire.card import Indicator


class Hook(StrEnum):
    """The CDS Hooks at which rules are asked."""

    PATIENT_VIEW = "patient-view"
    ORDER_SELECT = "order-select"
    ORDER_SIGN = "order-sign"
    ENCOUNTER_START = "encounter-start"
    ENCOUNTER_DISCHARGE = "encounter-discharge"
    PROBLEM_LIST_ITEM_CREATE = "problem-list-item-create"
    MEDICATION_REFILL = "medication-refill"
    ORDER_DISPATCH = "order-dispatch"


ORDER_HOOKS = frozenset({Hook.ORDER_SELECT, Hook.ORDER_SIGN})


class Gate(StrEnum):
    """When a rule is asked at all (rule specification 0.3). The evaluation holds it, the rule does not repeat it."""

    ALWAYS = "always"
    EDEMA = "with bone marrow edema"  # only with BME_CONTEXT
    EDEMA_BELOW_CRITICAL = "critical always, the rest with bone marrow edema and not in oncology use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What stands on paper about a rule.

    `id` is that of the rule specification and never reused; `version` rises when a verdict can change. `check` names
    what is looked at, for the sentence "check not done: ...". `orders` are the drug groups that a draft gives, or what
    else it asks for, to concern the rule; `needs` are all the facts that its function may look at, those of its gate
    aside. `speaks` limits, per hook, which indicators are shown there: some arms belong to one order hook alone.
    `proposes` are the treatments and imaging examinations that it may offer: what they are tested with is read as
    well. `thresholds` are those it reads, its own and shared ones.
    """

    id: str
    version: int
    title: str
    check: str
    hooks: frozenset[Hook]
    needs: tuple[Need, ...]
    evidence: tuple[Evidence, ...]
    limits: str
    orders: tuple[DrugGroup | Concept, ...] = ()
    gate: Gate = Gate.ALWAYS
    speaks: Mapping[Hook, frozenset[Indicator]] = field(default_factory=dict, hash=False)
    proposes: tuple[Treatment | Service, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    overrides: tuple[OverrideReason, ...] = ()

    def __post_init__(self) -> None:
        if not (self.hooks and self.evidence and self.needs):
            raise ValueError(f"{self.id}: a rule names its hooks, its evidence and the facts it needs")


@dataclass(frozen=True, slots=True)
class UndoneCheck:
    """A check that could not be made, with the gap; None when the rule itself broke."""

    rule: Rule
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class OrderRule:
    """Asked of each selected draft that is about one of `rule.orders`."""

    rule: Rule
    assess: Callable[[Order, Patient], Verdict]

    def concerns(self, order: Order) -> bool:
        """A draft that cannot be read concerns every rule: it may be any drug."""
        return order.selected and (bool(order.unreadable) or not order.subjects.isdisjoint(self.rule.orders))


@dataclass(frozen=True, slots=True)
class ChartRule:
    """Asked once about the patient."""

    rule: Rule
    assess: Callable[[Patient], Verdict]


AnyRule = OrderRule | ChartRule
