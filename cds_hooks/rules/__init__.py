"""The rules, one file each. The catalog lists every package by hand, in the order of the rule specification."""

from cds_hooks.rules import contraindications

CATALOG = contraindications.RULES
