"""What was given: the newest dose of an order, and doses that no order on file explains."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.queries import ADMINISTRATIONS, MEDICATIONS
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import DrugGroup, Route
from tests.builders.fhir import (
    EDEMA_SYNDROME,
    Json,
    an_outcome,
    fhir_administration,
    fhir_medication_request,
    named,
)
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import read, reading_of

TRIAMCINOLONE = named("triamcinolone acetonide 40 mg/mL injection")


def given(*doses: Json, orders: tuple[Json, ...] = ()) -> tuple[Medication, ...]:
    return read([*orders, *doses]).medications.items


def loose(days: int = 20, medicine: Json | None = None, **changed: Any) -> Json:
    """A dose without an order."""
    dose = fhir_administration("order-1", days, **changed)
    del dose["request"]
    return dose | ({"medicationCodeableConcept": medicine} if medicine else {})


def test_the_newest_dose_of_an_order() -> None:
    """An active order keeps its standing; of an ended one the last dose is when it stopped."""
    doses = [fhir_administration("order-1", days, id=f"d{days}") for days in (9, 4, 6)]
    [active] = given(*doses, orders=(fhir_medication_request(),))
    [ended] = given(*doses, orders=(fhir_medication_request(status="completed"),))

    assert (active.standing, active.stopped) == (Standing.ACTIVE, None)
    assert active.last_given == ended.last_given == ended.stopped
    assert active.last_given is not None
    assert active.last_given.day == day(4)


def test_an_order_that_was_never_given() -> None:
    [order] = given(orders=(fhir_medication_request(),))

    assert order.last_given is None


@pytest.mark.parametrize("dose", [loose(), fhir_administration("another-order", 20)])
def test_a_dose_without_an_order_on_file(dose: Json) -> None:
    """It becomes an order that has ended on its day, so that infusions and injections are seen."""
    [found] = given(dose)

    assert (found.standing, found.reference) == (Standing.ENDED, "MedicationAdministration/administration-1")
    assert found.gives(DrugGroup.ANTICOAGULANT)
    assert found.stopped is not None
    assert found.stopped == found.written == found.last_given
    assert found.fact.when == found.stopped


def test_an_injection_into_a_joint() -> None:
    """Route and site stand in what was given; the reason too."""
    dosage = {"route": named("Intra-articular"), "site": named("Left knee"), "text": "40 mg"}
    [found] = given(loose(medicine=TRIAMCINOLONE, dosage=dosage, reasonCode=[EDEMA_SYNDROME]))
    [by_words] = given(loose(medicine=TRIAMCINOLONE, dosage={"text": "40 mg intra-articular right hip"}))

    assert (found.medicine.route, found.site) == (Route.LOCAL, Site(Region.KNEE, Side.LEFT))
    assert found.reasons.stated
    assert (by_words.medicine.route, by_words.site) == (Route.LOCAL, Site(Region.HIP, Side.RIGHT))


@pytest.mark.parametrize(
    "dose",
    [
        loose(status="not-done"),
        loose(status="entered-in-error"),
        loose(days=-2),
        loose(medicine=named("loratadine")),
        loose(medicationCodeableConcept={}),
    ],
)
def test_what_was_not_given_or_is_no_drug_of_the_tables(dose: Json) -> None:
    assert given(dose) == ()


def test_a_dose_without_a_date() -> None:
    """It was given, nobody wrote down when."""
    [found] = given(loose(effectiveDateTime=None))

    assert (found.standing, found.stopped) == (Standing.ENDED, None)


def test_a_dose_of_a_medication_that_nothing_names_is_asked_for() -> None:
    """Once; a dose with an order is known by its order."""
    reference: Json = {"medicationReference": {"reference": "Medication/m1"}, "medicationCodeableConcept": None}
    doses = [loose(id="d1", **reference), loose(id="d2", **reference), fhir_administration("order-1", 3, **reference)]
    not_done: Json = {"medicationReference": {"reference": "Medication/m2"}, "medicationCodeableConcept": None}
    reading = reading_of([*doses, loose(id="d3", status="not-done", **not_done)])

    assert [query.path for query in reading.unasked((MEDICATIONS, ADMINISTRATIONS))] == ["Medication/m1"]
    assert reading.unasked((MEDICATIONS,)) == ()


def test_doses_that_could_not_be_asked_for() -> None:
    """The orders are read all the same; the stop dates are uncertain."""
    patient = read([fhir_medication_request()], medicationAdministrations=an_outcome())

    assert len(patient.medications.items) == 1
    assert patient.administrations_gap is not None
    assert read([loose(dosage=5), fhir_administration("order-1", 3, request=7)]).administrations_gap is not None
