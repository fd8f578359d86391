"""What there is to say about a rule, for the command line, the rule book and the console.

The recommendation and its When / Unless / Then stand in the docstring of the rule's file; the rest in its `RULE`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds_hooks.authoring.rule import Gate

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor
    from cds_hooks.authoring.rule import AnyRule, Rule
    from cds_hooks.snapshot.policy import Threshold

PATHWAYS: Mapping[str, str] = {
    "DX": "Diagnosis and work-up",
    "TB": "Transient bone marrow edema syndrome",
    "VF": "Vertebral fracture with edema",
    "IA": "Inflammatory arthropathy",
    "RF": "Refractory or severe edema syndrome",
    "CF": "Diabetic foot and Charcot foot",
    "ON": "Ischemia and osteonecrosis",
    "SP": "Special populations",
    "CI": "Contraindications of prostacyclin analogs",
    "ED": "Education and team",
    "DS": "Drug and procedure safety",
}
GATES: Mapping[Gate, str] = {
    Gate.ALWAYS: "always",
    Gate.EDEMA: "only with bone marrow edema (on MRI, on the problem list, or as the reason of the order)",
    Gate.EDEMA_BELOW_CRITICAL: "critical findings always, the rest only with bone marrow edema and not in oncology use",
}
CLAUSES = ("When", "Unless", "Then")


@dataclass(frozen=True, slots=True)
class Description:
    """A rule as people read it. `recommendation` is a sentence to sign; `clauses` its When, Unless and Then."""

    rule: Rule
    mode: str
    recommendation: str
    clauses: tuple[tuple[str, str], ...]

    @property
    def pathway(self) -> str:
        return PATHWAYS[self.rule.id.split("-")[1]]

    @property
    def hooks(self) -> tuple[str, ...]:
        """Where it is asked, with the arms that alone are shown there."""
        told = []
        for hook in sorted(self.rule.hooks):
            arms = self.rule.speaks.get(hook)
            told.append(f"{hook} ({' and '.join(sorted(arms))} findings only)" if arms else str(hook))
        return tuple(told)

    @property
    def gate(self) -> str:
        return GATES[self.rule.gate]


def describe_rules(advisor: Advisor) -> Iterator[Description]:
    """Every rule once, in the order of the catalog."""
    seen: set[str] = set()
    for each in advisor.rules:
        if each.rule.id not in seen:
            seen.add(each.rule.id)
            yield _described(each, advisor)


def _described(each: AnyRule, advisor: Advisor) -> Description:
    first, *rest = _paragraphs(sys.modules[each.assess.__module__].__doc__ or "")
    clauses = next((found for text in rest if (found := tuple(_clauses(text)))), ())
    return Description(each.rule, str(advisor.policy.mode(each.rule.id)), _one_line(first), clauses)


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.strip().split("\n\n") if part.strip()] or [""]


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    """`When    a ...` with its further lines, as (When, "a ...")."""
    word = ""
    lines: list[str] = []
    for line in text.splitlines():
        first, _, rest = line.partition(" ")
        if first in CLAUSES:
            if word:
                yield word, _one_line(" ".join(lines))
            word, lines = first, [rest]
        elif word:
            lines.append(line)
    if word:
        yield word, _one_line(" ".join(lines))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def limit_text(limit: Threshold, value: float) -> str:
    """A threshold with its value, its bounds and its source."""
    unit = "" if limit.unit == "1" else f" {limit.unit}"
    changed = "" if value == limit.default else f", default {limit.default:g}"
    return f"{value:g}{unit} ({limit.low:g} to {limit.high:g}{changed}); {limit.source}"
