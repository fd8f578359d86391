"""How many cards an antiresorptive gives (rule specification 0.5, expected load): more is a defect."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.evaluation.evaluate import asked_at, evaluate
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import antiresorptive, refractory
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.vocabulary import Concept, Route
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, a_result, an_event

RULES = (*refractory.RULES, *antiresorptive.RULES)
DENOSUMAB, IBANDRONATE = a_draft("denosumab"), a_draft("ibandronate", route=Route.PARENTERAL)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME, onset=days_ago(30))
SELECT, SIGN = Hook.ORDER_SELECT, Hook.ORDER_SIGN


def cards(patient: Patient, hook: Hook) -> list[tuple[str, str, list[str]]]:
    """Each card as its lead, its indicator and its further members."""
    asked = evaluate(asked_at(RULES, hook).concerned(patient.drafts), patient)
    shown = triage(asked, hook).cards
    return [(card.lead.rule.id, card.indicator, [each.rule.id for each in card.members[1:]]) for card in shown]


def an_adult(gender: str, draft: Order) -> Patient:
    """45 years, edema syndrome, a recent eGFR as the only laboratory value."""
    return a_patient(
        draft,
        demographics=Demographics(gender=gender, birth_date=born(45)),
        problems=[SYNDROME],
        labs=[a_result(Concept.EGFR, 85)],
    )


CHECK = ("BME-RF-05", "warning", ["BME-DS-DEN-04"])
BASIS = ("BME-RF-04", "info", ["BME-DS-DEN-05", "BME-DS-AR-01"])
PREGNANCY = ("BME-DS-DEN-03", "warning", list[str]())
BEFORE_BISPHOSPHONATE = ("BME-DS-BIS-01", "warning", ["BME-DS-BIS-03", "BME-RF-03"])


@pytest.mark.parametrize(
    ("gender", "draft", "hook", "expected"),
    [
        ("male", DENOSUMAB, SELECT, [CHECK, BASIS]),
        ("male", DENOSUMAB, SIGN, [CHECK]),
        ("female", DENOSUMAB, SELECT, [CHECK, PREGNANCY, BASIS]),
        ("female", DENOSUMAB, SIGN, [CHECK, PREGNANCY]),
        ("male", IBANDRONATE, SELECT, [BEFORE_BISPHOSPHONATE, ("BME-DS-AR-01", "info", [])]),
        ("male", IBANDRONATE, SIGN, [BEFORE_BISPHOSPHONATE]),
        ("female", IBANDRONATE, SELECT, [BEFORE_BISPHOSPHONATE, ("BME-DS-AR-01", "info", ["BME-DS-BIS-05"])]),
        ("female", IBANDRONATE, SIGN, [BEFORE_BISPHOSPHONATE]),
    ],
)
def test_the_expected_load(gender: str, draft: Order, hook: Hook, expected: list[object]) -> None:
    """Denosumab: man 2 / 1, woman 3 / 2; intravenous ibandronate: man 2 / 1, woman 2 / 1 (selection / signing)."""
    assert cards(an_adult(gender, draft), hook) == expected


def test_no_basis_card_beside_a_critical_one() -> None:
    """What is known of a treatment is not said beside what speaks against it."""
    patient = a_patient(
        DENOSUMAB,
        problems=[SYNDROME],
        labs=[a_result(Concept.EGFR, 24)],
        bone_labs=[a_result(Concept.CALCIUM_TOTAL, 9.2), a_result(Concept.VITAMIN_D_25_OH, 35)],
        medications=[a_medication("colecalciferol"), a_medication("calcium carbonate")],
        procedures=[an_event(Concept.DENTAL_EXAMINATION)],
    )
    assert cards(patient, SELECT) == [("BME-DS-DEN-02", "critical", [])]


def test_one_card_for_two_antiresorptives_drafted_together() -> None:
    """The pair is named once, on the card of the denosumab; two bisphosphonates once, on that of the first."""
    second = a_draft("alendronate")
    for drafts, rule in (((DENOSUMAB, IBANDRONATE), "BME-DS-DEN-06"), ((IBANDRONATE, second), "BME-DS-BIS-05")):
        patient = a_patient(*drafts, problems=[SYNDROME])
        assert [lead for lead, _, _ in cards(patient, SIGN)].count(rule) == 1


def test_not_a_general_checker() -> None:
    """Without bone marrow edema only what is critical is said."""
    patient = a_patient(a_draft("denosumab"), problems=[a_problem(Concept.OSTEOPOROSIS)])
    assert cards(patient, SELECT) == []
    low = a_patient(a_draft("denosumab"), bone_labs=[a_result(Concept.CALCIUM_TOTAL, 7.0)])
    assert cards(low, SELECT) == [("BME-DS-DEN-01", "critical", [])]
