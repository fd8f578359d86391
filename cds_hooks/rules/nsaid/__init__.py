"""Safety of NSAIDs (rule specification, section 11). BME-DS-NSA-09, the exemption of topical products, is the judgment
`cds_hooks.snapshot.nsaid.is_topical`."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.nsaid import (
    duplicate_nsaid,
    long_nsaid_course,
    nsaid_hypersensitivity,
    nsaid_in_pregnancy,
    nsaid_interactions,
    nsaid_with_anticoagulant,
    nsaid_with_gi_risk,
    nsaid_with_heart_disease,
    nsaid_with_kidney_or_liver_disease,
)

RULES: tuple[AnyRule, ...] = (
    OrderRule(nsaid_with_anticoagulant.RULE, nsaid_with_anticoagulant.assess),
    OrderRule(nsaid_with_kidney_or_liver_disease.RULE, nsaid_with_kidney_or_liver_disease.assess),
    OrderRule(nsaid_with_gi_risk.RULE, nsaid_with_gi_risk.assess),
    OrderRule(nsaid_in_pregnancy.RULE, nsaid_in_pregnancy.assess),
    OrderRule(nsaid_with_heart_disease.RULE, nsaid_with_heart_disease.assess),
    OrderRule(duplicate_nsaid.RULE, duplicate_nsaid.assess),
    OrderRule(nsaid_interactions.RULE, nsaid_interactions.assess),
    OrderRule(nsaid_hypersensitivity.RULE, nsaid_hypersensitivity.assess),
    ChartRule(long_nsaid_course.RULE, long_nsaid_course.assess),
)
