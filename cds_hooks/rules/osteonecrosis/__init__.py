"""Ischemia and osteonecrosis (rule specification, section 7)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule
from cds_hooks.rules.osteonecrosis import (
    crps_alternative,
    risk_factors,
    signs_on_mri,
    transient_pattern,
    treatment_path,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(signs_on_mri.RULE, signs_on_mri.assess),
    ChartRule(transient_pattern.RULE, transient_pattern.assess),
    ChartRule(treatment_path.RULE, treatment_path.assess),
    ChartRule(risk_factors.RULE, risk_factors.assess),
    ChartRule(crps_alternative.RULE, crps_alternative.assess),
)
