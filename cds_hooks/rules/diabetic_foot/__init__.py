"""Diabetic foot and Charcot foot (rule specification, section 6)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.diabetic_foot import (
    charcot_or_osteomyelitis,
    leukocyte_imaging,
    offloading,
    weight_bearing,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(offloading.RULE, offloading.assess),
    ChartRule(charcot_or_osteomyelitis.RULE, charcot_or_osteomyelitis.assess),
    ChartRule(leukocyte_imaging.RULE, leukocyte_imaging.assess),
    OrderRule(weight_bearing.RULE, weight_bearing.assess),
)
