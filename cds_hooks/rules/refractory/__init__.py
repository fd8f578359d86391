"""Refractory or severe edema syndrome (rule specification, section 5)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.refractory import (
    advanced_therapy_early,
    bone_stimulation,
    core_decompression_last,
    local_steroid,
    plasma_and_cells_investigational,
)

RULES = (
    OrderRule(advanced_therapy_early.RULE, advanced_therapy_early.assess),
    OrderRule(bone_stimulation.RULE, bone_stimulation.assess),
    OrderRule(core_decompression_last.RULE, core_decompression_last.assess),
    OrderRule(plasma_and_cells_investigational.RULE, plasma_and_cells_investigational.assess),
    OrderRule(local_steroid.RULE, local_steroid.assess),
)
