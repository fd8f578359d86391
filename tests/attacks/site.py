"""The site that is attacked: Marrow in production mode, with clients of every kind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
from fastapi import FastAPI
from pydantic import SecretStr

from service.app import create_app
from service.config import Mode, Settings
from service.persistence.decisions import MemoryDecisions
from tests.integration.test_shell_support import NOW, SIGN, a_call, advisor
from tests.unit.service.signing import BASE, ISSUER, ec_jwk, rsa_jwk

OTHER_ISSUER = "https://other.example.org/fhir"
TENANT_ISSUER = "https://vendor.example.org"
FETCHED_ISSUER = "https://fetched.example.org"
JWKS_URL = "https://fetched.example.org/jwks.json"
EHR = "https://ehr.example.org/fhir"


@dataclass(frozen=True)
class Site:
    app: FastAPI
    client: httpx.AsyncClient
    store: MemoryDecisions

    async def call(
        self, authorization: str | None, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """An order-sign with this Authorization header."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if authorization is not None:
            sent["Authorization"] = authorization
        content = json.dumps(a_call(drug="metformin")).encode() if body is None else body
        return await self.client.post(SIGN, content=content, headers=sent)

    @property
    def reasons(self) -> dict[str, int]:
        return dict(self.app.state.refusals)


def entries() -> list[dict[str, Any]]:
    return [
        {
            "name": "hospital",
            "issuer": ISSUER,
            "jwks": {"keys": [ec_jwk(), rsa_jwk()]},
            "fhir_servers": [EHR],
        },
        {"name": "other", "issuer": OTHER_ISSUER, "jwks": {"keys": [ec_jwk("ec-1", "other")]}},
        {"name": "north", "issuer": TENANT_ISSUER, "tenant": "north", "jwks": {"keys": [ec_jwk("ec-1", "north")]}},
        {"name": "south", "issuer": TENANT_ISSUER, "tenant": "south", "jwks": {"keys": [ec_jwk("ec-1", "south")]}},
        {"name": "fetched", "issuer": FETCHED_ISSUER, "jwks_url": JWKS_URL},
    ]


@asynccontextmanager
async def site(folder: Path, *, database: str | None = None, **changed: object) -> AsyncIterator[Site]:
    """The running site. Nothing that it calls exists: a test whose attack succeeds sees the connection fail.

    With `database`, the address of one that has its tables, decisions are kept there and not in memory.
    """
    clients = folder / "clients.yaml"
    clients.write_text(json.dumps({"clients": entries()}), "utf-8")
    settings = Settings.model_validate(
        {
            "mode": Mode.PRODUCTION,
            "clients_file": clients,
            "public_urls": (BASE,),
            "patient_hash_key": SecretStr("a secret of sixteen or more"),
            **({"database_url": SecretStr(database)} if database else {}),
            **changed,
        }
    )
    store = MemoryDecisions()
    app = create_app(settings, advisor=advisor(), store=None if database else store, clock=lambda: NOW)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield Site(app, client, store)
