"""A rule of several arms: what was found decides how grave the card is, what could not be read stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.authoring.verdict import MissingData, Satisfied
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Gap, Present, any_of, gaps_of
from cds_hooks.wire.card import Indicator

NOT_FOUND = Absent()


@dataclass(frozen=True, slots=True)
class Weighed:
    """The gravest arm that was found, with the facts of all arms, the gravest first."""

    indicator: Indicator
    facts: tuple[Fact, ...]
    unchecked: tuple[Gap, ...]
    remarks: tuple[Gap, ...]


def weigh(
    *,
    critical: Finding[Factual] = NOT_FOUND,
    warning: Finding[Factual] = NOT_FOUND,
    info: Finding[Factual] = NOT_FOUND,
) -> Weighed | MissingData | Satisfied:
    """Advice of the gravest arm that was found; with none, missing data where an arm could not be looked at."""
    arms: tuple[tuple[Indicator, Finding[Factual]], ...] = (
        ("critical", critical),
        ("warning", warning),
        ("info", info),
    )
    found = tuple((indicator, arm) for indicator, arm in arms if isinstance(arm, Present))
    gaps = tuple(dict.fromkeys(gap for _, arm in arms for gap in gaps_of(arm)))
    together = any_of(critical, warning, info)
    remarks = together.remarks if isinstance(together, Present | Absent) else ()
    if not found:
        return MissingData(gaps[0]) if gaps else Satisfied(remarks)
    facts = tuple(dict.fromkeys(fact for _, arm in found for fact in arm.facts))
    return Weighed(found[0][0], facts, gaps, remarks)
