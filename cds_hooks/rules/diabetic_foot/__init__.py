"""Diabetic foot and Charcot foot (rule specification, section 6)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.diabetic_foot import weight_bearing

RULES = (OrderRule(weight_bearing.RULE, weight_bearing.assess),)
