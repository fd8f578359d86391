"""Safety of TNF inhibitors (rule specification, section 11)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
