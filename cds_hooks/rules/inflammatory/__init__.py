"""Inflammatory arthropathy (rule specification, section 4)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.inflammatory import (
    deep_sacroiliac_edema,
    edema_alone,
    edema_in_arthritis,
    osteoarthritic_joint,
    ramris_score,
    tnf_inhibitor_indication,
)

RULES: tuple[AnyRule, ...] = (
    ChartRule(edema_in_arthritis.RULE, edema_in_arthritis.assess),
    ChartRule(ramris_score.RULE, ramris_score.assess),
    ChartRule(edema_alone.RULE, edema_alone.assess),
    ChartRule(deep_sacroiliac_edema.RULE, deep_sacroiliac_edema.assess),
    OrderRule(tnf_inhibitor_indication.RULE, tnf_inhibitor_indication.assess),
    ChartRule(osteoarthritic_joint.RULE, osteoarthritic_joint.assess),
)
