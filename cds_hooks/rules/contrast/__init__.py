"""Safety of MRI contrast (rule specification, section 11)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.contrast import gadolinium

RULES: tuple[AnyRule, ...] = (OrderRule(gadolinium.RULE, gadolinium.assess),)
