"""BME-CI-02: a prostacyclin analog should not be given in pregnancy."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer, Event, Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from cds_hooks.snapshot.when import When
from tests.builders.calls import topics_for
from tests.builders.fhir import (
    ANSWER_PREGNANT,
    CLINICAL,
    DUE_DATE,
    NEGATIVE,
    POSITIVE,
    PREGNANCY_TEST,
    PREGNANCY_TEST_AMOUNT,
    VERIFICATION,
    Json,
    a_quantity,
    coded,
    fhir_condition,
    fhir_draft,
    fhir_observation,
    fhir_patient,
    fhir_procedure,
)
from tests.builders.moment import born, day, days_ago, days_ahead, on
from tests.builders.snapshot import (
    A_MAN,
    A_WOMAN,
    UNREADABLE_REASON,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_event,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-CI-02"
CONTRAINDICATED = "Iloprost/prostacyclin is contraindicated in pregnancy (review article and EU label)"
CONFIRM = "Prostacyclin in pregnancy: specialist decision - confirm that the pregnancy is known to the prescriber"
DELETE = "delete MedicationRequest/draft-iloprost"
CONSULT = "obstetric_consult"
PREGNANT = advice(RULE, "critical")
NOT_PREGNANT = satisfied(RULE)
YES, NO, MAYBE = Answer.POSITIVE, Answer.NEGATIVE, Answer.UNDECIDED
TESTS = [Concept.HCG_QUALITATIVE, Concept.HCG_QUANTITATIVE]
THE_SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


def a_woman(*evidence: Problem | Result | Event, demographics: Demographics = A_WOMAN) -> Patient:
    """A woman of 33 years with a draft of iloprost and this evidence about a pregnancy."""
    return a_patient(
        a_draft(),
        demographics=demographics,
        problems=[item for item in evidence if isinstance(item, Problem)],
        pregnancy_results=[item for item in evidence if isinstance(item, Result)],
        procedures=[item for item in evidence if isinstance(item, Event)],
    )


def pregnancy(recorded: When | None = days_ago(60)) -> Problem:
    return a_problem(Concept.PREGNANCY, recorded=recorded)


def pregnancy_over(recorded: int, ended: int) -> Problem:
    return a_problem(Concept.PREGNANCY, current=False, recorded=days_ago(recorded), ended=days_ago(ended), id="earlier")


def status(answer: Answer, days: int) -> Result:
    return a_result(Concept.PREGNANCY_STATUS, answer, when=days_ago(days))


def hcg(answer: Answer, days: int, concept: Concept = Concept.HCG_QUALITATIVE) -> Result:
    return a_result(concept, answer, when=days_ago(days), id=f"{concept}-{days}")


def due(date: When, days: int = 60) -> Result:
    return a_result(Concept.DELIVERY_DATE, date, when=days_ago(days))


# -- When the patient is pregnant by any evidence that stands


def test_the_card_states_the_evidence_and_offers_to_remove_the_draft() -> None:
    """Then: critical, the order and the evidence named, the draft may be removed, a consult is offered."""
    spec(
        a_woman(pregnancy()),
        advice(
            RULE,
            "critical",
            summary=CONTRAINDICATED,
            offers=[DELETE, CONSULT],
            because=["MedicationRequest/draft-iloprost", "Condition/pregnancy"],
            unchecked=False,
            remarked=False,
        ),
    )


def test_no_evidence() -> None:
    """When: without evidence of a pregnancy there is nothing to say."""
    spec(a_woman(), NOT_PREGNANT)
    spec(a_woman(a_problem(Concept.PULMONARY_HYPERTENSION)), NOT_PREGNANT)


def test_a_pregnancy_on_the_problem_list_counts_for_300_days() -> None:
    """When: a current pregnancy Condition recorded at most 300 days ago; an undated one counts."""
    spec(a_woman(pregnancy(days_ago(300))), PREGNANT)
    spec(a_woman(pregnancy(days_ago(301))), NOT_PREGNANT)
    spec(a_woman(pregnancy(None)), PREGNANT)


def test_a_partial_date_is_as_new_as_it_can_be() -> None:
    """When: a Condition recorded "2024" may be of the last day of that year."""
    spec(a_woman(pregnancy(on("2024"))), PREGNANT)
    spec(a_woman(pregnancy(on("2024-08"))), PREGNANT)
    spec(a_woman(pregnancy(on("2024-07"))), NOT_PREGNANT)


def test_a_status_counts_for_300_days() -> None:
    """When: the pregnancy status "pregnant", at most 300 days old."""
    spec(a_woman(status(YES, 300)), PREGNANT)
    spec(a_woman(status(YES, 301)), NOT_PREGNANT)


@pytest.mark.parametrize("test", TESTS)
def test_a_positive_test_counts_for_56_days(test: Concept) -> None:
    """When: a positive hCG at most 56 days old."""
    spec(a_woman(hcg(YES, 56, test)), PREGNANT)
    spec(a_woman(hcg(YES, 57, test)), NOT_PREGNANT)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (days_ago(14), PREGNANT),
        (days_ago(15), NOT_PREGNANT),
        (days_ahead(0), PREGNANT),
        (days_ahead(294), PREGNANT),
        (days_ahead(295), NOT_PREGNANT),
    ],
)
def test_a_due_date_counts_around_term(date: When, expected: object) -> None:
    """When: an estimated delivery date from 14 days ago to 294 days ahead."""
    spec(a_woman(due(date)), expected)  # type: ignore[arg-type]


def test_a_due_date_without_a_value_is_no_evidence() -> None:
    """When: an estimated delivery date needs its date."""
    spec(a_woman(a_result(Concept.DELIVERY_DATE, MAYBE)), NOT_PREGNANT)


def test_undecided_answers_are_no_evidence() -> None:
    """When: "possible", "unconfirmed" and "unknown" are neither for nor against."""
    spec(a_woman(status(MAYBE, 1)), NOT_PREGNANT)
    spec(a_woman(hcg(YES, 10), status(MAYBE, 1)), PREGNANT)


def test_every_piece_of_evidence_that_stands_is_named() -> None:
    """Then: the card states each of them."""
    found = ["Condition/pregnancy", "Observation/pregnancy_status", "Observation/estimated_delivery_date"]
    evidence = (pregnancy(), status(YES, 30), due(days_ahead(150)))
    spec(a_woman(*evidence), advice(RULE, "critical", because=found))


# -- evidence that a newer piece undoes


@pytest.mark.parametrize("evidence", [pregnancy(days_ago(40)), status(YES, 40), hcg(YES, 40), due(days_ahead(200), 40)])
@pytest.mark.parametrize(
    "negative",
    [
        lambda days: status(NO, days),
        lambda days: hcg(NO, days),
        lambda days: hcg(NO, days, Concept.HCG_QUANTITATIVE),
        lambda days: an_event(Concept.DELIVERY, when=days_ago(days)),
        lambda days: an_event(Concept.ABORTION, when=days_ago(days)),
        lambda days: a_problem(Concept.PREGNANCY_ENDED, recorded=days_ago(days)),
        lambda days: pregnancy_over(recorded=200, ended=days),
    ],
    ids=["status", "hcg", "hcg-amount", "delivery", "abortion", "ended", "resolved"],
)
def test_only_newer_evidence_undoes_a_pregnancy(evidence: Problem | Result, negative: object) -> None:
    """When: cancelled by any newer negative status or test, delivery, abortion or resolved Condition."""
    assert callable(negative)
    spec(a_woman(evidence, negative(39)), NOT_PREGNANT)
    spec(a_woman(evidence, negative(40)), PREGNANT)
    spec(a_woman(evidence, negative(41)), PREGNANT)


def test_the_newest_evidence_decides() -> None:
    """When: a new pregnancy after an earlier one counts."""
    spec(a_woman(pregnancy_over(300, 100), status(NO, 60), hcg(YES, 20)), PREGNANT)
    spec(a_woman(hcg(YES, 20), hcg(NO, 10)), NOT_PREGNANT)
    spec(a_woman(hcg(NO, 10), hcg(YES, 9)), PREGNANT)


def test_dated_negative_evidence_wins_over_an_undated_condition() -> None:
    """When: any dated negative wins over an undated Condition; an undated negative says nothing."""
    spec(a_woman(pregnancy(None), status(NO, 200)), NOT_PREGNANT)
    spec(a_woman(pregnancy(None), an_event(Concept.DELIVERY, when=None)), PREGNANT)


@pytest.mark.parametrize("concept", [Concept.DELIVERY, Concept.ABORTION])
def test_a_delivery_on_the_problem_list_counts_from_its_onset(concept: Concept) -> None:
    """When: a delivery or abortion of which only the day of the record is known may be that of an earlier pregnancy."""
    spec(a_woman(pregnancy(days_ago(200)), a_problem(concept, onset=days_ago(10))), NOT_PREGNANT)
    spec(a_woman(pregnancy(days_ago(200)), a_problem(concept, recorded=days_ago(10))), PREGNANT)
    spec(a_woman(pregnancy(days_ago(200)), a_problem(concept, onset=days_ago(900))), PREGNANT)


def test_a_resolved_pregnancy_is_no_evidence() -> None:
    """When: a Condition that is not current does not count for a pregnancy."""
    spec(a_woman(pregnancy_over(200, 100)), NOT_PREGNANT)


def test_a_negative_test_does_not_undo_a_due_date_from_20_weeks_on() -> None:
    """When: a negative hCG alone does not cancel a pregnancy dated at 20 weeks or more; it is remarked."""
    spec(a_woman(due(days_ahead(140)), hcg(NO, 1)), advice(RULE, "critical", remarked=True))
    spec(a_woman(due(days_ahead(141)), hcg(NO, 1)), NOT_PREGNANT)
    older_test = a_woman(due(days_ahead(140), 10), hcg(NO, 11))
    spec(older_test, advice(RULE, "critical", remarked=False))


@pytest.mark.parametrize(
    "negative", [status(NO, 1), an_event(Concept.DELIVERY, when=days_ago(1)), pregnancy_over(200, 1)]
)
def test_anything_but_a_test_undoes_a_due_date_at_any_week(negative: Problem | Result | Event) -> None:
    """When: a status, a delivery or a resolved Condition cancels it also after 20 weeks."""
    spec(a_woman(due(days_ahead(100)), negative), NOT_PREGNANT)


# -- sex


def test_direct_evidence_counts_whatever_the_recorded_sex() -> None:
    """When: a test, a status or a due date counts in a patient recorded as male."""
    for evidence in (hcg(YES, 1), status(YES, 1), due(days_ahead(100))):
        spec(a_woman(evidence, demographics=A_MAN), PREGNANT)
        spec(a_woman(pregnancy(), evidence, demographics=A_MAN), PREGNANT)


def test_a_pregnancy_condition_alone_does_not_count_in_a_man() -> None:
    """When: a single Condition in a patient recorded as male is remarked as a matter of data quality instead."""
    spec(a_woman(pregnancy(), demographics=A_MAN), satisfied(RULE, remarked=True))
    spec(a_woman(pregnancy(), hcg(NO, 100), demographics=A_MAN), satisfied(RULE, remarked=True))


@pytest.mark.parametrize(
    "person",
    [
        Demographics(gender="male", birth_sex="female"),
        Demographics(gender="other"),
        Demographics(gender="unknown"),
        Demographics(),
        Demographics(gap=out_of_reach(Need.DEMOGRAPHICS)),
    ],
)
def test_a_pregnancy_condition_counts_in_everyone_else(person: Demographics) -> None:
    """When: born female, of another or unknown gender, or with a patient record that is out of reach."""
    spec(a_woman(pregnancy(), demographics=person), PREGNANT)


def test_age_and_operations_do_not_matter() -> None:
    """When: direct evidence counts at any age and after a hysterectomy."""
    spec(a_woman(hcg(YES, 1), demographics=Demographics(gender="female", birth_date=born(60))), PREGNANT)
    spec(a_woman(hcg(YES, 1), a_problem(Concept.NO_CHILDBEARING)), PREGNANT)


# -- Unless inhaled; in pulmonary hypertension ask to confirm


def test_other_orders_are_not_its_business() -> None:
    """When: only a prostacyclin is looked at."""
    patient = a_woman(pregnancy())
    for order in (a_draft("apixaban"), an_order(), an_order(kind="MedicationRequest")):
        spec(patient, not_applicable(RULE), of=order)


def test_inhaled_and_not_for_edema() -> None:
    """Unless: inhaled without bone marrow edema as the reason."""
    inhaled = a_draft(route=Route.INHALATION)
    patient = a_patient(inhaled, demographics=A_WOMAN, problems=[pregnancy()])
    spec(patient, not_applicable(RULE))
    spec(patient, PREGNANT, of=a_draft(route=Route.INHALATION, reasons=a_reason(Concept.EDEMA)))
    spec(a_patient(inhaled, demographics=A_WOMAN, problems=[pregnancy(), THE_SYNDROME]), PREGNANT)


def test_in_pulmonary_hypertension() -> None:
    """Then: a warning that asks to confirm, and no removal."""
    confirm = advice(RULE, "warning", summary=CONFIRM, offers=[CONSULT])
    for_hypertension = a_draft(reasons=a_reason(Concept.PULMONARY_HYPERTENSION))
    spec(a_woman(pregnancy()), confirm, of=for_hypertension)
    spec(a_woman(pregnancy(), a_problem(Concept.PULMONARY_HYPERTENSION)), confirm)
    spec(a_woman(pregnancy(), a_problem(Concept.PULMONARY_HYPERTENSION), THE_SYNDROME), PREGNANT)


# -- what could not be read


def test_evidence_out_of_reach() -> None:
    """A failed query is never "not pregnant"."""
    no_results = a_patient(a_draft(), demographics=A_WOMAN, pregnancy_results=cut_off(Need.PREGNANCY))
    spec(no_results, missing(RULE, Need.PREGNANCY))
    no_problems = a_patient(a_draft(), demographics=A_WOMAN, problems=cut_off(Need.PROBLEMS))
    spec(no_problems, missing(RULE, Need.PROBLEMS))
    only_procedures = a_patient(a_draft(), demographics=A_WOMAN, procedures=cut_off(Need.CHILDBEARING))
    spec(only_procedures, NOT_PREGNANT)


def test_evidence_at_hand_is_enough() -> None:
    """What arrived counts; the card says what did not."""
    one = a_patient(a_draft(), demographics=A_WOMAN, problems=cut_off(Need.PROBLEMS, pregnancy()))
    spec(one, advice(RULE, "critical", unchecked=True))
    two = a_patient(a_draft(), demographics=A_WOMAN, problems=[pregnancy()], procedures=cut_off(Need.CHILDBEARING))
    spec(two, advice(RULE, "critical", offers=[DELETE, CONSULT], unchecked=True))


def test_a_man_with_a_pregnancy_condition_and_results_out_of_reach() -> None:
    """The test that would decide may be among what did not arrive."""
    patient = a_patient(a_draft(), problems=[pregnancy()], pregnancy_results=cut_off(Need.PREGNANCY))
    spec(patient, missing(RULE, Need.PREGNANCY))


def test_the_use_cannot_be_read() -> None:
    """Whether it is for edema, or for pulmonary hypertension, is not known: no removal is offered on missing data."""
    patient = a_woman(pregnancy())
    spec(patient, missing(RULE, Need.PROBLEMS), of=a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON))
    unreadable = a_draft(reasons=UNREADABLE_REASON)
    spec(patient, advice(RULE, "critical", summary=CONTRAINDICATED, offers=[CONSULT], unchecked=True), of=unreadable)


# -- as an EHR writes it


def told(*chart: Json) -> list[str]:
    return topics_for("order-sign", [fhir_draft()], [fhir_patient(gender="female", birthDate="1990-01-10"), *chart])


@pytest.mark.parametrize(
    "evidence",
    [
        fhir_condition(),
        fhir_condition(clinicalStatus=None),
        fhir_condition(clinicalStatus=coded(CLINICAL, "recurrence")),
        fhir_condition(clinicalStatus=coded(CLINICAL, "relapse")),
        fhir_condition(verificationStatus=coded(VERIFICATION, "provisional")),
        fhir_condition(verificationStatus=coded(VERIFICATION, "unconfirmed")),
        fhir_condition(verificationStatus=None),
        fhir_condition(coded("http://hl7.org/fhir/sid/icd-10-cm", "Z34.90")),
        fhir_condition({"text": "Pregnancy"}),
        fhir_observation(valueCodeableConcept=ANSWER_PREGNANT),
        fhir_observation(PREGNANCY_TEST, valueCodeableConcept=POSITIVE),
        fhir_observation(PREGNANCY_TEST_AMOUNT, valueQuantity=a_quantity(25, "[IU]/L")),
        fhir_observation(PREGNANCY_TEST_AMOUNT, valueQuantity=a_quantity(900, "[IU]/L", comparator=">")),
        fhir_observation(DUE_DATE, valueDateTime=day(-100)),
    ],
)
def test_evidence_of_every_kind(evidence: Json) -> None:
    """When: a Condition, the status, a positive hCG or a due date."""
    assert told(evidence) == [RULE]


@pytest.mark.parametrize("answer", [{"valueString": "Positive"}, {"valueCodeableConcept": {"text": "positive"}}])
def test_a_positive_test_given_only_as_text(answer: Json) -> None:
    """When: a positive hCG counts also when the answer is written as text."""
    assert told(fhir_observation(PREGNANCY_TEST, **answer)) == [RULE]


@pytest.mark.parametrize(
    "evidence",
    [
        fhir_condition(verificationStatus=coded(VERIFICATION, "refuted")),
        fhir_condition(verificationStatus=coded(VERIFICATION, "entered-in-error")),
        fhir_condition(verificationStatus=coded(VERIFICATION, "differential")),
        fhir_condition(clinicalStatus=coded(CLINICAL, "resolved")),
        fhir_condition(clinicalStatus=coded(CLINICAL, "inactive")),
        fhir_condition(abatementDateTime=day(10)),
        fhir_condition({"text": "Family history of pregnancy"}),
        fhir_observation(status="preliminary", valueCodeableConcept=ANSWER_PREGNANT),
        fhir_observation(status="entered-in-error", valueCodeableConcept=ANSWER_PREGNANT),
        fhir_observation(PREGNANCY_TEST_AMOUNT, valueQuantity=a_quantity(24, "[IU]/L")),
        fhir_observation(PREGNANCY_TEST_AMOUNT, valueQuantity=a_quantity(100, "[IU]/L", comparator="<")),
    ],
)
def test_what_never_counts(evidence: Json) -> None:
    """When: refuted, entered in error, resolved, abated, family history, preliminary or undecided: BME-CI-03 asks."""
    assert told(evidence) == ["BME-CI-03"]


def test_a_differential_diagnosis_of_pregnancy_does_not_undo_a_positive_test() -> None:
    """When: only a Condition that is resolved or abated cancels evidence; one that is merely considered does not."""
    considered = fhir_condition(verificationStatus=coded(VERIFICATION, "differential"), recordedDate=day(1))
    positive = fhir_observation(PREGNANCY_TEST, valueCodeableConcept=POSITIVE, effectiveDateTime=day(10))
    assert told(considered, positive) == [RULE]


def test_a_refuted_end_of_a_pregnancy_does_not_undo_it() -> None:
    """When: a refuted abortion, and a cesarean section that was not done, cancel nothing."""
    ended = coded("http://hl7.org/fhir/sid/icd-10-cm", "O03.9")
    refuted = fhir_condition(ended, id="c2", recordedDate=day(1), verificationStatus=coded(VERIFICATION, "refuted"))
    assert told(fhir_condition(), refuted) == [RULE]
    assert told(fhir_condition(), fhir_procedure(status="not-done", performedDateTime=day(1))) == [RULE]


def test_an_abortion_that_is_only_considered_does_not_undo_a_pregnancy() -> None:
    """When: a differential diagnosis counts only where a rule says so."""
    ended = coded("http://hl7.org/fhir/sid/icd-10-cm", "O03.9")
    considered = fhir_condition(
        ended, id="c2", recordedDate=day(1), verificationStatus=coded(VERIFICATION, "differential")
    )
    assert told(fhir_condition(), considered) == [RULE]


@pytest.mark.parametrize(
    "ahead",
    [
        fhir_procedure(performedDateTime=day(-60), status="unknown"),
        fhir_condition({"text": "Spontaneous abortion", **coded("http://hl7.org/fhir/sid/icd-10-cm", "O03.9")})
        | {"id": "c2", "recordedDate": day(-60)},
    ],
    ids=["procedure", "condition"],
)
def test_an_end_that_lies_ahead_does_not_undo_a_pregnancy(ahead: Json) -> None:
    """When: future dates are not used: a cesarean section that is planned has not ended the pregnancy."""
    assert RULE in told(fhir_condition(), ahead)


def test_a_result_of_the_future_is_remarked_and_not_used() -> None:
    """When: a negative test that is dated tomorrow cancels nothing."""
    tomorrow = fhir_observation(PREGNANCY_TEST, valueCodeableConcept=NEGATIVE, effectiveDateTime=day(-1))
    assert told(fhir_condition(), tomorrow) == [RULE, "BME-SYS-02"]


def test_a_man_with_a_pregnancy_condition_is_a_matter_of_data_quality() -> None:
    """When: a single Condition in a patient recorded as male gives BME-SYS-02 and no contraindication."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_condition()]) == ["BME-SYS-02"]
