"""Safety of nifedipine (rule specification, section 11)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.nifedipine import form_pregnancy_cotherapy, low_pressure_or_ischemia, with_cyp3a4

RULES = (
    OrderRule(low_pressure_or_ischemia.RULE, low_pressure_or_ischemia.assess),
    OrderRule(with_cyp3a4.RULE, with_cyp3a4.assess),
    OrderRule(form_pregnancy_cotherapy.RULE, form_pregnancy_cotherapy.assess),
)
