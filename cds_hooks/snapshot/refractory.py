"""Pain that goes on in spite of conservative care (rules BME-TB-07 and BME-RF-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Finding, only
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

PAIN = Threshold(name="refractory-pain", unit="1", default=5, low=3, high=8, source="ours, awaiting a clinical board")
PAIN_DAYS = Threshold(
    name="refractory-pain-days", unit="d", default=30, low=7, high=60, source="ours, awaiting a clinical board"
)


def lasting_pain(patient: Patient) -> Finding[Result]:
    """The newest pain score of the last weeks, where it is surely so high."""
    limit = patient.policy[PAIN]
    return only(patient.pain(patient.policy[PAIN_DAYS]), lambda score: score.surely_at_least(limit))
