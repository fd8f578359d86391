"""BME-RF-03: a bisphosphonate for bone marrow edema should go together with vitamin D."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.medication import Drug
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_order,
    cut_off,
    unusable,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-RF-03"
SUMMARY = "Bisphosphonate for BMES is used together with vitamin D - none is ordered"
FOR_EDEMA = a_reason(Concept.EDEMA_SYNDROME)
IBANDRONATE = a_draft("ibandronate", reasons=FOR_EDEMA)
INFORM = advice(RULE, "info", summary=SUMMARY, offers=["colecalciferol"], group=Group.BISPHOSPHONATE_CHECK)


def level(value: float, days: int = 20, **overrides: object) -> Result:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], INFORM),
        ([level(29.9)], INFORM),
        ([level(30)], satisfied(RULE)),
        ([level(30, 180)], satisfied(RULE)),
        ([level(30, 181)], INFORM),
        ([level(40, at_most=True)], INFORM),
        ([level(40, at_least=True)], satisfied(RULE)),
    ],
)
def test_the_level(results: list[Result], expected: Expected) -> None:
    """Unless: at least 30 ng/mL in the last 180 days; a missing value is not sufficient."""
    spec(a_patient(IBANDRONATE, bone_labs=results), expected)


@pytest.mark.parametrize("product", ["colecalciferol", "calcium + vitamin D"])
def test_vitamin_d_that_is_there(product: str) -> None:
    """When: none is active, drafted or part of the product."""
    spec(a_patient(IBANDRONATE, medications=[a_medication(product)]), satisfied(RULE))
    spec(a_patient(IBANDRONATE, a_draft(product)), satisfied(RULE))
    medication = IBANDRONATE.medication
    assert medication is not None
    drugs = (*medication.medicine.drugs, Drug(DrugGroup.VITAMIN_D, "colecalciferol", Certainty.CODE))
    both = replace(IBANDRONATE, medication=replace(medication, medicine=replace(medication.medicine, drugs=drugs)))
    spec(a_patient(both), satisfied(RULE))


@pytest.mark.parametrize(
    ("draft", "problem", "expected"),
    [
        (a_draft("ibandronate", reasons=a_reason(Concept.EDEMA)), None, INFORM),
        (a_draft("ibandronate"), a_problem(Concept.EDEMA_SYNDROME), INFORM),
        (a_draft("ibandronate"), None, not_applicable(RULE)),
        (a_draft("ibandronate", reasons=a_reason(Concept.OSTEOPOROSIS)), None, not_applicable(RULE)),
        (a_draft("denosumab", reasons=FOR_EDEMA), None, not_applicable(RULE)),
        (an_order(Concept.MRI_HIP, reasons=FOR_EDEMA), None, not_applicable(RULE)),
    ],
)
def test_what_it_is_ordered_for(draft: object, problem: object, expected: Expected) -> None:
    """When: the bisphosphonate is for bone marrow edema."""
    spec(a_patient(draft, problems=[problem] if problem else []), expected)  # type: ignore[arg-type, list-item]


def test_the_card_shows_the_level_and_the_syndrome() -> None:
    """Then: the facts that it stands on, each once."""
    patient = a_patient(a_draft("ibandronate"), problems=[a_problem(Concept.EDEMA_SYNDROME)], bone_labs=[level(25)])
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == [
        "MedicationRequest/draft-ibandronate",
        "Condition/bone_marrow_edema_syndrome",
        "Observation/vitamin_d_25_oh",
    ]
    stated = judge(RULE, a_patient(IBANDRONATE))
    assert isinstance(stated, Advice)
    assert len(stated.because) == 1


def test_not_for_children() -> None:
    """Unless: the patient is surely under 18; the pathways for adults do not apply."""
    for years, expected in ((17, not_applicable(RULE)), (18, INFORM)):
        spec(a_patient(IBANDRONATE, demographics=Demographics(gender="male", birth_date=born(years))), expected)
    spec(a_patient(IBANDRONATE, demographics=Demographics(gender="male")), INFORM)


def test_what_could_not_be_read() -> None:
    """A failed query is not an empty one."""
    spec(a_patient(IBANDRONATE, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(IBANDRONATE, bone_labs=cut_off(Need.VITAMIN_D)), missing(RULE, Need.VITAMIN_D))
    cut = cut_off(Need.VITAMIN_D, level(40))
    spec(a_patient(IBANDRONATE, bone_labs=cut), missing(RULE, Need.VITAMIN_D))
    spec(a_patient(IBANDRONATE, bone_labs=cut_off(Need.VITAMIN_D, level(25))), missing(RULE, Need.VITAMIN_D))
    taken = a_patient(IBANDRONATE, medications=[a_medication("colecalciferol")], bone_labs=cut_off(Need.VITAMIN_D))
    spec(taken, satisfied(RULE))
    spec(a_patient(a_draft("ibandronate", reasons=UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(a_draft("ibandronate"), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))


def test_unusable_results_are_remarked() -> None:
    """A result that could not be used is named beside the verdict."""
    gap = unusable(Need.VITAMIN_D)
    remarks = (type(gap)(gap.fact, gap.kind, gap.text, Concept.VITAMIN_D_25_OH),)
    for results, expected in (
        ((), advice(RULE, "info", remarked=True)),
        ((level(25),), advice(RULE, "info", remarked=True)),
        ((level(40),), satisfied(RULE, remarked=True)),
    ):
        spec(a_patient(IBANDRONATE, bone_labs=Listing(results, remarks=remarks)), expected)


def test_the_site_may_set_the_limit() -> None:
    """Unless: the limit and the days are the site's choice."""
    policy = {"bisphosphonate-vitamin-d-sufficient": 20.0, "antiresorptive-vitamin-d-days": 365.0}
    spec(a_patient(IBANDRONATE, bone_labs=[level(25, 300)], policy=policy), satisfied(RULE))
