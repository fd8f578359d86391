"""BME-DS-VTD-03: calcium should be watched when vitamin D meets a disease or drug that makes it dangerous."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice
from cds_hooks.rules.vitamin_d.vitamin_d_needs_calcium_checks import RULE as STATED
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, an_order, cut_off
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-VTD-03"
SUMMARY = "Vitamin D: monitor calcium with this condition or drug"
TEST = "calcium_test_repeat"
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[TEST], unchecked=False)
INFO = advice(RULE, "info", summary=SUMMARY, offers=[TEST], unchecked=False)
CLEAR = satisfied(RULE)
DRAFT = a_draft("colecalciferol")
DIGOXIN = a_medication("digoxin", group=DrugGroup.DIGOXIN)
THIAZIDE = a_medication("hydrochlorothiazide", group=DrugGroup.DIURETIC_THIAZIDE)
STONES = a_problem(Concept.NEPHROLITHIASIS)


@pytest.mark.parametrize(
    "concept",
    [Concept.SARCOIDOSIS, Concept.TUBERCULOSIS_ACTIVE, Concept.LYMPHOMA, Concept.PRIMARY_HYPERPARATHYROIDISM],
)
def test_diseases_that_raise_calcium(concept: Concept) -> None:
    """When: a current granulomatous disease, lymphoma or primary hyperparathyroidism."""
    problem = a_problem(concept)
    spec(a_patient(DRAFT, problems=[problem]), WARNING, advice(RULE, "warning", because=[problem.fact.resource]))
    spec(a_patient(DRAFT, problems=[a_problem(concept, current=False)]), CLEAR)


def test_digoxin_thiazides_and_stones() -> None:
    """When: digoxin is a warning; a thiazide or stones alone are for information."""
    spec(a_patient(DRAFT, medications=[DIGOXIN]), WARNING)
    spec(a_patient(DRAFT, medications=[THIAZIDE]), INFO)
    spec(a_patient(DRAFT, a_draft("chlorthalidone", group=DrugGroup.DIURETIC_THIAZIDE)), INFO)
    spec(a_patient(DRAFT, problems=[STONES]), INFO)
    spec(a_patient(DRAFT, problems=[STONES], medications=[DIGOXIN]), WARNING)
    spec(a_patient(DRAFT, problems=[a_problem(Concept.HYPERPARATHYROIDISM)]), CLEAR)
    spec(a_patient(DRAFT, medications=[a_medication("furosemide", group=DrugGroup.DIURETIC_LOOP)]), CLEAR)
    replacing = a_draft("colecalciferol", replaces="MedicationRequest/digoxin")
    spec(a_patient(replacing, medications=[DIGOXIN]), CLEAR)
    replacing = a_draft("colecalciferol", replaces="MedicationRequest/hydrochlorothiazide")
    spec(a_patient(replacing, medications=[THIAZIDE]), CLEAR)


def test_the_card_says_why_for_what_was_found() -> None:
    """Then: a reason for each item found, and the plan."""
    both = judge(RULE, a_patient(DRAFT, problems=[STONES, a_problem(Concept.SARCOIDOSIS)], medications=[DIGOXIN]))
    stones = judge(RULE, a_patient(DRAFT, problems=[STONES]))
    assert isinstance(both, Advice)
    assert isinstance(stones, Advice)
    assert len(both.detail) == 4
    assert len(stones.detail) == 2
    assert set(stones.detail) < set(both.detail)
    assert len(both.because) == 4


def test_it_is_said_once() -> None:
    """At order-select alone."""
    assert STATED.hooks == {Hook.ORDER_SELECT}


def test_other_orders() -> None:
    """When: only vitamin D is looked at."""
    spec(a_patient(an_order(), problems=[STONES]), not_applicable(RULE))
    spec(a_patient(a_draft("ibuprofen"), problems=[STONES]), not_applicable(RULE))


def test_a_failed_query_is_never_nothing_found() -> None:
    """It could not be checked; what arrived counts."""
    spec(a_patient(DRAFT, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(DRAFT, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(DRAFT, medications=cut_off(Need.MEDICATIONS, THIAZIDE)), advice(RULE, "info", unchecked=True))
