"""Education and team (rule specification, section 10)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule
from cds_hooks.rules.education import (
    interdisciplinary_review,
    mental_health,
    written_advice,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(written_advice.RULE, written_advice.assess),
    ChartRule(mental_health.RULE, mental_health.assess),
    ChartRule(interdisciplinary_review.RULE, interdisciplinary_review.assess),
)
