"""BME-DS-NSA-04: an NSAID should be avoided in pregnancy from 20 weeks on, and not be given in the third trimester."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice
from cds_hooks.rules.nsaid.nsaid_in_pregnancy import RULE as STATED
from cds_hooks.snapshot.gestation import TRIMESTERS
from cds_hooks.snapshot.medication import Dose, Order
from cds_hooks.snapshot.model import GapKind, Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Answer, Problem, Result
from cds_hooks.snapshot.quantity import Quantity
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import A_WOMAN, a_draft, a_patient, a_problem, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-04"
SUMMARY = "NSAID in pregnancy - avoid from 20 weeks, contraindicated in the third trimester"
DELETE = "delete MedicationRequest/draft-ibuprofen"
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False, remarked=False)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False, remarked=False)
INFO = advice(RULE, "info", summary=SUMMARY, offers=[DELETE], unchecked=False, remarked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
NSAID, GEL = a_draft("ibuprofen"), a_draft("diclofenac", route=Route.LOCAL)
PREGNANT = a_problem(Concept.PREGNANCY, recorded=days_ago(30))
TESTED = a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE, when=days_ago(20))


def due(at: int) -> Result:
    """A due date that puts the pregnancy at this day today."""
    return a_result(Concept.DELIVERY_DATE, days_ahead(280 - at), when=days_ago(60))


def observed(days: int, ago: int) -> Result:
    found = a_result(Concept.GESTATIONAL_AGE_WEEKS, 0, when=days_ago(ago))
    return replace(found, quantity=Quantity(days, "d"))


def coded(days: tuple[int, int]) -> Problem:
    return replace(a_problem(Concept.PREGNANCY, recorded=days_ago(0)), gestation=days)


def pregnant(*results: Result, order: Order = NSAID, problems: tuple[Problem, ...] = (PREGNANT,)) -> Patient:
    return a_patient(order, problems=problems, pregnancy_results=results, demographics=A_WOMAN)


# -- When the patient is pregnant: by the gestational age


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        (pregnant(due(139)), INFO),
        (pregnant(due(140)), WARNING),
        (pregnant(due(195)), WARNING),
        (pregnant(due(196)), CRITICAL),
        (pregnant(), CRITICAL),
        (pregnant(TESTED, problems=()), CRITICAL),
        (pregnant(observed(168, 27)), WARNING),
        (pregnant(observed(168, 28)), CRITICAL),
        (pregnant(problems=(coded((189, 195)),)), WARNING),
        (pregnant(problems=(coded((196, 202)),)), CRITICAL),
        (pregnant(problems=(coded(TRIMESTERS[1]),)), INFO),
        (pregnant(problems=(coded(TRIMESTERS[2]),)), WARNING),
        (pregnant(problems=(coded(TRIMESTERS[3]),)), CRITICAL),
    ],
)
def test_the_bands_of_gestational_age(patient: Patient, expected: Expected) -> None:
    """Then: info below 20w0d, a warning to 27w6d, critical from 28w0d and where the age is not known."""
    spec(patient, expected)


def test_the_card_shows_pregnancy_and_age() -> None:
    """Then: the facts stand on the card."""
    verdict = judge(RULE, pregnant(due(154)))
    assert isinstance(verdict, Advice)
    assert [fact.value for fact in verdict.because][-1] == "22w0d today"
    assert verdict.because[0] == NSAID.fact
    assert PREGNANT.fact in verdict.because


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        (pregnant(), ("age is not known", "kidney of the fetus", "arterial duct")),
        (pregnant(due(200)), ("kidney of the fetus", "arterial duct")),
        (pregnant(due(150)), ("kidney of the fetus", "arterial duct")),
        (pregnant(due(100)), ("Before 20 weeks", "kidney of the fetus")),
        (pregnant(due(200), order=GEL), ("topical NSAID",)),
    ],
)
def test_the_card_says_why(patient: Patient, words: tuple[str, ...]) -> None:
    """Then: a sentence for each reason."""
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == len(words)
    assert all(word in sentence for word, sentence in zip(words, verdict.detail, strict=True))


def test_a_due_date_and_an_age_that_contradict_each_other() -> None:
    """When: they differ by more than 14 days, the higher age counts and the card says so."""
    spec(pregnant(due(181), observed(196, 0)), advice(RULE, "critical", remarked=True))
    spec(pregnant(due(182), observed(196, 0)), WARNING)


def test_not_pregnant() -> None:
    """When: nobody else is concerned."""
    spec(a_patient(NSAID, demographics=A_WOMAN), CLEAR)
    spec(a_patient(NSAID, problems=[PREGNANT]), satisfied(RULE, remarked=True))


def test_the_site_may_set_the_limits() -> None:
    """The days are the site's choice."""
    policy = {"nsaid-gestation-avoid": 126, "nsaid-gestation-contraindicated": 182, "aspirin-low-dose": 100}
    for at, expected in ((125, INFO), (126, WARNING), (182, CRITICAL)):
        patient = a_patient(NSAID, pregnancy_results=[due(at)], demographics=A_WOMAN, policy=policy)
        spec(patient, expected)
    aspirin = a_draft("aspirin", per_day=Dose(mg=150))
    spec(a_patient(aspirin, problems=[PREGNANT], demographics=A_WOMAN, policy=policy), advice(RULE, "critical"))


