"""BME-SP-02: marrow edema or a vertebral fracture in multiple myeloma."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import a_patient, a_problem, an_mri, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-SP-02"
ACTIVE = "Marrow edema or fracture in myeloma - focus on anti-myeloma therapy; hematology input advised"
BEFORE = "Marrow edema or fracture with MGUS or smoldering myeloma - hematology input advised"
CONSULT = ["hematology_consult"]
CARD = advice(RULE, "warning", summary=ACTIVE, offers=CONSULT, arm="", unchecked=False, says=["must not be assumed"])
ADVISED = advice(RULE, "info", summary=BEFORE, offers=CONSULT, arm="precursor", unchecked=False, says=["progression"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
MYELOMA = a_problem(Concept.MULTIPLE_MYELOMA, Concept.MALIGNANCY, id="myeloma")
SMOLDERING = a_problem(Concept.MULTIPLE_MYELOMA, Concept.SMOLDERING_MYELOMA, id="smoldering")
MGUS = a_problem(Concept.MGUS)
FRACTURE = a_problem(Concept.VERTEBRAL_FRACTURE)


def chart(*problems: Any, **given: Any) -> Patient:
    return a_patient(**{"problems": problems, "mri_reports": [an_mri()], **given})


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([MYELOMA], CARD),
        ([SMOLDERING], ADVISED),
        ([MGUS], ADVISED),
        ([MGUS, MYELOMA], CARD),
        ([SMOLDERING, MYELOMA], CARD),
        ([a_problem(Concept.MULTIPLE_MYELOMA, provisional=True)], CARD),
        ([a_problem(Concept.MULTIPLE_MYELOMA, current=False)], NOT_ASKED),
        ([a_problem(Concept.MALIGNANCY)], NOT_ASKED),
        ([], NOT_ASKED),
    ],
)
def test_which_disease(problems: Any, expected: Any) -> None:
    """When: myeloma; MGUS and smoldering myeloma with words of their own."""
    spec(chart(*problems), expected)


@pytest.mark.parametrize(
    ("beside", "given", "expected"),
    [
        ([], {"mri_reports": [an_mri()]}, CARD),
        ([a_problem(Concept.EDEMA)], {"mri_reports": []}, CARD),
        ([a_problem(Concept.EDEMA_SYNDROME)], {"mri_reports": []}, CARD),
        ([FRACTURE], {"mri_reports": []}, CARD),
        ([a_problem(Concept.VERTEBRAL_FRACTURE, current=False)], {"mri_reports": []}, NOTHING),
        ([a_problem(Concept.LOWER_LIMB_FRACTURE)], {"mri_reports": []}, NOTHING),
        ([], {"mri_reports": [an_mri(Assertion.ABSENT)]}, NOTHING),
        ([], {"mri_reports": []}, NOTHING),
    ],
)
def test_edema_or_fracture(beside: Any, given: Any, expected: Any) -> None:
    """When: edema in the chart, or a vertebral fracture."""
    spec(chart(MYELOMA, *beside, **given), expected)


@pytest.mark.parametrize("precursor", [SMOLDERING, MGUS])
def test_a_precursor_alone_is_silent(precursor: Any) -> None:
    """When: without edema and fracture there is nothing to advise."""
    spec(chart(precursor, mri_reports=[]), NOTHING)


def test_what_it_stands_on() -> None:
    because = ["Condition/myeloma", "DiagnosticReport/mri", "Condition/vertebral_fracture"]
    spec(chart(MYELOMA, FRACTURE), advice(RULE, "warning", because=because))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": []}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, MYELOMA)}, advice(RULE, "warning", unchecked=True)),
        ({"problems": [MYELOMA], "mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"problems": [], "mri_reports": cut_off(Need.MRI)}, NOT_ASKED),
        ({"problems": [MYELOMA, FRACTURE], "mri_reports": cut_off(Need.MRI)}, advice(RULE, "warning", unchecked=True)),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)
