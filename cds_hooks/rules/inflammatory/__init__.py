"""Inflammatory arthropathy (rule specification, section 4)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.inflammatory import tnf_inhibitor_indication

RULES: tuple[AnyRule, ...] = (OrderRule(tnf_inhibitor_indication.RULE, tnf_inhibitor_indication.assess),)
