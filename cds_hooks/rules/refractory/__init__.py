"""Refractory or severe edema syndrome (rule specification, section 5)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
