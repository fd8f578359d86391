"""Special populations (rule specification, section 8)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
