"""Inflammatory arthropathy (rule specification, section 4)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
