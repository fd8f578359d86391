"""Safety of TNF inhibitors (rule specification, section 11)."""

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.rules.tnf import heart_nerve_cancer_vaccine, infection_screening

RULES = (
    OrderRule(infection_screening.RULE, infection_screening.assess),
    OrderRule(heart_nerve_cancer_vaccine.RULE, heart_nerve_cancer_vaccine.assess),
)
