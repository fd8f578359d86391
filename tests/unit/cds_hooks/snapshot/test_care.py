"""Orders of care on file, appointments, and what is ordered already."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.policy import Policy
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.queries import DEVICE_REQUESTS, SERVICES
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from tests.builders.fhir import (
    LOINC,
    SNOMED,
    SUBJECT,
    Json,
    a_bundle,
    an_outcome,
    coded,
    fhir_appointment,
    fhir_device_order,
    fhir_service_order,
    named,
)
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import read, reading_of

CRUTCHES = coded(SNOMED, "363753007", "Crutches")
EXTRACTION = named("Tooth extraction")


def on_file(**changed: Any) -> tuple[Event, ...]:
    return read([fhir_service_order(**changed)]).care.items


@pytest.mark.parametrize(
    ("status", "is_open"),
    [("active", True), ("draft", True), ("on-hold", True), ("completed", False), ("unknown", False)],
)
def test_orders_of_every_status_that_counts(status: str, is_open: bool) -> None:
    """Care that was given counts whatever its present status (0.8)."""
    [found] = on_file(status=status)

    assert found.concepts == {Concept.PHYSIOTHERAPY}
    assert found.open is is_open
    assert found.when is not None
    assert found.when.day == day(30)


@pytest.mark.parametrize(
    "changed",
    [
        *({"status": each} for each in ("revoked", "cancelled", "entered-in-error")),
        *({"intent": each} for each in ("proposal", "option")),
        {"doNotPerform": True},
        {"code": named("Haircut")},
    ],
)
def test_what_was_withdrawn_or_is_no_care(changed: Json) -> None:
    assert on_file(**changed) == ()


@pytest.mark.parametrize(
    ("code", "concept"),
    [
        (coded(LOINC, "62292-8"), Concept.VITAMIN_D_25_OH),
        (coded(LOINC, "1989-3"), Concept.VITAMIN_D3_25_OH),
        (coded(LOINC, "38268-9"), Concept.DXA),
    ],
)
def test_orders_of_tests(code: Json, concept: Concept) -> None:
    """What is ordered already need not be proposed."""
    (order,) = read([fhir_service_order(code)]).care.items
    assert concept in order.concepts


def test_both_lists_of_orders() -> None:
    """Services and devices, each with its site; a specialty stands with who is asked."""
    boot = fhir_device_order(named("Offloading boot, left foot"))
    visit = fhir_service_order(named("Consultation"), id="s2", performerType=named("Rheumatology"))
    coded_visit = fhir_service_order(
        named("Consultation"), id="s3", performerType=coded(SNOMED, "394810000", "Rheumatology")
    )
    physiotherapist = fhir_service_order(named("X-ray"), id="s4", performerType=named("Physiotherapist"))
    found = {each.fact.resource: each for each in read([boot, visit, coded_visit, physiotherapist]).care.items}

    assert found["DeviceRequest/aid-1"].site == Site(Region.ANKLE_FOOT, Side.LEFT)
    assert Concept.OFFLOADING_DEVICE in found["DeviceRequest/aid-1"].concepts
    assert Concept.SPECIALTY_RHEUMATOLOGY in found["ServiceRequest/s3"].concepts
    assert Concept.PHYSIOTHERAPY not in found["ServiceRequest/s4"].concepts


def test_a_height_is_no_place() -> None:
    """How far a walker reaches is not where it is worn: "knee-high" is none of the knee."""
    walker = fhir_device_order(named("Knee-high walker"))
    left = fhir_device_order(named("Non-removable knee-high offloading device, left ankle"), id="aid-2")
    found = {each.fact.resource: each.site for each in read([walker, left]).care.items}
    assert found == {
        "DeviceRequest/aid-1": Site(),
        "DeviceRequest/aid-2": Site(Region.ANKLE_FOOT, Side.LEFT),
    }


def test_a_specialty_in_the_name_of_an_order() -> None:
    """A panel of rheumatology is no visit there."""
    panel = fhir_service_order(named("Rheumatology panel"))
    referral = fhir_service_order(named("Referral to rheumatology"))

    assert [item.concepts for item in read([panel, referral]).care.items] == [{Concept.REFERRAL_RHEUMATOLOGY}]


@pytest.mark.parametrize(
    ("changed", "planned"),
    [
        ({"occurrenceDateTime": day(-1)}, day(-1)),
        ({"occurrencePeriod": {"start": day(-2), "end": day(-3)}}, day(-2)),
        ({"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": day(-4)}}}}, day(-4)),
        ({}, None),
    ],
)
def test_the_day_that_an_order_is_meant_for(changed: Json, planned: str | None) -> None:
    """The day it was written is another one; without it, the day it is meant for stands in."""
    [found] = on_file(**changed)
    [undated] = on_file(**changed, authoredOn=None)

    assert (found.planned and found.planned.day) == planned
    assert found.when is not None
    assert found.when.day == day(30)
    assert undated.when == found.planned


def planned(*resources: Json, within: float) -> type[object]:
    return type(read(resources).planned(Concept.INVASIVE_DENTAL_PROCEDURE, within_days=within))


def test_what_is_planned() -> None:
    """An open order counts for its own day; one that names no day counts, however long ago it was written."""
    assert planned(fhir_service_order(EXTRACTION, occurrenceDateTime=day(-5)), within=7) is Present
    assert planned(fhir_service_order(EXTRACTION, occurrenceDateTime=day(-9)), within=7) is Absent
    assert planned(fhir_service_order(EXTRACTION, occurrenceDateTime=day(3)), within=7) is Absent
    assert planned(fhir_service_order(EXTRACTION), within=7) is Present
    assert planned(fhir_service_order(EXTRACTION, status="completed"), within=7) is Absent
    visit = fhir_appointment(serviceType=[named("Dentist")], description="Tooth extraction", start=f"{day(-5)}T09:00Z")
    assert planned(visit, within=7) is Present
    assert planned(visit, within=3) is Absent


def test_the_gaps_of_both_lists() -> None:
    failed = read(serviceRequests=an_outcome(), deviceRequests=an_outcome()).care

    assert failed.gap is not None
    assert failed.gap.text == (
        "orders of services: the EHR answered with an error; orders of aids: the EHR answered with an error"
    )
    assert read().care.gap is None
    assert read([fhir_service_order() | {"code": 5}]).care.gap is not None


def test_a_list_that_nobody_needs_is_not_read() -> None:
    """A rule that needs open orders alone reads services; devices stay unread."""
    reading = reading_of([fhir_service_order(), fhir_device_order(CRUTCHES)])
    patient = reading.patient((SERVICES,), Policy())

    assert [event.fact.resource for event in patient.care.items] == ["ServiceRequest/service-1"]
    assert DEVICE_REQUESTS not in reading.chart.read


# -- appointments


def booked(**changed: Any) -> Event:
    [event] = read([fhir_appointment(**changed)]).appointments.items
    return event


def test_a_booked_appointment() -> None:
    """Found by its participant: an appointment has no subject. It counts whatever it is for."""
    found = booked()

    assert found.concepts == {Concept.SPECIALTY_ORTHOPEDICS}
    assert found.open
    assert found.when == found.planned
    assert (found.fact.value, found.fact.kind) == ("Trauma and orthopedics", "appointment")
    assert booked(serviceType=None).fact.value == "not named"


@pytest.mark.parametrize("status", ["cancelled", "noshow", "fulfilled", "entered-in-error", "waitlist"])
def test_appointments_that_are_not_planned(status: str) -> None:
    assert read([fhir_appointment(status=status)]).appointments.items == ()


def test_an_appointment_in_the_past_or_without_a_start() -> None:
    assert not booked(start=f"{day(3)}T09:00:00Z").open
    assert booked(start=None).open
    assert booked(start="soon").open


def test_the_words_of_an_appointment() -> None:
    """Reason and description say what it is for."""
    found = booked(serviceType=5, reasonCode=[named("kyphoplasty L1")], description="bring MRI")

    assert Concept.KYPHOPLASTY in found.concepts
    assert found.site.region is Region.SPINE


@pytest.mark.parametrize(
    ("participants", "counts"),
    [
        ([{"actor": {"reference": "Practitioner/1"}}, {"actor": SUBJECT}], True),
        ([{"actor": {"reference": "Patient/another"}}], False),
        ([{"actor": {"reference": "Patient/another"}}, {"actor": SUBJECT}], True),
        ([{"actor": {"reference": "Practitioner/1"}}, {"status": "accepted"}], True),
        ("everybody", True),
        (None, True),
    ],
)
def test_whose_appointment_it_is(participants: Any, counts: bool) -> None:
    """One in which only other patients take part is another's."""
    found = read([fhir_appointment(participant=participants), fhir_appointment(id="a2")]).appointments

    assert len(found.items) == 1 + counts


