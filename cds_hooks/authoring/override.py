"""Why a clinician may set a card aside (rule specification 0.5, override codes).

The set follows the indicator of the card that is shown; a rule adds reasons of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.wire.card import Indicator

SYSTEM = "https://marrow-cds.org/fhir/CodeSystem/override-reason"


@dataclass(frozen=True, slots=True)
class OverrideReason:
    code: str
    display: str


DATA_INCORRECT = OverrideReason("data-incorrect", "The data are incorrect")
PATIENT_DECLINED = OverrideReason("patient-declined", "The patient declined")

BY_INDICATOR: dict[Indicator, tuple[OverrideReason, ...]] = {
    "critical": (
        DATA_INCORRECT,
        OverrideReason("benefit-outweighs-risk-documented", "Benefit outweighs risk, documented"),
        OverrideReason("specialist-approved", "Approved by a specialist"),
        OverrideReason("emergency", "Emergency"),
    ),
    "warning": (
        OverrideReason("will-monitor", "Will monitor"),
        OverrideReason("benefit-outweighs-risk", "Benefit outweighs risk"),
        OverrideReason("already-done-elsewhere", "Already done elsewhere"),
        OverrideReason("not-applicable-to-patient", "Does not apply to this patient"),
        PATIENT_DECLINED,
        DATA_INCORRECT,
    ),
    "info": (
        OverrideReason("already-done", "Already done"),
        OverrideReason("not-relevant", "Not relevant"),
        OverrideReason("remind-later", "Remind me later"),
        PATIENT_DECLINED,
    ),
}
