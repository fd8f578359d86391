"""Vertebral fracture with edema (rule specification, section 3)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.vertebral import (
    augmentation_early,
    bed_rest,
    opioid_duration,
)

RULES: tuple[AnyRule, ...] = (
    OrderRule(bed_rest.RULE, bed_rest.assess),
    OrderRule(opioid_duration.RULE, opioid_duration.assess),
    OrderRule(augmentation_early.RULE, augmentation_early.assess),
)
