"""Safety of opioids (rule specification, section 11)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.opioid import dose_form_duration, falls_breathing_ileus, with_sedative

RULES = (
    OrderRule(with_sedative.RULE, with_sedative.assess),
    OrderRule(dose_form_duration.RULE, dose_form_duration.assess),
    OrderRule(falls_breathing_ileus.RULE, falls_breathing_ileus.assess),
)
