"""What must come when something that Marrow relies on fails: each fault with its card or its error.

Real processes and real sockets on loopback: Marrow as `marrow serve` runs it, the sample EHR with a fault in front of
it, PostgreSQL and Redis. Wherever the data of a contraindication are there its card comes; wherever data failed a
notice says which check was not made and why; an empty answer never stands for a failure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx2 as httpx
import msgspec
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from service.sample_ehr import running
from tests.builders.redis_server import redis_running
from tests.integration.test_shell_command import free_port, started
from tests.integration.test_shell_support import SIGN, a_call, the_problem
from tests.integration.test_store_faults import postgres_url, wired
from tests.unit.service.signing import ISSUER, ec_jwk, token

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
__all__ = ["postgres_url"]  # a fixture, which pytest finds by its name
VIEW = "/cds-services/bme-patient-view"
QUIET = {"MARROW_MODE": "development", "MARROW_LOG_LEVEL": "error"}
ANTICOAGULANT, PREGNANCY = ("BME-CI-01", "critical"), ("BME-CI-02", "critical")
NOT_DONE = ("BME-SYS-01", "warning")
Running = TypeVar("Running")


# -- the parts


@pytest.fixture(scope="module")
def marrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Marrow that waits for an EHR one second only."""
    impatient = {"MARROW_DEADLINE_SECONDS": "1", "MARROW_MAX_PAGES": "4"}
    folder = tmp_path_factory.mktemp("marrow")
    with started("serve", "--port", str(free_port()), cwd=folder, **QUIET, **impatient) as (_, url):
        yield url


