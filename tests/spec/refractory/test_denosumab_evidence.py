"""BME-RF-04: denosumab for bone marrow edema is off-label, known of a single dose."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.rules.refractory.denosumab_evidence import RULE as STATED
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.vocabulary import Concept, Need, Service
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, spec

RULE = "BME-RF-04"
OFF_LABEL = "Denosumab in BMES is off-label; evidence is small retrospective single-dose series (n = 14, n = 7)"
REPEAT = "Earlier denosumab for BMES within 12 months - a repeat dose is not covered by the published series"
FOR_EDEMA = a_reason(Concept.EDEMA_SYNDROME)
DENOSUMAB = a_draft("denosumab", reasons=FOR_EDEMA)
INFORM = advice(RULE, "info", summary=OFF_LABEL, offers=["mri_follow_up"], arm="evidence", group=Group.DENOSUMAB_BASIS)
WARN = advice(RULE, "warning", summary=REPEAT, offers=["mri_follow_up"], arm="repeat")


def given(days: int, **overrides: object) -> Medication:
    """A completed order of so many days ago, for the edema syndrome."""
    stated = {
        "written": days_ago(days),
        "standing": Standing.ENDED,
        "reasons": FOR_EDEMA,
        "reference": f"MedicationRequest/denosumab-{days}",
    } | overrides
    return a_medication("denosumab", **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ([], INFORM),
        ([given(179)], INFORM),
        ([given(180)], WARN),
        ([given(365)], WARN),
        ([given(366)], INFORM),
        ([given(400, last_given=days_ago(200))], WARN),
        ([given(200, last_given=days_ago(400))], INFORM),
        ([given(200, standing=Standing.ACTIVE)], WARN),
        ([given(200), given(100)], INFORM),
        ([given(200), given(400)], WARN),
        ([given(200, reasons=a_reason(Concept.OSTEOPOROSIS))], INFORM),
        ([given(200), given(100, reasons=a_reason(Concept.OSTEOPOROSIS))], INFORM),
        ([given(300), given(200, reasons=a_reason(Concept.OSTEOPOROSIS))], WARN),
    ],
)
def test_an_earlier_dose(earlier: list[Medication], expected: Expected) -> None:
    """When: one for edema 180 to 365 days ago warns; less than 180 days ago is another rule's business."""
    spec(a_patient(DENOSUMAB, medications=earlier), expected)


def test_the_card() -> None:
    """Then: the series in words; the dose only where it is a repeat, and that card is in no group."""
    repeated = judge(RULE, a_patient(DENOSUMAB, medications=[given(200)]))
    told = judge(RULE, a_patient(DENOSUMAB, medications=[given(400)]))
    assert isinstance(repeated, Advice)
    assert isinstance(told, Advice)
    assert [fact.resource for fact in repeated.because] == [
        "MedicationRequest/draft-denosumab",
        "MedicationRequest/denosumab-200",
    ]
    assert repeated.group is None
    assert [fact.resource for fact in told.because] == ["MedicationRequest/draft-denosumab"]
    assert "93 %" in " ".join(told.detail)
    assert STATED.hooks == {Hook.ORDER_SELECT}
    assert STATED.proposes == (Service.MRI_FOLLOW_UP,)


@pytest.mark.parametrize(
    ("draft", "problem", "expected"),
    [
        (a_draft("denosumab"), a_problem(Concept.EDEMA_SYNDROME), INFORM),
        (a_draft("denosumab"), None, not_applicable(RULE)),
        (a_draft("denosumab", reasons=a_reason(Concept.OSTEOPOROSIS)), None, not_applicable(RULE)),
        (a_draft("ibandronate", reasons=FOR_EDEMA), None, not_applicable(RULE)),
        (an_order(Concept.MRI_HIP, reasons=FOR_EDEMA), None, not_applicable(RULE)),
    ],
)
def test_what_it_is_ordered_for(draft: object, problem: object, expected: Expected) -> None:
    """When: the denosumab is for bone marrow edema."""
    spec(a_patient(draft, problems=[problem] if problem else []), expected)  # type: ignore[arg-type, list-item]


def test_not_for_children() -> None:
    """Unless: the patient is surely under 18; the pathways for adults do not apply."""
    for years, expected in ((17, not_applicable(RULE)), (18, INFORM)):
        spec(a_patient(DENOSUMAB, demographics=Demographics(gender="male", birth_date=born(years))), expected)


def test_what_could_not_be_read() -> None:
    """The information stays where earlier doses could not be looked at, and says so."""
    unchecked = advice(RULE, "info", summary=OFF_LABEL, unchecked=True)
    spec(a_patient(DENOSUMAB, medications=cut_off(Need.MEDICATIONS)), unchecked)
    gap = out_of_reach(Need.STOPPED_MEDICATIONS)
    spec(a_patient(DENOSUMAB, medications=[given(400)], administrations_gap=gap), unchecked)
    late = a_patient(DENOSUMAB, medications=[given(200)], administrations_gap=gap)
    spec(late, advice(RULE, "warning", summary=REPEAT, unchecked=True))
    spec(a_patient(DENOSUMAB, medications=[given(200, reasons=UNREADABLE_REASON)]), unchecked)
    spec(a_patient(DENOSUMAB), advice(RULE, "info", unchecked=False))
    spec(a_patient(a_draft("denosumab", reasons=UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(a_draft("denosumab"), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))


def test_the_site_may_set_the_days() -> None:
    """When: the days are the site's choice."""
    policy = {"denosumab-repeat-from": 150.0, "denosumab-repeat-to": 300.0}
    for days, expected in ((149, INFORM), (150, WARN), (300, WARN), (301, INFORM)):
        spec(a_patient(DENOSUMAB, medications=[given(days)], policy=policy), expected)
