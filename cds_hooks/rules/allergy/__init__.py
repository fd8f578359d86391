"""Allergies to what is ordered (rule specification, section 11)."""

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules.allergy import allergy_to_ordered_medicine

RULES: tuple[AnyRule, ...] = (OrderRule(allergy_to_ordered_medicine.RULE, allergy_to_ordered_medicine.assess),)
