"""What one query gave: pages, rows of others, resources that came along, and references between rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_hooks.snapshot.from_fhir.snapshot import foreign_resource
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.queries import CONDITIONS, PREGNANCY
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Route
from cds_hooks.wire.delivery import Delivery, State
from tests.builders.fhir import (
    APIXABAN,
    DUE_DATE,
    ILOPROST,
    PULMONARY_HYPERTENSION,
    WARFARIN,
    Json,
    a_bundle,
    an_outcome,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    fhir_service_order,
    fhir_statement,
)
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import medicine, read, reading_of

REFERRED = {"medicationReference": {"reference": "Medication/m1"}}
PRODUCT = {"resourceType": "Medication", "id": "m1", "code": APIXABAN}


def on_file(*rows: Any, **changed: Any) -> tuple[Medication, ...]:
    return read(medications=a_bundle(rows) | changed).medications.items


# -- pages


def test_a_product_that_came_along_with_the_orders() -> None:
    """An included Medication tells what the order gives; an order beside the rows changes nothing else."""
    [order] = on_file(fhir_medication_request(**REFERRED), PRODUCT)

    assert order.gives(DrugGroup.ANTICOAGULANT)


def test_a_product_that_came_along_with_another_list() -> None:
    """Whatever the client sent beside what was asked for; of another patient's nothing is taken."""
    order = fhir_medication_request(**REFERRED)
    [found] = read([order], conditions=a_bundle([PRODUCT, 5])).medications.items
    strangers = PRODUCT | {"subject": {"reference": "Patient/another"}}

    assert found.gives(DrugGroup.ANTICOAGULANT)
    assert read([order], procedures=a_bundle([strangers])).medications.items == ()


def test_one_resource_in_place_of_a_bundle() -> None:
    assert len(read(medications=fhir_medication_request()).medications.items) == 1


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (an_outcome(), "the EHR answered with an error"),
        (an_outcome("warning"), "the EHR answered with an error"),
        (an_outcome("information"), "the EHR answered with an error"),
        (a_bundle([an_outcome("fatal")]), "the EHR answered with an error"),
        (fhir_condition(), "what came is not what the query asks for"),
        ("garbage", "what came is not what the query asks for"),
        (a_bundle([fhir_medication_request()]) | {"total": 5}, "the EHR says that it holds more than came"),
        (a_bundle([fhir_medication_request(), "x"]), "1 could not be read"),
    ],
)
def test_what_is_not_complete_is_a_gap(sent: Any, why: str) -> None:
    gap = read(medications=sent).medications.gap

    assert gap is not None
    assert gap.text == f"medication orders: {why}"


def test_an_outcome_that_only_warns_is_no_gap() -> None:
    """Beside rows; in their place it brings none, whatever it is called."""
    assert read(medications=a_bundle([fhir_medication_request(), an_outcome("warning")])).medications.gap is None


# -- whose it is


def test_a_request_that_mixes_patients() -> None:
    """A draft or the Patient of somebody else; a draft that names nobody is taken as the patient's own."""
    strangers = {"subject": {"reference": "Patient/another"}}
    mixed = [fhir_draft(subject=None), fhir_service_order(**strangers)]

    assert foreign_resource(reading_of(drafts=mixed).chart.request) == "context.draftOrders.entry[1]"
    assert foreign_resource(reading_of(patient=fhir_patient(id="another")).chart.request) == "prefetch.patient"
    assert foreign_resource(reading_of(drafts=mixed[:1], patient=fhir_patient()).chart.request) is None


# -- references between rows


def reasons(reference: Json, *chart: Json, **changed: Any) -> frozenset[Concept] | None:
    """The reasons of an order by this reference; None where they cannot be read."""
    [order] = read(chart, [fhir_draft(reasonReference=[reference], **changed)]).drafts
    return order.reasons.concepts if order.reasons.readable else None


def test_a_reason_by_reference() -> None:
    """To a Condition of the chart, one that the order carries along, or as it is displayed."""
    condition = fhir_condition(PULMONARY_HYPERTENSION, id="c1")
    found = frozenset({Concept.PULMONARY_HYPERTENSION})
    contained = [5, {"resourceType": "Condition", "id": "c", "code": PULMONARY_HYPERTENSION}]

    assert reasons({"reference": "Condition/c1"}, fhir_condition(id="c0"), condition) == found
    assert reasons({"reference": "#c"}, contained=contained) == found
    assert reasons({"reference": "#other"}, contained=contained) is None
    assert reasons({"display": "pulmonary hypertension"}) == found
    assert reasons({"display": "see note"}) is None
    assert reasons({"reference": "Condition/gone"}) is None


