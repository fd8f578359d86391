"""Vertebral fracture with edema (rule specification, section 3)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.vertebral import augmentation_early, bed_rest

RULES = (
    OrderRule(bed_rest.RULE, bed_rest.assess),
    OrderRule(augmentation_early.RULE, augmentation_early.assess),
)
