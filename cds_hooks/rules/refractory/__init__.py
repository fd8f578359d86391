"""Refractory or severe edema syndrome (rule specification, section 5)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.refractory import local_steroid

RULES: tuple[AnyRule, ...] = (OrderRule(local_steroid.RULE, local_steroid.assess),)
