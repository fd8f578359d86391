"""Bad input: a 4xx with an OperationOutcome that says what to do, whatever comes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest

from service.config import Mode, Settings
from tests.builders.feedback import an_item
from tests.integration.test_shell_support import SIGN, a_call, calling, the_problem

pytestmark = pytest.mark.asyncio
JSON = {"Content-Type": "application/json"}


async def post(body: bytes, headers: dict[str, str] = JSON, path: str = SIGN) -> httpx.Response:
    async with calling() as client:
        return await client.post(path, content=body, headers=headers)


NO_HOOK = a_call()
NO_HOOK.pop("hook")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "not JSON"),
        (b"hook=order-sign", "not JSON"),
        (b'{"hook": "order-sign"', "not JSON"),
        (b'{"hook": "order-sign", "hookInstance": NaN}', "not JSON"),
        (b'\xff\xfe{"hook": "order-sign"}', "not JSON"),
        (json.dumps(a_call(hook="\u00e9"), ensure_ascii=False).encode("latin-1"), "not UTF-8"),
        (b"[" * 200_000, "Expected `object`"),
        (b'{"context":' * 200_000, "nested too deeply"),
        (b"[]", "Expected `object`"),
        (b'"order-sign"', "Expected `object`"),
        (b"null", "Expected `object`"),
        (json.dumps(NO_HOOK).encode(), "missing required field `hook`"),
        (json.dumps(a_call(hookInstance=None)).encode(), "missing required field `hookInstance`"),
        (json.dumps(a_call(context=None)).encode(), "missing required field `context`"),
        (json.dumps(a_call(context={})).encode(), "missing required field"),
        (json.dumps(a_call(context=[])).encode(), "Expected `object`"),
        (json.dumps(a_call(hook="patient-view")).encode(), "answers the hook order-sign"),
        (json.dumps(a_call(hookInstance=" ")).encode(), "hookInstance is blank"),
        (json.dumps(a_call(prefetch=[])).encode(), "Expected `object"),
        (json.dumps(a_call(fhirAuthorization={"access_token": "t"})).encode(), "without fhirServer"),
    ],
)
@pytest.mark.conforms("A9", "C2", "C3", "C4", "C6", "C10", "H5", "H6", "H8", "P6", "V1")
async def test_a_body_that_is_no_request(body: bytes, expected: str) -> None:
    assert expected in the_problem(await post(body), 400)


@pytest.mark.conforms("D13")
async def test_a_draft_of_another_patient_is_refused() -> None:
    body = a_call()
    body["context"]["draftOrders"] = a_call("sample-safe")["context"]["draftOrders"]
    text = the_problem(await post(json.dumps(body).encode()), 400)
    assert "patient" in text
    assert "sample-safe" not in text


@pytest.mark.parametrize("path", ["/cds-services/none", "/cds-services/patient-4711", "/cds-services/bme%2F", "/other"])
@pytest.mark.conforms("C11", "H6")
async def test_an_unknown_address(path: str) -> None:
    text = the_problem(await post(json.dumps(a_call()).encode(), path=path), 404)
    assert "GET /cds-services" in text
    assert "4711" not in text


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("GET", SIGN, "POST"), ("PUT", SIGN, "POST"), ("POST", "/cds-services", "GET")]
)
@pytest.mark.conforms("C11", "H6")
async def test_a_wrong_method_names_the_right_one(method: str, path: str, allowed: str) -> None:
    async with calling() as client:
        reply = await client.request(method, path)
    the_problem(reply, 405)
    assert allowed in reply.headers["allow"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {**JSON, "Content-Encoding": "gzip"},
    ],
)
@pytest.mark.conforms("A8", "H6")
async def test_a_body_that_does_not_claim_to_be_plain_json(headers: dict[str, str]) -> None:
    the_problem(await post(json.dumps(a_call()).encode(), headers), 415)


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "Application/JSON", "application/fhir+json;fhirVersion=4.0"]
)
@pytest.mark.conforms("A8", "C1")
async def test_json_by_any_of_its_names(media_type: str) -> None:
    assert (await post(json.dumps(a_call(drug="metformin")).encode(), {"Content-Type": media_type})).status_code == 200


@pytest.mark.conforms("A9", "H6")
async def test_a_long_body_is_refused_before_it_is_read() -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b" " * 1024 * 1024

    async with calling() as client:
        announced = await client.post(SIGN, content=chunks(), headers={**JSON, "Content-Length": str(50 * 1024 * 1024)})
        assert "longer" in the_problem(announced, 413)
        assert sent == 0
        counted = await client.post(SIGN, content=chunks(), headers=JSON)
        assert "longer" in the_problem(counted, 413)
        assert sent <= 17


@pytest.mark.parametrize("length", ["-1", "many", "9" * 5000, "16777216"])
async def test_a_strange_content_length_is_no_trouble(length: str) -> None:
    reply = await post(json.dumps(a_call(drug="metformin")).encode(), {**JSON, "Content-Length": length})
    assert reply.status_code in {200, 413}


async def test_the_limit_is_a_setting() -> None:
    async with calling(Settings(mode=Mode.DEVELOPMENT, max_body_bytes=100)) as client:
        the_problem(await client.post(SIGN, json=a_call()), 413)


@pytest.mark.conforms("A7")
async def test_answers_are_json_in_utf_8_whatever_is_asked_for() -> None:
    async with calling() as client:
        for method, path, body in (
            ("GET", "/cds-services", None),
            ("POST", SIGN, a_call()),
            ("POST", SIGN + "/feedback", an_item()),
            ("GET", "/health/live", None),
            ("GET", "/health/ready", None),
        ):
            for accept in ("application/json", "application/fhir+json", "*/*"):
                reply = await client.request(method, path, json=body, headers={"Accept": accept})
                assert reply.status_code == 200
                assert reply.headers["content-type"] == "application/json; charset=utf-8"
                assert isinstance(reply.json(), dict)


@pytest.mark.conforms("A7")
async def test_fhir_json_for_those_who_ask_for_it() -> None:
    async with calling() as client:
        reply = await client.post(SIGN, content=b"", headers={**JSON, "Accept": "application/fhir+json"})
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/fhir+json; charset=utf-8"


@pytest.mark.conforms("D11", "E19")
async def test_one_malformed_resource_does_not_fail_the_call() -> None:
    body = a_call(prefetch={"patient": [1], "medications": {"resourceType": "Bundle", "entry": [{"resource": 7}]}})
    reply = await post(json.dumps(body).encode())
    assert reply.status_code == 200
    assert reply.json()["cards"]
