"""Safety of procedures (rule specification, section 11)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.procedures import (
    augmentation_evidence,
    core_decompression,
    plasma_and_cells,
    pulsed_field,
    shock_wave,
    sympathetic_block,
    vertebral_augmentation,
)

RULES = (
    OrderRule(shock_wave.RULE, shock_wave.assess),
    OrderRule(pulsed_field.RULE, pulsed_field.assess),
    OrderRule(core_decompression.RULE, core_decompression.assess),
    OrderRule(vertebral_augmentation.RULE, vertebral_augmentation.assess),
    OrderRule(augmentation_evidence.RULE, augmentation_evidence.assess),
    OrderRule(plasma_and_cells.RULE, plasma_and_cells.assess),
    OrderRule(sympathetic_block.RULE, sympathetic_block.assess),
)
