"""BME-DS-NSA-01: a systemic NSAID beside an anticoagulant should give way to another analgesic."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose, Medication, Order, Standing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_order,
    blood_thinner,
    cut_off,
    heparin_flush,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, cards, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-01"
SUMMARY = "NSAID with anticoagulant - bleeding risk; consider another analgesic"
VERIFY = "NSAID: anticoagulation unclear - verify it; with an anticoagulant the bleeding risk is high"
WARNING = advice(RULE, "warning", summary=SUMMARY, unchecked=False)
CRITICAL = advice(RULE, "critical", summary=SUMMARY, unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
TOPICAL, REVIEW = "topical NSAID", "pharmacist_review"
NSAID = a_draft("ibuprofen")
APIXABAN = a_medication("apixaban")


def aged(years: int) -> Demographics:
    return Demographics(gender="male", birth_date=born(years))


def platelets(value: float, days: int = 1, *, at_most: bool = False) -> Result:
    return a_result(Concept.PLATELETS, value, when=days_ago(days), at_most=at_most)


def egfr(value: float, days: int = 1, *, at_most: bool = False) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days), at_most=at_most)


# -- When a systemic NSAID is ordered and an anticoagulant is active or drafted


def test_an_active_anticoagulant() -> None:
    """Then: a warning, the draft may be removed, a topical NSAID is an option."""
    patient = a_patient(NSAID, medications=[APIXABAN])
    expected = advice(
        RULE,
        "warning",
        summary=SUMMARY,
        offers=["delete MedicationRequest/draft-ibuprofen", TOPICAL],
        because=["MedicationRequest/draft-ibuprofen", "MedicationRequest/apixaban"],
        mirror=False,
        unchecked=False,
        arm="",
    )
    spec(patient, expected)


def test_without_an_anticoagulant() -> None:
    """When: nothing on file, a flush, or one that ended."""
    spec(a_patient(NSAID), CLEAR)
    spec(a_patient(NSAID, medications=[heparin_flush(), a_medication("warfarin", standing=Standing.ENDED)]), CLEAR)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (a_draft("celecoxib", group=DrugGroup.COX2_INHIBITOR), WARNING),
        (a_draft("diclofenac", group=DrugGroup.NSAID_TOPICAL), SILENT),
        (a_draft("diclofenac", group=DrugGroup.NSAID_TOPICAL, route=Route.ORAL), WARNING),
        (a_draft("diclofenac", route=Route.LOCAL), SILENT),
        (a_draft("diclofenac"), WARNING),
        (a_draft("aspirin", per_day=Dose(mg=325)), SILENT),
        (a_draft("aspirin", per_day=Dose(mg=326)), WARNING),
        (a_draft("aspirin", strength_mg=500), WARNING),
        (a_draft("aspirin", strength_mg=500, per_day=Dose(mg=100)), SILENT),
        (a_draft("aspirin", strength_mg=500, per_day=Dose(units=1)), WARNING),
        (a_draft("aspirin"), SILENT),
        (a_draft("aspirin", group=DrugGroup.NSAID_SYSTEMIC), WARNING),
        (a_draft("clopidogrel", strength_mg=600), SILENT),
        (a_draft("iloprost"), SILENT),
        (an_order(), SILENT),
    ],
)
def test_what_counts_as_a_systemic_nsaid(order: Order, expected: Expected) -> None:
    """Unless: topical (BME-DS-NSA-09) or low-dose aspirin; a product of unclear route counts."""
    spec(a_patient(order, medications=[APIXABAN]), expected)


# -- Then critically with a further factor


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        (a_patient(NSAID, medications=[APIXABAN], demographics=aged(75)), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN], demographics=aged(74)), WARNING),
        (a_patient(NSAID, medications=[APIXABAN], demographics=Demographics()), WARNING),
        (a_patient(NSAID, medications=[APIXABAN, a_medication("clopidogrel")]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN, a_medication("aspirin", per_day=Dose(mg=100))]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN, a_medication("aspirin", per_day=Dose(mg=1000))]), WARNING),
        (a_patient(NSAID, a_draft("clopidogrel"), medications=[APIXABAN]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN], labs=[platelets(99)]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN], labs=[platelets(100)]), WARNING),
        (a_patient(NSAID, medications=[APIXABAN], labs=[platelets(100, at_most=True)]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN], labs=[platelets(60, 30)]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN], labs=[platelets(60, 31)]), WARNING),
        (a_patient(NSAID, medications=[APIXABAN], labs=[egfr(29)]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN], labs=[egfr(30)]), WARNING),
        (a_patient(NSAID, medications=[APIXABAN], labs=[egfr(20, 365)]), CRITICAL),
        (a_patient(NSAID, medications=[APIXABAN], labs=[egfr(20, 366)]), WARNING),
    ],
)
def test_what_adds_to_the_risk(patient: Patient, expected: Expected) -> None:
    """Then: critical with age, antiplatelet, few platelets or poor kidney function."""
    spec(patient, expected)


@pytest.mark.parametrize(
    "problem",
    [
        a_problem(Concept.GI_BLEEDING),
        a_problem(Concept.GI_BLEEDING, current=False),
        a_problem(Concept.GI_BLEEDING_HISTORY),
    ],
)
def test_an_earlier_bleeding_adds_to_the_risk(problem: Problem) -> None:
    """Then: critical with a gastrointestinal bleeding, over or not; the card shows it."""
    patient = a_patient(NSAID, medications=[APIXABAN], problems=[problem])
    spec(
        patient,
        advice(
            RULE,
            "critical",
            because=[problem.fact.resource],
            offers=["delete MedicationRequest/draft-ibuprofen", TOPICAL],
        ),
    )
    spec(a_patient(NSAID, medications=[APIXABAN], problems=[a_problem(Concept.HYPERTENSION)]), WARNING)


def test_the_site_may_set_the_limits() -> None:
    """The age, the dose of aspirin and the other limits are the site's choice."""
    patient = a_patient(NSAID, medications=[APIXABAN], demographics=aged(70), policy={"nsaid-anticoagulant-age": 70})
    spec(patient, CRITICAL)
    aspirin = a_draft("aspirin", per_day=Dose(mg=300))
    spec(a_patient(aspirin, medications=[APIXABAN], policy={"aspirin-analgesic": 250}), WARNING)


