"""Vertebral fracture with edema (rule specification, section 3)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.vertebral import opioid_duration

RULES: tuple[AnyRule, ...] = (OrderRule(opioid_duration.RULE, opioid_duration.assess),)
