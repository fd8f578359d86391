"""The treatments that a card lays out for discussion: what the safety rules themselves say of each when it is tried as
a hypothetical draft (rule specification 0.2, RF-02, TB-07). Nothing of it is copied from a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cds_hooks.authoring.rule import AnyRule, Rule
from cds_hooks.authoring.verdict import SATISFIED, Advice, Option
from cds_hooks.evaluation.evaluate import Judged
from cds_hooks.evaluation.trial import Trial, trial
from cds_hooks.snapshot.model import Fact, Gap
from cds_hooks.snapshot.patient import Patient


class Fit(StrEnum):
    """What the trial of a treatment came to, the best first."""

    MAY = "may be discussed"
    CHECK_FIRST = "check first"
    MUST_NOT = "must not be used"


RANK = tuple(Fit)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """One option as the table shows it. `reasons` are sentences of ours; `gaps` what was missing for its checks, and
    `facts` what the chart says against it."""

    option: Option
    fit: Fit
    reasons: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.option.treatment[0].upper()}{self.option.treatment[1:]}"


def laid_out(options: Iterable[Option], rules: Sequence[AnyRule], patient: Patient) -> tuple[LaidOut, ...]:
    """The options by how they fit, each with its reasons."""
    tried = [_laid_out(option, trial(option.treatment, rules, patient)) for option in options]
    return tuple(sorted(tried, key=lambda each: (each.option.last, RANK.index(each.fit))))


def _laid_out(option: Option, tried: Trial) -> LaidOut:
    if tried.critical:
        blocking = (_finding(rule, advice) for rule, advice in tried.hits if advice.indicator == "critical")
        return LaidOut(option, Fit.MUST_NOT, tuple(blocking), facts=tried.facts)
    reasons = [_finding(rule, advice) for rule, advice in tried.hits]
    reasons += [f"After check of: {rule.check} ({rule.id})." for rule in tried.open]
    note = (option.note,) if option.note else ()
    if reasons:
        return LaidOut(option, Fit.CHECK_FIRST, (*reasons, *note), tried.gaps, tried.facts)
    return LaidOut(option, Fit.MAY, ("No safety rule speaks against it.", *note))


def _finding(rule: Rule, advice: Advice) -> str:
    return f"{advice.summary} ({rule.id})."


def settled(judged: Iterable[Judged], rules: Sequence[AnyRule], patient: Patient) -> tuple[Judged, ...]:
    """The verdicts with what the trials of their options change: options that fall out, and summaries that must not
    name them."""
    return tuple(_settled(each, rules, patient) for each in judged)


def _settled(judged: Judged, rules: Sequence[AnyRule], patient: Patient) -> Judged:
    advice = judged.verdict
    if not isinstance(advice, Advice) or not advice.options:
        return judged
    tried = {option: trial(option.treatment, rules, patient) for option in advice.options}
    kept = tuple(option for option, found in tried.items() if not (option.alone and found.hits))
    if not kept:
        return replace(judged, verdict=SATISFIED)
    if len(kept) == 1 < len(tried) and kept[0].alone:
        return replace(judged, verdict=replace(advice, options=kept, summary=kept[0].alone))
    blocked = advice.all_blocked and all(found.critical for found in tried.values())
    return replace(
        judged, verdict=replace(advice, options=kept, summary=advice.all_blocked if blocked else advice.summary)
    )
