"""Conditions and procedures: status, place, grade, and what a procedure gives."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Present, Unknown
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup
from tests.builders.fhir import ICD10CM, SNOMED, Json, an_outcome, coded, fhir_condition, fhir_procedure, named
from tests.builders.moment import day, days_ago
from tests.unit.cds_hooks.snapshot.reading import read

OSTEONECROSIS = coded(ICD10CM, "M87.052", "Idiopathic aseptic necrosis of left femur")


def verified(code: str) -> Json:
    return {"verificationStatus": {"coding": [{"code": code}]}}


def listed(code: Json, **changed: Any) -> Problem:
    [problem] = read([fhir_condition(code, **changed)]).problems.items
    return problem


@pytest.mark.parametrize(
    ("status", "provisional"), [("confirmed", False), ("provisional", True), ("unconfirmed", True)]
)
def test_provisional_diagnoses(status: str, provisional: bool) -> None:
    """They count as problems; rules that ask for a sure diagnosis can tell them apart."""
    problem = listed(OSTEONECROSIS, **verified(status))

    assert (problem.provisional, problem.differential) == (provisional, False)


def test_a_diagnosis_that_is_only_considered() -> None:
    """It stands beside the problems, for rules that say that it counts."""
    patient = read([fhir_condition(named("osteomyelitis"), **verified("differential"))])
    [considered] = patient.differentials

    assert patient.problems.items == ()
    assert (considered.differential, considered.provisional) == (True, True)
    assert isinstance(patient.infection(), Present)


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_diagnoses_that_were_withdrawn(status: str) -> None:
    patient = read([fhir_condition(OSTEONECROSIS, **verified(status))])

    assert (patient.problems.items, patient.differentials) == ((), ())


@pytest.mark.parametrize(
    ("code", "changed", "site"),
    [
        (OSTEONECROSIS, {}, Site(Region.HIP, Side.LEFT)),
        (OSTEONECROSIS, {"bodySite": [named("Right femoral head")]}, Site(Region.HIP, Side.RIGHT)),
        (named("Osteonecrosis of the right knee"), {}, Site(Region.KNEE, Side.RIGHT)),
        (named("Osteonecrosis"), {"bodySite": coded(SNOMED, "72696002")}, Site(Region.KNEE)),
        (named("Knöchelschmerz links"), {}, Site(Region.ANKLE_FOOT, Side.LEFT)),
        (named("Gonarthrosis"), {}, Site(Region.KNEE)),
        (named("Shin pain"), {}, Site(Region.OTHER)),
        (named("BMES of the left elbow"), {}, Site(Region.ARM, Side.LEFT)),
        (named("Osteonecrosis"), {"bodySite": 5}, ANYWHERE),
        (named("Hay fever of the left knee"), {}, ANYWHERE),
    ],
)
def test_where_a_problem_is(code: Json, changed: Json, site: Site) -> None:
    """By its body site, else by what its code says; a problem that no rule knows has no place."""
    assert listed(code, **changed).site == site


def test_an_onset_in_the_future_is_none() -> None:
    """The day on which it was recorded stands for it."""
    early = listed(named("Foot pain"), onsetDateTime=day(-3), recordedDate=day(50))
    assert early.onset is None
    assert early.since == early.recorded == days_ago(50)
    assert listed(named("Foot pain"), onsetDateTime=day(0), recordedDate=day(50)).onset == days_ago(0)


def test_the_stage_and_the_grade_of_a_problem() -> None:
    """The class of a heart failure stands in its stage, how severe a stenosis is in its severity."""
    failing = listed(named("Heart failure"), stage=[{"summary": named("NYHA class III")}, {}])
    narrow = listed(named("aortic stenosis"), severity=named("severe"))

    assert failing.concepts >= {Concept.HEART_FAILURE, Concept.NYHA_3}
    assert narrow.concepts >= {Concept.AORTIC_STENOSIS, Concept.SEVERE_AORTIC_STENOSIS}
    assert Concept.SEVERE_AORTIC_STENOSIS not in listed(named("aortic stenosis"), stage="late").concepts


SEVERE = coded(SNOMED, "24484000", "Severe")
MILD = coded(SNOMED, "255604002", "Mild")


@pytest.mark.parametrize(
    ("code", "words", "severity", "concept"),
    [
        ("I25.10", "Atherosclerotic heart disease of native coronary artery", SEVERE, "severe_ischemic_heart_disease"),
        ("I48.91", "Unspecified atrial fibrillation", SEVERE, "severe_arrhythmia"),
        ("I34.0", "Nonrheumatic mitral (valve) insufficiency", SEVERE, "severe_valve_disease"),
        ("I35.0", "Nonrheumatic aortic (valve) stenosis", named("Severe"), "severe_aortic_stenosis"),
        ("I34.0", "Nonrheumatic mitral (valve) insufficiency", MILD, "mild_valve_disease"),
    ],
)
def test_how_severe_a_heart_disease_is(code: str, words: str, severity: Json, concept: str) -> None:
    """By the coded severity, whatever words name the disease."""
    disease = coded(ICD10CM, code, words)

    assert concept in listed(disease, severity=severity).concepts
    assert concept not in listed(disease, severity=coded(SNOMED, "6736007", "Moderate")).concepts
    assert concept not in listed(disease).concepts


# -- procedures


def done(code: Json | str, **changed: Any) -> Event:
    concept = named(code) if isinstance(code, str) else code
    [event] = read([fhir_procedure(concept, **changed)]).procedures.items
    return event


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("Arthroscopic surgery of knee", True),
        ("ORIF of left ankle", True),
        ("Osteotomie der Tibia", True),
        ("Meniscectomía medial", True),
        ("Bone immobilization", False),
    ],
)
def test_operations_of_bone_or_joint(words: str, known: bool) -> None:
    events = read([fhir_procedure(named(words))]).procedures.items
    assert any(Concept.BONE_OR_JOINT_SURGERY in event.concepts for event in events) is known


def test_where_a_procedure_was_done() -> None:
    assert done("Balloon kyphoplasty L1").site.region is Region.SPINE
    assert done("kyphoplasty", bodySite=[named("L1 vertebra")]).site.region is Region.SPINE


@pytest.mark.parametrize(
    ("words", "changed", "levels"),
    [
        ("Vertebral compression fracture", {"bodySite": [named("L1 vertebra")]}, {"L1"}),
        ("Vertebral compression fracture of T12 and L1", {}, {"T12", "L1"}),
        ("Wirbelkörperfraktur BWK 12", {}, {"T12"}),
        ("Vertebral compression fracture", {}, set()),
        ("Hip fracture, lumbar disc L4/5", {}, set()),
    ],
)
def test_the_level_of_a_vertebral_fracture(words: str, changed: Json, levels: set[str]) -> None:
    """From body site and text; of other problems it is not asked."""
    assert listed(named(words), **changed).levels == levels


@pytest.mark.parametrize(
    ("words", "levels"), [("Balloon kyphoplasty L1", {"L1"}), ("Vertebroplasty", set()), ("Injection at L1", set())]
)
def test_the_level_of_an_augmentation(words: str, levels: set[str]) -> None:
    rows = read([fhir_procedure(named(words)), fhir_procedure(named("total hip replacement"))]).procedures.items

    assert {level for each in rows for level in each.levels} == levels


def test_a_procedure_that_gives_a_drug() -> None:
    """An injection into a joint is one, also where only the steroid is named."""
    injection = done("Triamcinolone injection, left knee")
    infusion = done("Iloprost infusion", performedDateTime=None, performedPeriod={"start": day(9), "end": day(5)})

    assert Concept.JOINT_INJECTION in injection.concepts
    assert injection.site == Site(Region.KNEE, Side.LEFT)
    assert [drug.group for drug in infusion.drugs] == [DrugGroup.PROSTACYCLIN]
    assert (infusion.concepts, infusion.when and infusion.when.day) == (frozenset(), day(5))


@pytest.mark.parametrize(("status", "unfinished"), [("in-progress", False), ("on-hold", True), ("stopped", True)])
def test_conservative_care_that_was_begun(status: str, unfinished: bool) -> None:
    """Its first day is kept; of other procedures that were not finished none counts."""
    lasting = {"start": day(40), "end": day(5)}
    found = done("Physiotherapy", status=status, performedDateTime=None, performedPeriod=lasting)

    assert (found.began and found.began.day, found.when and found.when.day) == (day(40), day(5))
    assert found.unfinished is unfinished
    operated = read([fhir_procedure(named("Balloon kyphoplasty L1"), status=status)]).procedures.items
    assert bool(operated) is not unfinished


@pytest.mark.parametrize("changed", [{"status": "not-done"}, {"status": "preparation"}, {"code": named("Haircut")}])
def test_procedures_that_are_left_out(changed: Json) -> None:
    nameless = {key: value for key, value in fhir_procedure(id="p2").items() if key != "code"}
    assert read([fhir_procedure(**changed), nameless]).procedures.items == ()


def test_a_procedure_that_is_being_prepared() -> None:
    """It is planned, not done."""
    patient = read([fhir_procedure(named("Total hip replacement"), status="preparation", performedDateTime=day(-1))])
    planned = patient.planned(Concept.JOINT_REPLACEMENT, within_days=1)

    assert patient.procedures.items == ()
    assert isinstance(planned, Present)
    assert [(event.planned and event.planned.day) for event in planned.items] == [day(-1)]


def test_procedures_that_could_not_be_asked_for() -> None:
    patient = read(procedures=an_outcome())

    assert isinstance(patient.event(Concept.KYPHOPLASTY, within_days=30), Unknown)
