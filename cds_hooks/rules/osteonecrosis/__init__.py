"""Ischemia and osteonecrosis (rule specification, section 7)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
