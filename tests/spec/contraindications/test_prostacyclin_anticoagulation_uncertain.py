"""BME-CI-04: anticoagulation should be clear before a prostacyclin analog is given."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.calls import topics_for
from tests.builders.fhir import (
    INR,
    LONG_TERM_ANTICOAGULATION,
    WARFARIN,
    Json,
    a_quantity,
    fhir_administration,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_statement,
    named,
)
from tests.builders.moment import day, days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_order,
    blood_thinner,
    cut_off,
    heparin_flush,
    out_of_reach,
    stopped_medication,
    unreadable_draft,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-CI-04"
SUMMARY = "Anticoagulation unclear - verify before iloprost/prostacyclin"
UNCLEAR = advice(RULE, "warning")
CLEAR = satisfied(RULE)
RECONCILE, TEST_INR, TEST_ANTI_XA = "medication_reconciliation", "inr_test", "anti_xa_test"
LONG_TERM = a_problem(Concept.LONG_TERM_ANTICOAGULANT)


def taking(*medications: Medication, labs: tuple[Result, ...] = (), problems: tuple[Problem, ...] = ()) -> Patient:
    """A patient with a draft of iloprost and this on file."""
    return a_patient(a_draft(), medications=medications, labs=labs, problems=problems)


def inr(value: float, days: int = 1, *, at_most: bool = False, at_least: bool = False) -> Result:
    return a_result(Concept.INR, value, when=days_ago(days), at_most=at_most, at_least=at_least, id=f"inr-{days}")


def egfr(value: float, days: int = 30, *, at_most: bool = False, at_least: bool = False) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days), at_most=at_most, at_least=at_least)


# -- When an anticoagulant is on hold, of unknown status or past its end


def test_an_uncertain_anticoagulant() -> None:
    """When: an anticoagulant of uncertain standing. Then: a warning that asks, and removes nothing."""
    spec(
        taking(a_medication("warfarin", standing=Standing.UNCERTAIN)),
        advice(
            RULE,
            "warning",
            summary=SUMMARY,
            offers=[RECONCILE, TEST_INR],
            because=["MedicationRequest/draft-iloprost", "MedicationRequest/warfarin"],
            unchecked=False,
        ),
    )


def test_nothing_on_record() -> None:
    """When: without any sign of anticoagulation there is nothing to say."""
    spec(taking(), CLEAR)
    spec(taking(heparin_flush(Standing.UNCERTAIN)), CLEAR)
    spec(taking(a_medication("iloprost", standing=Standing.UNCERTAIN)), CLEAR)


@pytest.mark.parametrize("status", ["on-hold", "unknown"])
def test_orders_on_hold_and_of_unknown_status(status: str) -> None:
    """When: on hold or of unknown status."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_medication_request(status=status)]) == [RULE]


