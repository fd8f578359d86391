"""Safety of NSAIDs (rule specification, section 11)."""

from cds_hooks.authoring.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
