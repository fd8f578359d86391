"""Requests recorded from the official CDS Hooks sandbox, invalid R4 drafts and all, are answered in development.

The recordings stand beside the checkout (`shared/data`); where they do not, these tests say so and are skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.clients import load_clients
from service.config import Mode, Settings
from service.errors import SetupError
from tests.contract.schemas import FEEDBACK, REQUEST, faults
from tests.integration.test_shell_support import NOW, calling, the_problem
from tests.integration.test_shell_trust import production
from tests.unit.service.signing import BASE, ec_jwk, token

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "data" / "sandbox-requests"
REQUESTS = sorted(path.name for path in RECORDINGS.glob("*.json") if path.name.startswith(("order-", "patient-view")))

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recorded requests are not beside this checkout")


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REQUESTS or ["none"])
async def test_a_recorded_request_is_answered(name: str) -> None:
    """The sandbox sends other prefetch keys and a FHIR server that is gone: answered, and gaps are said."""
    body = json.loads((RECORDINGS / name).read_text())["body"]
    async with calling() as client:
        reply = await client.post(f"/cds-services/bme-{body['hook']}", json=body)
    assert reply.status_code == 200
    topics = [card["source"]["topic"]["code"] for card in reply.json()["cards"]]
    names_a_drug_of_ours = "Warfarin" in json.dumps(body["context"])
    must_be_said = body["hook"] == "patient-view" or names_a_drug_of_ours
    assert topics == (["BME-SYS-01"] if must_be_said else [])


def sandbox(folder: Path, keys: dict[str, Any], mode: Mode) -> Settings:
    """A site that lists the sandbox as a client."""
    entry = {"name": "sandbox", "issuer": "https://sandbox.cds-hooks.org", "jwks": keys}
    (folder / "clients.yaml").write_text(json.dumps({"clients": [entry]}), "utf-8")
    return Settings(mode=mode, clients_file=folder / "clients.yaml", public_urls=(BASE,))


@pytest.mark.asyncio
@pytest.mark.conforms("P4", "T20")
@pytest.mark.parametrize("name", REQUESTS or ["none"])
async def test_a_signed_call_of_the_sandbox_is_taken_in_development(name: str, tmp_path: Path) -> None:
    """Header and claims as recorded, but for our address and the time.

    The signature is a stand-in's: the recordings hold neither the signatures of the tokens nor a private key.
    """
    recorded = json.loads((RECORDINGS / name).read_text())
    assert REQUEST.is_valid(recorded["body"])
    header, claims = recorded["jwt"]
    path = f"/cds-services/bme-{recorded['body']['hook']}"
    now = int(NOW.timestamp())
    signed = token(header=header, iss=claims["iss"], jti=claims["jti"], aud=BASE + path, iat=now, exp=now + 300)
    settings = sandbox(tmp_path, {"keys": [ec_jwk(header["kid"])]}, Mode.DEVELOPMENT)
    async with calling(settings, clock=lambda: NOW) as client:
        headers = {**recorded["headers"], "Authorization": f"Bearer {signed}"}
        headers = {key: value for key, value in headers.items() if key.lower() not in ("host", "content-length")}
        reply = await client.post(path, content=json.dumps(recorded["body"]).encode(), headers=headers)
    assert reply.status_code == 200
    assert faults(reply.json()) == []


@pytest.mark.asyncio
@pytest.mark.conforms("P4")
@pytest.mark.parametrize("name", REQUESTS or ["none"])
async def test_a_signed_call_of_the_sandbox_is_refused_in_production(name: str, tmp_path: Path) -> None:
    """The same call at a site in production, which cannot list the sandbox: 401, like any stranger."""
    recorded = json.loads((RECORDINGS / name).read_text())
    header, claims = recorded["jwt"]
    path = f"/cds-services/bme-{recorded['body']['hook']}"
    signed = token(header=header, iss=claims["iss"], jti=claims["jti"], aud=BASE + path)
    async with calling(production(tmp_path), clock=lambda: NOW) as client:
        reply = await client.post(path, json=recorded["body"], headers={"Authorization": f"Bearer {signed}"})
    assert the_problem(reply, 401) == "Send a valid client token."


@pytest.mark.conforms("P4")
def test_the_recorded_keys_of_the_sandbox_stop_the_start_in_production(tmp_path: Path) -> None:
    keys = json.loads((RECORDINGS / "sandbox-jwks.json").read_text())
    assert load_clients(sandbox(tmp_path, keys, Mode.DEVELOPMENT)).claiming("https://sandbox.cds-hooks.org", None)
    with pytest.raises(SetupError, match="sandbox"):
        load_clients(sandbox(tmp_path, keys, Mode.PRODUCTION))


@pytest.mark.asyncio
@pytest.mark.conforms("N2", "N3", "N8")
async def test_the_recorded_feedback_of_the_sandbox_is_kept() -> None:
    """For a service of its own, on a card that is not ours: an orphan, and kept."""
    body = json.loads((RECORDINGS / "feedback.json").read_text())["body"]
    assert FEEDBACK.is_valid(body)
    async with calling() as client:
        replies = [await client.post("/cds-services/bme-patient-view/feedback", json=body) for _ in range(2)]
    assert [reply.json() for reply in replies] == [{"kept": 1, "known": 0}, {"kept": 0, "known": 1}]


@pytest.mark.asyncio
@pytest.mark.conforms("O2")
async def test_the_recorded_preflight_of_the_sandbox_is_answered() -> None:
    recorded = json.loads((RECORDINGS / "cors-preflight.json").read_text())
    origin = recorded["headers"]["Origin"]
    settings = Settings.model_validate({"mode": Mode.DEVELOPMENT, "cors_origins": origin})
    async with calling(settings) as client:
        reply = await client.options("/cds-services/bme-patient-view", headers=recorded["headers"])
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == origin
    assert "authorization" in reply.headers["access-control-allow-headers"].lower()
