"""Vertebral fracture with edema (rule specification, section 3)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
