"""BME-DS-OPI-03: an opioid needs care where falls are likely, breathing is weak or the bowel is obstructed."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.rules.opioid import falls_breathing_ileus
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import a_draft, a_patient, a_problem, an_event, an_order, cut_off, out_of_reach
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-OPI-03"
SUMMARY = "Opioid with high risk of falls or breathing problems"
SAYS = ("osteopenic bone", "laxative")
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[], unchecked=False, says=SAYS)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[], unchecked=False)
OPIOID = a_draft("morphine")
AGED = Demographics(gender="female", birth_date=born(65))
FALL = a_problem(Concept.FALLS)


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        (Concept.GI_OBSTRUCTION, CRITICAL),
        (Concept.RESPIRATORY_DEPRESSION, CRITICAL),
        (Concept.SLEEP_APNEA, WARNING),
        (Concept.COPD_SEVERE, WARNING),
        (Concept.COPD, satisfied(RULE)),
    ],
)
def test_current_problems(concept: Concept, expected: Expected) -> None:
    """When: current; over it is silent. COPD counts where it is severe."""
    spec(a_patient(OPIOID, problems=[a_problem(concept)]), expected)
    spec(a_patient(OPIOID, problems=[a_problem(concept, current=False)]), satisfied(RULE))


@pytest.mark.parametrize(
    "concept",
    [
        Concept.FALLS,
        Concept.FRACTURE,
        Concept.LOWER_LIMB_FRACTURE,
        Concept.PATHOLOGICAL_FRACTURE,
        Concept.VERTEBRAL_FRACTURE,
    ],
)
def test_a_fall_or_fracture_within_a_year(concept: Concept) -> None:
    """When: an event of the last 365 days, also when it is over, of a patient of 65 or older."""
    recent, older = (a_problem(concept, recorded=days_ago(days), current=False) for days in (365, 366))
    spec(a_patient(OPIOID, problems=[recent], demographics=AGED), WARNING)
    spec(a_patient(OPIOID, problems=[older], demographics=AGED), satisfied(RULE))
    operation = an_event(concept, when=days_ago(365))
    spec(a_patient(OPIOID, procedures=[operation], demographics=AGED), WARNING)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (AGED, WARNING),
        (Demographics(birth_date=born(64)), satisfied(RULE)),
        (Demographics(), satisfied(RULE)),
    ],
)
def test_only_older_patients_fall_badly(person: Demographics, expected: Expected) -> None:
    """When: 65 or older; without a birth date it is silent."""
    spec(a_patient(OPIOID, problems=[FALL], demographics=person), expected)


def test_everything_that_was_found_is_shown() -> None:
    """Then: one critical card that names the rest as well."""
    ileus, apnea = a_problem(Concept.GI_OBSTRUCTION), a_problem(Concept.SLEEP_APNEA)
    because = ["MedicationRequest/draft-morphine", "Condition/gi_obstruction", "Condition/sleep_apnea"]
    spec(a_patient(OPIOID, problems=[apnea, ileus]), advice(RULE, "critical", because=because))


def test_thresholds_are_the_sites_choice() -> None:
    """Age and days may be set."""
    policy = {"opioid-fall-age": 60.0, "opioid-fall-days": 500.0}
    fall = a_problem(Concept.FALLS, recorded=days_ago(500))
    spec(a_patient(OPIOID, problems=[fall], demographics=Demographics(birth_date=born(60)), policy=policy), WARNING)


def test_the_warning_belongs_to_the_selection_of_the_order() -> None:
    """Then: at signing only the critical card is shown."""
    assert falls_breathing_ileus.RULE.speaks == {Hook.ORDER_SIGN: frozenset({"critical"})}


def test_other_orders_are_not_its_business() -> None:
    """When: an opioid is ordered."""
    for order in (a_draft("ibuprofen"), an_order()):
        spec(a_patient(order, problems=[a_problem(Concept.GI_OBSTRUCTION)]), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """Each failed query is a check not done where it decides; beside a finding the card names it."""
    spec(a_patient(OPIOID, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    older = a_patient(OPIOID, procedures=cut_off(Need.PROCEDURES), demographics=AGED)
    spec(older, missing(RULE, Need.PROCEDURES))
    spec(a_patient(OPIOID, procedures=cut_off(Need.PROCEDURES)), satisfied(RULE))
    unknown = Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))
    spec(a_patient(OPIOID, problems=[FALL], demographics=unknown), missing(RULE, Need.DEMOGRAPHICS))
    spec(a_patient(OPIOID, demographics=unknown), satisfied(RULE))
    both = a_patient(OPIOID, demographics=unknown, procedures=cut_off(Need.PROCEDURES))
    spec(both, missing(RULE, Need.PROCEDURES))
    partial = a_patient(OPIOID, problems=cut_off(Need.PROBLEMS, a_problem(Concept.SLEEP_APNEA)))
    spec(partial, advice(RULE, "warning", unchecked=True))
