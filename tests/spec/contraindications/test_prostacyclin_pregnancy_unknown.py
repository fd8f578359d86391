"""BME-CI-03: pregnancy should be excluded before a prostacyclin analog is given."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer, Event, Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.calls import topics_for
from tests.builders.fhir import HYSTERECTOMY, fhir_condition, fhir_draft, fhir_patient
from tests.builders.moment import born, days_ago, days_ahead, on
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

RULE = "BME-CI-03"
SUMMARY = "Pregnancy status not known - label asks to exclude pregnancy before iloprost/prostacyclin"
ASK = advice(RULE, "warning")
NO, YES, MAYBE = Answer.NEGATIVE, Answer.POSITIVE, Answer.UNDECIDED
TEST = "pregnancy_test"


def a_woman(
    *results: Result,
    draft: Order | None = None,
    person: Demographics = A_WOMAN,
    problems: tuple[Problem, ...] = (),
    procedures: tuple[Event, ...] = (),
    policy: dict[str, float] | None = None,
) -> Patient:
    return a_patient(
        draft or a_draft(),
        demographics=person,
        pregnancy_results=results,
        problems=problems,
        procedures=procedures,
        policy=policy,
    )


def aged(years: int, days_to_birthday: int = 180) -> Demographics:
    return Demographics(gender="female", birth_date=born(years, days_to_birthday))


# -- When a systemic prostacyclin is ordered for a patient who may become pregnant


def test_the_card_asks_for_a_test_and_removes_nothing() -> None:
    """Then: a warning that offers a pregnancy test and no removal of the draft."""
    spec(a_woman(), advice(RULE, "warning", summary=SUMMARY, offers=[TEST], unchecked=False, remarked=False))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (A_WOMAN, ASK),
        (A_MAN, not_applicable(RULE)),
        (Demographics(gender="male", birth_sex="female", birth_date=born(33)), ASK),
        (Demographics(gender="female", birth_sex="male", birth_date=born(33)), ASK),
        (Demographics(gender="other", birth_date=born(33)), ASK),
        (Demographics(gender="unknown", birth_date=born(33)), ASK),
        (Demographics(birth_date=born(33)), ASK),
    ],
)
def test_whom_it_concerns(person: Demographics, expected: object) -> None:
    """When: anyone who is not recorded as male, and anyone who is recorded as born female."""
    spec(a_woman(person=person), expected)  # type: ignore[arg-type]


def test_ages_from_12_to_55() -> None:
    """When: from the twelfth birthday to the day before the fifty-sixth; an unknown birth date counts."""
    spec(a_woman(person=aged(11, 1)), not_applicable(RULE))
    spec(a_woman(person=aged(11, 0)), ASK)  # the twelfth birthday is today
    spec(a_woman(person=aged(55, 1)), ASK)
    spec(a_woman(person=aged(55, 0)), not_applicable(RULE))  # the fifty-sixth birthday is today
    spec(a_woman(person=Demographics(gender="female")), ASK)


def test_a_birth_date_known_only_to_the_year() -> None:
    """When: a partial birth date counts as long as the patient may be of age."""
    spec(a_woman(person=Demographics(gender="female", birth_date=on("2013"))), ASK)
    spec(a_woman(person=Demographics(gender="female", birth_date=on("2014"))), not_applicable(RULE))
    spec(a_woman(person=Demographics(gender="female", birth_date=on("1969"))), ASK)
    spec(a_woman(person=Demographics(gender="female", birth_date=on("1968"))), not_applicable(RULE))


def test_a_record_that_excludes_childbearing() -> None:
    """When: not after a hysterectomy, oophorectomy, sterilization or menopause, as a problem or as a procedure."""
    spec(a_woman(problems=(a_problem(Concept.NO_CHILDBEARING),)), not_applicable(RULE))
    spec(a_woman(problems=(a_problem(Concept.NO_CHILDBEARING, current=False),)), not_applicable(RULE))
    spec(a_woman(procedures=(an_event(Concept.NO_CHILDBEARING),)), not_applicable(RULE))
    spec(a_woman(procedures=(an_event(Concept.DELIVERY),)), ASK)


# -- and neither a pregnancy nor a recent negative status or test is on record


@pytest.mark.parametrize("test", [Concept.PREGNANCY_STATUS, Concept.HCG_QUALITATIVE, Concept.HCG_QUANTITATIVE])
def test_a_negative_status_or_test_counts_for_14_days(test: Concept) -> None:
    """When: negative at most 14 days ago excludes a pregnancy."""
    spec(a_woman(a_result(test, NO, when=days_ago(14))), satisfied(RULE))
    spec(a_woman(a_result(test, NO, when=days_ago(15))), ASK)
    spec(a_woman(a_result(test, NO, when=None)), ASK)


def test_the_site_may_set_the_days() -> None:
    """When: the days for which a test counts are the site's choice."""
    seven_days_old = a_result(Concept.HCG_QUALITATIVE, NO, when=days_ago(7))
    spec(a_woman(seven_days_old, policy={"pregnancy-test-window": 7}), satisfied(RULE))
    spec(a_woman(seven_days_old, policy={"pregnancy-test-window": 6}), ASK)


