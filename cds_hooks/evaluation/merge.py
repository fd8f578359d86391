"""Which advice shares a card: the card groups and the named partners of the rule specification (0.5), and nothing else.

A card has a lead, whose summary it shows, and members that it names in a line each. What a card replaces is not said,
and kept in the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from cds_hooks.authoring.rule import Rule
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.medication import Order
from cds_hooks.wire.card import Indicator

URGENCY: Mapping[Indicator, int] = MappingProxyType({"critical": 0, "warning": 1, "info": 2})


@dataclass(frozen=True, slots=True)
class Spoken:
    """One rule's advice about one draft, or about the chart."""

    rule: Rule
    order: Order | None
    advice: Advice

    @property
    def about(self) -> str | None:
        return self.order.key if self.order else None


@dataclass(frozen=True, slots=True)
class CardPlan:
    """One card to be: the lead, and the members it carries in a line each."""

    lead: Spoken
    lines: tuple[Spoken, ...] = ()

    @property
    def members(self) -> tuple[Spoken, ...]:
        return (self.lead, *self.lines)

    @property
    def indicator(self) -> Indicator:
        return min((each.advice.indicator for each in self.members), key=URGENCY.__getitem__)

    @property
    def groups(self) -> frozenset[Group]:
        return frozenset(each.advice.group for each in self.members if each.advice.group)


class How(Enum):
    """What becomes of a rule's advice beside that of a named partner."""

    LINE = auto()  # the partner's card carries it in a line
    REPLACED = auto()  # the partner's card stands for it


@dataclass(frozen=True, slots=True)
class Partner:
    """`rule` (its `arm`, where one is named) yields to the first of `to` that speaks about the same draft, or in the
    same chart, with the indicator `when`, where one is named."""

    rule: str
    to: tuple[str, ...]
    how: How
    arm: str = ""
    when: Indicator | None = None


GROUPS: Mapping[Group, tuple[str, ...]] = MappingProxyType(
    {
        Group.DENOSUMAB_CHECK: ("BME-RF-05", "BME-DS-DEN-02", "BME-DS-DEN-04"),
        Group.DENOSUMAB_BASIS: ("BME-RF-04", "BME-DS-DEN-05", "BME-DS-AR-01"),
        Group.BISPHOSPHONATE_CHECK: ("BME-DS-BIS-01", "BME-DS-BIS-03", "BME-RF-03", "BME-DS-BIS-02"),
        Group.BISPHOSPHONATE_BASIS: ("BME-DS-AR-01", "BME-DS-BIS-05"),
        Group.ILOPROST_BASIS: ("BME-DS-ILO-07",),
        Group.STIMULATION_BASIS: ("BME-RF-07",),
        Group.WORK_UP: ("BME-DX-06", "BME-DX-09"),
        Group.CARE: ("BME-TB-01", "BME-TB-02", "BME-ED-01"),
        Group.REFRACTORY: ("BME-RF-02", "BME-TB-07"),
        Group.DIABETIC_FOOT_INFECTION: ("BME-CF-02", "BME-DX-07", "BME-CF-03"),
    }
)
"""The members of each group; the first that fires leads."""

_INFECTION = (
    "BME-DS-COR-01",
    "BME-DS-TNF-01",
    "BME-DS-ESW-01",
    "BME-DS-CDE-01",
    "BME-DS-VAU-01",
    "BME-DS-ORT-01",
)
PARTNERS: tuple[Partner, ...] = (
    Partner("BME-DX-01", ("BME-DX-07",), How.REPLACED, arm="order"),
    Partner("BME-DX-07", _INFECTION, How.REPLACED, when="critical"),
    Partner("BME-RF-01", ("BME-RF-07", "BME-RF-08"), How.LINE),
    Partner("BME-RF-04", ("BME-DS-DEN-06",), How.REPLACED, arm="repeat"),
    Partner("BME-DS-BIS-05", ("BME-DS-DEN-06",), How.REPLACED, arm="duplicate"),
    Partner("BME-RF-09", ("BME-DS-ORT-01",), How.LINE),
    Partner("BME-RF-10", ("BME-DS-COR-01", "BME-DS-COR-04"), How.REPLACED),
    Partner("BME-VF-07", ("BME-DS-VAU-01",), How.REPLACED, when="critical"),
    Partner("BME-DS-VAU-02", ("BME-VF-07", "BME-DS-VAU-01"), How.LINE),
    Partner("BME-DX-02", ("BME-DX-15",), How.REPLACED),
    Partner("BME-DX-03", ("BME-DX-15",), How.REPLACED),
    Partner("BME-DX-03", ("BME-DX-02",), How.LINE),
    Partner("BME-DX-08", ("BME-SP-02",), How.REPLACED),
    Partner("BME-DX-16", ("BME-DX-01",), How.LINE),
    Partner("BME-TB-01", ("BME-CF-01",), How.REPLACED),
    Partner("BME-SP-06", ("BME-TB-03",), How.LINE),
    Partner("BME-VF-05", ("BME-SP-03", "BME-VF-08"), How.REPLACED),
    Partner("BME-VF-06", ("BME-SP-03", "BME-VF-08"), How.REPLACED),
    Partner("BME-IA-02", ("BME-IA-01",), How.LINE),
)
"""The named partners."""


def plan(spoken: Sequence[Spoken]) -> tuple[tuple[CardPlan, ...], tuple[Spoken, ...]]:
    """The cards to be, in the order of their leads, and the advice that others replace."""
    yields = {id(each): found for each in spoken if (found := _partner(each, spoken))}
    heads = [each for each in spoken if id(each) not in yields]
    lines: dict[int, list[Spoken]] = {}
    replaced: list[Spoken] = []
    for each in spoken:
        if id(each) in yields:
            how, head = _head(each, yields)
            if how is How.REPLACED:
                replaced.append(each)
            else:
                lines.setdefault(id(head), []).append(each)
    return tuple(_card(group, lines) for group in _grouped(heads)), tuple(replaced)


def _partner(each: Spoken, spoken: Sequence[Spoken]) -> tuple[How, Spoken] | None:
    """Whom this advice yields to, and how."""
    rows = (row for row in PARTNERS if row.rule == each.rule.id and row.arm in ("", each.advice.arm))
    for row in rows:
        for rule in row.to:
            for other in spoken:
                fits = other.rule.id == rule and other.about == each.about
                if fits and row.when in (None, other.advice.indicator):
                    return row.how, other
    return None


def _head(each: Spoken, yields: Mapping[int, tuple[How, Spoken]]) -> tuple[How, Spoken]:
    """The card that carries it in the end: a partner may itself yield to another."""
    how, head = yields[id(each)]
    while id(head) in yields:
        _, head = yields[id(head)]
    return how, head


def _grouped(heads: Sequence[Spoken]) -> Iterator[list[Spoken]]:
    """The members of each card, the lead first."""
    seen: set[tuple[Group, str | None]] = set()
    for each in heads:
        group = each.advice.group
        if group is None:
            yield [each]
        elif (group, each.about) not in seen:
            seen.add((group, each.about))
            same = [other for other in heads if other.advice.group is group and other.about == each.about]
            yield sorted(same, key=lambda member: GROUPS[group].index(member.rule.id))


def _card(group: list[Spoken], lines: Mapping[int, list[Spoken]]) -> CardPlan:
    carried = (each for member in group for each in lines.get(id(member), ()))
    return CardPlan(group[0], (*group[1:], *carried))
