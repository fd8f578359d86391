"""How much a client may ask, what a browser is told, and which set-ups do not start."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from service.app import create_app
from service.config import Mode, Settings
from service.errors import SetupError
from service.persistence.decisions import MemoryDecisions
from tests.integration.test_shell_support import SIGN, a_call, advisor, calling, the_problem
from tests.integration.test_shell_trust import production

JSON = {"Content-Type": "application/json"}
ORIGIN = "https://sandbox.example.org"


def development(**changed: object) -> Settings:
    return Settings.model_validate({"mode": Mode.DEVELOPMENT, **changed})


@pytest.mark.asyncio
@pytest.mark.conforms("H6", "P10")
async def test_a_client_that_calls_too_often_is_told_when_to_call_again() -> None:
    async with calling(development(calls_per_second=0.01)) as client:
        assert (await client.post(SIGN, json=a_call(drug="metformin"))).status_code == 200
        reply = await client.post(SIGN, json=a_call(drug="metformin"))
        assert "Retry-After" in the_problem(reply, 429)
        assert 0 < int(reply.headers["retry-after"]) <= 100
        # Discovery and health are for everyone.
        assert (await client.get("/cds-services")).status_code == 200


@pytest.mark.asyncio
@pytest.mark.conforms("H6", "P10")
async def test_only_so_many_calls_of_a_client_at_a_time() -> None:
    began, go = asyncio.Event(), asyncio.Event()

    async def held() -> AsyncIterator[bytes]:
        began.set()  # the body is being read
        await go.wait()
        yield json.dumps(a_call(drug="metformin")).encode()

    async with calling(development(calls_at_once=1)) as client:
        first = asyncio.create_task(client.post(SIGN, content=held(), headers=JSON))
        await began.wait()
        refused = await client.post(SIGN, content=b"{}", headers=JSON)
        assert the_problem(refused, 503)
        assert refused.headers["retry-after"] == "1"
        go.set()
        assert (await first).status_code == 200
        assert (await client.post(SIGN, json=a_call(drug="metformin"))).status_code == 200


@pytest.mark.asyncio
@pytest.mark.conforms("H6", "P10")
async def test_a_body_that_does_not_arrive_is_given_up() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    async with calling(development(body_seconds=0.05)) as client:
        reply = await client.post(SIGN, content=endless(), headers=JSON)
    assert the_problem(reply, 408)
    assert reply.headers["connection"] == "close"


@pytest.mark.asyncio
async def test_a_body_with_too_many_resources_is_refused() -> None:
    rows = [{"resource": {"resourceType": "Condition", "id": str(number)}} for number in range(50)]
    body = a_call(prefetch={"conditions": {"resourceType": "Bundle", "entry": rows}})
    async with calling(development(max_resources=40)) as client:
        assert "fewer resources" in the_problem(await client.post(SIGN, json=body), 413)
    async with calling(development(max_resources=100)) as client:
        assert (await client.post(SIGN, json=body)).status_code == 200


# -- browsers


def preflight(origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }


@pytest.mark.asyncio
@pytest.mark.conforms("O1", "O2")
async def test_a_listed_origin_may_call_and_see_errors_too() -> None:
    settings = development(cors_origins=ORIGIN)
    async with calling(settings) as client:
        for path in ("/cds-services", SIGN, SIGN + "/feedback"):
            asked = await client.options(path, headers=preflight(ORIGIN))
            assert asked.status_code == 200
            assert asked.headers["access-control-allow-origin"] == ORIGIN
            assert {"GET", "POST"} <= set(asked.headers["access-control-allow-methods"].split(", "))
            assert "authorization" in asked.headers["access-control-allow-headers"].lower()
            assert "access-control-allow-credentials" not in asked.headers
        replies = [
            await client.get("/cds-services", headers={"Origin": ORIGIN}),
            await client.post(SIGN, json=a_call(drug="metformin"), headers={"Origin": ORIGIN}),
            await client.post(SIGN, content=b"no", headers={"Origin": ORIGIN, **JSON}),
            await client.post(SIGN, json={}, headers={"Origin": ORIGIN, "Authorization": "Bearer x"}),
            await client.post(SIGN + "/feedback", json={}, headers={"Origin": ORIGIN}),
            await client.get("/nothing", headers={"Origin": ORIGIN}),
        ]
    assert [reply.status_code for reply in replies] == [200, 200, 400, 401, 400, 404]
    for reply in replies:
        assert reply.headers["access-control-allow-origin"] == ORIGIN
        assert "Origin" in reply.headers["vary"]
        assert "X-Request-Id" in reply.headers["access-control-expose-headers"]


@pytest.mark.asyncio
@pytest.mark.conforms("O2", "H5")
async def test_an_error_of_our_own_carries_the_headers_as_well() -> None:
    def stopped() -> None:
        raise RuntimeError

    async with calling(development(cors_origins=ORIGIN), clock=stopped) as client:  # type: ignore[arg-type] # broken
        reply = await client.post(SIGN, json=a_call(), headers={"Origin": ORIGIN})
    assert reply.status_code == 500
    assert reply.headers["access-control-allow-origin"] == ORIGIN
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.asyncio
@pytest.mark.conforms("O1")
async def test_no_other_origin_is_let_in() -> None:
    for settings in (development(), development(cors_origins=ORIGIN)):
        async with calling(settings) as client:
            for origin in (
                "https://evil.example.org",
                f"{ORIGIN}.evil.example.org",
                "null",
                "http://sandbox.example.org",
            ):
                assert (await client.options(SIGN, headers=preflight(origin))).status_code in {400, 405}
                reply = await client.get("/cds-services", headers={"Origin": origin})
                assert "access-control-allow-origin" not in reply.headers


@pytest.mark.asyncio
async def test_every_reply_carries_the_security_headers() -> None:
    async with calling(development(public_urls="https://cds.example.org")) as client:
        for reply in (
            await client.get("/cds-services"),
            await client.get("/no"),
            await client.post(SIGN, json=a_call()),
        ):
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in reply.headers["content-security-policy"]
            assert reply.headers["referrer-policy"] == "no-referrer"
            assert reply.headers["strict-transport-security"]
    async with calling() as client:
        assert "strict-transport-security" not in (await client.get("/cds-services")).headers


# -- set-ups


@pytest.mark.conforms("F14")
def test_several_processes_need_a_shared_memory_of_tokens(tmp_path: Path) -> None:
    settings = production(tmp_path).model_copy(update={"instances": 2})
    with pytest.raises(SetupError, match="MARROW_REDIS_URL"):
        create_app(settings, advisor=advisor(), store=MemoryDecisions())
    shared = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    create_app(shared, advisor=advisor(), store=MemoryDecisions())
    create_app(development(instances=2), advisor=advisor(), store=MemoryDecisions())


def test_a_bundle_of_authorities_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="MARROW_CA_BUNDLE"):
        create_app(development(ca_bundle=tmp_path / "none.pem"), advisor=advisor(), store=MemoryDecisions())


@pytest.mark.asyncio
async def test_refusals_are_counted_by_reason() -> None:
    app = create_app(development(), advisor=advisor(), store=MemoryDecisions())
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        await client.post(SIGN, headers={"Authorization": "Basic x"})
        await client.post(SIGN, headers={"Authorization": "Basic x"})
    assert app.state.refusals["not_bearer"] == 2
