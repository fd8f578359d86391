"""Contacts with care, what patients were told, and imaging studies."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.problem import Encounter
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from tests.builders.fhir import (
    EDEMA_SYNDROME,
    PULMONARY_HYPERTENSION,
    SNOMED,
    SUBJECT,
    Json,
    an_outcome,
    coded,
    fhir_condition,
    fhir_encounter,
    fhir_imaging_study,
    named,
)
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import read


def seen(*chart: Json, **changed: Any) -> Encounter:
    [encounter] = read([*chart, fhir_encounter(**changed)]).encounters.items
    return encounter


def test_a_visit() -> None:
    found = seen()

    assert found.concepts == {Concept.SPECIALTY_ORTHOPEDICS}
    assert (found.inpatient, found.in_progress) == (False, False)
    assert found.when is not None
    assert (found.when.day, found.fact.value, found.fact.kind) == (day(20), "Trauma and orthopedics", "encounter")
    assert seen(serviceType=None, type="visit").fact.value == "not named"


@pytest.mark.parametrize(
    ("changed", "specialty"),
    [
        ({"type": [named("Orthopaedic clinic visit")]}, Concept.SPECIALTY_ORTHOPEDICS),
        ({"serviceType": named("Rheumatologie")}, Concept.SPECIALTY_RHEUMATOLOGY),
        ({"participant": [{"type": [named("Orthopedic surgeon")]}]}, Concept.SPECIALTY_ORTHOPEDICS),
        ({"participant": [{"type": [named("Physiotherapy")]}, {}]}, None),
        ({"participant": "Dr. Orthopedics"}, None),
        ({"type": [named("General practice visit")]}, None),
    ],
)
def test_the_specialty_in_words(changed: Json, specialty: Concept | None) -> None:
    """By the name of the service or of the visit, or by the role of who took part."""
    found = seen(**{"serviceType": None, "type": None, **changed})

    assert found.concepts == ({specialty} if specialty else set())


@pytest.mark.parametrize(
    ("changed", "inpatient", "in_progress"),
    [
        ({"class": {"code": "IMP"}, "status": "in-progress", "period": {"start": day(3)}}, True, True),
        ({"class": [{"coding": [{"code": "IMP"}]}], "status": "onleave", "period": {"start": day(3)}}, True, True),
        ({"class": {"code": "EMER"}, "status": "in-progress", "period": "today"}, False, True),
        ({"class": {"code": "ACUTE"}, "status": "in-progress"}, True, False),
        ({"class": 5}, False, False),
    ],
)
def test_a_stay_in_hospital(changed: Json, inpatient: bool, in_progress: bool) -> None:
    """By its class; it goes on while its status says so and its period has not ended."""
    found = seen(**changed)

    assert (found.inpatient, found.in_progress) == (inpatient, in_progress)


@pytest.mark.parametrize(
    "changed",
    [*({"status": each} for each in ("planned", "cancelled", "entered-in-error")), {"period": {"start": day(-3)}}],
)
def test_contacts_that_did_not_take_place(changed: Json) -> None:
    assert read([fhir_encounter(**changed)]).encounters.items == ()


def test_the_reasons_of_a_contact() -> None:
    """Coded, or a diagnosis of the chart; one that cannot be found says nothing."""
    chart = fhir_condition(PULMONARY_HYPERTENSION, id="c1")
    diagnosis = [{"condition": {"reference": f"Condition/{name}"}} for name in ("c1", "gone")]
    found = seen(chart, reasonCode=[EDEMA_SYNDROME], diagnosis=[*diagnosis, {}])

    assert found.reasons >= {Concept.EDEMA_SYNDROME, Concept.PULMONARY_HYPERTENSION}
    assert seen(diagnosis="x").reasons == frozenset()


def test_lists_that_could_not_be_asked_for() -> None:
    failed = read(encounters=an_outcome(), communications=an_outcome(), imagingStudies=an_outcome())

    assert failed.encounters.gap is not None
    assert failed.communications.gap is not None
    assert failed.imaging_studies.gap is not None
    assert read([fhir_encounter(status=["x"])]).encounters.gap is not None


# -- what the patient was told


def a_message(**changed: Any) -> Json:
    return {
        "resourceType": "Communication",
        "id": "m1",
        "status": "completed",
        "subject": SUBJECT,
        "sent": day(9),
        **changed,
    }


@pytest.mark.parametrize(
    "said",
    [
        {"topic": coded(SNOMED, "311401005", "Patient education")},
        {"category": [named("patient education")]},
        {"payload": [{"contentString": "Patient leaflet given"}]},
        {"payload": [{"contentAttachment": {"title": "Patient leaflet"}}, {}]},
    ],
)
def test_education_that_was_given(said: Json) -> None:
    [found] = read([a_message(**said)]).communications.items

    assert Concept.PATIENT_EDUCATION in found.concepts
    assert found.when is not None
    assert found.when.day == day(9)


@pytest.mark.parametrize(
    "changed",
    [*({"status": each} for each in ("preparation", "not-done", "entered-in-error")), {"topic": named("Invoice")}],
)
def test_messages_that_are_left_out(changed: Json) -> None:
    assert read([a_message(**{"topic": named("patient education"), **changed})]).communications.items == ()


# -- imaging studies


@pytest.mark.parametrize(
    ("changed", "concept"),
    [
        ({}, Concept.MRI_ANY),
        ({"modality": None}, Concept.MRI_ANY),
        ({"modality": [{"code": "DX"}], "series": None, "procedureCode": None}, Concept.XRAY_ANY),
        ({"modality": [{"code": "US"}], "series": [{}], "procedureCode": None, "description": "CT"}, Concept.CT_ANY),
    ],
)
def test_a_study_by_its_modality_or_its_words(changed: Json, concept: Concept) -> None:
    [found] = read([fhir_imaging_study(**changed)]).imaging_studies.items

    assert concept in found.concepts


def test_the_place_of_a_study() -> None:
    """By its series, and the side by its code."""
    [found] = read([fhir_imaging_study()]).imaging_studies.items
    lateral = [
        {"bodySite": {"system": SNOMED, "code": "72696002"}, "laterality": {"system": SNOMED, "code": "7771000"}}
    ]
    [by_series] = read([fhir_imaging_study(series=lateral)]).imaging_studies.items

    assert found.site == Site(Region.ANKLE_FOOT, Side.RIGHT)
    assert by_series.site == Site(Region.KNEE, Side.LEFT)


@pytest.mark.parametrize(
    "changed",
    [
        *({"status": each} for each in ("registered", "cancelled", "entered-in-error")),
        {"modality": [{"code": "US"}], "series": [], "procedureCode": []},
    ],
)
def test_studies_that_are_left_out(changed: Json) -> None:
    assert read([fhir_imaging_study(**changed)]).imaging_studies.items == ()
