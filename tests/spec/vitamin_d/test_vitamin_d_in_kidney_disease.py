"""BME-DS-VTD-02: colecalciferol should not be started in severe kidney disease without asking nephrology."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_patient, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-VTD-02"
SUMMARY = "Colecalciferol in severe renal impairment - other forms may be needed; ask nephrology"
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[], unchecked=False, remarked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
DRAFT = a_draft("colecalciferol")


def egfr(value: float, days: int = 30, *, at_most: bool = False) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days), at_most=at_most)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (egfr(29), WARNING),
        (egfr(30), CLEAR),
        (egfr(30, at_most=True), WARNING),
        (egfr(20, 365), WARNING),
        (egfr(20, 366), CLEAR),
    ],
)
def test_kidney_function(result: Result, expected: Expected) -> None:
    """When: the eGFR of the last year is below 30."""
    spec(a_patient(DRAFT, labs=[result]), expected)


def test_the_card_shows_the_value() -> None:
    """Then: draft and value stand on the card."""
    named = ["MedicationRequest/draft-colecalciferol", "Observation/egfr"]
    spec(a_patient(DRAFT, labs=[egfr(20)]), advice(RULE, "warning", because=named))


def test_the_site_may_set_the_limits() -> None:
    """The limit and the window are the site's choice."""
    policy = {"vitamin-d-egfr": 25, "vitamin-d-egfr-window": 90}
    for result, expected in ((egfr(24, 90), WARNING), (egfr(25), CLEAR), (egfr(24, 91), CLEAR)):
        spec(a_patient(DRAFT, labs=[result], policy=policy), expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (a_draft("ergocalciferol", group=DrugGroup.VITAMIN_D), WARNING),
        (a_draft("calcium", group=DrugGroup.CALCIUM_VITAMIN_D_COMBINATION), WARNING),
        *(
            (a_draft(name, group=DrugGroup.VITAMIN_D), SILENT)
            for name in ("calcitriol", "alfacalcidol", "calcifediol", "paricalcitol", "doxercalciferol")
        ),
        (a_draft("dihydrotachysterol", group=DrugGroup.VITAMIN_D), SILENT),
        (an_order(), SILENT),
    ],
)
def test_unless_it_is_an_active_form(order: Order, expected: Expected) -> None:
    """Unless: an active form, which is what such patients may need."""
    spec(a_patient(order, labs=[egfr(20)]), expected)


def test_missing_results_are_silent_and_failed_queries_are_not() -> None:
    """Nothing recorded says nothing; a failed query is never a normal value."""
    spec(a_patient(DRAFT), CLEAR)
    spec(a_patient(DRAFT, labs=cut_off(Need.KIDNEY_FUNCTION)), missing(RULE, Need.KIDNEY_FUNCTION))
    spec(a_patient(DRAFT, labs=cut_off(Need.KIDNEY_FUNCTION, egfr(20))), advice(RULE, "warning", unchecked=True))


def test_an_unusable_value_is_remarked() -> None:
    """A recorded value that could not be used is named."""
    remark = Gap(Need.KIDNEY_FUNCTION, GapKind.UNUSABLE, "a result has an unknown unit", about=Concept.EGFR)
    unusable: Listing[Result] = Listing((), remarks=(remark,))
    spec(a_patient(DRAFT, labs=unusable), satisfied(RULE, remarked=True))
    beside: Listing[Result] = Listing((egfr(20),), remarks=(remark,))
    spec(a_patient(DRAFT, labs=beside), advice(RULE, "warning", remarked=True))
