"""Transient bone marrow edema syndrome (rule specification, section 2)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.transient import (
    beyond_expected_course,
    conservative_care,
    long_immobilization,
    low_vitamin_d,
    scheduled_review,
    symptom_options,
    time_course,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(conservative_care.RULE, conservative_care.assess),
    ChartRule(time_course.RULE, time_course.assess),
    ChartRule(low_vitamin_d.RULE, low_vitamin_d.assess),
    ChartRule(scheduled_review.RULE, scheduled_review.assess),
    ChartRule(beyond_expected_course.RULE, beyond_expected_course.assess),
    OrderRule(long_immobilization.RULE, long_immobilization.assess),
    ChartRule(symptom_options.RULE, symptom_options.assess),
)
