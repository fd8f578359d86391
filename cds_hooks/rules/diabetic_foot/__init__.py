"""Diabetic foot and Charcot foot (rule specification, section 6)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
