"""The hooks beside patient-view, order-select and order-sign: what their contexts may hold, and who answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_hooks.wire.delivery import Delivery, State
from cds_hooks.wire.problem import RequestError
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, service_of, the_advisor, topics
from tests.builders.fhir import ILOPROST, PATIENT_ID, fhir_condition, fhir_draft, fhir_medication_request
from tests.builders.moment import AS_OF, day

ONGOING = [fhir_medication_request(ILOPROST, id="order-2"), fhir_medication_request()]
CHART = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])


def told(hook: str, body: bytes, have: dict[str, Delivery] | None = None) -> list[Any]:
    return topics(cards_in(answer_of(hook, body, have or {})))


@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
@pytest.mark.conforms("D5", "D6")
def test_an_encounter_asks_about_the_chart(hook: str) -> None:
    """What patient-view says of an ongoing prostacyclin is said when the patient arrives or leaves, too."""
    assert told(hook, a_request(hook, prefetch=full_prefetch(the_advisor(), hook, ONGOING))) == ["BME-CI-05"]


@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
def test_an_encounter_without_its_id(hook: str) -> None:
    body = json.loads(a_request(hook))
    del body["context"]["encounterId"]
    with pytest.raises(RequestError, match="encounterId"):
        the_advisor().consult(service_of(hook), json.dumps(body).encode(), AS_OF)


@pytest.mark.conforms("D8")
def test_a_refill_is_checked_like_an_order_to_sign() -> None:
    """With or without a user; the drafts stand in `medications`."""
    body = json.loads(a_request("medication-refill", [fhir_draft()], CHART))
    assert "BME-CI-01" in told("medication-refill", json.dumps(body).encode())
    del body["context"]["userId"]
    [card, *_] = cards_in(answer_of("medication-refill", json.dumps(body).encode()))
    assert all("requester" not in json.dumps(each) for each in card["suggestions"])


def test_a_refill_that_holds_no_bundle() -> None:
    body = json.loads(a_request("medication-refill", [fhir_draft()]))
    body["context"]["medications"]["resourceType"] = "List"
    with pytest.raises(RequestError, match="medications is not a Bundle"):
        the_advisor().consult("bme-medication-refill", json.dumps(body).encode(), AS_OF)


# -- order-dispatch: signed orders, named and not sent along


def dispatched(**context: Any) -> bytes:
    body = json.loads(a_request("order-dispatch", [fhir_draft()], CHART))
    body["context"] |= context
    return json.dumps(body).encode()


def read_as(**changes: Any) -> dict[str, Delivery]:
    draft = fhir_draft(status="active", **changes)
    return {f"MedicationRequest/{draft['id']}": Delivery(State.DATA, (json.dumps(draft).encode(),))}


ORDER = f"MedicationRequest/{fhir_draft()['id']}"


@pytest.mark.conforms("D4")
def test_a_dispatched_order_is_asked_for_and_judged() -> None:
    """It is read by its reference, and judged like one to sign. Nothing of it can be removed any more."""
    consultation = the_advisor().consult("bme-order-dispatch", dispatched(), AS_OF)
    assert ORDER in [query.path for query in consultation.needs({})]
    [card, *_] = cards_in(answer_of("order-dispatch", dispatched(), read_as()))
    assert card["source"]["topic"]["code"].startswith("BME-CI-01")
    assert "delete" not in {action["type"] for each in card["suggestions"] for action in each["actions"]}


TASK = {"resourceType": "Task", "status": "draft", "intent": "order"}


@pytest.mark.parametrize(
    "context",
    [
        {"dispatchedOrders": None, "order": ORDER},
        {"dispatchedOrders": None, "order": ORDER, "task": TASK},
        {"dispatchedOrders": [f"https://ehr/{ORDER}"]},
        {"fulfillmentTasks": [TASK]},
        {"fulfillment-tasks": [TASK]},
        {"fulfillmentTasks": "no list"},
        {"userId": "Practitioner/1"},
    ],
    ids=["version 1.0", "version 1.0 with its task", "absolute", "tasks", "tasks by their dash", "no tasks", "a user"],
)
@pytest.mark.conforms("D4", "P7")
def test_other_spellings_of_the_order(context: dict[str, Any]) -> None:
    """`order` and `task` are the names in version 1.0; the hook has no user; a reference may be absolute."""
    assert "BME-CI-01" in told("order-dispatch", dispatched(**context), read_as())


@pytest.mark.parametrize(
    "have",
    [{}, {ORDER: Delivery(State.FAILED)}, read_as(subject={"reference": "Patient/another"})],
    ids=["not asked", "not readable", "of another patient"],
)
def test_a_dispatched_order_that_cannot_be_read(have: dict[str, Delivery]) -> None:
    """It may be any drug: the notice says that it was not checked."""
    assert told("order-dispatch", dispatched(), have) == ["BME-SYS-01"]


def test_a_dispatch_that_names_no_order() -> None:
    with pytest.raises(RequestError, match="dispatchedOrders"):
        the_advisor().consult("bme-order-dispatch", dispatched(dispatchedOrders=[]), AS_OF)


# -- problem-list-item-create


SYNDROME = {"text": "bone marrow edema syndrome"}


def entered(**said: Any) -> Any:
    """A problem that was just entered."""
    return fhir_condition(SYNDROME, id="new", recordedDate=day(0), **said)


@pytest.mark.conforms("D9")
def test_a_new_syndrome_brings_the_checklist() -> None:
    """It is judged with what the chart holds, though it is not in the chart yet."""
    hook = "problem-list-item-create"
    body = a_request(hook, [entered()], full_prefetch(the_advisor(), hook))
    [card] = cards_in(answer_of(hook, body, {}))
    assert card["source"]["topic"]["code"].startswith("BME-DX-06")
    assert card["extension"]["org.marrow-cds.basis"]["rules"]


def test_a_new_problem_is_not_edited() -> None:
    """It is final (D9), also where the chart holds it already: tests are offered, no change of the diagnosis."""
    hook = "problem-list-item-create"
    body = a_request(hook, [entered()], full_prefetch(the_advisor(), hook, [entered()]))
    [card] = cards_in(answer_of(hook, body, {}))
    actions = [action for each in card["suggestions"] for action in each["actions"]]
    assert {action["type"] for action in actions} == {"create"}


def test_a_new_problem_of_another_kind() -> None:
    hook = "problem-list-item-create"
    body = a_request(hook, [fhir_condition()], full_prefetch(the_advisor(), hook))
    assert told(hook, body) == []


def test_a_new_problem_of_another_patient_is_refused() -> None:
    """Patients are mixed up: nothing may be judged."""
    foreign = fhir_condition(subject={"reference": "Patient/another"})
    assert foreign["subject"] != {"reference": f"Patient/{PATIENT_ID}"}
    body = a_request("problem-list-item-create", [foreign])
    with pytest.raises(RequestError, match="another patient") as refused:
        the_advisor().consult("bme-problem-list-item-create", body, AS_OF)
    assert refused.value.where == "context.conditions.entry[0]"
