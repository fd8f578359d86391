"""BME-CI-05: an ongoing prostacyclin should be reviewed when an anticoagulant or a pregnancy has come to it."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.problem import Answer, Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.calls import topics_for
from tests.builders.fhir import ILOPROST, fhir_condition, fhir_medication_request, fhir_patient
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import (
    A_WOMAN,
    UNREADABLE_REASON,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    blood_thinner,
    cut_off,
    heparin_flush,
    out_of_reach,
    unusable,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-CI-05"
SUMMARY = "Active prostacyclin together with an anticoagulant or pregnancy - early review advised"
ILOPROST_ON_FILE = a_medication("iloprost")
APIXABAN = a_medication("apixaban")
PREGNANCY = a_problem(Concept.PREGNANCY)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)
HYPERTENSION = a_problem(Concept.PULMONARY_HYPERTENSION)
REVIEW = advice(RULE, "critical")
INHALED = a_medication("iloprost", route=Route.INHALATION)
FOR_HYPERTENSION = a_medication("treprostinil", reasons=a_reason(Concept.PULMONARY_HYPERTENSION))


# -- When a systemic prostacyclin is active and an anticoagulant is active, or the patient is pregnant


def test_with_an_anticoagulant() -> None:
    """When: an anticoagulant is active. Then: critical, a task for the pharmacist, no active order is touched."""
    spec(
        a_patient(medications=[ILOPROST_ON_FILE, APIXABAN]),
        advice(
            RULE,
            "critical",
            summary=SUMMARY,
            offers=["pharmacist_review"],
            because=["MedicationRequest/iloprost", "MedicationRequest/apixaban"],
            unchecked=False,
        ),
    )


def test_in_pregnancy() -> None:
    """When: the patient is pregnant."""
    spec(
        a_patient(medications=[ILOPROST_ON_FILE], demographics=A_WOMAN, problems=[PREGNANCY]),
        advice(RULE, "critical", because=["MedicationRequest/iloprost", "Condition/pregnancy"]),
    )


def test_with_both() -> None:
    """When: both have come to it, the card names both."""
    spec(
        a_patient(medications=[ILOPROST_ON_FILE, APIXABAN], demographics=A_WOMAN, problems=[PREGNANCY]),
        advice(RULE, "critical", because=["MedicationRequest/apixaban", "Condition/pregnancy"]),
    )


def test_with_neither() -> None:
    """When: a prostacyclin alone, or with what does not count as active anticoagulation."""
    spec(a_patient(medications=[ILOPROST_ON_FILE]), satisfied(RULE))
    for other in (heparin_flush(), blood_thinner(), a_medication(standing=Standing.UNCERTAIN)):
        spec(a_patient(medications=[ILOPROST_ON_FILE, other]), satisfied(RULE))


def test_without_an_active_prostacyclin() -> None:
    """When: no prostacyclin, or one that is on hold or has ended."""
    spec(a_patient(medications=[APIXABAN]), not_applicable(RULE))
    for standing in (Standing.UNCERTAIN, Standing.ENDED):
        spec(a_patient(medications=[a_medication("iloprost", standing=standing), APIXABAN]), not_applicable(RULE))


# -- Unless for pulmonary hypertension, or inhaled and not for edema


def test_in_pulmonary_hypertension() -> None:
    """Unless: the prostacyclin treats pulmonary hypertension."""
    spec(a_patient(medications=[FOR_HYPERTENSION, APIXABAN]), not_applicable(RULE))
    spec(a_patient(medications=[ILOPROST_ON_FILE, APIXABAN], problems=[HYPERTENSION]), not_applicable(RULE))
    spec(a_patient(medications=[ILOPROST_ON_FILE, APIXABAN], problems=[HYPERTENSION, SYNDROME]), REVIEW)


def test_inhaled_and_not_for_edema() -> None:
    """Unless: inhaled without bone marrow edema as the reason."""
    spec(a_patient(medications=[INHALED, APIXABAN]), not_applicable(RULE))
    spec(a_patient(medications=[INHALED, APIXABAN], problems=[SYNDROME]), REVIEW)


def test_one_of_two_prostacyclins() -> None:
    """Unless: the exceptions hold for each prostacyclin by itself."""
    spec(a_patient(medications=[FOR_HYPERTENSION, ILOPROST_ON_FILE, APIXABAN]), REVIEW)
    spec(a_patient(medications=[INHALED, a_medication("epoprostenol"), APIXABAN]), REVIEW)


# -- what could not be read


def test_the_medication_list_is_out_of_reach() -> None:
    """A failed query is never "no prostacyclin"."""
    nothing: Listing[Medication] = cut_off(Need.MEDICATIONS)
    spec(a_patient(medications=nothing), missing(RULE, Need.MEDICATIONS))


def test_a_list_that_was_cut_off() -> None:
    """With the prostacyclin among the rows that arrived the anticoagulant may be among the rest."""
    spec(a_patient(medications=cut_off(Need.MEDICATIONS, ILOPROST_ON_FILE)), missing(RULE, Need.MEDICATIONS))
    both = cut_off(Need.MEDICATIONS, ILOPROST_ON_FILE, APIXABAN)
    spec(a_patient(medications=both), advice(RULE, "critical", unchecked=True))


@pytest.mark.parametrize("arrived", [INHALED, FOR_HYPERTENSION], ids=["inhaled", "for pulmonary hypertension"])
def test_a_list_that_was_cut_off_after_an_exception(arrived: Medication) -> None:
    """A prostacyclin that does not count does not show that none that counts is among the rest."""
    patient = a_patient(medications=cut_off(Need.MEDICATIONS, arrived, APIXABAN))
    spec(patient, missing(RULE, Need.MEDICATIONS))


def test_pregnancy_evidence_is_out_of_reach() -> None:
    """A failed query is never "not pregnant"; with an anticoagulant the card says what it did not look at."""
    results: Listing[Result] = cut_off(Need.PREGNANCY)
    spec(a_patient(medications=[ILOPROST_ON_FILE], pregnancy_results=results), missing(RULE, Need.PREGNANCY))
    patient = a_patient(medications=[ILOPROST_ON_FILE, APIXABAN], pregnancy_results=results)
    spec(patient, advice(RULE, "critical", unchecked=True))


def test_the_use_cannot_be_read() -> None:
    """Inhaled for an unreadable reason: it cannot be said; by vein: the card says that the use is not known."""
    inhaled = a_medication("iloprost", route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(medications=[inhaled, APIXABAN]), missing(RULE, Need.PROBLEMS))
    by_vein = a_medication("iloprost", reasons=UNREADABLE_REASON)
    spec(a_patient(medications=[by_vein, APIXABAN]), advice(RULE, "critical", unchecked=True))
    both = [by_vein, a_medication("iloprost", reference="MedicationRequest/2", route=Route.INHALATION), APIXABAN]
    spec(a_patient(medications=both, problems=cut_off(Need.PROBLEMS)), advice(RULE, "critical", unchecked=True))


def test_without_a_conflict_the_use_does_not_matter() -> None:
    """Nothing to say, so nothing to know."""
    inhaled = a_medication("iloprost", route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(medications=[inhaled]), satisfied(RULE))


# -- data that could not be used


def test_unusable_results_are_remarked() -> None:
    """Then: pregnancy results that could not be used are named, with and without a conflict."""
    results: Listing[Result] = Listing(remarks=(unusable(Need.PREGNANCY),))
    alone = a_patient(medications=[ILOPROST_ON_FILE], pregnancy_results=results)
    spec(alone, satisfied(RULE, remarked=True))
    beside = a_patient(medications=[ILOPROST_ON_FILE, APIXABAN], pregnancy_results=results)
    spec(beside, advice(RULE, "critical", remarked=True))


def test_a_pregnancy_condition_in_a_man_is_remarked() -> None:
    """When: a single Condition in a patient recorded as male is BME-SYS-02 at every hook."""
    spec(a_patient(medications=[ILOPROST_ON_FILE], problems=[PREGNANCY]), satisfied(RULE, remarked=True))
    chart = [fhir_medication_request(ILOPROST), fhir_condition(), fhir_patient()]
    assert topics_for("patient-view", [], chart) == ["BME-SYS-02"]


def test_a_negative_test_against_a_due_date_is_remarked() -> None:
    """When: the pregnancy at 20 weeks or more stands, with BME-SYS-02."""
    due = a_result(Concept.DELIVERY_DATE, days_ahead(100), when=days_ago(60))
    negative = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE)
    patient = a_patient(medications=[ILOPROST_ON_FILE], demographics=A_WOMAN, pregnancy_results=[due, negative])
    spec(patient, advice(RULE, "critical", remarked=True))


def test_the_patient_record_is_out_of_reach() -> None:
    """The pregnancy counts: nobody can say that the patient is a man."""
    gap = A_WOMAN.__class__(gap=out_of_reach(Need.DEMOGRAPHICS))
    spec(a_patient(medications=[ILOPROST_ON_FILE], demographics=gap, problems=[PREGNANCY]), REVIEW)
