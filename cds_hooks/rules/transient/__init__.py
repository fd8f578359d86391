"""Transient bone marrow edema syndrome (rule specification, section 2)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.transient import long_immobilization

RULES = (OrderRule(long_immobilization.RULE, long_immobilization.assess),)
