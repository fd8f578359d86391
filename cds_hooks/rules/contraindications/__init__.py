"""Contraindications of prostacyclin analogs (rule specification, section 9)."""

from cds_hooks.authoring.rule import ChartRule, OrderRule
from cds_hooks.rules.contraindications import (
    ongoing_prostacyclin,
    prostacyclin_anticoagulation_uncertain,
    prostacyclin_in_pregnancy,
    prostacyclin_pregnancy_unknown,
    prostacyclin_with_anticoagulant,
)

RULES = (
    OrderRule(prostacyclin_with_anticoagulant.RULE, prostacyclin_with_anticoagulant.assess),
    OrderRule(prostacyclin_in_pregnancy.RULE, prostacyclin_in_pregnancy.assess),
    OrderRule(prostacyclin_pregnancy_unknown.RULE, prostacyclin_pregnancy_unknown.assess),
    OrderRule(prostacyclin_anticoagulation_uncertain.RULE, prostacyclin_anticoagulation_uncertain.assess),
    ChartRule(ongoing_prostacyclin.RULE, ongoing_prostacyclin.assess),
)