def test_appointments_that_could_not_be_asked_for() -> None:
    for sent in (an_outcome(), a_bundle([fhir_appointment(participant=[{"actor": {"reference": "Patient/x"}}])])):
        found = read(appointments=sent)
        assert isinstance(found.planned(Concept.KYPHOPLASTY, within_days=7), Unknown)
    assert isinstance(read(appointments=None).planned(Concept.KYPHOPLASTY, within_days=7), Absent)


# -- what is ordered already


def test_codes_of_open_orders_on_file_and_drafted() -> None:
    """Services and devices alike, by code and by words; what is over or forbidden is not there."""
    done = fhir_service_order(coded(SNOMED, "91251008"), id="s2", status="completed")
    forbidden = fhir_device_order(coded(SNOMED, "1"), id="a2", doNotPerform=True)
    draft = fhir_service_order(coded("http://loinc.org", "2118-8"), status="draft")
    said = fhir_service_order(named("Hematology  consultation"), id="s3")
    patient = read([fhir_device_order(CRUTCHES), done, forbidden, said], [draft, fhir_service_order() | {"code": 5}])

    coded_ones = {(SNOMED, "363753007"), ("http://loinc.org", "2118-8")}
    assert patient.open_services.value == coded_ones | {("", "crutches"), ("", "hematology consultation")}
