"""BME-DS-TNF-01: a TNF inhibitor starts after infection is controlled, and after screening."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.problem import Answer, Result
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-TNF-01"
SUMMARY = "TNF inhibitor: active infection, or TB/hepatitis B screening incomplete"
IGRA, HBSAG, ANTI_HBC = "igra_test", "hbsag_test", "anti_hbc_test"
ORDER = a_draft("adalimumab")
POSITIVE, NEGATIVE, UNDECIDED = Answer.POSITIVE, Answer.NEGATIVE, Answer.UNDECIDED


def a_test(concept: Concept, answer: Answer = NEGATIVE, days: int = 30) -> Result:
    return a_result(concept, answer, when=days_ago(days))


NEGATIVE_TB, NEGATIVE_HBSAG, NEGATIVE_CORE = map(a_test, (Concept.IGRA, Concept.HBSAG, Concept.ANTI_HBC))
SCREENED = (NEGATIVE_TB, NEGATIVE_HBSAG, NEGATIVE_CORE)


def lacking(*services: str, unchecked: bool = False) -> Expected:
    return advice(RULE, "warning", summary=SUMMARY, offers=services, arm="missing", unchecked=unchecked)


SAYS = ("before the first dose", "infection is controlled")
POSITIVE_TEST = advice(RULE, "warning", summary=SUMMARY, offers=[], arm="", unchecked=False, says=SAYS)


# -- infection


@pytest.mark.parametrize(
    "concept",
    [
        Concept.SERIOUS_INFECTION,
        Concept.SEPSIS,
        Concept.TUBERCULOSIS_ACTIVE,
        Concept.OSTEOMYELITIS,
        Concept.SEPTIC_ARTHRITIS,
        Concept.PROSTHETIC_JOINT_INFECTION,
    ],
)
def test_an_active_infection(concept: Concept) -> None:
    """When: current it is critical, over it is silent."""
    because = ["MedicationRequest/draft-adalimumab", f"Condition/{concept}"]
    patient = a_patient(ORDER, problems=[a_problem(concept)], screening_labs=SCREENED)
    spec(patient, advice(RULE, "critical", summary=SUMMARY, offers=[], because=because, arm="", unchecked=False))
    over = a_patient(ORDER, problems=[a_problem(concept, current=False)], screening_labs=SCREENED)
    spec(over, satisfied(RULE))


@pytest.mark.parametrize("concept", [Concept.CELLULITIS, Concept.ABSCESS])
def test_an_infection_of_unstated_severity(concept: Concept) -> None:
    """When: nobody wrote down how severe it is: a warning that names it, though the screening is complete."""
    patient = a_patient(ORDER, problems=[a_problem(concept)], screening_labs=SCREENED)
    because = ["MedicationRequest/draft-adalimumab", f"Condition/{concept}"]
    spec(patient, advice(RULE, "warning", summary=SUMMARY, offers=[], because=because, arm=""))
    over = a_patient(ORDER, problems=[a_problem(concept, current=False)], screening_labs=SCREENED)
    spec(over, satisfied(RULE))


def test_a_minor_infection_is_silent() -> None:
    """When: an inflamed foot ulcer is looked at by other rules."""
    problems = [a_problem(Concept.CHRONIC_NONBACTERIAL_OSTEOMYELITIS), a_problem(Concept.TUBERCULOSIS_HISTORY)]
    spec(a_patient(ORDER, problems=problems, screening_labs=SCREENED), satisfied(RULE))


def test_an_infection_before_screening() -> None:
    """Then: critical, and the missing tests are offered with it."""
    patient = a_patient(ORDER, problems=[a_problem(Concept.SEPSIS)])
    spec(patient, advice(RULE, "critical", offers=[IGRA, HBSAG, ANTI_HBC], arm=""))


# -- positive tests


@pytest.mark.parametrize("test", [Concept.IGRA, Concept.TUBERCULIN_SKIN_TEST, Concept.HBSAG, Concept.ANTI_HBC])
def test_a_positive_test(test: Concept) -> None:
    """When: the newest test is positive; an older positive one that a newer negative one follows is silent."""
    others = [item for item in SCREENED if item.concept is not test]
    patient = a_patient(ORDER, screening_labs=[*others, a_test(test, POSITIVE)])
    spec(patient, advice(RULE, "warning", summary=SUMMARY, offers=[], because=[f"Observation/{test}"], arm=""))
    followed = [*others, a_test(test, POSITIVE, 60), a_test(test, NEGATIVE, 20)]
    spec(a_patient(ORDER, screening_labs=followed), satisfied(RULE))


def test_a_positive_skin_test_beside_a_negative_blood_test() -> None:
    """When: either of the two tests for tuberculosis is positive."""
    tests = [*SCREENED, a_test(Concept.TUBERCULIN_SKIN_TEST, POSITIVE, 200)]
    spec(a_patient(ORDER, screening_labs=tests), POSITIVE_TEST)


@pytest.mark.parametrize("concept", [Concept.TUBERCULOSIS_LATENT, Concept.HEPATITIS_B])
def test_known_from_the_problem_list(concept: Concept) -> None:
    """When: latent tuberculosis or hepatitis B is a current problem."""
    spec(a_patient(ORDER, problems=[a_problem(concept)], screening_labs=SCREENED), POSITIVE_TEST)
    over = a_problem(concept, current=False)
    spec(a_patient(ORDER, problems=[over], screening_labs=SCREENED), satisfied(RULE))


# -- missing tests


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        (SCREENED, satisfied(RULE)),
        ((), lacking(IGRA, HBSAG, ANTI_HBC)),
        ((NEGATIVE_HBSAG, NEGATIVE_CORE), lacking(IGRA)),
        ((NEGATIVE_TB, NEGATIVE_CORE), lacking(HBSAG)),
        ((NEGATIVE_TB, NEGATIVE_HBSAG), lacking(ANTI_HBC)),
        ((a_test(Concept.TUBERCULIN_SKIN_TEST), NEGATIVE_HBSAG, NEGATIVE_CORE), satisfied(RULE)),
        ((a_test(Concept.IGRA, days=365), NEGATIVE_HBSAG, NEGATIVE_CORE), satisfied(RULE)),
        ((a_test(Concept.IGRA, days=366), NEGATIVE_HBSAG, NEGATIVE_CORE), lacking(IGRA)),
        ((a_test(Concept.IGRA, UNDECIDED), NEGATIVE_HBSAG, NEGATIVE_CORE), lacking(IGRA)),
        ((NEGATIVE_TB, a_test(Concept.HBSAG, days=4000), a_test(Concept.ANTI_HBC, days=4000)), satisfied(RULE)),
        ((NEGATIVE_TB, a_test(Concept.HBSAG, UNDECIDED), NEGATIVE_CORE), lacking(HBSAG)),
    ],
)
def test_missing_tests(tests: tuple[Result, ...], expected: Expected) -> None:
    """When: no decided test for tuberculosis in a year, no HBsAg or no anti-HBc ever. Then: these are offered."""
    spec(a_patient(ORDER, screening_labs=tests), expected)


def test_a_missing_test_beside_a_positive_one() -> None:
    """Then: the card is about the positive one and offers the missing one."""
    patient = a_patient(ORDER, screening_labs=[NEGATIVE_TB, a_test(Concept.HBSAG, POSITIVE)])
    spec(patient, advice(RULE, "warning", offers=[ANTI_HBC], arm=""))


def test_what_is_missing_is_named() -> None:
    """Then: each missing test is a line of the card."""
    verdict = judge(RULE, a_patient(ORDER))
    assert isinstance(verdict, Advice)
    assert [fact.name for fact in verdict.because][1:] == ["tuberculosis test", "HBsAg", "anti-HBc"]
    assert {fact.value for fact in verdict.because[1:]} == {"no usable result"}


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (a_medication("infliximab", written=days_ago(900)), satisfied(RULE)),
        (a_medication("adalimumab", standing=Standing.ENDED, stopped=days_ago(365)), satisfied(RULE)),
        (a_medication("adalimumab", standing=Standing.ENDED, stopped=days_ago(366)), lacking(IGRA, HBSAG, ANTI_HBC)),
        (
            a_medication("adalimumab", standing=Standing.ENDED, last_given=days_ago(365), written=days_ago(700)),
            satisfied(RULE),
        ),
        (a_medication("adalimumab", standing=Standing.UNCERTAIN, written=days_ago(365)), satisfied(RULE)),
        (a_medication("adalimumab", standing=Standing.ENDED, written=days_ago(366)), lacking(IGRA, HBSAG, ANTI_HBC)),
        (a_medication("adalimumab", standing=Standing.ENDED, written=None), lacking(IGRA, HBSAG, ANTI_HBC)),
        (a_medication("methotrexate"), lacking(IGRA, HBSAG, ANTI_HBC)),
    ],
)
def test_in_a_continuation_missing_tests_are_silent(earlier: Medication, expected: Expected) -> None:
    """Unless: a TNF inhibitor is in use, or was given in the last 12 months."""
    spec(a_patient(ORDER, medications=[earlier]), expected)


def test_in_a_continuation_the_rest_speaks() -> None:
    """Then: infection and positive tests count all the same, also in an order that renews another."""
    renewal = a_draft("adalimumab", replaces="MedicationRequest/adalimumab")
    on_file = [a_medication("adalimumab")]
    spec(a_patient(renewal, medications=on_file), satisfied(RULE))
    sepsis = a_patient(renewal, medications=on_file, problems=[a_problem(Concept.SEPSIS)])
    spec(sepsis, advice(RULE, "critical", offers=[]))
    spec(a_patient(renewal, medications=on_file, screening_labs=[a_test(Concept.IGRA, POSITIVE)]), POSITIVE_TEST)


def test_thresholds_are_the_sites_choice() -> None:
    """Days of the test and of the continuation may be set."""
    tests = [a_test(Concept.IGRA, days=91), NEGATIVE_HBSAG, NEGATIVE_CORE]
    spec(a_patient(ORDER, screening_labs=tests, policy={"tnf-tuberculosis-test-days": 90.0}), lacking(IGRA))
    ended = a_medication("adalimumab", standing=Standing.ENDED, stopped=days_ago(91))
    short = {"tnf-continuation-days": 90.0}
    spec(a_patient(ORDER, medications=[ended], policy=short), lacking(IGRA, HBSAG, ANTI_HBC))


def test_other_orders_are_not_its_business() -> None:
    """When: a TNF inhibitor is ordered."""
    for order in (a_draft("methotrexate"), an_order()):
        spec(a_patient(order, problems=[a_problem(Concept.SEPSIS)]), not_applicable(RULE))


# -- what could not be read


def test_what_could_not_be_read() -> None:
    """A failed query for tests is not a missing test; what was found stands, and the card names the rest."""
    spec(a_patient(ORDER, screening_labs=cut_off(Need.SCREENING)), missing(RULE, Need.SCREENING))
    spec(a_patient(ORDER, screening_labs=SCREENED, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    sepsis = a_patient(ORDER, problems=[a_problem(Concept.SEPSIS)], screening_labs=cut_off(Need.SCREENING))
    spec(sepsis, advice(RULE, "critical", offers=[], unchecked=True))
    partial = a_patient(ORDER, screening_labs=cut_off(Need.SCREENING, a_test(Concept.IGRA, POSITIVE)))
    spec(partial, advice(RULE, "warning", offers=[], arm="", unchecked=True))


def test_whether_it_is_a_continuation_is_unknown() -> None:
    """The missing tests are asked for, and the card says that the list could not be read."""
    unread = a_patient(ORDER, medications=cut_off(Need.MEDICATIONS))
    spec(unread, lacking(IGRA, HBSAG, ANTI_HBC, unchecked=True))
    spec(a_patient(ORDER, medications=cut_off(Need.MEDICATIONS), screening_labs=SCREENED), satisfied(RULE))