def test_the_info_arm_is_not_repeated_at_signing() -> None:
    """Then: below 20 weeks the card is shown at order-select alone."""
    assert STATED.speaks == {Hook.ORDER_SIGN: frozenset({"critical", "warning"})}


# -- Unless aspirin in a low dose


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (a_draft("aspirin", per_day=Dose(mg=162)), SILENT),
        (a_draft("aspirin", per_day=Dose(mg=163)), advice(RULE, "critical")),
        (a_draft("aspirin", strength_mg=81), SILENT),
        (a_draft("aspirin", strength_mg=325), advice(RULE, "critical")),
        (a_draft("aspirin"), SILENT),
        (a_draft("aspirin", group=DrugGroup.NSAID_SYSTEMIC), advice(RULE, "critical")),
        (a_draft("celecoxib", group=DrugGroup.COX2_INHIBITOR), advice(RULE, "critical")),
        (a_draft("clopidogrel"), SILENT),
        (an_order(), SILENT),
    ],
)
def test_what_counts_in_pregnancy(order: Order, expected: Expected) -> None:
    """Unless: up to 162 mg of aspirin a day; where no dose is said, a product that is not for pain."""
    spec(pregnant(order=order), expected)


# -- or a topical NSAID before 28 weeks


def test_a_topical_nsaid() -> None:
    """Then: a warning from 28 weeks on; before, and at an age that is not recorded, nothing."""
    offers = ["delete MedicationRequest/draft-diclofenac"]
    spec(pregnant(due(196), order=GEL), advice(RULE, "warning", summary=SUMMARY, offers=offers))
    spec(pregnant(due(195), order=GEL), satisfied(RULE, remarked=False))
    spec(pregnant(order=GEL), missing(RULE, Need.PREGNANCY, GapKind.NOT_RECORDED))
    spec(pregnant(due(181), observed(180, 0), order=GEL), satisfied(RULE, remarked=False))
    spec(pregnant(due(150), observed(170, 0), order=GEL), satisfied(RULE, remarked=True))


# -- what could not be read


def test_a_failed_query_is_never_not_pregnant() -> None:
    """It could not be checked."""
    for order in (NSAID, GEL):
        patient = a_patient(order, pregnancy_results=cut_off(Need.PREGNANCY), demographics=A_WOMAN)
        spec(patient, missing(RULE, Need.PREGNANCY))


def test_what_was_found_is_enough() -> None:
    """The pregnancy is known: the warning stands, says what was not looked at, and removes nothing."""
    results: Listing[Result] = cut_off(Need.PREGNANCY)
    patient = a_patient(NSAID, problems=[PREGNANT], pregnancy_results=results, demographics=A_WOMAN)
    spec(patient, advice(RULE, "critical", offers=[], unchecked=True))
    topical = a_patient(GEL, problems=[PREGNANT], pregnancy_results=results, demographics=A_WOMAN)
    spec(topical, missing(RULE, Need.PREGNANCY))


def test_a_contradicted_pregnancy_offers_no_removal() -> None:
    """A negative test against a due date beyond 20 weeks: the warning stands with a remark, and removes nothing."""
    negative = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(2))
    spec(pregnant(due(200), negative, problems=()), advice(RULE, "critical", offers=[], remarked=True))
    spec(pregnant(due(150), negative, problems=(), order=GEL), satisfied(RULE, remarked=True))
