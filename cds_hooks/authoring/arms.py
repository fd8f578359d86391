"""A rule of several arms: what was found decides how grave the card is, what could not be read stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.authoring.verdict import MissingData, Satisfied
from cds_hooks.snapshot.model import ABSENT, Absent, Fact, Factual, Finding, Gap, Present, Unknown, any_of
from cds_hooks.wire.card import Indicator


@dataclass(frozen=True, slots=True)
class Weighed:
    """The gravest arm that was found, with the facts of all arms, the gravest first."""

    indicator: Indicator
    facts: tuple[Fact, ...]
    unchecked: tuple[Gap, ...]
    remarks: tuple[Gap, ...]


def weigh(
    *,
    critical: Finding[Factual] = ABSENT,
    warning: Finding[Factual] = ABSENT,
    info: Finding[Factual] = ABSENT,
) -> Weighed | MissingData | Satisfied:
    """Advice of the gravest arm that was found; with none, missing data where an arm could not be looked at."""
    arms: tuple[tuple[Indicator, Finding[Factual]], ...] = (
        ("critical", critical),
        ("warning", warning),
        ("info", info),
    )
    match any_of(critical, warning, info):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            gravest = next(indicator for indicator, arm in arms if isinstance(arm, Present))
            facts, gaps = dict.fromkeys(found.facts), dict.fromkeys(found.gaps)
            return Weighed(gravest, tuple(facts), tuple(gaps), found.remarks)
