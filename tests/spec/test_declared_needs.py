"""What a rule declares is enough: with everything else not read it says the same (drafts of every kind, charts)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.rule import AnyRule, OrderRule
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.medication import Order, Standing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text import Assertion, Finding, Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import AS_OF, born, days_ago, days_ahead
from tests.builders.snapshot import (
    A_WOMAN,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    a_sign,
    an_allergy,
    an_event,
    an_mri,
    an_order,
    stopped_medication,
)

FIELDS: dict[Need, tuple[str, ...]] = {
    Need.DEMOGRAPHICS: ("demographics",),
    Need.MEDICATIONS: ("medications",),
    Need.STOPPED_MEDICATIONS: ("administrations_gap",),
    Need.PROBLEMS: ("problems", "differentials"),
    Need.PREGNANCY: ("problems", "pregnancy_results"),
    Need.CHILDBEARING: ("problems", "procedures"),
    Need.PROCEDURES: ("procedures",),
    **dict.fromkeys((Need.INR, Need.KIDNEY_FUNCTION, Need.PLATELETS), ("labs",)),
    **dict.fromkeys((Need.CALCIUM, Need.VITAMIN_D), ("bone_labs",)),
    **dict.fromkeys((Need.INFLAMMATION, Need.HBA1C, Need.SCREENING), ("screening_labs",)),
    **dict.fromkeys((Need.BLOOD_PRESSURE, Need.PAIN, Need.TEMPERATURE, Need.WEIGHT), ("vitals",)),
    Need.HEART_FAILURE_CLASS: ("vitals",),
    Need.ALLERGIES: ("allergies",),
    Need.DEVICES: ("devices",),
    Need.IMMUNIZATIONS: ("immunizations",),
    Need.CARE: ("care",),
    Need.APPOINTMENTS: ("appointments",),
    Need.OPEN_ORDERS: ("open_services",),
    Need.MRI: ("mri_reports",),
    Need.RADIOGRAPHS: ("radiographs",),
    Need.ENCOUNTERS: ("encounters",),
    Need.EDUCATION: ("procedures", "communications"),
    Need.SCORES: ("scores",),
    Need.BONE_DENSITY: ("scores", "densitometry"),
    Need.IMMUNOLOGY: ("immunology",),
    Need.IMAGING_STUDIES: ("imaging_studies",),
    Need.IMAGING_MEASURES: ("imaging_measures",),
}

FOOT, HIP = Site(Region.ANKLE_FOOT), Site(Region.HIP)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME, onset=days_ago(5))
RAISED = [a_result(Concept.CRP, 8.0)]
CHARTS: dict[str, Patient] = {
    "an empty chart": a_patient(),
    "an empty chart of a woman": a_patient(demographics=A_WOMAN),
    "an early syndrome": a_patient(problems=[SYNDROME], vitals=[a_result(Concept.PAIN_NRS, 5.0)]),
    "a late syndrome": a_patient(problems=[a_problem(Concept.EDEMA_SYNDROME, onset=days_ago(200))]),
    "a painful late syndrome": a_patient(
        problems=[a_problem(Concept.EDEMA_SYNDROME, onset=days_ago(200))],
        vitals=[a_result(Concept.PAIN_NRS, 8.0)],
        care=[an_event(Concept.CRUTCHES, kind="DeviceRequest", when=days_ago(190))],
        bone_labs=[a_result(Concept.VITAMIN_D_25_OH, 15.0)],
        scores=[a_result(Concept.PHQ9_ITEM9, 1.0)],
    ),
    "a raised CRP": a_patient(screening_labs=RAISED, vitals=[a_result(Concept.BODY_TEMPERATURE, 38.5)]),
    "clotting": a_patient(labs=[a_result(Concept.INR, 1.2), a_result(Concept.PLATELETS, 200.0)]),
    "no clotting": a_patient(labs=[a_result(Concept.INR, 3.0), a_result(Concept.PLATELETS, 20.0)]),
    "an anticoagulant": a_patient(medications=[a_medication("warfarin")]),
    "a washout": a_patient(medications=[stopped_medication("warfarin", 2)]),
    "a recent fracture": a_patient(problems=[a_problem(Concept.VERTEBRAL_FRACTURE, onset=days_ago(10))]),
    "a fracture with an ended opioid": a_patient(
        problems=[a_problem(Concept.VERTEBRAL_FRACTURE, onset=days_ago(10))],
        medications=[a_medication("morphine", standing=Standing.ENDED, route=Route.PARENTERAL)],
    ),
    "a pregnancy": a_patient(
        demographics=A_WOMAN, pregnancy_results=[a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)]
    ),
    "a child": a_patient(
        demographics=Demographics(gender="male", birth_date=born(11)), mri_reports=[an_mri(Assertion.PRESENT)]
    ),
    "a device": a_patient(devices=[an_event(Concept.PACEMAKER, kind="Device")]),
    "an injection": a_patient(procedures=[an_event(Concept.JOINT_INJECTION, when=days_ago(5))]),
    "an allergy": a_patient(allergies=[an_allergy(Concept.BONE_CEMENT_ALLERGY)]),
    "a negative MRI": a_patient(mri_reports=[an_mri(Assertion.ABSENT)]),
    "a diabetic foot": a_patient(
        problems=[a_problem(Concept.DIABETES), a_problem(Concept.CHARCOT), a_problem(Concept.FOOT_ULCER, site=FOOT)],
        mri_reports=[an_mri(site=FOOT)],
        screening_labs=RAISED,
    ),
    "an edema of the hip on a glucocorticoid": a_patient(
        problems=[a_problem(Concept.OSTEONECROSIS, provisional=True), a_problem(Concept.SICKLE_CELL_DISEASE)],
        medications=[a_medication("prednisone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC, written=days_ago(90))],
        mri_reports=[an_mri(Assertion.PRESENT, a_sign(Finding.RIM_SIGN, site=HIP), site=HIP, subchondral=True)],
    ),
    "an osteonecrosis": a_patient(problems=[a_problem(Concept.OSTEONECROSIS)]),
    "a stress fracture": a_patient(
        problems=[a_problem(Concept.STRESS_FRACTURE)], bone_labs=[a_result(Concept.VITAMIN_D_25_OH, 15.0)]
    ),
    "a pain in pregnancy": a_patient(
        demographics=A_WOMAN,
        problems=[a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(10))],
        pregnancy_results=[a_result(Concept.DELIVERY_DATE, days_ahead(50), when=days_ago(90))],
        care=[an_event(Concept.CRUTCHES, when=days_ago(5))],
    ),
}


def drafts(rule: AnyRule) -> Iterator[Order | None]:
    """One draft of each kind that the rule concerns, with and without edema as its reason; none for the chart."""
    if not isinstance(rule, OrderRule):
        yield None
        return
    for reasons in (a_reason(Concept.EDEMA), a_reason()):
        for subject in rule.rule.orders:
            if isinstance(subject, DrugGroup):
                yield a_draft("a drug", group=subject, reasons=reasons)
            else:
                yield an_order(subject, reasons=reasons, planned_days=100)


def only_declared(rule: AnyRule, chart: Patient) -> Patient:
    nothing = Patient(as_of=AS_OF)
    read = {name for need in rule.rule.needs for name in FIELDS[need]}
    declared: dict[str, Any] = {name: getattr(chart, name) for name in read}
    return replace(nothing, **declared)


@pytest.mark.parametrize("rule", CATALOG, ids=lambda rule: f"{rule.rule.id} {type(rule).__name__}")
@pytest.mark.parametrize("chart", CHARTS)
def test_what_a_rule_declares_is_enough(rule: AnyRule, chart: str) -> None:
    """The verdict about each kind of draft, or about the chart, stands on nothing that was not asked for."""
    for order in drafts(rule):
        session = (order,) if order else ()
        complete = replace(CHARTS[chart], drafts=session)
        part = replace(only_declared(rule, complete), drafts=session)
        if order and isinstance(rule, OrderRule):
            assert rule.assess(order, part) == rule.assess(order, complete)
        elif not isinstance(rule, OrderRule):
            assert rule.assess(part) == rule.assess(complete)