def test_an_order_of_nothing() -> None:
    """Neither a concept nor a reference: it may be any drug."""
    order = {key: value for key, value in fhir_medication_request().items() if key != "medicationCodeableConcept"}
    found = read([order]).medications

    assert found.items == ()
    assert found.gap is not None


# -- ends


def test_orders_and_statements_past_their_end() -> None:
    """Active by status and over by date: uncertain, never silent."""
    bounds = {"repeat": {"boundsPeriod": {"start": day(60), "end": day(20)}}}
    over = {"validityPeriod": {"start": day(90), "end": day(40)}}
    supply = {"expectedSupplyDuration": {"value": 10, "unit": "d"}}
    rows = [
        fhir_medication_request(dispenseRequest=over),
        fhir_medication_request(id="o2", authoredOn=day(41), dispenseRequest=supply),
        fhir_medication_request(id="o3", authoredOn=f"{day(40)}T00:30:00Z", dispenseRequest=supply),
        fhir_medication_request(id="o4", authoredOn=None, dispenseRequest=supply | {"validityPeriod": {}}),
        fhir_statement(effectivePeriod={"end": day(3)}),
        fhir_medication_request(WARFARIN, id="o5", dosageInstruction=[{"timing": bounds}], status="completed"),
    ]
    found = read(rows).medications.items
    by_reference = {each.reference.split("/")[1]: each for each in found}

    assert {name: each.standing for name, each in by_reference.items()} == {
        "order-1": Standing.UNCERTAIN,
        "o2": Standing.UNCERTAIN,
        "o3": Standing.ACTIVE,
        "o4": Standing.ACTIVE,
        "statement-1": Standing.UNCERTAIN,
        "o5": Standing.ENDED,
    }
    assert by_reference["o5"].stopped is not None
    assert by_reference["o5"].stopped.day == day(20)


def test_a_due_date_that_cannot_be_read() -> None:
    found = read([fhir_observation(DUE_DATE, valueDateTime="soon")], observations_under=PREGNANCY).pregnancy_results

    assert found.items == ()
    assert "no readable date" in found.remarks[0].text


def test_a_route_by_the_words_of_a_code_that_no_table_knows() -> None:
    """The display of a local code says the route; one that says none leaves it to the product."""
    local = {"coding": [{"system": "http://local", "code": "1", "display": "inhalation"}]}
    silent = {"coding": [{"system": "http://local", "code": "2", "display": "as usual"}]}

    assert medicine(ILOPROST, [{"route": local}]).route is Route.INHALATION
    assert medicine(ILOPROST, [{"route": silent}]).route is medicine(ILOPROST).route


# -- what is asked for


def test_a_draft_that_refers_to_a_medication_is_asked_for_once() -> None:
    """What the read brings tells what the draft gives; one that names its medicine in words asks for nothing."""
    referring = fhir_draft(**REFERRED)
    del referring["medicationCodeableConcept"]
    reading = reading_of(drafts=[referring, fhir_draft(id="draft-2")])

    assert [query.path for query in reading.unread_drafts()] == ["Medication/m1"]
    reading.deliver({"Medication/m1": Delivery(State.DATA, (json.dumps(PRODUCT).encode(),))})
    assert reading.unread_drafts() == ()
    assert reading.drafts()[0].gives(DrugGroup.ANTICOAGULANT)


def test_a_status_that_cannot_be_read() -> None:
    """An order with an odd status does not vanish: where it stands is uncertain."""
    [order] = on_file(fhir_medication_request(status="odd"))

    assert (order.standing, order.doubt) == (Standing.UNCERTAIN, "status not readable")


def test_a_statement_of_a_medication_that_nothing_names() -> None:
    """Its product did not come and the reference has no words: a gap, for it may be any drug."""
    statement = fhir_statement(**REFERRED)
    del statement["medicationCodeableConcept"]
    found = read([statement]).medications

    assert found.gap is not None
    assert found.gap.text == "medication statements: 1 could not be read"


# -- a row as it came


def test_a_condition_that_was_fetched_as_it_came() -> None:
    """What a suggestion changes is the whole resource, from whichever page holds it; of another patient's never."""
    mine, other = fhir_condition(id="c1", note=[{"text": "kept"}]), fhir_condition(id="c2")
    strangers = fhir_condition(id="c3", subject={"reference": "Patient/another"})
    pages = (b"garbage", json.dumps(a_bundle([5, other])).encode(), json.dumps(a_bundle([strangers, mine])).encode())
    reading = reading_of(conditions=None)
    reading.deliver({CONDITIONS: Delivery(State.DATA, pages)})

    found = reading.condition("Condition/c1")
    assert found is not None
    assert json.loads(bytes(found)) == mine
    assert reading.condition("Condition/c3") is None
    assert reading.condition("Condition/c4") is None
