"""Special populations (rule specification, section 8)."""

from cds_hooks.authoring.rule import ChartRule, OrderRule
from cds_hooks.rules.populations import child

RULES = (
    OrderRule(child.RULE, child.assess_order),
    ChartRule(child.RULE, child.assess_chart),
)
