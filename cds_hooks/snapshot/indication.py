"""What a prostacyclin is given for, as far as the order and the problem list say (rule specification 0.2).

Two questions hang on it: whether an inhaled product counts at all, and whether the usual alarm would be wrong because
the drug treats pulmonary hypertension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, GapKind, Present, Unknown, finding
from cds_hooks.snapshot.vocabulary import Concept, Need, Route

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

EDEMA = frozenset({Concept.EDEMA, Concept.EDEMA_SYNDROME})
OTHER_INDICATIONS = (Concept.PULMONARY_HYPERTENSION, Concept.OTHER_PROSTACYCLIN_INDICATION)


def systemic(medication: Medication, patient: Patient) -> Finding[Fact]:
    """A prostacyclin by any route but inhalation, or inhaled for bone marrow edema."""
    if medication.medicine.route is not Route.INHALATION:
        return Present((medication.fact,))
    return for_edema(medication, patient)


def for_edema(medication: Medication, patient: Patient) -> Finding[Fact]:
    """BME_REASON: stated; or none stated, the syndrome active and no other usual indication on the problem list."""
    reasons = medication.reasons
    if reasons.concepts & EDEMA:
        return Present((medication.fact,))
    if not reasons.readable:
        return _unreadable_reason()
    if reasons.stated or isinstance(patient.has(*OTHER_INDICATIONS), Present):
        return Absent()
    syndrome = patient.has(Concept.EDEMA_SYNDROME)
    if isinstance(syndrome, Present) and not syndrome.gaps:
        return Present(syndrome.facts)
    return finding((), patient.problems.gaps)


def for_pulmonary_hypertension(medication: Medication, patient: Patient) -> Finding[Fact]:
    """PAH use: the stated reason, or no reason stated, pulmonary hypertension active and no syndrome."""
    reasons = medication.reasons
    if Concept.PULMONARY_HYPERTENSION in reasons.concepts:
        return Present((medication.fact,))
    if not reasons.readable:
        return _unreadable_reason()
    if reasons.concepts or isinstance(patient.has(Concept.EDEMA_SYNDROME), Present):
        return Absent()
    if reasons.stated:
        return _unrecognized(patient)
    hypertension = patient.has(Concept.PULMONARY_HYPERTENSION)
    if isinstance(hypertension, Present) and hypertension.gaps:
        return Unknown(hypertension.gaps[0])  # the unread part may hold the syndrome
    return Present(hypertension.facts) if isinstance(hypertension, Present) else hypertension


def _unrecognized(patient: Patient) -> Finding[Fact]:
    """A reason in words that no table knows: it may mean the pulmonary hypertension on the problem list."""
    if isinstance(patient.has(Concept.PULMONARY_HYPERTENSION), Absent):
        return Absent()
    return Unknown(Gap(Need.PROBLEMS, GapKind.OUT_OF_REACH, "the reason stated on the order was not recognized"))


def _unreadable_reason() -> Unknown:
    return Unknown(Gap(Need.PROBLEMS, GapKind.OUT_OF_REACH, "the reason stated on the order could not be read"))
