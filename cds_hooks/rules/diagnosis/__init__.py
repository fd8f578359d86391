"""Diagnosis and work-up (rule specification, section 1)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.diagnosis import (
    cause_of_edema,
    dynamic_contrast_mri,
    mri_not_possible,
    mri_sequences,
    negative_mri,
    possible_infection,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(cause_of_edema.RULE, cause_of_edema.assess_chart),
    OrderRule(cause_of_edema.RULE, cause_of_edema.assess_order),
    OrderRule(mri_sequences.RULE, mri_sequences.assess),
    ChartRule(dynamic_contrast_mri.RULE, dynamic_contrast_mri.assess_chart),
    OrderRule(dynamic_contrast_mri.RULE, dynamic_contrast_mri.assess_order),
    ChartRule(possible_infection.RULE, possible_infection.assess_chart),
    OrderRule(possible_infection.RULE, possible_infection.assess_order),
    OrderRule(negative_mri.RULE, negative_mri.assess),
    ChartRule(mri_not_possible.RULE, mri_not_possible.assess_chart),
    OrderRule(mri_not_possible.RULE, mri_not_possible.assess_order),
)
