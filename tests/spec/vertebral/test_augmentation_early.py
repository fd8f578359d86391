"""BME-VF-07: vertebral augmentation before three months of conservative care."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_encounter,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-VF-07"
EARLY = "Vertebral augmentation before 3 months - conservative care first unless severe or pathological"
UNDATED = "Vertebral augmentation: onset of the fracture not on record - document duration"
CEMENT = an_order(Concept.VERTEBROPLASTY, Concept.VERTEBRAL_AUGMENTATION)
REVIEW = "review_at_12_weeks"
CARD = advice(RULE, "warning", summary=EARLY, offers=["delete ServiceRequest/draft", REVIEW], unchecked=False)
ASK = advice(RULE, "info", summary=UNDATED, offers=[], arm="missing", unchecked=False)
NOTHING = satisfied(RULE)


def fracture(days: int | None = 30, recorded: int | None = 20, **more: Any) -> Any:
    onset = None if days is None else days_ago(days)
    return a_problem(
        Concept.VERTEBRAL_FRACTURE, onset=onset, recorded=None if recorded is None else days_ago(recorded), **more
    )


def opioid(drug: str = "morphine", route: Route = Route.PARENTERAL, **more: Any) -> Any:
    return a_medication(drug, route=route, **more)


@pytest.mark.parametrize("concept", [Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY])
def test_which_orders(concept: Concept) -> None:
    """When: any way of augmentation."""
    spec(a_patient(an_order(concept), problems=[fracture()]), CARD)
    spec(a_patient(an_order(Concept.BED_REST), problems=[fracture()]), not_applicable(RULE))


@pytest.mark.parametrize(
    ("level", "expected"),
    [("L1", NOTHING), ("T12", CARD), ("T12/L1", CARD), ("L4", CARD), (None, CARD)],
)
def test_the_level_of_the_order(level: str | None, expected: Any) -> None:
    """When: the fracture at the level of the order; any, where none is recorded there or no level is said."""
    old, new = fracture(125, levels=["L1"]), fracture(10, levels=["T12"])
    order = an_order(Concept.KYPHOPLASTY, Concept.VERTEBRAL_AUGMENTATION, levels=[level] if level else [])
    spec(a_patient(order, problems=[old, new]), expected)


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([fracture(89)], CARD),
        ([fracture(90)], NOTHING),
        ([fracture(125)], NOTHING),
        ([fracture(125), fracture(10)], CARD),
        ([a_problem(Concept.VERTEBRAL_FRACTURE, onset=on("2025-03"))], NOTHING),
        ([fracture(None, 89)], ASK),
        ([fracture(None, 90)], NOTHING),
        ([fracture(None, None)], ASK),
        ([fracture(None, None), fracture(10)], CARD),
        ([fracture(None, None), fracture(125)], ASK),
        ([fracture(10, current=False)], ASK),
        ([], ASK),
    ],
)
def test_since_when(problems: Any, expected: Any) -> None:
    """When: an onset less than 90 days ago; an unknown one asks for the duration, unless the record is older."""
    spec(a_patient(CEMENT, problems=problems), expected)


@pytest.mark.parametrize(
    "concept",
    [
        Concept.MALIGNANCY,
        Concept.MULTIPLE_MYELOMA,
        Concept.BONE_METASTASIS,
        Concept.PRIMARY_BONE_TUMOR,
        Concept.NEOPLASTIC_FRACTURE,
    ],
)
def test_cancer(concept: Concept) -> None:
    """Unless: a cancer or a neoplastic fracture; "pathological" alone, as in osteoporosis, is none."""
    spec(a_patient(CEMENT, problems=[fracture(), a_problem(concept)]), NOTHING)
    pathological = [fracture(), a_problem(Concept.PATHOLOGICAL_FRACTURE, Concept.OSTEOPOROSIS)]
    spec(a_patient(CEMENT, problems=pathological), CARD)


@pytest.mark.parametrize(
    ("medication", "expected"),
    [
        (opioid(), NOTHING),
        (opioid(route=Route.ORAL), CARD),
        (opioid("ketorolac"), CARD),
        (opioid(standing=Standing.ENDED, stopped=days_ago(7)), NOTHING),
        (opioid(standing=Standing.ENDED, stopped=days_ago(0)), NOTHING),
        (opioid(standing=Standing.ENDED, stopped=on("2025-06")), CARD),
        (opioid(standing=Standing.ENDED, stopped=days_ago(8), written=days_ago(8)), CARD),
        (opioid(standing=Standing.ENDED, stopped=days_ago(20), last_given=days_ago(2)), NOTHING),
        (opioid(standing=Standing.ENDED, written=days_ago(7)), NOTHING),
        (opioid(standing=Standing.ENDED, written=None), CARD),
        (opioid(standing=Standing.ENDED, stopped=days_ago(-2)), CARD),
        (opioid(standing=Standing.UNCERTAIN, written=days_ago(30)), CARD),
    ],
)
def test_a_parenteral_opioid(medication: Any, expected: Any) -> None:
    """Unless: an opioid by needle is active, or was until 7 days ago."""
    spec(a_patient(CEMENT, problems=[fracture()], medications=[medication]), expected)


@pytest.mark.parametrize(
    ("inpatient", "in_progress", "reason", "expected"),
    [
        (True, True, Concept.VERTEBRAL_FRACTURE, NOTHING),
        (False, True, Concept.VERTEBRAL_FRACTURE, CARD),
        (True, False, Concept.VERTEBRAL_FRACTURE, CARD),
        (True, True, Concept.STROKE_TIA, CARD),
        (True, True, None, CARD),
    ],
)
def test_a_hospital_stay(inpatient: bool, in_progress: bool, reason: Concept | None, expected: Any) -> None:
    """Unless: in hospital now for the fracture; without a stated reason it proves nothing."""
    reasons = [reason] if reason else []
    stay = an_encounter(inpatient=inpatient, in_progress=in_progress, reasons=reasons)
    spec(a_patient(CEMENT, problems=[fracture()], encounters=[stay]), expected)


def test_a_drafted_opioid() -> None:
    """Unless: drafted in the same session."""
    spec(a_patient(CEMENT, a_draft("morphine", route=Route.PARENTERAL), problems=[fracture()]), NOTHING)
    spec(a_patient(CEMENT, a_draft("morphine", route=Route.ORAL), problems=[fracture()]), CARD)


@pytest.mark.parametrize(("score", "days", "expected"), [(4, 1, NOTHING), (3, 1, CARD), (3, 7, CARD), (3, 8, NOTHING)])
def test_tolerable_pain(score: float, days: int, expected: Any) -> None:
    """Unless: a score below 4 of the last 7 days says that the pain is tolerable under the opioid."""
    vitals = [a_result(Concept.PAIN_NRS, score, when=days_ago(days))]
    spec(a_patient(CEMENT, problems=[fracture()], medications=[opioid()], vitals=vitals), expected)
    two = [*vitals, a_result(Concept.PAIN_VAS, 6, when=days_ago(days))]
    spec(a_patient(CEMENT, problems=[fracture()], medications=[opioid()], vitals=two), NOTHING)
    without = a_patient(CEMENT, problems=[fracture()], vitals=[a_result(Concept.PAIN_NRS, 9)])
    spec(without, CARD)


def test_the_fracture_is_out_of_reach() -> None:
    """A failed query is never "onset not recorded"."""
    spec(a_patient(CEMENT, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))


@pytest.mark.parametrize(
    "chart",
    [
        {"medications": cut_off(Need.MEDICATIONS)},
        {"encounters": cut_off(Need.ENCOUNTERS)},
        {
            "medications": [opioid(standing=Standing.ENDED, stopped=days_ago(20))],
            "administrations_gap": out_of_reach(Need.STOPPED_MEDICATIONS),
        },
        {"problems": cut_off(Need.PROBLEMS, fracture())},
    ],
)
def test_an_exception_is_out_of_reach(chart: Any) -> None:
    """Then: the warning names it and removes nothing."""
    patient = a_patient(CEMENT, **{"problems": [fracture()], **chart})
    spec(patient, advice(RULE, "warning", offers=[REVIEW], unchecked=True))
    if "problems" not in chart:
        spec(a_patient(CEMENT, **chart), advice(RULE, "info", unchecked=True))


def test_what_does_not_matter() -> None:
    """Administrations matter where a parenteral opioid has ended; the pain where one was given."""
    gap = out_of_reach(Need.STOPPED_MEDICATIONS)
    for medication in (opioid(route=Route.ORAL, standing=Standing.ENDED), a_medication("apixaban")):
        spec(a_patient(CEMENT, problems=[fracture()], medications=[medication], administrations_gap=gap), CARD)
    spec(a_patient(CEMENT, problems=[fracture()], vitals=cut_off(Need.PAIN)), CARD)
