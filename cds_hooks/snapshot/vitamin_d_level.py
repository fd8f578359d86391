"""How low is vitamin D (rules BME-TB-03, BME-SP-06, BME-DX-10), and may more of it do harm?

A bound ("<30") that does not decide a band is in none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.model import Finding, Present, only
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

CUT_OFFS = "Institute of Medicine; Endocrine Society 2011. The 2024 guideline names no cut-off"
DAYS = Threshold(
    name="vitamin-d-result-days", unit="d", default=365, low=90, high=365, source="ours, awaiting a clinical board"
)
SEVERE = Threshold(name="vitamin-d-severe", unit="ng/mL", default=12, low=8, high=15, source=CUT_OFFS)
LOW = Threshold(name="vitamin-d-low", unit="ng/mL", default=20, low=15, high=25, source=CUT_OFFS)
ENOUGH = Threshold(name="vitamin-d-enough", unit="ng/mL", default=30, low=25, high=40, source=CUT_OFFS)
CALCIUM_DAYS = Threshold(
    name="vitamin-d-calcium-window", unit="d", default=90, low=7, high=365, source="ours, awaiting a clinical board"
)
BANDS = (DAYS, LOW, ENOUGH)
"""What `vitamin_d_note` reads."""


def below(patient: Patient, limit: Threshold) -> Finding[Result]:
    """The newest 25-OH vitamin D of the last year, where it is surely below this limit."""
    return only(patient.vitamin_d(patient.policy[DAYS]), lambda result: result.surely_below(patient.policy[limit]))


def between(patient: Patient) -> Finding[Result]:
    """The same, where it lies between low and enough: the gray zone, which alone makes no card."""
    low, enough = patient.policy[LOW], patient.policy[ENOUGH]
    return only(
        patient.vitamin_d(patient.policy[DAYS]),
        lambda result: result.surely_at_least(low) and result.surely_below(enough),
    )


def vitamin_d_note(patient: Patient) -> tuple[str, ...]:
    """One sentence for the detail of the cards of DX-06, TB-01 and SP-06; empty outside the gray zone. The result
    itself, `between(patient)`, belongs among the facts of the card."""
    if not isinstance(between(patient), Present):
        return ()
    low, enough = patient.policy[LOW], patient.policy[ENOUGH]
    return (f"Vitamin D lies between {low:g} and {enough:g} ng/mL, where sources differ on whether to supplement.",)


def high_calcium(patient: Patient) -> Finding[Calcium]:
    """A calcium of the last months above its limit: more vitamin D would raise it further (rule DS-VTD-01)."""
    return only(patient.calcium(patient.policy[CALCIUM_DAYS]), lambda value: value.surely_high)