@pytest.mark.parametrize("status", ["on-hold", "unknown", "intended"])
def test_statements_on_hold_unknown_or_intended(status: str) -> None:
    """When: a statement on hold, unknown or intended."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_statement(status=status)]) == [RULE]


@pytest.mark.parametrize(
    ("ingredient", "test"),
    [
        ("warfarin", TEST_INR),
        ("phenprocoumon", TEST_INR),
        ("enoxaparin", TEST_ANTI_XA),
        ("rivaroxaban", TEST_ANTI_XA),
    ],
)
def test_the_test_fits_the_drug(ingredient: str, test: str) -> None:
    """Then: the INR shows a vitamin K antagonist, anti-Xa the others."""
    patient = taking(a_medication(ingredient, standing=Standing.UNCERTAIN))
    spec(patient, advice(RULE, "warning", offers=[RECONCILE, test]))


# -- or stopped within its washout


@pytest.mark.parametrize(
    ("ingredient", "days"),
    [
        ("warfarin", 5),
        ("acenocoumarol", 5),
        ("fluindione", 5),
        ("phenprocoumon", 14),
        ("apixaban", 3),
        ("rivaroxaban", 3),
        ("edoxaban", 3),
        ("betrixaban", 3),
        ("heparin", 1),
        ("enoxaparin", 1),
        ("dalteparin", 1),
        ("tinzaparin", 1),
        ("nadroparin", 1),
        ("bemiparin", 1),
        ("argatroban", 1),
        ("bivalirudin", 1),
        ("fondaparinux", 4),
        ("danaparoid", 5),
    ],
)
def test_washouts(ingredient: str, days: int) -> None:
    """When: stopped within the washout of its class; the day after it is over."""
    spec(taking(stopped_medication(ingredient, days)), UNCLEAR)
    spec(taking(stopped_medication(ingredient, days + 1)), CLEAR)


@pytest.mark.parametrize(
    ("kidneys", "days"),
    [
        ((egfr(50),), 3),
        ((egfr(49),), 5),
        ((), 5),
        ((egfr(80, 365),), 3),
        ((egfr(80, 366),), 5),
        ((egfr(60, at_least=True),), 3),
        ((egfr(45, at_least=True),), 5),
        ((egfr(60, at_most=True),), 5),
    ],
    ids=["50", "49", "unknown", "a year old", "older", ">60", ">45", "<60"],
)
def test_dabigatran_waits_for_the_kidneys(kidneys: tuple[Result, ...], days: int) -> None:
    """When: dabigatran 3 days, 5 when the eGFR is below 50 or not known to be higher."""
    spec(taking(stopped_medication("dabigatran", days), labs=kidneys), UNCLEAR)
    spec(taking(stopped_medication("dabigatran", days + 1), labs=kidneys), CLEAR)


def test_the_site_may_set_a_washout() -> None:
    """When: washouts are the site's choice."""
    stopped = stopped_medication("warfarin", 7)
    spec(a_patient(a_draft(), medications=[stopped], policy={"washout-vitamin-k-antagonist": 7}), UNCLEAR)
    spec(a_patient(a_draft(), medications=[stopped], policy={"washout-vitamin-k-antagonist": 6}), CLEAR)


# -- or stopped at an unknown date


def ended(*, written: int | None, touched: int | None = None, ingredient: str = "warfarin") -> Medication:
    return a_medication(
        ingredient,
        standing=Standing.ENDED,
        written=None if written is None else days_ago(written),
        touched=None if touched is None else days_ago(touched),
    )


@pytest.mark.parametrize(
    ("medication", "expected"),
    [
        (ended(written=365), UNCLEAR),
        (ended(written=366), CLEAR),
        (ended(written=None), UNCLEAR),
        (ended(written=100, touched=5), UNCLEAR),
        (ended(written=100, touched=6), CLEAR),
        (ended(written=366, touched=5), CLEAR),
        (ended(written=None, touched=6), CLEAR),
    ],
)
def test_an_unknown_stop_date(medication: Medication, expected: Expected) -> None:
    """When: written at most 365 days ago, and not last changed before the washout."""
    spec(taking(medication), expected)


# -- Unless a vitamin K antagonist was stopped and a later INR is normal


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (inr(1.4, 3), CLEAR),
        (inr(1.4, 4), UNCLEAR),  # as old as the stop
        (inr(1.4, 5), UNCLEAR),
        (inr(1.5, 3), UNCLEAR),
        (inr(1.4, 3, at_most=True), CLEAR),
        (inr(1.4, 3, at_least=True), UNCLEAR),
    ],
)
def test_a_normal_inr_after_the_stop(result: Result, expected: Expected) -> None:
    """Unless: a vitamin K antagonist within its washout, with an INR below 1.5 after the stop."""
    spec(taking(stopped_medication("warfarin", 4), labs=(result,)), expected)


def test_a_normal_inr_counts_for_3_days() -> None:
    """Unless: the INR is at most 3 days old."""
    stopped = stopped_medication("phenprocoumon", 10)
    spec(taking(stopped, labs=(inr(1.1, 3),)), CLEAR)
    spec(taking(stopped, labs=(inr(1.1, 4),)), UNCLEAR)


