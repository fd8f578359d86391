"""Transient bone marrow edema syndrome (rule specification, section 2)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
