"""Keys that a client publishes at an address: production starts without them and fetches them when they are needed."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest
from aiohttp import web
from pydantic import SecretStr

from service.config import Mode, Settings
from tests.builders.tls import self_signed
from tests.integration.test_shell_command import free_port
from tests.integration.test_shell_support import NOW, SIGN, a_call, calling, the_problem
from tests.unit.service.signing import BASE, ISSUER, ec_jwk, ec_key, token

pytestmark = pytest.mark.asyncio


class Publisher:
    """An https server on loopback that counts who asks for its keys, and answers when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.certificate, key = self_signed(folder)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate, key)
        self.port = free_port()
        self.asked = 0
        self.here, self.go = asyncio.Event(), asyncio.Event()

    async def _keys(self, _request: web.Request) -> web.Response:
        self.asked += 1
        self.here.set()
        await self.go.wait()
        return web.json_response({"keys": [ec_jwk()]})

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_get("/jwks.json", self._keys)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls).start()
        try:
            yield
        finally:
            await runner.cleanup()

    def site(self, folder: Path) -> Settings:
        """A site in production whose one client publishes here."""
        entry = {"name": "hospital", "issuer": ISSUER, "jwks_url": f"https://127.0.0.1:{self.port}/jwks.json"}
        (folder / "clients.yaml").write_text(json.dumps({"clients": [entry]}), "utf-8")
        return Settings(
            mode=Mode.PRODUCTION,
            clients_file=folder / "clients.yaml",
            public_urls=(BASE,),
            patient_hash_key=SecretStr("a secret of sixteen or more"),
            ca_bundle=self.certificate,
        )


async def call(client: httpx.AsyncClient, kid: str = "ec-1") -> httpx.Response:
    bearer = token(ec_key(), header={"kid": kid}, jti=uuid4().hex)
    return await client.post(SIGN, json=a_call(drug="metformin"), headers={"Authorization": f"Bearer {bearer}"})


@pytest.mark.conforms("F11")
async def test_production_starts_without_the_keys_and_refuses_until_they_are_there(tmp_path: Path) -> None:
    """Others are served meanwhile: discovery, health, and clients whose keys are known."""
    publisher = Publisher(tmp_path)
    async with calling(publisher.site(tmp_path), clock=lambda: NOW) as client:
        assert (await client.get("/health/ready")).json()["status"] == "ready"
        assert (await client.get("/cds-services")).status_code == 200
        assert the_problem(await call(client), 401)
    assert publisher.asked == 0


@pytest.mark.conforms("F11")
async def test_the_first_calls_share_one_fetch(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path)
    async with publisher.listening(), calling(publisher.site(tmp_path), clock=lambda: NOW) as client:
        first = asyncio.create_task(call(client))
        await publisher.here.wait()
        others = [asyncio.create_task(call(client)) for _ in range(20)]
        await asyncio.sleep(0)
        publisher.go.set()
        assert {reply.status_code for reply in await asyncio.gather(first, *others)} == {200}
        # A key that the set does not have is not worth a second question so soon.
        assert (await call(client, "unknown")).status_code == 401
        assert (await call(client)).status_code == 200
    assert publisher.asked == 1
