"""BME-DS-ILO-07: intravenous iloprost for bone marrow edema is off-label and needs a monitored setting."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    an_order,
    cut_off,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ILO-07"
SUMMARY = "IV iloprost for BMES is off-label - infusion over 6 h with monitored setting"
FOR_EDEMA = a_reason(Concept.EDEMA_SYNDROME)
DRAFT = a_draft(route=Route.PARENTERAL, reasons=FOR_EDEMA)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)
NOTE = advice(
    RULE,
    "info",
    summary=SUMMARY,
    offers=["iloprost_monitoring"],
    group=Group.ILOPROST_BASIS,
    unchecked=False,
    says=["0.5 to 2 ng/kg/min", "body weight", "consent"],
)


def test_for_edema() -> None:
    """When: by its stated reason, or without one in the active syndrome; into a vein or by a route not stated."""
    spec(a_patient(DRAFT), NOTE)
    spec(a_patient(a_draft(reasons=a_reason(Concept.EDEMA))), NOTE)
    without_reason = a_patient(a_draft(), problems=[SYNDROME])
    because = ["MedicationRequest/draft-iloprost", "Condition/bone_marrow_edema_syndrome"]
    spec(without_reason, advice(RULE, "info", because=because, unchecked=False))


def test_the_order_is_shown_once() -> None:
    """Then: a draft that states its reason is the one fact."""
    verdict = judge(RULE, a_patient(DRAFT))
    assert isinstance(verdict, Advice)
    assert len(verdict.because) == 1


def test_other_orders_are_not_its_business() -> None:
    """When: another reason, no reason without the syndrome, another route, another drug."""
    for order in (
        a_draft(),
        a_draft(reasons=a_reason()),
        a_draft(route=Route.INHALATION, reasons=FOR_EDEMA),
        a_draft(route=Route.ORAL, reasons=FOR_EDEMA),
        a_draft("epoprostenol", reasons=FOR_EDEMA),
        a_draft(reasons=a_reason(Concept.EDEMA, Concept.PULMONARY_HYPERTENSION)),
        a_draft("apixaban", reasons=FOR_EDEMA),
        an_order(reasons=FOR_EDEMA),
    ):
        spec(a_patient(order), not_applicable(RULE))


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (a_medication("iloprost", written=days_ago(200)), satisfied(RULE)),
        (a_medication("iloprost", route=Route.PARENTERAL), satisfied(RULE)),
        (a_medication("iloprost", standing=Standing.ENDED, stopped=days_ago(30)), satisfied(RULE)),
        (a_medication("iloprost", standing=Standing.ENDED, stopped=days_ago(31)), NOTE),
        (
            a_medication("iloprost", standing=Standing.ENDED, last_given=days_ago(30), written=days_ago(90)),
            satisfied(RULE),
        ),
        (a_medication("iloprost", standing=Standing.ENDED, written=days_ago(30)), satisfied(RULE)),
        (a_medication("iloprost", standing=Standing.ENDED, written=days_ago(31)), NOTE),
        (a_medication("iloprost", standing=Standing.ENDED, written=None), NOTE),
        (a_medication("iloprost", standing=Standing.UNCERTAIN, written=days_ago(30)), satisfied(RULE)),
        (a_medication("iloprost", standing=Standing.UNCERTAIN, written=days_ago(31)), NOTE),
        (a_medication("iloprost", route=Route.INHALATION), NOTE),
        (a_medication("epoprostenol"), NOTE),
    ],
)
def test_once_in_a_course(earlier: Medication, expected: Expected) -> None:
    """Unless: iloprost is in use or was given in the last 30 days."""
    spec(a_patient(DRAFT, medications=[earlier]), expected)


def test_the_order_that_it_continues_belongs_to_the_course() -> None:
    """Unless: the draft replaces the order of the same course."""
    renewal = a_draft(reasons=FOR_EDEMA, replaces="MedicationRequest/iloprost")
    spec(a_patient(renewal, medications=[a_medication("iloprost")]), satisfied(RULE))


def test_the_days_are_the_sites_choice() -> None:
    """How long a course lasts may be set."""
    ended = a_medication("iloprost", standing=Standing.ENDED, stopped=days_ago(40))
    spec(a_patient(DRAFT, medications=[ended], policy={"iloprost-course-days": 40.0}), satisfied(RULE))


def test_what_could_not_be_read() -> None:
    """Reason, problem list and medication list must be known; an order that arrived is enough."""
    spec(a_patient(a_draft(reasons=UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(a_draft(), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(DRAFT, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    arrived = cut_off(Need.MEDICATIONS, a_medication("iloprost"))
    spec(a_patient(DRAFT, medications=arrived), satisfied(RULE))
