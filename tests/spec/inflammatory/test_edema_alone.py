"""BME-IA-03: marrow edema alone does not prove an inflammatory arthritis."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.imaging import Modality
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, a_result, a_sign, an_mri, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-IA-03"
SUMMARY = "Marrow edema alone does not prove inflammatory arthritis - look for structural and clinical signs"
KNEE = Site(Region.KNEE)
CRP, CCP, RF, HLA = "crp_test", "anti_ccp_test", "rheumatoid_factor_test", "hla_b27_test"
SUSPECTED = a_problem(Concept.RHEUMATOID_ARTHRITIS, provisional=True, recorded=days_ago(200))
CARD = advice(RULE, "info", summary=SUMMARY, offers=[CRP, CCP, RF], unchecked=False, says=["1 cm", "athletic"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [SUSPECTED], "mri_reports": [an_mri(site=KNEE)], **given})


def radiograph(assertion: Assertion, **more: Any) -> Any:
    return an_mri(None, a_sign(Seen.EROSION, assertion), site=KNEE, modality=Modality.RADIOGRAPH, **more)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (SUSPECTED, CARD),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, recorded=days_ago(30)), CARD),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, recorded=days_ago(31)), NOT_ASKED),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, recorded=on("2025-05")), NOT_ASKED),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, recorded=None), NOT_ASKED),
        (a_problem(Concept.AXIAL_SPONDYLOARTHRITIS, provisional=True), advice(RULE, "info", offers=[CRP, HLA])),
        (a_problem(Concept.PSORIATIC_ARTHRITIS, provisional=True), NOT_ASKED),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, provisional=True, current=False), NOT_ASKED),
    ],
)
def test_which_diagnosis(problem: Any, expected: Any) -> None:
    """When: only suspected, or recorded in the last 30 days."""
    spec(chart(problems=[problem]), expected)


def test_both_suspected() -> None:
    both = [SUSPECTED, a_problem(Concept.AXIAL_SPONDYLOARTHRITIS, provisional=True)]
    spec(chart(problems=both), advice(RULE, "info", offers=[CRP, CCP, RF, HLA]))


@pytest.mark.parametrize(
    ("reports", "expected"),
    [([an_mri()], CARD), ([an_mri(Assertion.ABSENT)], NOTHING), ([an_mri(when=days_ago(366))], NOTHING), ([], NOTHING)],
)
def test_the_edema(reports: Any, expected: Any) -> None:
    """When: the newest MRI of a place shows it."""
    spec(chart(mri_reports=reports), expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": [SUSPECTED, a_problem(Concept.EROSION)]}, NOTHING),
        ({"mri_reports": [an_mri(Assertion.PRESENT, a_sign(Seen.EROSION, site=KNEE), site=KNEE)]}, NOTHING),
        ({"mri_reports": [an_mri(Assertion.PRESENT, a_sign(Seen.FAT_METAPLASIA, site=KNEE), site=KNEE)]}, NOTHING),
        (
            {"mri_reports": [an_mri(Assertion.PRESENT, a_sign(Seen.EROSION, Assertion.ABSENT, site=KNEE), site=KNEE)]},
            CARD,
        ),
        ({"mri_reports": [an_mri(Assertion.PRESENT, a_sign(Seen.SYNOVITIS, site=KNEE), site=KNEE)]}, CARD),
        ({"radiographs": [radiograph(Assertion.PRESENT, when=days_ago(900))]}, NOTHING),
        ({"radiographs": [radiograph(Assertion.UNCERTAIN)]}, CARD),
        ({"radiographs": [radiograph(Assertion.PRESENT, preliminary=True)]}, CARD),
    ],
)
def test_structural_signs(given: Any, expected: Any) -> None:
    """Unless: erosion or fat metaplasia is recorded or seen."""
    spec(chart(**given), expected)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([a_result(Concept.CRP, 5.1)], NOTHING),
        ([a_result(Concept.CRP, 5.0)], advice(RULE, "info", offers=[CCP, RF])),
        ([a_result(Concept.CRP, 8.0, high=10.0)], advice(RULE, "info", offers=[CCP, RF])),
        ([a_result(Concept.CRP, 24.0, when=days_ago(90))], NOTHING),
        ([a_result(Concept.CRP, 24.0, when=days_ago(91))], CARD),
        ([a_result(Concept.ESR, 60.0)], CARD),
    ],
)
def test_inflammation(results: Any, expected: Any) -> None:
    """Unless: the CRP of the last months is raised."""
    spec(chart(screening_labs=results), expected)


@pytest.mark.parametrize("concept", [Concept.ANTI_CCP, Concept.RHEUMATOID_FACTOR, Concept.HLA_B27])
def test_a_positive_test(concept: Concept) -> None:
    """Unless: however old; the newest result of a kind counts."""
    old = a_result(concept, Answer.POSITIVE, when=days_ago(3000))
    spec(chart(immunology=[old]), NOTHING)
    spec(chart(immunology=[old, a_result(concept, Answer.NEGATIVE)]), advice(RULE, "info"))


def test_tests_that_were_made_are_not_offered() -> None:
    negative = [a_result(each, Answer.NEGATIVE) for each in (Concept.ANTI_CCP, Concept.RHEUMATOID_FACTOR)]
    spec(chart(immunology=negative), advice(RULE, "info", offers=[CRP]))
    spec(chart(immunology=negative[:1]), advice(RULE, "info", offers=[CRP, RF]))


def test_what_it_stands_on() -> None:
    spec(chart(), advice(RULE, "info", because=["Condition/rheumatoid_arthritis", "DiagnosticReport/mri"]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": []}, NOTHING),
        ({"radiographs": cut_off(Need.RADIOGRAPHS)}, missing(RULE, Need.RADIOGRAPHS)),
        ({"screening_labs": cut_off(Need.INFLAMMATION)}, missing(RULE, Need.INFLAMMATION)),
        ({"immunology": cut_off(Need.IMMUNOLOGY)}, missing(RULE, Need.IMMUNOLOGY)),
        ({"immunology": cut_off(Need.IMMUNOLOGY, a_result(Concept.HLA_B27, Answer.POSITIVE))}, NOTHING),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)
