"""The request of a call as the core checks it, apart from HTTP."""

from __future__ import annotations

import json

import pytest

from cds_hooks.wire.problem import DataUnavailableError, ProblemError, RequestError, UnknownServiceError
from cds_hooks.wire.request import FhirAuthorization, OrderSelectContext, schema
from tests.builders.calls import a_request, answer_of, cards_in, the_advisor
from tests.builders.fhir import PATIENT_ID, fhir_draft, fhir_patient
from tests.builders.moment import AS_OF


def refused(body: bytes, service: str = "bme-order-sign") -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        the_advisor().consult(service, body, AS_OF)
    return caught.value


def with_context(**changed: object) -> bytes:
    body = json.loads(a_request("order-sign", [fhir_draft()]))
    body["context"] |= changed
    return json.dumps(body).encode()


@pytest.mark.parametrize("patient", ["", "a/b", "two words", "a?b", "x" * 256])
def test_an_id_that_cannot_be_one(patient: str) -> None:
    """A patientId that would leave its place in a query is refused, and is not repeated in the answer."""
    problem = refused(with_context(patientId=patient))
    assert isinstance(problem, RequestError)
    assert problem.where == "context.patientId"
    assert not patient or patient not in problem.text


def test_an_id_with_its_type_is_taken() -> None:
    """Some clients send `Patient/id` where the bare id belongs."""
    consultation = the_advisor().consult("bme-order-sign", with_context(patientId=f"Patient/{PATIENT_ID}"), AS_OF)
    assert consultation.request.patient_id == PATIENT_ID


def test_drafts_that_are_no_bundle() -> None:
    assert refused(with_context(draftOrders={"resourceType": "List"})).where == "context.draftOrders"


def test_drafts_without_entries() -> None:
    """An absent entry is an empty basket; an entry without a resource is a draft that cannot be read."""
    empty = with_context(draftOrders={"resourceType": "Bundle"})
    assert cards_in(answer_of("order-sign", empty)) == []
    hollow = with_context(draftOrders={"resourceType": "Bundle", "entry": [{}]})
    assert [card["source"]["topic"]["code"] for card in cards_in(answer_of("order-sign", hollow))] == ["BME-SYS-01"]


def test_a_token_for_another_patient() -> None:
    """The token of another patient's context is never used."""
    body = json.loads(a_request("order-sign", [fhir_draft()]))
    token = {"access_token": "secret", "patient": "somebody-else"}
    body |= {"fhirServer": "https://ehr.example.org/fhir", "fhirAuthorization": token}
    problem = refused(json.dumps(body).encode())
    assert problem.where == "fhirAuthorization.patient"
    assert "somebody-else" not in problem.text


@pytest.mark.conforms("G6")
def test_a_token_does_not_show_itself() -> None:
    """However the authorization is printed, the token is not in it."""
    assert "secret" not in repr(FhirAuthorization(access_token="secret"))


def test_prefetch_of_another_patient() -> None:
    """Patients are mixed up: nothing may be judged."""
    body = a_request("order-sign", [fhir_draft()], {"patient": fhir_patient(id="somebody-else")})
    assert refused(body).where == "prefetch.patient"


def test_an_unknown_service() -> None:
    assert isinstance(refused(a_request(), "bme-none"), UnknownServiceError)


def test_a_chart_without_data() -> None:
    """A chart hook none of whose data can be had is refused in words, not answered with nothing."""
    with pytest.raises(DataUnavailableError):
        answer_of("patient-view", a_request("patient-view"))


def test_the_schema_names_what_is_required() -> None:
    """OpenAPI gets the body's schema although the body is read raw."""
    root, components = schema(OrderSelectContext)
    name = root["$ref"].rsplit("/", 1)[1]
    assert components[name]["required"] == ["hook", "hookInstance", "context"]
    assert set(components["OrderSelectContext"]["required"]) == {"userId", "patientId", "draftOrders", "selections"}
