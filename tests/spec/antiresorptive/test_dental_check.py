"""BME-DS-AR-01: the teeth should be looked after before an antiresorptive is given."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.rules.antiresorptive.dental_check import RULE as STATED
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    an_event,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-AR-01"
CHECK = "Antiresorptive planned - consider a dental check first (jaw osteonecrosis)"
NECROSIS = "Jaw osteonecrosis on record - antiresorptive needs specialist review before any dose"
REFERRAL = "dental_referral"
DENOSUMAB, IBANDRONATE = a_draft("denosumab"), a_draft("ibandronate")
EXTRACTION, IMPLANT = Concept.INVASIVE_DENTAL_PROCEDURE, Concept.DENTAL_IMPLANT
EXAMINED = an_event(Concept.DENTAL_EXAMINATION, when=days_ago(100))
JAW = a_problem(Concept.OSTEONECROSIS_OF_JAW)
WARN = advice(RULE, "warning", summary=CHECK, arm="surgery")
INFORM = advice(RULE, "info", summary=CHECK, arm="examination")


@pytest.mark.parametrize("draft", [DENOSUMAB, IBANDRONATE])
def test_an_osteonecrosis_of_the_jaw_is_critical(draft: object) -> None:
    """Then: critical, a dental examination is offered, nothing is removed; also after a dental examination."""
    patient = a_patient(draft, problems=[JAW], procedures=[EXAMINED])  # type: ignore[arg-type]
    because = ["Condition/osteonecrosis_of_jaw"]
    spec(
        patient,
        advice(RULE, "critical", summary=NECROSIS, offers=[REFERRAL], because=because, unchecked=False, arm="necrosis"),
    )
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.group is None


def test_one_that_is_over() -> None:
    """When: the osteonecrosis is active."""
    over = a_problem(Concept.OSTEONECROSIS_OF_JAW, current=False)
    spec(a_patient(DENOSUMAB, problems=[over], procedures=[EXAMINED]), satisfied(RULE))


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (an_event(EXTRACTION, when=days_ago(60)), WARN),
        (an_event(EXTRACTION, when=days_ago(61)), satisfied(RULE)),
        (an_event(EXTRACTION, when=days_ahead(1)), satisfied(RULE)),
        (an_event(EXTRACTION, when=None), satisfied(RULE)),
        (an_event(IMPLANT, when=days_ago(20)), WARN),
    ],
)
def test_invasive_work_lately(done: Event, expected: Expected) -> None:
    """When: an extraction or implant of the last 60 days, even after an examination."""
    spec(a_patient(DENOSUMAB, procedures=[EXAMINED, done]), expected)


def test_invasive_work_on_the_problem_list() -> None:
    """When: an extraction recorded as a problem counts; an implant there is one that the patient has."""
    for concept, expected in ((EXTRACTION, WARN), (IMPLANT, satisfied(RULE))):
        problem = a_problem(concept, recorded=days_ago(20))
        spec(a_patient(DENOSUMAB, problems=[problem], procedures=[EXAMINED]), expected)


@pytest.mark.parametrize("concept", [EXTRACTION, IMPLANT])
def test_invasive_work_ahead(concept: Concept) -> None:
    """When: it is ordered, or an appointment within a year is booked."""
    ordered = an_event(concept, when=None, open=True, kind="ServiceRequest")
    spec(
        a_patient(DENOSUMAB, procedures=[EXAMINED], care=[ordered]),
        advice(RULE, "warning", offers=[REFERRAL], because=[ordered.fact.resource], unchecked=False, arm="surgery"),
    )
    for days, expected in ((365, WARN), (366, satisfied(RULE))):
        booked = an_event(concept, when=days_ahead(days), open=True, kind="Appointment")
        spec(a_patient(DENOSUMAB, procedures=[EXAMINED], appointments=[booked]), expected)
    over = an_event(concept, when=None, kind="ServiceRequest")
    spec(a_patient(DENOSUMAB, procedures=[EXAMINED], care=[over]), satisfied(RULE))


@pytest.mark.parametrize(
    ("draft", "group"), [(DENOSUMAB, Group.DENOSUMAB_BASIS), (IBANDRONATE, Group.BISPHOSPHONATE_BASIS)]
)
def test_no_examination(draft: object, group: Group) -> None:
    """Then: information in the basis group of the drug; the examination counts for a year."""
    told = advice(RULE, "info", summary=CHECK, offers=[REFERRAL], unchecked=False, group=group, arm="examination")
    spec(a_patient(draft), told)  # type: ignore[arg-type]
    verdict = judge(RULE, a_patient(draft))  # type: ignore[arg-type]
    assert isinstance(verdict, Advice)
    assert "last 365 days" in verdict.detail[0]
    for days, expected in ((365, satisfied(RULE)), (366, told)):
        examined = an_event(Concept.DENTAL_EXAMINATION, when=days_ago(days))
        spec(a_patient(draft, procedures=[examined]), expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (a_medication("ibandronate", written=days_ago(800)), satisfied(RULE)),
        (a_medication("denosumab", written=days_ago(365), standing=Standing.ENDED), satisfied(RULE)),
        (a_medication("denosumab", written=days_ago(366), standing=Standing.ENDED), INFORM),
        (a_medication("alendronate", written=days_ago(200), standing=Standing.UNCERTAIN), satisfied(RULE)),
        (a_medication("apixaban"), INFORM),
    ],
)
def test_not_before_every_dose(earlier: Medication, expected: Expected) -> None:
    """Unless: an antiresorptive is active or was ordered in the last 12 months."""
    spec(a_patient(DENOSUMAB, medications=[earlier]), expected)


def test_at_signing_only_the_critical_arm_speaks() -> None:
    """Hooks: the others are said at selection."""
    assert STATED.speaks == {Hook.ORDER_SIGN: frozenset({"critical"})}


def test_what_could_not_be_read() -> None:
    """A failed query is not an empty one; a lesser arm does not hide that the jaw was not looked at."""
    extraction = an_event(EXTRACTION, when=days_ago(20))
    spec(a_patient(DENOSUMAB, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    hidden = a_patient(DENOSUMAB, problems=cut_off(Need.PROBLEMS), procedures=[extraction])
    spec(hidden, missing(RULE, Need.PROBLEMS))
    jaw = a_patient(DENOSUMAB, problems=cut_off(Need.PROBLEMS, JAW))
    spec(jaw, advice(RULE, "critical", unchecked=True))
    spec(a_patient(DENOSUMAB, procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    lately = a_patient(DENOSUMAB, procedures=cut_off(Need.PROCEDURES, extraction))
    spec(lately, advice(RULE, "warning", unchecked=True))
    spec(a_patient(DENOSUMAB, medications=cut_off(Need.MEDICATIONS)), advice(RULE, "info", unchecked=True))
    care: Listing[Event] = cut_off(Need.CARE)
    booked: Listing[Event] = cut_off(Need.APPOINTMENTS)
    spec(a_patient(DENOSUMAB, procedures=[EXAMINED], care=care), missing(RULE, Need.CARE))
    spec(a_patient(DENOSUMAB, procedures=[EXAMINED], appointments=booked), missing(RULE, Need.APPOINTMENTS))
    spec(a_patient(DENOSUMAB, care=care, appointments=booked), advice(RULE, "info", unchecked=True))


def test_earlier_orders_that_could_not_be_dated() -> None:
    """Without the administrations an old order may have been given lately; without any date it proves nothing."""
    old = a_medication("denosumab", written=days_ago(800), standing=Standing.ENDED)
    gap = out_of_reach(Need.STOPPED_MEDICATIONS)
    unchecked = advice(RULE, "info", unchecked=True)
    spec(a_patient(DENOSUMAB, medications=[old], administrations_gap=gap), unchecked)
    undated = a_medication("denosumab", written=None, standing=Standing.ENDED)
    spec(a_patient(DENOSUMAB, medications=[undated]), unchecked)


def test_the_site_may_set_the_days() -> None:
    """When: the days are the site's choice."""
    policy = {
        "dental-surgery-days": 90.0,
        "dental-surgery-ahead": 60.0,
        "dental-examination-days": 180.0,
        "dental-earlier-antiresorptive": 730.0,
    }
    spec(a_patient(DENOSUMAB, procedures=[an_event(EXTRACTION, when=days_ago(80))], policy=policy), WARN)
    booked = an_event(EXTRACTION, when=days_ahead(80), open=True, kind="Appointment")
    spec(a_patient(DENOSUMAB, procedures=[EXAMINED], appointments=[booked], policy=policy), satisfied(RULE))
    examined = an_event(Concept.DENTAL_EXAMINATION, when=days_ago(200))
    spec(a_patient(DENOSUMAB, procedures=[examined], policy=policy), INFORM)
    old = a_medication("denosumab", written=days_ago(700), standing=Standing.ENDED)
    spec(a_patient(DENOSUMAB, medications=[old], policy=policy), satisfied(RULE))


def test_other_orders() -> None:
    """The rule is about antiresorptives alone."""
    spec(a_patient(a_draft("iloprost")), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
