"""BME-DS-BIS-04: a bisphosphonate by mouth should pass the esophagus fast, in a patient who stays upright."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.snapshot import a_draft, a_patient, a_problem, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-BIS-04"
SUMMARY = "Oral bisphosphonate: esophageal disease or cannot stay upright"
ALENDRONATE = a_draft("alendronate")
DELETE = "delete MedicationRequest/draft-alendronate"
ACHALASIA = a_problem(Concept.ESOPHAGEAL_EMPTYING_DISORDER)


def details(patient: Patient) -> str:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return " ".join(verdict.detail)


@pytest.mark.parametrize(
    ("problem", "indicator"),
    [
        (Concept.ESOPHAGEAL_EMPTYING_DISORDER, "critical"),
        (Concept.BED_CONFINEMENT, "critical"),
        (Concept.BARRETT_ESOPHAGUS, "warning"),
        (Concept.UPPER_GI_DISEASE, "warning"),
        (Concept.ESOPHAGEAL_DISORDER, "warning"),
    ],
)
def test_what_speaks_against_a_tablet(problem: Concept, indicator: str) -> None:
    """When: delayed emptying or no upright posture is critical, another active disease warns; the draft may be
    removed."""
    expected = advice(
        RULE,
        indicator,  # type: ignore[arg-type]
        summary=SUMMARY,
        offers=[DELETE],
        because=["MedicationRequest/draft-alendronate", f"Condition/{problem}"],
        unchecked=False,
    )
    spec(a_patient(ALENDRONATE, problems=[a_problem(problem)]), expected)
    spec(a_patient(ALENDRONATE, problems=[a_problem(problem, current=False)]), satisfied(RULE))


def test_the_gravest_decides() -> None:
    """Then: one card names all of them."""
    both = [a_problem(Concept.BARRETT_ESOPHAGUS), ACHALASIA]
    because = ["Condition/barrett_esophagus", "Condition/esophageal_emptying_disorder"]
    spec(a_patient(ALENDRONATE, problems=both), advice(RULE, "critical", because=because))


@pytest.mark.parametrize(
    ("ingredient", "route", "expected"),
    [
        ("alendronate", Route.ORAL, advice(RULE, "critical")),
        ("risedronate", Route.UNKNOWN, advice(RULE, "critical")),
        ("ibandronate", Route.ORAL, advice(RULE, "critical")),
        ("zoledronic acid", Route.ORAL, advice(RULE, "critical")),
        ("alendronate", Route.PARENTERAL, not_applicable(RULE)),
        ("ibandronate", Route.PARENTERAL, not_applicable(RULE)),
        ("zoledronic acid", Route.UNKNOWN, not_applicable(RULE)),
        ("neridronate", Route.UNKNOWN, not_applicable(RULE)),
        ("ibandronate", Route.UNKNOWN, advice(RULE, "warning", offers=[])),
        ("clodronate", Route.UNKNOWN, advice(RULE, "warning", offers=[])),
        ("(class)", Route.UNKNOWN, advice(RULE, "warning", offers=[])),
        ("(class)", Route.LOCAL, advice(RULE, "warning", offers=[])),
    ],
)
def test_by_which_route(ingredient: str, route: Route, expected: Expected) -> None:
    """When: by mouth as stated, else as the drug is made; where it is made for both, the card warns and offers
    nothing."""
    draft = a_draft(ingredient, route=route, group=DrugGroup.BISPHOSPHONATE)
    spec(a_patient(draft, problems=[ACHALASIA]), expected)


def test_how_long_upright() -> None:
    """Then: 60 minutes after ibandronate, 30 after the others; that the route is not stated is said."""
    assert "30 minutes" in details(a_patient(ALENDRONATE, problems=[ACHALASIA]))
    assert "no route" not in details(a_patient(ALENDRONATE, problems=[ACHALASIA]))
    ibandronate = details(a_patient(a_draft("ibandronate"), problems=[ACHALASIA]))
    assert "60 minutes" in ibandronate
    assert "no route" in ibandronate


def test_what_could_not_be_read() -> None:
    """A problem list that failed, or was cut off, is not an empty one."""
    spec(a_patient(ALENDRONATE, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(ALENDRONATE, problems=cut_off(Need.PROBLEMS, ACHALASIA)), advice(RULE, "critical", unchecked=True))
    spec(a_patient(ALENDRONATE), satisfied(RULE))


def test_other_orders() -> None:
    """The rule is about bisphosphonates alone."""
    spec(a_patient(a_draft("denosumab"), problems=[ACHALASIA]), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