def test_an_inr_clears_no_other_drug() -> None:
    """Unless: an INR says nothing about other anticoagulants, nor about a stop at an unknown date."""
    spec(taking(stopped_medication("apixaban", 3), labs=(inr(1.0),)), UNCLEAR)
    spec(taking(stopped_medication("warfarin", None), labs=(inr(1.0),)), UNCLEAR)
    spec(taking(a_medication("warfarin", standing=Standing.UNCERTAIN), labs=(inr(1.0),)), UNCLEAR)


# -- or only a class word stands in the list


@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.UNCERTAIN])
def test_a_class_word(standing: Standing) -> None:
    """When: "blood thinner" stands in the list, active or uncertain; an ended one says nothing."""
    spec(taking(blood_thinner(standing)), advice(RULE, "warning", offers=[RECONCILE, TEST_INR]))
    spec(taking(blood_thinner(Standing.ENDED)), CLEAR)


def test_a_class_word_among_the_drafts() -> None:
    """When: another draft of the session names only the class."""
    vague = a_draft("(class)", group=DrugGroup.ANTICOAGULANT_VAGUE)
    spec(a_patient(a_draft(), vague), UNCLEAR)


@pytest.mark.parametrize("text", ["blood thinner", "anticoagulation clinic", "Blutverdünner", "anticoagulante"])
def test_class_words_as_written(text: str) -> None:
    """When: a class word without an ingredient, in the languages of the tables."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_medication_request(named(text))]) == [RULE]


# -- or the INR is raised, or long-term anticoagulation is on the problem list, without an order


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (inr(1.5), UNCLEAR),
        (inr(1.4), CLEAR),
        (inr(1.5, 7), UNCLEAR),
        (inr(1.5, 8), CLEAR),
        (inr(1.5, at_least=True), UNCLEAR),
        (inr(2, at_most=True), CLEAR),
    ],
)
def test_a_raised_inr(result: Result, expected: Expected) -> None:
    """When: an INR of 1.5 or more within 7 days that no order explains."""
    spec(taking(labs=(result,)), expected)


def test_the_newest_inr_decides() -> None:
    """When: a later normal INR ends the doubt; an undated one does not count."""
    spec(taking(labs=(inr(3, 5), inr(1.1, 2))), CLEAR)
    spec(taking(labs=(inr(1.1, 5), inr(3, 2))), UNCLEAR)
    spec(taking(labs=(a_result(Concept.INR, 3.0, when=None),)), CLEAR)


def test_of_two_results_of_one_moment_the_raised_one_counts() -> None:
    """When: two INR of the same moment contradict each other, the doubt stands, in whichever order they came."""
    low, high = inr(1.0, 2), inr(3.0, 2)
    spec(taking(labs=(high, low)), UNCLEAR)
    spec(taking(labs=(low, high)), UNCLEAR)


def test_long_term_anticoagulation_on_the_problem_list() -> None:
    """When: long-term anticoagulation is a current problem and no anticoagulant is active."""
    spec(taking(problems=(LONG_TERM,)), advice(RULE, "warning", offers=[RECONCILE, TEST_INR]))
    spec(taking(problems=(a_problem(Concept.LONG_TERM_ANTICOAGULANT, current=False),)), CLEAR)
    assert topics_for("order-sign", [fhir_draft()], [fhir_condition(LONG_TERM_ANTICOAGULATION)]) == [RULE]


# -- Unless an anticoagulant is active


def test_never_beside_the_contraindication() -> None:
    """Unless: an active or drafted anticoagulant is BME-CI-01; both cards are never shown together."""
    held = a_medication("warfarin", standing=Standing.UNCERTAIN)
    active = a_medication("apixaban")
    spec(taking(held, active, labs=(inr(3),), problems=(LONG_TERM,)), CLEAR, advice("BME-CI-01", "critical"))
    drafted = a_patient(a_draft(), a_draft("apixaban"), medications=[held])
    spec(drafted, CLEAR, advice("BME-CI-01", "critical"))


def test_an_order_does_not_meet_the_one_that_it_replaces() -> None:
    """When: the order that the draft replaces raises no doubt."""
    held = a_medication("warfarin", standing=Standing.UNCERTAIN)
    renewal = a_draft(replaces="MedicationRequest/warfarin")
    spec(a_patient(renewal, medications=[held]), CLEAR)


# -- Unless for pulmonary hypertension, or inhaled and not for edema


def test_other_orders_are_not_its_business() -> None:
    """When: only a prostacyclin is looked at."""
    for order in (a_draft("apixaban"), an_order(), an_order(kind="MedicationRequest")):
        spec(taking(blood_thinner()), not_applicable(RULE), of=order)


def test_in_pulmonary_hypertension() -> None:
    """Unless: the prostacyclin treats pulmonary hypertension; BME-CI-01 acts on active orders there."""
    hypertension = a_problem(Concept.PULMONARY_HYPERTENSION)
    spec(taking(blood_thinner(), problems=(hypertension,)), not_applicable(RULE))
    stated = a_draft(reasons=a_reason(Concept.PULMONARY_HYPERTENSION))
    spec(taking(blood_thinner()), not_applicable(RULE), of=stated)
    syndrome = a_problem(Concept.EDEMA_SYNDROME)
    spec(taking(blood_thinner(), problems=(hypertension, syndrome)), UNCLEAR)


def test_inhaled_and_not_for_edema() -> None:
    """Unless: inhaled without bone marrow edema as the reason."""
    spec(taking(blood_thinner()), not_applicable(RULE), of=a_draft(route=Route.INHALATION))
    for_edema = a_draft(route=Route.INHALATION, reasons=a_reason(Concept.EDEMA))
    spec(taking(blood_thinner()), UNCLEAR, of=for_edema)


# -- what could not be read


@pytest.mark.parametrize(
    ("patient", "about"),
    [
        (a_patient(a_draft(), medications=cut_off(Need.MEDICATIONS)), Need.MEDICATIONS),
        (a_patient(a_draft(), labs=cut_off(Need.INR)), Need.INR),
        (a_patient(a_draft(), problems=cut_off(Need.PROBLEMS)), Need.PROBLEMS),
        (a_patient(a_draft(), unreadable_draft()), Need.MEDICATIONS),
    ],
    ids=["medications", "labs", "problems", "draft"],
)
def test_a_sign_may_be_among_what_is_out_of_reach(patient: Patient, about: Need) -> None:
    """A failed query is never "not anticoagulated"."""
    spec(patient, missing(RULE, about))


def test_a_sign_at_hand_is_enough() -> None:
    """What arrived counts; the card says what did not."""
    patient = a_patient(a_draft(), medications=[blood_thinner()], labs=cut_off(Need.INR))
    spec(patient, advice(RULE, "warning", unchecked=True))
    arrived: Listing[Medication] = cut_off(Need.MEDICATIONS, blood_thinner())
    spec(a_patient(a_draft(), medications=arrived), advice(RULE, "warning", unchecked=True))


@pytest.mark.parametrize(
    "chart",
    [{"labs": (inr(3),)}, {"problems": (a_problem(Concept.LONG_TERM_ANTICOAGULANT),)}],
    ids=["raised INR", "problem list"],
)
def test_a_sign_that_an_order_may_explain(chart: dict[str, Any]) -> None:
    """Where the orders are out of reach nobody knows whether one explains it: the check was not made."""
    spec(a_patient(a_draft(), **chart), UNCLEAR)
    spec(a_patient(a_draft(), medications=cut_off(Need.MEDICATIONS), **chart), missing(RULE, Need.MEDICATIONS))


def test_what_was_not_checked_is_named_once() -> None:
    """Several signs are looked for in the same list; when it is out of reach, the card says so once."""
    arrived: Listing[Medication] = cut_off(Need.MEDICATIONS, blood_thinner())
    verdict = judge(RULE, a_patient(a_draft(), medications=arrived))
    assert isinstance(verdict, Advice)
    assert verdict.unchecked == (out_of_reach(Need.MEDICATIONS),)


def test_administrations_matter_only_for_an_ended_order() -> None:
    """Administrations may show a later last dose of an ended anticoagulant; otherwise nobody misses them."""
    gap = out_of_reach(Need.STOPPED_MEDICATIONS)
    spec(a_patient(a_draft(), administrations_gap=gap), CLEAR)
    long_ago = [stopped_medication("warfarin", 100)]
    spec(a_patient(a_draft(), medications=long_ago, administrations_gap=gap), missing(RULE, Need.STOPPED_MEDICATIONS))
    just_now = [stopped_medication("warfarin", 1)]
    patient = a_patient(a_draft(), medications=just_now, administrations_gap=gap)
    spec(patient, advice(RULE, "warning", unchecked=True))


def test_the_reason_cannot_be_read() -> None:
    """Inhaled: it cannot be said whether it concerns the rule. By vein: the warning stands, and says so."""
    patient = taking(blood_thinner())
    spec(patient, missing(RULE, Need.PROBLEMS), of=a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON))
    spec(patient, advice(RULE, "warning", unchecked=True), of=a_draft(reasons=UNREADABLE_REASON))


# -- the stop date, as an EHR writes it


def stopped_order(**overrides: object) -> Json:
    return fhir_medication_request(WARFARIN, **({"status": "stopped", "authoredOn": day(60)} | overrides))


def told(*chart: Json) -> list[str]:
    return topics_for("order-sign", [fhir_draft()], chart)


@pytest.mark.parametrize("status", ["stopped", "completed"])
def test_the_end_of_the_validity_is_a_stop_date(status: str) -> None:
    """When: a stopped or completed order ends with its validity."""

    def until(days: int) -> Json:
        return stopped_order(status=status, dispenseRequest={"validityPeriod": {"end": day(days)}})

    assert told(until(5)) == [RULE]
    assert told(until(6)) == []


def test_the_end_of_the_dosage_is_a_stop_date() -> None:
    """When: an order ends with the bounds of its dosage."""

    def until(days: int) -> Json:
        return stopped_order(dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"end": day(days)}}}}])

    assert told(until(5)) == [RULE]
    assert told(until(6)) == []


def test_a_statement_of_the_same_drug_gives_the_stop_date() -> None:
    """When: a statement says when the drug of the order was last taken."""
    for days, expected in ((5, [RULE]), (6, [])):
        statement = fhir_statement(WARFARIN, status="completed", effectivePeriod={"end": day(days)})
        assert told(stopped_order(), statement) == expected


def test_the_last_administration_gives_the_stop_date() -> None:
    """When: the latest of all past dates counts."""
    until = {"dispenseRequest": {"validityPeriod": {"end": day(20)}}}
    assert told(stopped_order(**until), fhir_administration("order-1", 5)) == [RULE]
    assert told(stopped_order(**until), fhir_administration("order-1", 6)) == []
    assert told(stopped_order(**until), fhir_administration("order-1", 1, status="not-done")) == []


def test_a_stopped_order_without_any_date() -> None:
    """When: written at most 365 days ago; a last change before the washout puts it outside."""
    assert told(stopped_order(authoredOn=day(365))) == [RULE]
    assert told(stopped_order(authoredOn=day(366))) == []
    assert told(stopped_order(meta={"lastUpdated": f"{day(6)}T08:00:00Z"})) == []


def test_an_active_order_that_the_session_stops_is_within_its_washout() -> None:
    """When: a draft that stops the active anticoagulant does not make it vanish: it was taken until today."""
    active = fhir_medication_request(WARFARIN, id="warfarin")
    stop = fhir_medication_request(WARFARIN, id="warfarin", status="stopped")
    assert topics_for("order-sign", [fhir_draft(), stop], [active]) in ([RULE], ["BME-CI-01"])


def test_an_inr_with_an_unknown_unit_is_remarked() -> None:
    """When: an INR that cannot be used is named, never guessed."""
    assert told(fhir_observation(INR, valueQuantity=a_quantity(3.1, "furlong"))) == ["BME-SYS-02"]
    assert told(fhir_observation(INR, valueQuantity=a_quantity(3.1, "{INR}"))) == [RULE]
