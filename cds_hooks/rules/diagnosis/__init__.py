"""Diagnosis and work-up (rule specification, section 1)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
