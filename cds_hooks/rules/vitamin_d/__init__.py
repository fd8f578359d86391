"""Safety of vitamin D (rule specification, section 11)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.vitamin_d import (
    vitamin_d_dose,
    vitamin_d_in_kidney_disease,
    vitamin_d_level_sufficient,
    vitamin_d_needs_calcium_checks,
    vitamin_d_with_high_level,
)

RULES: tuple[AnyRule, ...] = (
    OrderRule(vitamin_d_with_high_level.RULE, vitamin_d_with_high_level.assess),
    OrderRule(vitamin_d_in_kidney_disease.RULE, vitamin_d_in_kidney_disease.assess),
    OrderRule(vitamin_d_needs_calcium_checks.RULE, vitamin_d_needs_calcium_checks.assess),
    OrderRule(vitamin_d_dose.RULE, vitamin_d_dose.assess),
    OrderRule(vitamin_d_level_sufficient.RULE, vitamin_d_level_sufficient.assess),
)
