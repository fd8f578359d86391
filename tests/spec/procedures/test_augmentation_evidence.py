"""BME-DS-VAU-02: the evidence on vertebroplasty conflicts."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, an_event, an_order, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-VAU-02"
SUMMARY = "Evidence on vertebroplasty conflicts: AAOS advises against it in intact patients"
CEMENT = an_order(Concept.VERTEBROPLASTY)
FRACTURE = a_problem(Concept.VERTEBRAL_FRACTURE)
NOTE = advice(RULE, "info", summary=SUMMARY, offers=[], because=["Condition/vertebral_fracture"], unchecked=False)


def test_which_orders() -> None:
    """When: vertebroplasty for a fracture; kyphoplasty has other evidence."""
    spec(a_patient(CEMENT, problems=[FRACTURE]), NOTE)
    spec(a_patient(CEMENT), not_applicable(RULE))
    kyphoplasty = an_order(Concept.KYPHOPLASTY, Concept.VERTEBRAL_AUGMENTATION)
    spec(a_patient(kyphoplasty, problems=[FRACTURE]), not_applicable(RULE))


@pytest.mark.parametrize(
    "concept",
    [
        Concept.MALIGNANCY,
        Concept.BONE_METASTASIS,
        Concept.MULTIPLE_MYELOMA,
        Concept.PRIMARY_BONE_TUMOR,
        Concept.NEOPLASTIC_FRACTURE,
    ],
)
def test_cancer(concept: Concept) -> None:
    """Unless: a cancer is on the problem list."""
    spec(a_patient(CEMENT, problems=[FRACTURE, a_problem(concept)]), satisfied(RULE))


def test_trauma() -> None:
    """Unless: a major trauma of the last year explains the fracture, and no osteoporosis does."""
    trauma = an_event(Concept.MAJOR_TRAUMA, when=days_ago(365))
    spec(a_patient(CEMENT, problems=[FRACTURE], procedures=[trauma]), satisfied(RULE))
    older = an_event(Concept.MAJOR_TRAUMA, when=days_ago(366))
    spec(a_patient(CEMENT, problems=[FRACTURE], procedures=[older]), NOTE)
    osteoporosis = a_problem(Concept.OSTEOPOROSIS)
    spec(a_patient(CEMENT, problems=[FRACTURE, osteoporosis], procedures=[trauma]), NOTE)


def test_out_of_reach() -> None:
    """A problem list that failed hides the fracture; one that was cut off may hide the cancer, which the note says."""
    spec(a_patient(CEMENT, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(CEMENT, problems=cut_off(Need.PROBLEMS, FRACTURE)), advice(RULE, "info", unchecked=True))
    no_procedures = a_patient(CEMENT, problems=[FRACTURE], procedures=cut_off(Need.PROCEDURES))
    spec(no_procedures, advice(RULE, "info", unchecked=True))