def test_undecided_and_outdated_answers_exclude_nothing() -> None:
    """When: an undecided answer, a positive test that is too old, or a due date that has passed."""
    spec(a_woman(a_result(Concept.PREGNANCY_STATUS, MAYBE)), ASK)
    spec(a_woman(a_result(Concept.HCG_QUALITATIVE, YES, when=days_ago(57))), ASK)
    spec(a_woman(a_result(Concept.DELIVERY_DATE, days_ago(15), when=days_ago(200))), ASK)


def test_a_known_pregnancy_is_the_business_of_the_other_rule() -> None:
    """When: a pregnancy on record is BME-CI-02, whatever else was tested."""
    spec(a_woman(a_result(Concept.HCG_QUALITATIVE, YES)), satisfied(RULE))
    spec(a_woman(problems=(a_problem(Concept.PREGNANCY),)), satisfied(RULE))
    contradicted = (a_result(Concept.DELIVERY_DATE, days_ahead(100)), a_result(Concept.HCG_QUALITATIVE, NO))
    spec(a_woman(*contradicted), satisfied(RULE))


# -- Unless


def test_other_orders_are_not_its_business() -> None:
    """When: only a prostacyclin is looked at."""
    for order in (a_draft("apixaban"), an_order(), an_order(kind="MedicationRequest")):
        spec(a_woman(), not_applicable(RULE), of=order)


def test_in_pulmonary_hypertension() -> None:
    """Unless: the prostacyclin treats pulmonary hypertension."""
    hypertension = a_problem(Concept.PULMONARY_HYPERTENSION)
    stated = a_draft(reasons=a_reason(Concept.PULMONARY_HYPERTENSION))
    spec(a_woman(draft=stated), not_applicable(RULE))
    spec(a_woman(problems=(hypertension,)), not_applicable(RULE))
    spec(a_woman(problems=(hypertension, a_problem(Concept.EDEMA_SYNDROME))), ASK)


def test_inhaled_and_not_for_edema() -> None:
    """Unless: inhaled without bone marrow edema as the reason."""
    spec(a_woman(draft=a_draft(route=Route.INHALATION)), not_applicable(RULE))
    spec(a_woman(draft=a_draft(route=Route.INHALATION, reasons=a_reason(Concept.EDEMA))), ASK)


# -- what could not be read


def test_the_patient_record_is_out_of_reach() -> None:
    """Sex and age unknown because the record could not be read is not the same as not recorded."""
    person = Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))
    spec(a_woman(person=person), missing(RULE, Need.DEMOGRAPHICS))


def test_pregnancy_evidence_is_out_of_reach() -> None:
    """A query for tests that failed may hide the negative one, or the positive one."""
    no_results = a_patient(a_draft(), demographics=A_WOMAN, pregnancy_results=cut_off(Need.PREGNANCY))
    spec(no_results, missing(RULE, Need.PREGNANCY))
    no_problems = a_patient(a_draft(), demographics=A_WOMAN, problems=cut_off(Need.PROBLEMS))
    spec(no_problems, missing(RULE, Need.PROBLEMS))


def test_the_record_of_operations_is_out_of_reach() -> None:
    """The warning stands, and says that a hysterectomy could not be looked for."""
    patient = a_patient(a_draft(), demographics=A_WOMAN, procedures=cut_off(Need.CHILDBEARING))
    spec(patient, advice(RULE, "warning", unchecked=True))


def test_the_reason_cannot_be_read() -> None:
    """Inhaled: it cannot be said whether it concerns the rule. By vein: the warning stands, and says so."""
    spec(a_woman(draft=a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_woman(draft=a_draft(reasons=UNREADABLE_REASON)), advice(RULE, "warning", unchecked=True))


# -- as an EHR writes it


def test_a_hysterectomy_on_the_problem_list() -> None:
    """When: not after a hysterectomy that is recorded as an acquired absence."""
    woman = fhir_patient(gender="female", birthDate="1985-01-10")
    assert topics_for("order-sign", [fhir_draft()], [woman]) == [RULE]
    assert topics_for("order-sign", [fhir_draft()], [woman, fhir_condition(HYSTERECTOMY)]) == []


@pytest.mark.parametrize(
    "extension",
    [
        {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"},
        {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex", "valueCode": "248152002"},
        {
            "url": "http://hl7.org/fhir/StructureDefinition/patient-sexParameterForClinicalUse",
            "extension": [{"url": "value", "valueCodeableConcept": {"coding": [{"code": "female-typical"}]}}],
        },
    ],
    ids=["birth sex", "sex", "sex for clinical use"],
)
def test_birth_sex_and_sex_for_clinical_use(extension: dict[str, object]) -> None:
    """When: birth sex or sex for clinical use recorded as female, in a patient whose gender is male."""
    patient = fhir_patient(birthDate="1985-01-10", extension=[extension])
    assert topics_for("order-sign", [fhir_draft()], [patient]) == [RULE]
