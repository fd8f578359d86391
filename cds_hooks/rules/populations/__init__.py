"""Special populations (rule specification, section 8)."""

from cds_hooks.authoring.rule import ChartRule, OrderRule
from cds_hooks.rules.populations import child, pregnancy_bone_pain, stress_injury_vitamin_d

RULES = (
    ChartRule(pregnancy_bone_pain.RULE, pregnancy_bone_pain.assess),
    OrderRule(child.RULE, child.assess_order),
    ChartRule(child.RULE, child.assess_chart),
    ChartRule(stress_injury_vitamin_d.RULE, stress_injury_vitamin_d.assess),
)
