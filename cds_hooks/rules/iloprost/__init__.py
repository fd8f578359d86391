"""Safety of iloprost (rule specification, section 11)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.iloprost import (
    bleeding_risk,
    cardiac_contraindication,
    liver_dialysis_lactation,
    low_blood_pressure,
    off_label_note,
    with_antiplatelet_or_nsaid,
    with_vasodilator,
)

RULES = (
    OrderRule(cardiac_contraindication.RULE, cardiac_contraindication.assess),
    OrderRule(bleeding_risk.RULE, bleeding_risk.assess),
    OrderRule(low_blood_pressure.RULE, low_blood_pressure.assess),
    OrderRule(with_antiplatelet_or_nsaid.RULE, with_antiplatelet_or_nsaid.assess),
    OrderRule(with_vasodilator.RULE, with_vasodilator.assess),
    OrderRule(liver_dialysis_lactation.RULE, liver_dialysis_lactation.assess),
    OrderRule(off_label_note.RULE, off_label_note.assess),
)
