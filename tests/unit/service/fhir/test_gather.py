"""Reading from an EHR that misbehaves in every way: a delivery each time, never an exception, never a silent no."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from cds_hooks.wire.delivery import Delivery, Query, State
from service.fhir.gather import Limits, Reader
from service.security.outbound import parse_base
from service.security.outgoing import open_outgoing
from tests.unit.service.fhir.faulty_ehr import FaultyEhr, bundle

pytestmark = pytest.mark.asyncio
LIMITS = Limits(seconds=2.5, pages=3, bytes=10_000, queries=12)
CONDITIONS = Query("conditions", "Condition?patient=1")
PATIENT = Query("patient", "Patient/1")


@asynccontextmanager
async def reading(ehr: FaultyEhr, *, seconds: float = 30, limits: Limits = LIMITS) -> AsyncIterator[Reader]:
    """A reader of this EHR. The deadline is far away unless the test is about it."""
    outgoing = open_outgoing()
    async with outgoing.session:
        base = parse_base(ehr.base)
        assert base is not None
        yield Reader(outgoing, base, "token-1", asyncio.get_running_loop().time() + seconds, limits)


async def deliver(ehr: FaultyEhr, query: Query = CONDITIONS, *, seconds: float = 30) -> Delivery:
    async with reading(ehr, seconds=seconds) as reader:
        return (await reader.gather([query]))[query.key]


@pytest.mark.conforms("E20", "G4")
async def test_a_search_with_rows_and_one_without() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", bundle("a"))
        assert await deliver(ehr) == Delivery(State.DATA, (json.dumps(bundle("a")).encode(),))
        for nothing in (bundle(), {"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": None}):
            ehr.answer("Condition", nothing)
            assert await deliver(ehr) == Delivery(State.EMPTY)
    assert ehr.calls[0] == "Condition?patient=1"
    assert set(ehr.tokens) == {"Bearer token-1"}


async def test_a_read_that_finds_and_one_that_does_not() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Patient/1", {"resourceType": "Patient", "link": [{"other": {}, "type": "seealso"}]})
        assert (await deliver(ehr, PATIENT)).state is State.DATA
        ehr.answer("Patient/1", {"resourceType": "OperationOutcome"}, 404)
        assert await deliver(ehr, PATIENT) == Delivery(State.EMPTY)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "the EHR answered 400"),
        (401, "the EHR refused access (401)"),
        (403, "the EHR refused access (403)"),
        (404, "the EHR does not know this query (404)"),
        (429, "the EHR was too busy (429)"),
        (500, "the EHR answered 500"),
        (204, "the EHR answered 204"),
    ],
)
@pytest.mark.conforms("E14", "G9")
async def test_a_status_other_than_200_is_a_failure(status: int, reason: str) -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", b"" if status == 204 else b"Oops: patient 1", status)
        assert await deliver(ehr) == Delivery(State.FAILED, reason=reason)
        assert len(ehr.calls) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"upstream connect error", "the answer was not JSON"),
        (b"", "the answer was not JSON"),
        (b'{"resourceType": "Bundle", "entry": [{"reso', "the answer was not JSON"),
        (b'{"resourceType": "Bundle", "entry": ' + b"[" * 5000, "the answer was not JSON"),
        (b"[]", "the answer was not FHIR"),
        (b'{"resourceType": 7}', "the answer was not FHIR"),
        (b'{"resourceType": "Bundle", "link": 7}', "the answer was not FHIR"),
        (b'{"resourceType": "OperationOutcome"}', "the EHR answered with an error message instead of data"),
        (b'{"resourceType": "Condition"}', "the answer was not what the query asks for"),
        (b'{"resourceType": "Bundle", "x": "' + b"x" * 20_000 + b'"}', "the answer was longer than the limit"),
    ],
)
async def test_a_body_that_cannot_be_used_is_a_failure(body: bytes, reason: str) -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", body)
        assert await deliver(ehr) == Delivery(State.FAILED, reason=reason)


async def test_a_compressed_answer_counts_as_long_as_it_unpacks() -> None:
    packed = gzip.compress(b'{"resourceType": "Bundle", "x": "' + b"x" * 50_000_000 + b'"}')
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", packed, encoding="gzip")
        assert (await deliver(ehr)).reason == "the answer was longer than the limit"
        ehr.answer("Condition", gzip.compress(json.dumps(bundle("a")).encode()), encoding="gzip")
        assert (await deliver(ehr)).state is State.DATA
        ehr.answer("Condition", b"not gzip", encoding="gzip")
        assert (await deliver(ehr)).state is State.FAILED


async def test_an_answer_that_breaks_off_is_a_failure() -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Length": "5000"})
        await reply.prepare(request)
        await reply.write(b'{"resourceType": "Bundle", "entry": []')
        assert request.transport is not None
        request.transport.close()
        return reply

    async with FaultyEhr().running() as ehr:
        ehr.handle("Condition", break_off)
        assert await deliver(ehr) == Delivery(State.FAILED, reason="the answer broke off")


async def test_a_dead_server_is_a_failure() -> None:
    async with FaultyEhr().running() as ehr:
        pass
    assert await deliver(ehr) == Delivery(State.FAILED, reason="the EHR could not be reached")


async def test_a_server_that_speaks_no_http_is_a_failure() -> None:
    async def mumble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp ready\r\n")
        writer.close()

    server = await asyncio.start_server(mumble, "127.0.0.1", 0)
    async with server:
        ehr = FaultyEhr()
        ehr.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fhir"
        assert (await deliver(ehr)).state is State.FAILED


@pytest.mark.conforms("H7", "P10")
async def test_the_deadline_ends_a_query_and_spares_the_others() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.hang("Condition")
        ehr.answer("Patient/1", {"resourceType": "Patient"})
        async with reading(ehr, seconds=0.3) as reader:
            deliveries = await reader.gather([CONDITIONS, PATIENT])
    assert deliveries["conditions"] == Delivery(State.FAILED, reason="no answer within 2.5 s")
    assert deliveries["patient"].state is State.DATA


async def test_a_deadline_that_has_passed_asks_nobody() -> None:
    async with FaultyEhr().running() as ehr:
        assert (await deliver(ehr, seconds=-1)).reason == "no answer within 2.5 s"
        assert ehr.calls == []


async def test_queries_run_together_up_to_a_limit() -> None:
    together = asyncio.Barrier(2)

    async def meet(_request: web.Request) -> web.Response:
        await together.wait()  # answers only when two are here at once
        return web.json_response(bundle())

    queries = [Query(f"key-{number}", f"Condition?patient={number}") for number in range(6)]
    async with FaultyEhr().running() as ehr:
        ehr.handle("Condition", meet)
        async with reading(ehr, limits=Limits(2.5, pages=3, bytes=10_000, queries=2)) as reader:
            deliveries = await reader.gather(queries)
    assert [delivery.state for delivery in deliveries.values()] == [State.EMPTY] * 6
    assert ehr.most_at_once == 2


@pytest.mark.conforms("E15")
async def test_pages_are_followed_at_the_same_origin() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", bundle("a", following=f"{ehr.base}/page2?_getpages=7"))
        ehr.answer("page2", bundle("b", following="page3"))
        ehr.answer("page3", bundle())
        delivery = await deliver(ehr)
    assert delivery.state is State.DATA
    assert len(delivery.pages) == 3
    assert ehr.calls == ["Condition?patient=1", "page2?_getpages=7", "page3"]
    assert set(ehr.tokens) == {"Bearer token-1"}


@pytest.mark.conforms("E15")
async def test_a_search_that_the_client_began_is_resumed() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", bundle("b"))
        begun = Query("conditions", "Condition?patient=1", resume=f"{ehr.base}/Condition?page=2")
        assert (await deliver(ehr, begun)).state is State.DATA
        assert ehr.calls == ["Condition?page=2"]
        elsewhere = Query("conditions", "Condition?patient=1", resume="http://127.0.0.1:9/fhir/Condition?page=2")
        assert "leads away" in (await deliver(ehr, elsewhere)).reason


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.2:80/fhir/Condition?page=2",
        "https://evil.example.org/fhir",
        "//evil.example.org/fhir",
        "../admin",
        "http://[",
        "",
    ],
)
@pytest.mark.conforms("E15", "G8", "P1")
async def test_a_next_link_to_elsewhere_keeps_what_came_and_fails(link: str) -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", bundle("a", following=link))
        delivery = await deliver(ehr)
    assert delivery.state is State.FAILED
    assert "leads away" in delivery.reason
    assert len(delivery.pages) == 1
    assert len(ehr.calls) == 1


async def test_endless_paging_stops_at_the_limit() -> None:
    async def endless(request: web.Request) -> web.Response:
        page = int(request.query.get("page", 0)) + 1
        return web.json_response(bundle(str(page), following=f"{ehr.base}/Condition?page={page}"))

    async with FaultyEhr().running() as ehr:
        ehr.handle("Condition", endless)
        delivery = await deliver(ehr)
    assert delivery.state is State.FAILED
    assert delivery.reason == "the answer had more pages than the limit"
    assert len(delivery.pages) == LIMITS.pages


async def test_a_page_that_leads_to_itself_is_read_once() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", bundle("a", following=f"{ehr.base}/Condition?patient=1"))
        assert (await deliver(ehr)).state is State.FAILED
        assert len(ehr.calls) == 1


async def test_pages_together_are_held_to_the_byte_limit() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", {**bundle("a", following=f"{ehr.base}/page2"), "x": "x" * 6000})
        ehr.answer("page2", {**bundle("b"), "x": "x" * 6000})
        delivery = await deliver(ehr)
    assert delivery.state is State.FAILED
    assert delivery.reason == "the answer was longer than the limit"
    assert len(delivery.pages) == 1


async def test_a_later_page_that_fails_keeps_the_first() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", bundle("a", following=f"{ehr.base}/page2"))
        ehr.answer("page2", b"", 500)
        delivery = await deliver(ehr)
        assert (delivery.state, delivery.reason, len(delivery.pages)) == (State.FAILED, "the EHR answered 500", 1)
        ehr.answer("page2", b"", 404)
        assert (await deliver(ehr)).state is State.FAILED


@pytest.mark.conforms("G8")
async def test_redirects_are_not_followed() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", b"", 302, location=f"{ehr.base}/elsewhere")
        delivery = await deliver(ehr)
    assert delivery == Delivery(State.FAILED, reason="the EHR redirected the query, which is not followed")
    assert len(ehr.calls) == 1


async def test_a_refused_search_is_asked_once_more_without_optional_parameters() -> None:
    async def strict(request: web.Request) -> web.Response:
        known = "_sort" not in request.query and "_count" not in request.query
        return web.json_response(bundle("a") if known else {}, status=200 if known else 400)

    query = Query("conditions", "Observation?patient=1&code=http://loinc.org|4,5&_sort=-date&_count=50")
    async with FaultyEhr().running() as ehr:
        ehr.handle("Observation", strict)
        assert (await deliver(ehr, query)).state is State.DATA
        assert [call.count("_") for call in ehr.calls] == [2, 0]
        ehr.answer("Observation", {}, 400)
        assert (await deliver(ehr, query)).reason == "the EHR answered 400"
    assert len(ehr.calls) == 4


async def test_an_id_cannot_leave_the_base() -> None:
    async with FaultyEhr().running() as ehr:
        for path in ("Patient/..", "Patient/%2E%2E/%2E%2E/admin"):
            assert (await deliver(ehr, Query("patient", path))).state is State.FAILED
        assert ehr.calls == []


@pytest.mark.conforms("G5")
async def test_cookies_are_not_kept() -> None:
    seen: list[str | None] = []

    async def set_cookie(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie"))
        reply = web.json_response(bundle())
        reply.set_cookie("session", "1")
        return reply

    async with FaultyEhr().running() as ehr:
        ehr.handle("Condition", set_cookie)
        async with reading(ehr) as reader:
            await reader.gather([CONDITIONS])
            await reader.gather([CONDITIONS])
    assert seen == [None, None]
