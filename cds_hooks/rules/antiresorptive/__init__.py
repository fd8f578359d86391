"""Safety of bisphosphonates and denosumab (rule specification, section 11)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.antiresorptive import (
    bisphosphonate_calcium,
    bisphosphonate_kidney,
    bisphosphonate_special_situations,
    bisphosphonate_vitamin_d,
    denosumab_exit_plan,
    denosumab_hypocalcemia,
    denosumab_kidney,
    denosumab_overlap,
    denosumab_pregnancy,
    denosumab_supplements,
    dental_check,
    oral_bisphosphonate_esophagus,
)

RULES: tuple[AnyRule, ...] = (
    OrderRule(bisphosphonate_calcium.RULE, bisphosphonate_calcium.assess),
    OrderRule(bisphosphonate_kidney.RULE, bisphosphonate_kidney.assess),
    OrderRule(bisphosphonate_vitamin_d.RULE, bisphosphonate_vitamin_d.assess),
    OrderRule(oral_bisphosphonate_esophagus.RULE, oral_bisphosphonate_esophagus.assess),
    OrderRule(bisphosphonate_special_situations.RULE, bisphosphonate_special_situations.assess),
    OrderRule(dental_check.RULE, dental_check.assess),
    OrderRule(denosumab_hypocalcemia.RULE, denosumab_hypocalcemia.assess),
    OrderRule(denosumab_kidney.RULE, denosumab_kidney.assess),
    OrderRule(denosumab_pregnancy.RULE, denosumab_pregnancy.assess),
    OrderRule(denosumab_supplements.RULE, denosumab_supplements.assess),
    OrderRule(denosumab_exit_plan.RULE, denosumab_exit_plan.assess_order),
    ChartRule(denosumab_exit_plan.RULE, denosumab_exit_plan.assess_chart),
    OrderRule(denosumab_overlap.RULE, denosumab_overlap.assess),
)
