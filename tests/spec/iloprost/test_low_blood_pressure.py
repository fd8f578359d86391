"""BME-DS-ILO-03: a prostacyclin should not be started while blood pressure is low."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import UNREADABLE_REASON, a_draft, a_patient, a_reason, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ILO-03"
HOLD = "update MedicationRequest/draft-iloprost: put on hold"
SUMMARY = "Blood pressure too low to start iloprost"
LOWERS = "Iloprost lowers blood pressure - last systolic value was below 100 mmHg"
SAYS = ("below 85 mmHg systolic", "corrected first")
TOO_LOW = advice(RULE, "critical", summary=SUMMARY, offers=[HOLD], unchecked=False, says=SAYS)
LOW = advice(RULE, "warning", summary=LOWERS, offers=[HOLD], unchecked=False, says=SAYS)


def systolic(value: float, days: int = 1, *, at_least: bool = False) -> Result:
    return a_result(Concept.SYSTOLIC_BP, value, when=days_ago(days), at_least=at_least)


@pytest.mark.parametrize(("value", "expected"), [(84, TOO_LOW), (85, LOW), (99, LOW), (100, satisfied(RULE))])
def test_the_newest_systolic_pressure(value: float, expected: Expected) -> None:
    """When: below 85 mmHg critical, 85 to below 100 a warning."""
    spec(a_patient(a_draft(), vitals=[systolic(value)]), expected)


def test_it_shows_the_value() -> None:
    """Then: order and value are the facts of the card."""
    because = ["MedicationRequest/draft-iloprost", "Observation/systolic_bp"]
    spec(a_patient(a_draft(), vitals=[systolic(80)]), advice(RULE, "critical", because=because))


def test_old_and_missing_values_are_silent() -> None:
    """Unless: the newest value of 7 days is looked at; else it is measured at the infusion."""
    spec(a_patient(a_draft()), satisfied(RULE))
    spec(a_patient(a_draft(), vitals=[systolic(80, 7)]), TOO_LOW)
    spec(a_patient(a_draft(), vitals=[systolic(80, 8)]), satisfied(RULE))
    spec(a_patient(a_draft(), vitals=[systolic(80, 3), systolic(130, 1)]), satisfied(RULE))
    spec(a_patient(a_draft(), vitals=[systolic(80, at_least=True)]), satisfied(RULE))


def test_limits_are_the_sites_choice() -> None:
    """Each limit and the days may be set."""
    policy = {"iloprost-systolic-critical": 90.0, "iloprost-systolic-low": 110.0, "blood-pressure-days": 10.0}
    spec(a_patient(a_draft(), vitals=[systolic(89, 10)], policy=policy), TOO_LOW)
    spec(a_patient(a_draft(), vitals=[systolic(109, 10)], policy=policy), LOW)


def test_which_orders() -> None:
    """When: a systemic prostacyclin that does not treat pulmonary hypertension."""
    for_lungs = a_draft(reasons=a_reason(Concept.PULMONARY_HYPERTENSION))
    for order in (a_draft("apixaban"), an_order(), a_draft(route=Route.INHALATION), for_lungs):
        spec(a_patient(order, vitals=[systolic(80)]), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """Values that failed are a check not done; an unread reason leaves the draft untouched."""
    spec(a_patient(a_draft(), vitals=cut_off(Need.BLOOD_PRESSURE)), missing(RULE, Need.BLOOD_PRESSURE))
    partial = a_patient(a_draft(), vitals=cut_off(Need.BLOOD_PRESSURE, systolic(80)))
    spec(partial, advice(RULE, "critical", offers=[HOLD], unchecked=True))
    unreadable = a_patient(a_draft(reasons=UNREADABLE_REASON), vitals=[systolic(80)])
    spec(unreadable, advice(RULE, "critical", offers=[], unchecked=True))
    inhaled = a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(inhaled, vitals=[systolic(80)]), missing(RULE, Need.PROBLEMS))
