"""Orders answered with data read from an EHR over HTTP: the sample EHR on loopback, with faults added where told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from service.persistence.decisions import MemoryDecisions
from service.sample_ehr import draft, running
from tests.integration.test_shell_support import SIGN, TODAY, a_call, calling

pytestmark = pytest.mark.asyncio


class Watching:
    """Counts what the EHR is asked, and answers with a fault where one is set for a resource type."""

    def __init__(self, **faults: web.Response) -> None:
        self.asked: list[str] = []
        self._faults = faults

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            kind = request.path.removeprefix("/fhir/").split("/")[0]
            self.asked.append(kind)
            fault = self._faults.get(kind)
            if fault is None:
                return await handler(request)
            return web.Response(body=fault.body, status=fault.status, content_type="application/fhir+json")

        return watch


def the_reply(body: object, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status)


async def cards_for(call: dict[str, Any], ehr: Watching | None = None) -> list[dict[str, Any]]:
    ehr = ehr or Watching()
    async with running(TODAY, middlewares=[ehr.middleware]) as base, calling() as client:
        reply = await client.post(SIGN, json={**call, "fhirServer": base})
    assert reply.status_code == 200, reply.text
    cards: list[dict[str, Any]] = reply.json()["cards"]
    return cards


def topics(cards: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in cards]


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ("sample-apixaban", [("BME-CI-01", "critical")]),
        ("sample-pregnant", [("BME-CI-02", "critical")]),
        ("sample-status-unknown", [("BME-CI-03", "warning")]),
        ("sample-unclear", [("BME-CI-04", "warning")]),
        ("sample-warfarin", [("BME-CI-01", "critical")]),  # its order names the drug only by reference
        ("sample-safe", []),
    ],
)
async def test_iloprost_is_signed(patient: str, expected: list[tuple[str, str]]) -> None:
    """Each sample patient gets exactly the cards of their story, from data read from the EHR."""
    assert topics(await cards_for(a_call(patient))) == expected


async def test_an_order_that_no_rule_concerns_calls_nobody() -> None:
    """Most orders have nothing to do with bone marrow edema: no card, and not one request to the EHR."""
    ehr = Watching()
    assert await cards_for(a_call("sample-apixaban", "metformin"), ehr) == []
    assert ehr.asked == []


async def test_no_query_is_run_twice() -> None:
    """Each kind of data is asked for once; the queries for observations ask for different codes."""
    ehr = Watching()
    await cards_for(a_call("sample-apixaban"), ehr)
    assert all(ehr.asked.count(kind) == 1 for kind in set(ehr.asked) - {"Observation"})
    assert ehr.asked.count("Observation") <= 4


@pytest.mark.parametrize(
    "fault",
    [
        the_reply({"resourceType": "OperationOutcome"}, 500),
        the_reply({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}),
        the_reply({"resourceType": "Bundle", "entry": "none"}),
        the_reply([]),
        web.Response(body=b"<html>proxy error</html>"),
        web.Response(status=403),
        web.Response(status=404),
    ],
)
async def test_the_medication_list_is_out_of_reach(fault: web.Response) -> None:
    """Without the medication list the anticoagulant check is said to be undone; it is never silent."""
    cards = await cards_for(a_call("sample-apixaban"), Watching(MedicationRequest=fault))
    assert topics(cards) == [("BME-SYS-01", "warning")]
    assert "anticoagulant" in cards[0]["summary"]
    assert "medication orders" in cards[0]["detail"]


async def test_one_failed_query_does_not_silence_the_others() -> None:
    """Pregnancy data are there, the medication list is not: the pregnancy card comes, with the notice."""
    fault = the_reply({"resourceType": "OperationOutcome"}, 500)
    cards = await cards_for(a_call("sample-pregnant"), Watching(MedicationRequest=fault))
    assert topics(cards) == [("BME-CI-02", "critical"), ("BME-SYS-01", "warning")]


async def test_a_malformed_row_is_stated_and_the_others_count() -> None:
    """One medication order that cannot be read beside one that can: the contraindication, and what was not read."""
    good = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/sample-safe"},
        "medicationCodeableConcept": {"text": "Eliquis 5 mg"},
    }
    rows = [{"resource": good}, {"resource": {**good, "id": "m2", "status": {"not": "a code"}}}]
    fault = the_reply({"resourceType": "Bundle", "type": "searchset", "entry": rows})
    card, *others = await cards_for(a_call("sample-safe"), Watching(MedicationRequest=fault))
    assert topics([card]) == [("BME-CI-01", "critical")]
    assert {topic for topic, _ in topics(others)} <= {"BME-SYS-01"}
    assert "1 could not be read" in card["detail"]
    assert "recognized from free text" in card["detail"]


async def test_rows_of_another_patient_never_count() -> None:
    """A server answers with someone else's warfarin: the row is dropped; with nothing left the query failed."""
    foreign = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/somebody-else"},
        "medicationCodeableConcept": {"text": "warfarin 5 mg"},
    }
    fault = the_reply({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": foreign}]})
    cards = await cards_for(a_call("sample-safe"), Watching(MedicationRequest=fault))
    assert topics(cards) == [("BME-SYS-01", "warning")]
    assert "another patient" in cards[0]["detail"]


async def test_a_draft_by_reference_is_read_before_it_is_judged() -> None:
    """A draft that names its medicine only by a reference to the server is looked up first."""
    order = {**draft("warfarin", "sample-ongoing", TODAY)}
    del order["medicationCodeableConcept"]
    order["medicationReference"] = {"reference": "Medication/warfarin-warfarin-tablet"}
    call = a_call("sample-ongoing")
    call["context"]["draftOrders"]["entry"] = [{"resource": order}]
    cards = await cards_for(call)
    assert topics(cards) == [("BME-CI-01", "critical")]
    assert "suggestions" not in cards[0] or not any(
        action["type"] == "delete" for suggestion in cards[0]["suggestions"] for action in suggestion["actions"]
    )


async def test_a_draft_that_refers_to_nothing_is_not_judged_in_silence() -> None:
    """The medication cannot be read: a notice says that it is not known which medicine is ordered."""
    order = {**draft("warfarin", "sample-safe", TODAY)}
    del order["medicationCodeableConcept"]
    order["medicationReference"] = {"reference": "Medication/unknown"}
    call = a_call("sample-safe")
    call["context"]["draftOrders"]["entry"] = [{"resource": order}]
    cards = await cards_for(call)
    assert topics(cards) == [("BME-SYS-01", "warning")]
    assert "not known which medicine" in cards[0]["detail"]


async def test_the_chart_of_an_ongoing_course() -> None:
    """An iloprost course with a new rivaroxaban: a critical card with a task, and no change of an order."""
    call = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "sample-ongoing"},
    }
    async with running(TODAY) as base, calling() as client:
        reply = await client.post("/cds-services/bme-patient-view", json={**call, "fhirServer": base})
    card, *others = reply.json()["cards"]
    assert topics([card]) == [("BME-CI-05", "critical")]
    assert {other["indicator"] for other in others} == {"info"}
    [suggestion] = card["suggestions"]
    assert suggestion["actions"][0]["resource"]["resourceType"] == "Task"


async def test_the_chart_without_any_data_is_412() -> None:
    """A chart hook has no draft in hand: with no data at all there is nothing to answer from."""
    call = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "sample-ongoing"},
    }
    async with calling() as client:
        reply = await client.post("/cds-services/bme-patient-view", json=call)
    assert reply.status_code == 412
    assert reply.json()["resourceType"] == "OperationOutcome"


async def test_the_decision_is_recorded_with_its_data() -> None:
    """The record names rules with version and verdict, and the state of each query; nothing of the patient."""
    store = MemoryDecisions()
    async with running(TODAY) as base, calling(store=store) as client:
        await client.post(SIGN, json={**a_call("sample-apixaban"), "fhirServer": base})
    [call] = store.records
    verdicts = {(outcome.rule, outcome.verdict) for outcome in call.decision.outcomes}
    assert ("BME-CI-01", "advice") in verdicts
    assert call.decision.queries["medications"] == "data"
    assert call.decision.facts == ("prostacyclin", "anticoagulant")