# -- or is unclear


@pytest.mark.parametrize(
    "unclear",
    [a_medication("warfarin", standing=Standing.UNCERTAIN), blood_thinner(), blood_thinner(Standing.UNCERTAIN)],
)
def test_an_unclear_anticoagulant(unclear: Medication) -> None:
    """Then: a warning that asks to verify it, says no more than was found, and removes nothing."""
    patient = a_patient(NSAID, medications=[unclear], demographics=aged(80))
    expected = advice(
        RULE,
        "warning",
        summary=VERIFY,
        offers=[TOPICAL],
        because=["MedicationRequest/draft-ibuprofen", unclear.reference],
        arm="verify",
        mirror=False,
        unchecked=False,
    )
    spec(patient, expected)
    spec(a_patient(NSAID, medications=[unclear, APIXABAN]), WARNING)


# -- or the other way round


def test_the_anticoagulant_is_ordered_to_an_active_nsaid() -> None:
    """Then: the same card from the other side; pausing the active NSAID is left to a person."""
    patient = a_patient(a_draft("apixaban"), medications=[a_medication("ibuprofen")], demographics=aged(80))
    expected = advice(
        RULE,
        "critical",
        summary=SUMMARY,
        offers=[REVIEW, TOPICAL],
        because=["MedicationRequest/draft-apixaban", "MedicationRequest/ibuprofen", ""],
        mirror=True,
        unchecked=False,
    )
    spec(patient, expected)
    spec(a_patient(a_draft("apixaban")), CLEAR)
    spec(a_patient(a_draft("apixaban"), medications=[a_medication("diclofenac", route=Route.LOCAL)]), CLEAR)


def test_both_are_drafts() -> None:
    """Then: one card for the pair: the other side names no more than the two drafts."""
    anticoagulant = a_draft("apixaban")
    patient = a_patient(NSAID, anticoagulant, demographics=aged(80))
    spec(patient, advice(RULE, "critical", mirror=False, offers=["delete MedicationRequest/draft-ibuprofen", TOPICAL]))
    hold = "update MedicationRequest/draft-ibuprofen: put on hold"
    spec(patient, advice(RULE, "warning", mirror=True, offers=[hold, TOPICAL]), of=anticoagulant)


def test_two_drafts_that_meet_give_one_card() -> None:
    """Then: that of the NSAID, whatever else it names and in whichever order they stand."""
    anticoagulant = a_draft("apixaban")
    for drafts in ((NSAID, anticoagulant), (anticoagulant, NSAID)):
        patient = a_patient(*drafts, problems=[a_problem(Concept.EDEMA_SYNDROME)], demographics=aged(80))
        assert cards(RULE, patient) == ["MedicationRequest/draft-ibuprofen"]
    vague = a_draft("(class)", group=DrugGroup.ANTICOAGULANT_VAGUE)
    patient = a_patient(vague, NSAID, problems=[a_problem(Concept.EDEMA_SYNDROME)])
    assert cards(RULE, patient) == ["MedicationRequest/draft-ibuprofen"]