@pytest.fixture(scope="module")
def narrow_marrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Marrow with room for three calls and two connections, which loses patience with an EHR after five failures."""
    room = {"MARROW_CALLS_AT_ONCE": "3", "MARROW_EHR_CONNECTIONS": "2", "MARROW_DEADLINE_SECONDS": "30"}
    patience = {"MARROW_EHR_FAILURES": "5", "MARROW_EHR_PAUSE_SECONDS": str(PAUSE)}
    folder = tmp_path_factory.mktemp("marrow")
    with started("serve", "--port", str(free_port()), cwd=folder, **QUIET, **room, **patience) as (_, url):
        yield url


class Ehr:
    """The sample EHR, with what stands between it and Marrow. `fault` answers instead of it for the type `at`."""

    def __init__(self, fault: Fault | None = None, at: str = "") -> None:
        self.fault, self.at = fault, at
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0
        self.base = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Ehr]:
        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            kind = request.path.removeprefix("/fhir/").split("/")[0]
            self.asked.append(kind)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                broken = self.fault is not None and self.at in ("", kind)
                return await self.fault(request, handler) if self.fault and broken else await handler(request)
            finally:
                self.at_once -= 1

        async with running(datetime.now(UTC).date(), middlewares=[watch]) as self.base:
            yield self


def call_for(patient: str, ehr: Ehr, **changed: Any) -> dict[str, Any]:
    """Iloprost is signed for this patient, and nothing is sent along: all data must be read from the EHR."""
    return a_call(patient, fhirServer=ehr.base, **changed)


def chart_of(patient: str, ehr: Ehr) -> dict[str, Any]:
    context = {"userId": "Practitioner/1", "patientId": patient}
    return {"hook": "patient-view", "hookInstance": str(uuid4()), "context": context, "fhirServer": ehr.base}


async def post(url: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.post(url, json=body, headers=headers)


def cards(reply: httpx.Response) -> list[tuple[str, str]]:
    assert reply.status_code == 200, reply.text
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in reply.json()["cards"]]


def notice(reply: httpx.Response) -> str:
    """What the notice says that a check could not be made."""
    [found] = [card for card in reply.json()["cards"] if card["source"]["topic"]["code"] == NOT_DONE[0]]
    return str(found["detail"])


# -- the faults of a FHIR server

Fault = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
JSON = "application/fhir+json"


def says(status: int, body: bytes = b"", content_type: str = JSON, **headers: str) -> Fault:
    """Answer with this instead of the data."""

    async def fault(_request: web.Request, _handler: Handler) -> web.Response:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers={"Content-Type": content_type, **more})

    return fault


def a_page(*rows: dict[str, Any], following: str = "") -> bytes:
    page: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": row} for row in rows]}
    return msgspec.json.encode({**page, "link": [{"relation": "next", "url": following}]} if following else page)


async def never_answers(_request: web.Request, _handler: Handler) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def hangs_up(request: web.Request, _handler: Handler) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def breaks_off(request: web.Request, _handler: Handler) -> web.StreamResponse:
    reply = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": JSON})
    await reply.prepare(request)
    await reply.write(a_page()[:20])
    assert request.transport
    request.transport.close()
    return reply


async def truncates(request: web.Request, handler: Handler) -> web.StreamResponse:
    reply = await handler(request)
    assert isinstance(reply, web.Response)
    assert isinstance(reply.body, bytes)
    return web.Response(body=reply.body[: len(reply.body) // 2], content_type=JSON)


async def pages_without_end(request: web.Request, _handler: Handler) -> web.StreamResponse:
    page = int(request.query.get("page", 0)) + 1
    return web.Response(body=a_page(following=f"{request.path}?patient=x&page={page}"), content_type=JSON)


async def real_pages_without_end(request: web.Request, handler: Handler) -> web.StreamResponse:
    if "page" in request.query:
        return await pages_without_end(request, handler)
    reply = await handler(request)
    assert isinstance(reply, web.Response)
    assert isinstance(reply.body, bytes)
    bundle = {**msgspec.json.decode(reply.body), "link": [{"relation": "next", "url": f"{request.path}?page=1"}]}
    return web.Response(body=msgspec.json.encode(bundle), content_type=JSON)


async def mislabels(request: web.Request, handler: Handler) -> web.StreamResponse:
    reply = await handler(request)
    reply.content_type = "text/html"
    return reply


async def knows_no_status(request: web.Request, handler: Handler) -> web.StreamResponse:
    if "status" in request.query:
        return await says(400, b"unknown search parameter", "text/plain")(request, handler)
    return await handler(request)


SOMEBODY_ELSE = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "status": "active",
    "intent": "order",
    "subject": {"reference": "Patient/somebody-else"},
    "medicationCodeableConcept": {"text": "warfarin 5 mg"},
}
OUTCOME = b'{"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}'


@dataclass(frozen=True)
class Row:
    """A fault, what the notice says of it, and whether nothing at all can be read from a server that has it."""

    fault: Fault
    said: str
    leaves_nothing: bool = True


MATRIX = {
    "slow": Row(never_answers, "no answer within 1 s"),
    "dead while it answers": Row(hangs_up, "could not be reached"),
    "an answer that breaks off": Row(breaks_off, "the answer broke off"),
    "401": Row(says(401, OUTCOME), "refused access (401)"),
    "403": Row(says(403, OUTCOME), "refused access (403)"),
    "404": Row(says(404, OUTCOME), "does not know this query (404)", leaves_nothing=False),  # a read that finds nobody
    "429 with Retry-After": Row(says(429, b"slow down", "text/plain", Retry_After="1"), "too busy (429)"),
    "500": Row(says(500, OUTCOME), "answered 500"),
    "500 in plain text": Row(says(500, b"NullPointerException", "text/plain"), "answered 500"),
    "503 of a proxy": Row(says(503, b"<h1>Service Unavailable</h1>", "text/html"), "answered 503"),
    "plain text with 200": Row(says(200, b"please log in", "text/plain"), "not JSON"),
    "a page for browsers with 200": Row(says(200, b"<!doctype html><title>Login</title>", "text/html"), "not JSON"),
    "XML under the name of JSON": Row(says(200, b'<Bundle xmlns="http://hl7.org/fhir"/>'), "not JSON"),
    "nothing with 200": Row(says(200), "not JSON"),
    "truncated JSON": Row(truncates, "not JSON"),
    "JSON that is no FHIR": Row(says(200, b'{"error": "no"}', "application/json"), "not FHIR"),
    "an error with 200": Row(says(200, OUTCOME), "an error message instead of data"),
    "a redirect": Row(says(302, Location="/fhir/login"), "redirected the query"),
    "endless paging": Row(pages_without_end, "more pages than the limit", leaves_nothing=False),
    "paging to another host": Row(
        says(200, a_page(following="http://127.0.0.2:9/fhir/x")), "leads away", leaves_nothing=False
    ),
    "rows of another patient": Row(says(200, a_page(SOMEBODY_ELSE)), "another patient", leaves_nothing=False),
    "400": Row(says(400, OUTCOME), "answered 400"),
}
each_fault = pytest.mark.parametrize("name", MATRIX)
each_fault_that_leaves_nothing = pytest.mark.parametrize(
    "name", [name for name in MATRIX if MATRIX[name].leaves_nothing]
)


@each_fault
async def test_a_check_without_its_data_is_said_to_be_undone(name: str, marrow: str) -> None:
    """The patient takes apixaban, which the EHR does not tell: the notice comes, with the reason."""
    async with Ehr(MATRIX[name].fault, at="MedicationRequest").running() as ehr:
        reply = await post(marrow + SIGN, call_for("sample-apixaban", ehr))
    assert cards(reply) == [NOT_DONE]
    assert MATRIX[name].said in notice(reply)
    assert "anticoagulant" in reply.json()["cards"][0]["summary"]


@each_fault
async def test_the_critical_card_comes_where_its_data_are_there(name: str, marrow: str) -> None:
    """The patient is pregnant, which the EHR tells; the medication list fails beside it."""
    async with Ehr(MATRIX[name].fault, at="MedicationRequest").running() as ehr:
        reply = await post(marrow + SIGN, call_for("sample-pregnant", ehr))
    assert cards(reply) == [PREGNANCY, NOT_DONE]


@each_fault_that_leaves_nothing
async def test_with_nothing_to_be_had_an_order_gets_the_notice_and_a_chart_an_error(name: str, marrow: str) -> None:
    async with Ehr(MATRIX[name].fault).running() as ehr:
        signed = await post(marrow + SIGN, call_for("sample-apixaban", ehr))
        opened = await post(marrow + VIEW, chart_of("sample-ongoing", ehr))
    assert cards(signed) == [NOT_DONE]
    assert "fhirServer" in the_problem(opened, 412)


async def test_a_server_that_is_not_there(marrow: str) -> None:
    async with Ehr().running() as ehr:
        pass
    reply = await post(marrow + SIGN, call_for("sample-apixaban", ehr))
    assert cards(reply) == [NOT_DONE]
    assert "could not be reached" in notice(reply)
    assert "fhirServer" in the_problem(await post(marrow + VIEW, chart_of("sample-ongoing", ehr)), 412)


async def test_what_was_found_before_the_fault_counts(marrow: str) -> None:
    """The list has no end, and its first page names the anticoagulant."""
    async with Ehr(real_pages_without_end, at="MedicationRequest").running() as ehr:
        reply = await post(marrow + SIGN, call_for("sample-apixaban", ehr))
    assert cards(reply)[0] == ANTICOAGULANT


@pytest.mark.parametrize(("fault", "times"), [(mislabels, 1), (knows_no_status, 2)])
async def test_what_costs_no_data_costs_no_card(fault: Fault, times: int, marrow: str) -> None:
    """JSON by another name is read; a search that is refused is made once more without the parameters it can spare."""
    async with Ehr(fault, at="MedicationRequest").running() as ehr:
        reply = await post(marrow + SIGN, call_for("sample-apixaban", ehr))
    assert cards(reply) == [ANTICOAGULANT]
    assert ehr.asked.count("MedicationRequest") == times


async def test_nothing_that_failed_is_asked_for_again(marrow: str) -> None:
    for name, row in MATRIX.items():
        async with Ehr(row.fault, at="MedicationStatement").running() as ehr:
            await post(marrow + SIGN, call_for("sample-apixaban", ehr))
        times = 4 if name == "endless paging" else 1
        # aiohttp sends a query again, once, when a connection that it had kept was closed before anything came.
        spare = 1 if name == "dead while it answers" else 0
        assert times <= ehr.asked.count("MedicationStatement") <= times + spare, name


# -- too much


PAUSE = 0.5


async def test_no_more_queries_at_a_time_than_a_server_is_given(narrow_marrow: str) -> None:
    async def takes_a_moment(request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(0.01)
        return await handler(request)

    async with Ehr(takes_a_moment).running() as ehr:
        calls = (post(narrow_marrow + SIGN, call_for("sample-apixaban", ehr)) for _ in range(3))
        replies = await asyncio.gather(*calls)
    assert [cards(reply) for reply in replies] == [[ANTICOAGULANT]] * 3
    assert ehr.most_at_once == 2


async def test_a_call_for_which_there_is_no_room_is_told_when_to_come_again(narrow_marrow: str) -> None:
    go = asyncio.Event()

    async def holds(request: web.Request, handler: Handler) -> web.StreamResponse:
        await go.wait()
        return await handler(request)

    async with Ehr(holds).running() as ehr:
        held = [asyncio.create_task(post(narrow_marrow + SIGN, call_for("sample-apixaban", ehr))) for _ in range(3)]
        async with asyncio.timeout(60):
            while (await post(narrow_marrow + SIGN, a_call(drug="metformin"))).status_code == 200:
                pass  # the three are still on their way
        refused = await post(narrow_marrow + SIGN, call_for("sample-apixaban", ehr))
        assert "Try again" in the_problem(refused, 503)
        assert refused.headers["retry-after"] == "1"
        go.set()
        assert [cards(await each) for each in held] == [[ANTICOAGULANT]] * 3


async def test_a_server_that_keeps_failing_is_left_alone_and_asked_again_later(narrow_marrow: str) -> None:
    async with Ehr(says(500, OUTCOME)).running() as ehr:
        reply = await post(narrow_marrow + SIGN, call_for("sample-apixaban", ehr))
        assert cards(reply) == [NOT_DONE]
        began, asked = time.monotonic(), len(ehr.asked)
        for _ in range(20):
            reply = await post(narrow_marrow + SIGN, call_for("sample-apixaban", ehr))
            assert cards(reply) == [NOT_DONE]
        assert "left alone" in notice(reply)
        assert len(ehr.asked) - asked <= (time.monotonic() - began) / PAUSE + 1  # one try after each pause
        ehr.fault = None
        async with asyncio.timeout(60):
            while ANTICOAGULANT not in cards(
                reply := await post(narrow_marrow + SIGN, call_for("sample-apixaban", ehr))
            ):
                assert NOT_DONE in cards(reply)
        assert cards(await post(narrow_marrow + SIGN, call_for("sample-apixaban", ehr))) == [ANTICOAGULANT]


# -- the database and Redis


FEEDBACK = {"feedback": [{"card": str(uuid4()), "outcome": "accepted", "outcomeTimestamp": "2026-03-01T12:00:00Z"}]}


@asynccontextmanager
async def beside(context: AbstractContextManager[Running]) -> AsyncIterator[Running]:
    """A process is waited for in a thread: what it connects to runs in this one."""
    running = await asyncio.to_thread(context.__enter__)
    try:
        yield running
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def the_cards_come_and_feedback_is_sent_back(marrow: str, ehr: Ehr) -> None:
    assert cards(await post(marrow + SIGN, call_for("sample-apixaban", ehr))) == [ANTICOAGULANT]
    refused = await post(f"{marrow}{SIGN}/feedback", FEEDBACK)
    assert "Send it again" in the_problem(refused, 503)
    assert int(refused.headers["retry-after"]) > 0


async def readiness(marrow: str) -> tuple[int, str]:
    async with httpx.AsyncClient(timeout=10) as client:
        reply = await client.get(f"{marrow}/health/ready")
    return reply.status_code, str(reply.json()["status"])


async def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    away = {"MARROW_DATABASE_URL": f"postgresql+asyncpg://marrow@127.0.0.1:{free_port()}/marrow"}
    with started("serve", "--port", str(free_port()), cwd=tmp_path, **QUIET, **away) as (_, url):
        async with Ehr().running() as ehr:
            await the_cards_come_and_feedback_is_sent_back(url, ehr)
            assert await readiness(url) == (503, "unavailable")


@pytest.mark.postgres
async def test_a_database_that_goes_away(postgres_url: str, tmp_path: Path) -> None:
    async with wired(postgres_url, tmp_path) as (wire, over_the_wire), Ehr().running() as ehr:
        site = {**QUIET, "MARROW_DATABASE_URL": over_the_wire}
        async with beside(started("serve", "--port", str(free_port()), cwd=tmp_path, **site)) as (_, url):
            assert cards(await post(url + SIGN, call_for("sample-apixaban", ehr))) == [ANTICOAGULANT]
            assert (await post(f"{url}{SIGN}/feedback", FEEDBACK)).json()["kept"] == 1
            wire.break_off()
            await the_cards_come_and_feedback_is_sent_back(url, ehr)
            assert await readiness(url) == (200, "degraded")


async def test_a_redis_that_goes_away(tmp_path: Path) -> None:
    """Who asks is still known, a token still counts once, and the cards come."""
    url = f"http://127.0.0.1:{free_port()}"
    async with Ehr().running() as ehr:
        client = {"name": "hospital", "issuer": ISSUER, "jwks": {"keys": [ec_jwk()]}, "fhir_servers": [ehr.base]}
        (tmp_path / "clients.yaml").write_bytes(msgspec.json.encode({"clients": [client]}))
        body = call_for("sample-apixaban", ehr, fhirAuthorization={"access_token": "t", "token_type": "Bearer"})

        async def sent(authorization: str) -> httpx.Response:
            return await post(url + SIGN, body, Authorization=authorization)

        with redis_running(tmp_path) as (redis, redis_url):
            site = {
                **QUIET,
                "MARROW_CLIENTS_FILE": "clients.yaml",
                "MARROW_PUBLIC_URLS": url,
                "MARROW_REDIS_URL": redis_url,
            }
            with started("serve", "--port", url.rpartition(":")[2], cwd=tmp_path, **site):
                before, after = bearer(url), bearer(url)
                assert cards(await sent(before)) == [ANTICOAGULANT]
                redis.kill()
                redis.wait()
                assert cards(await sent(after)) == [ANTICOAGULANT]
                for used in (before, after):
                    assert the_problem(await sent(used), 401)


def bearer(url: str) -> str:
    """A client token that nobody has used."""
    now = int(time.time())
    return f"Bearer {token(aud=url + SIGN, iat=now, exp=now + 300, jti=uuid4().hex)}"
