"""Every limit that a site may set: those that rules declare, and those that belong to no single rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cds_hooks.authoring.rule import AnyRule
from cds_hooks.evaluation.offers import CALCIUM_DAYS, RECENT_TEST_DAYS
from cds_hooks.evaluation.triage import INFO_CAP
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.pregnancy import CHILDBEARING_AGES
from cds_hooks.snapshot.safety import (
    CRP_DAYS,
    CRP_OF_INFECTION,
    FEVER,
    FEVER_DAYS,
    GADOLINIUM_EGFR,
    GADOLINIUM_EGFR_DAYS,
)

SHARED: tuple[Threshold, ...] = (
    *(INFO_CAP, *CHILDBEARING_AGES),
    *(GADOLINIUM_EGFR, GADOLINIUM_EGFR_DAYS, CRP_OF_INFECTION, CRP_DAYS, FEVER, FEVER_DAYS),
    *(CALCIUM_DAYS, RECENT_TEST_DAYS),
)
"""Those of judgments that rules share, and of the evaluation itself."""


def thresholds_of(rules: Sequence[AnyRule]) -> Mapping[str, Threshold]:
    """Every limit by its name."""
    own = (limit for each in rules for limit in each.rule.thresholds)
    return {limit.name: limit for limit in (*SHARED, *own)}
