"""The server over HTTP: reads, errors, what browsers need, and faults put in from outside."""

from __future__ import annotations

import asyncio
from datetime import date

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from service.sample_ehr import load_patients, running, stories
from service.sample_ehr.parameters import PARAMETERS

pytestmark = pytest.mark.asyncio


async def test_every_resource_can_be_read(ehr: aiohttp.ClientSession, today: date) -> None:
    for resource in load_patients(today):
        async with ehr.get(f"{resource['resourceType']}/{resource['id']}") as reply:
            assert reply.status == 200
            assert reply.content_type == "application/fhir+json"
            assert await reply.json() == resource


async def test_every_full_url_of_a_search_can_be_read(ehr: aiohttp.ClientSession) -> None:
    async with ehr.get("DiagnosticReport") as reply:
        entries = (await reply.json())["entry"]
    for entry in entries:
        async with ehr.get(entry["fullUrl"]) as reply:
            assert await reply.json() == entry["resource"]


async def test_metadata_lists_every_type_and_parameter(ehr: aiohttp.ClientSession, base: str) -> None:
    async with ehr.get("metadata") as reply:
        statement = await reply.json()
    CapabilityStatement.model_validate(statement)
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["date"] == "2025-04-12"
    assert statement["implementation"]["url"] == base
    listed = {row["type"]: [param["name"] for param in row["searchParam"]] for row in statement["rest"][0]["resource"]}
    assert listed == {kind: list(known) for kind, known in PARAMETERS.items()}


@pytest.mark.parametrize("accept", ["application/json+fhir", "text/html", "*/*", "nonsense"])
async def test_any_accept_header_is_served(ehr: aiohttp.ClientSession, accept: str) -> None:
    async with ehr.get("Patient/sample-safe", headers={"Accept": accept}) as reply:
        assert (reply.status, reply.content_type) == (200, "application/fhir+json")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "Patient/nobody", 404),
        ("GET", "Patient/safe-bmes", 404),
        ("GET", "Unicorn/1", 404),
        ("GET", "Unicorn?patient=sample-safe", 404),
        ("POST", "Unicorn/_search", 404),
        ("GET", "Patient/sample-safe/_history", 404),
        ("PUT", "Patient/sample-safe", 405),
        ("DELETE", "Patient/sample-safe", 405),
        ("POST", "Patient", 405),
    ],
)
async def test_an_error_is_an_operation_outcome(
    ehr: aiohttp.ClientSession, method: str, path: str, status: int
) -> None:
    async with ehr.request(method, path) as reply:
        assert (reply.status, reply.content_type) == (status, "application/fhir+json")
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert ("Allow" in reply.headers) is (status == 405)
        OperationOutcome.model_validate(await reply.json())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"patient": "sample-safe"}'),
        ("application/x-www-form-urlencoded; charset=klingon", b"patient=sample-safe"),
        ("application/x-www-form-urlencoded", b"patient=\xff\xfe"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(
    ehr: aiohttp.ClientSession, content_type: str, body: bytes
) -> None:
    async with ehr.post("Patient/_search", data=body, headers={"Content-Type": content_type}) as reply:
        assert reply.status == 400
        OperationOutcome.model_validate(await reply.json())


async def test_a_browser_may_ask_before_it_sends_a_token(ehr: aiohttp.ClientSession) -> None:
    asks = {
        "Origin": "http://localhost:8080",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,x-more",
    }
    async with ehr.options("Patient/sample-safe", headers=asks) as reply:
        assert reply.status == 204
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
        assert reply.headers["Access-Control-Allow-Headers"] == "authorization,x-more"


async def test_two_servers_run_side_by_side_and_end(today: date) -> None:
    async with running(today) as one, running(today) as other:
        assert one != other
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(f"{one}/metadata")


async def test_the_day_that_is_passed_in_decides_the_dates() -> None:
    async with (
        running(date(2030, 1, 1)) as base,
        aiohttp.ClientSession() as session,
        session.get(f"{base}/Condition/apixaban-bmes") as reply,
    ):
        assert (await reply.json())["recordedDate"] == "2029-11-21"


async def test_a_middleware_can_break_one_type(today: date) -> None:
    @web.middleware
    async def truncated(request: web.Request, handler: Handler) -> web.StreamResponse:
        reply = await handler(request)
        if request.path.endswith("/Observation"):
            assert isinstance(reply, web.Response)
            return web.Response(text=str(reply.text)[:40], content_type="application/fhir+json")
        return reply

    async with running(today, middlewares=[truncated]) as base, aiohttp.ClientSession() as session:
        async with session.get(f"{base}/Observation") as reply:
            with pytest.raises(ValueError):
                await reply.json(content_type=None)
        async with session.get(f"{base}/Patient") as reply:
            assert (await reply.json())["total"] == len(stories())


async def test_a_reply_that_a_middleware_holds_back_does_not_hold_back_the_end(today: date) -> None:
    entered = asyncio.Event()

    @web.middleware
    async def never(request: web.Request, handler: Handler) -> web.StreamResponse:
        entered.set()
        await asyncio.Event().wait()
        return await handler(request)

    async with asyncio.timeout(5), aiohttp.ClientSession() as session:
        async with running(today, middlewares=[never]) as base:
            waiting = asyncio.ensure_future(session.get(f"{base}/Patient"))
            await entered.wait()
        with pytest.raises(aiohttp.ClientError):
            await waiting
