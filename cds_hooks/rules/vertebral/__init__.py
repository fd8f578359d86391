"""Vertebral fracture with edema (rule specification, section 3)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.vertebral import (
    augmentation_early,
    augmentation_option,
    bed_rest,
    conservative_first,
    early_augmentation_option,
    fracture_in_cancer,
    opioid_duration,
    pain_after_eight_weeks,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(conservative_first.RULE, conservative_first.assess),
    OrderRule(bed_rest.RULE, bed_rest.assess),
    OrderRule(opioid_duration.RULE, opioid_duration.assess),
    ChartRule(pain_after_eight_weeks.RULE, pain_after_eight_weeks.assess),
    ChartRule(augmentation_option.RULE, augmentation_option.assess),
    ChartRule(early_augmentation_option.RULE, early_augmentation_option.assess),
    OrderRule(augmentation_early.RULE, augmentation_early.assess),
    ChartRule(fracture_in_cancer.RULE, fracture_in_cancer.assess),
)
