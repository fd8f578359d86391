"""Implanted devices and immunizations."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.vocabulary import Concept
from tests.builders.fhir import Json, an_outcome, fhir_device, fhir_immunization, named
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import read


@pytest.mark.parametrize(
    ("changed", "concept"),
    [
        ({}, Concept.PACEMAKER),
        ({"type": None, "deviceName": [{"name": "Cardiac pacemaker"}]}, Concept.PACEMAKER),
        ({"type": named("Implant"), "safety": [named("MR unsafe")]}, Concept.MRI_CONTRAINDICATION),
        ({"deviceName": 5, "safety": "x"}, Concept.PACEMAKER),
    ],
)
def test_a_device_in_use(changed: Json, concept: Concept) -> None:
    """By its type, its name or what is said of its safety."""
    device = {key: value for key, value in fhir_device(**changed).items() if value is not None}
    [found] = read([device]).devices.items

    assert concept in found.concepts
    assert (found.open, found.uncertain, found.fact.kind) == (True, False, "device")


@pytest.mark.parametrize("status", ["inactive", "entered-in-error"])
def test_a_device_that_is_out_of_use(status: str) -> None:
    assert read([fhir_device(status=status)]).devices.items == ()


def test_a_device_of_unknown_status_is_uncertain() -> None:
    """It may have been removed; without a status it counts as in use."""
    unknown, bare = fhir_device(status="unknown"), fhir_device(id="device-2")
    del bare["status"]
    found = read([unknown, bare]).devices.items

    assert [each.uncertain for each in found] == [True, False]
    assert found[0].fact.kind == "device of unknown status"


def test_other_devices_are_left_out() -> None:
    assert read([fhir_device(named("Bed")), fhir_device(id="d2", type={})]).devices.items == ()


def test_devices_that_could_not_be_asked_for() -> None:
    assert isinstance(read(devices=an_outcome()).carries(Concept.PACEMAKER), Unknown)
    assert isinstance(read().carries(Concept.PACEMAKER), Absent)
    stranger = fhir_device(patient={"reference": "Patient/another"})
    assert isinstance(read([stranger]).carries(Concept.PACEMAKER), Unknown)
    assert isinstance(read([stranger, fhir_device()]).carries(Concept.PACEMAKER), Present)


# -- immunizations


def test_a_live_vaccine() -> None:
    [found] = read([fhir_immunization()]).immunizations.items

    assert found.concepts == {Concept.LIVE_VACCINE}
    assert found.when is not None
    assert (found.when.day, found.fact.value) == (day(20), "MMR")


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "not-done"},
        {"status": "entered-in-error"},
        {"vaccineCode": named("influenza, inactivated")},
        {"vaccineCode": None},
    ],
)
def test_what_was_not_given_or_is_no_live_vaccine(changed: Json) -> None:
    assert read([fhir_immunization(**changed)]).immunizations.items == ()


def test_a_vaccine_without_a_date_or_dated_in_the_future() -> None:
    """Undated it is kept; one that is dated in the future is remarked, not used."""
    undated = fhir_immunization(occurrenceDateTime=None, occurrenceString="in childhood")
    ahead = fhir_immunization(id="i2", occurrenceDateTime=day(-3))
    found = read([undated, ahead]).immunizations

    assert [each.when for each in found.items] == [None]
    assert [remark.text for remark in found.remarks] == ["an immunization is dated in the future; it was not used"]


def test_immunizations_that_could_not_be_asked_for() -> None:
    assert read(immunizations=an_outcome()).immunizations.gap is not None
    assert read([fhir_immunization(vaccineCode=5)]).immunizations.gap is not None
    assert read().immunizations.gap is None
