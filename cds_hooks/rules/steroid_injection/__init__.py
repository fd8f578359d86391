"""Safety of local steroid injections (rule specification, section 11)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.steroid_injection import (
    diabetes_or_anticoagulant,
    interval_and_arthroplasty,
    osteonecrosis_or_fracture,
    suspected_infection,
)

RULES: tuple[AnyRule, ...] = (
    OrderRule(suspected_infection.RULE, suspected_infection.assess),
    OrderRule(diabetes_or_anticoagulant.RULE, diabetes_or_anticoagulant.assess),
    OrderRule(interval_and_arthroplasty.RULE, interval_and_arthroplasty.assess),
    OrderRule(osteonecrosis_or_fracture.RULE, osteonecrosis_or_fracture.assess),
)
