"""Refractory or severe edema syndrome (rule specification, section 5)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.refractory import (
    advanced_therapy_early,
    bisphosphonate_with_vitamin_d,
    bone_stimulation,
    core_decompression_last,
    denosumab_evidence,
    denosumab_precondition,
    local_steroid,
    options_for_this_patient,
    plasma_and_cells_investigational,
)

RULES: tuple[AnyRule, ...] = (
    OrderRule(advanced_therapy_early.RULE, advanced_therapy_early.assess),
    ChartRule(options_for_this_patient.RULE, options_for_this_patient.assess),
    OrderRule(bisphosphonate_with_vitamin_d.RULE, bisphosphonate_with_vitamin_d.assess),
    OrderRule(denosumab_evidence.RULE, denosumab_evidence.assess),
    OrderRule(denosumab_precondition.RULE, denosumab_precondition.assess),
    OrderRule(bone_stimulation.RULE, bone_stimulation.assess),
    OrderRule(core_decompression_last.RULE, core_decompression_last.assess),
    OrderRule(plasma_and_cells_investigational.RULE, plasma_and_cells_investigational.assess),
    OrderRule(local_steroid.RULE, local_steroid.assess),
)