def test_a_draft_that_is_not_selected_is_a_partner() -> None:
    """Then: the NSAID has no card of its own, so the anticoagulant's card names the further factor."""
    anticoagulant = a_draft("apixaban")
    patient = a_patient(a_draft("ibuprofen", selected=False), anticoagulant, demographics=aged(80))
    spec(patient, advice(RULE, "critical", mirror=True), of=anticoagulant)


def test_one_nsaid_drafted_and_one_active() -> None:
    """Then: the draft may be put on hold, the active order is left to a person."""
    anticoagulant = a_draft("apixaban")
    patient = a_patient(NSAID, anticoagulant, medications=[a_medication("naproxen")], demographics=aged(80))
    hold = "update MedicationRequest/draft-ibuprofen: put on hold"
    spec(patient, advice(RULE, "critical", mirror=True, offers=[hold, REVIEW, TOPICAL]), of=anticoagulant)


def test_a_class_word_is_ordered_to_an_active_nsaid() -> None:
    """Then: a draft that names only the class asks to verify it."""
    vague = a_draft("(class)", group=DrugGroup.ANTICOAGULANT_VAGUE)
    patient = a_patient(vague, medications=[a_medication("ibuprofen")])
    spec(patient, advice(RULE, "warning", summary=VERIFY, offers=[TOPICAL], mirror=True, arm="verify"))


def test_an_order_does_not_meet_the_one_that_it_replaces() -> None:
    """When: what the draft replaces is no partner."""
    renewal = a_draft("ibuprofen", replaces="MedicationRequest/apixaban")
    spec(a_patient(renewal, medications=[APIXABAN]), CLEAR)
    instead = a_draft("ibuprofen", replaces="MedicationRequest/clopidogrel")
    spec(a_patient(instead, medications=[APIXABAN, a_medication("clopidogrel")]), WARNING)
    thinner = a_draft("apixaban", replaces="MedicationRequest/clopidogrel")
    taken = [a_medication("ibuprofen"), a_medication("clopidogrel")]
    spec(a_patient(thinner, medications=taken), advice(RULE, "warning", mirror=True))
    held = a_medication("warfarin", standing=Standing.UNCERTAIN)
    spec(a_patient(a_draft("ibuprofen", replaces=held.reference), medications=[held]), CLEAR)
    switched = a_draft("apixaban", replaces="MedicationRequest/ibuprofen")
    spec(a_patient(switched, medications=[a_medication("ibuprofen")]), CLEAR)


def test_the_card_says_why() -> None:
    """Then: the reason and the options; the further findings, the pause and the question only where they fit."""

    def sentences(patient: Patient) -> int:
        verdict = judge(RULE, patient)
        assert isinstance(verdict, Advice)
        return len(verdict.detail)

    assert sentences(a_patient(NSAID, medications=[APIXABAN])) == 2
    assert sentences(a_patient(NSAID, medications=[APIXABAN], demographics=aged(80))) == 3
    assert sentences(a_patient(a_draft("apixaban"), medications=[a_medication("ibuprofen")])) == 3
    assert sentences(a_patient(NSAID, medications=[blood_thinner()])) == 3


# -- what could not be read


def test_the_medication_list_is_out_of_reach() -> None:
    """A failed query is never "no anticoagulant", nor "no NSAID"."""
    for order in (NSAID, a_draft("apixaban")):
        spec(a_patient(order, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))


@pytest.mark.parametrize("order", [NSAID, a_draft("apixaban")])
def test_what_arrived_counts(order: Order) -> None:
    """What was found is said, with what was not checked."""
    arrived = cut_off(Need.MEDICATIONS, APIXABAN, a_medication("naproxen"))
    spec(a_patient(order, medications=arrived), advice(RULE, "warning", summary=SUMMARY, unchecked=True))
    vague = a_patient(NSAID, medications=cut_off(Need.MEDICATIONS, blood_thinner()))
    spec(vague, advice(RULE, "warning", summary=VERIFY, unchecked=True))


@pytest.mark.parametrize(
    "patient",
    [
        a_patient(NSAID, medications=[APIXABAN], labs=cut_off(Need.PLATELETS)),
        a_patient(NSAID, medications=[APIXABAN], problems=cut_off(Need.PROBLEMS)),
        a_patient(NSAID, medications=[APIXABAN], demographics=Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))),
    ],
)
def test_a_factor_is_out_of_reach(patient: Patient) -> None:
    """The pair is sure: the warning stands, and says which factor was not looked at."""
    spec(patient, advice(RULE, "warning", summary=SUMMARY, unchecked=True))
