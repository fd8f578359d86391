"""Who may ask, through the whole application in production mode."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from service.app import create_app
from service.config import Mode, Settings
from service.errors import SetupError
from service.persistence.decisions import MemoryDecisions
from tests.integration.test_shell_support import SIGN, a_call, advisor, calling, the_problem
from tests.unit.service.signing import BASE, ISSUER, NOW, ec_jwk, ec_key, token


def production(folder: Path) -> Settings:
    path = folder / "clients.yaml"
    path.write_text(
        json.dumps({"clients": [{"name": "hospital", "issuer": ISSUER, "jwks": {"keys": [ec_jwk()]}, "tenant": "t"}]}),
        "utf-8",
    )
    return Settings(
        mode=Mode.PRODUCTION,
        clients_file=path,
        public_urls=(BASE,),
        patient_hash_key=SecretStr("a secret of sixteen or more"),
    )


async def post(client: httpx.AsyncClient, authorization: str | None, body: bytes = b"") -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization
    return await client.post(SIGN, content=body or json.dumps(a_call(drug="metformin")).encode(), headers=headers)


@pytest.mark.asyncio
@pytest.mark.conforms("F1", "F2")
async def test_a_good_token_is_let_in(tmp_path: Path) -> None:
    store = MemoryDecisions()
    async with calling(production(tmp_path), store=store, clock=lambda: NOW) as client:
        assert (await post(client, f"Bearer {token(tenant='t')}")).json() == {"cards": []}
    assert [(record.client, record.tenant) for record in store.records] == [("hospital", "t")]


@pytest.mark.asyncio
@pytest.mark.conforms("F1", "F15", "F17", "H6")
async def test_all_others_are_told_the_same_and_nothing_else(tmp_path: Path) -> None:
    refused = [None, "", "Bearer x", f"Bearer {token()}", f"Bearer {token(ec_key('other'), tenant='t')}"]
    async with calling(production(tmp_path), clock=lambda: NOW) as client:
        # Not JSON: who asks is known before a byte of the body is looked at.
        replies = [await post(client, authorization, b"not json") for authorization in refused]
    assert {the_problem(reply, 401) for reply in replies} == {"Send a valid client token."}
    assert {reply.headers["www-authenticate"] for reply in replies} == {"Bearer"}


@pytest.mark.asyncio
@pytest.mark.conforms("B15")
async def test_discovery_and_health_are_open(tmp_path: Path) -> None:
    async with calling(production(tmp_path)) as client:
        for path in ("/cds-services", "/health/live", "/health/ready"):
            assert (await client.get(path)).status_code == 200


def test_production_needs_a_key_for_patients(tmp_path: Path) -> None:
    settings = production(tmp_path).model_copy(update={"patient_hash_key": None})
    with pytest.raises(SetupError, match="MARROW_PATIENT_HASH_KEY"):
        create_app(settings, advisor=advisor())


def test_production_needs_clients() -> None:
    with pytest.raises(SetupError, match="MARROW_CLIENTS_FILE"):
        create_app(Settings(mode=Mode.PRODUCTION), advisor=advisor(), store=MemoryDecisions())


def test_a_database_address_that_is_none() -> None:
    for url in ("marrow.db", "mysql+nothing://db", "postgresql+asyncpg://db:port/x"):
        settings = Settings(mode=Mode.DEVELOPMENT, database_url=SecretStr(url))
        with pytest.raises(SetupError, match="MARROW_DATABASE_URL"):
            create_app(settings, advisor=advisor())
