"""Special populations (rule specification, section 8)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.populations import (
    child,
    myeloma,
    myeloma_fracture,
    nonbacterial_osteitis,
    pregnancy_bone_pain,
    stress_injury_vitamin_d,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(pregnancy_bone_pain.RULE, pregnancy_bone_pain.assess),
    ChartRule(myeloma.RULE, myeloma.assess),
    ChartRule(myeloma_fracture.RULE, myeloma_fracture.assess),
    OrderRule(child.RULE, child.assess_order),
    ChartRule(child.RULE, child.assess_chart),
    ChartRule(nonbacterial_osteitis.RULE, nonbacterial_osteitis.assess),
    ChartRule(stress_injury_vitamin_d.RULE, stress_injury_vitamin_d.assess),
)
