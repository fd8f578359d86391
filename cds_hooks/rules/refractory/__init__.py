"""Refractory or severe edema syndrome (rule specification, section 5)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.refractory import bisphosphonate_with_vitamin_d, denosumab_evidence, denosumab_precondition

RULES: tuple[AnyRule, ...] = (
    OrderRule(bisphosphonate_with_vitamin_d.RULE, bisphosphonate_with_vitamin_d.assess),
    OrderRule(denosumab_evidence.RULE, denosumab_evidence.assess),
    OrderRule(denosumab_precondition.RULE, denosumab_precondition.assess),
)
