"""Attacks with feedback: on cards of somebody else, with tokens of something else."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from service.persistence.database import Database
from tests.attacks.site import OTHER_ISSUER, TENANT_ISSUER, Site, site
from tests.attacks.test_what_is_sent import APIXABAN, PATIENT, chart
from tests.builders.decisions import a_card
from tests.builders.feedback import an_item
from tests.integration.test_shell_support import SIGN, a_call, the_problem
from tests.unit.service.signing import BASE, ISSUER, ec_key, token

Json = dict[str, Any]
FEEDBACK = SIGN + "/feedback"
ADMIN = "an admin token of this site"
CONFLICT = "BME-CI-01"


@dataclass(frozen=True)
class Sender:
    """A client of the site, who signs with its own key."""

    issuer: str
    key: str
    tenant: str | None = None

    def bearer(self, path: str) -> str:
        key, nonce = ec_key(self.key), uuid4().hex
        return f"Bearer {token(key, iss=self.issuer, tenant=self.tenant, aud=BASE + path, jti=nonce)}"

    async def send(self, at: Site, path: str, body: Json) -> httpx.Response:
        headers = {"Authorization": self.bearer(path)}
        return await at.client.post(path, json=body, headers=headers)


HOSPITAL, OTHER = Sender(ISSUER, "ours"), Sender(OTHER_ISSUER, "other")
NORTH, SOUTH = Sender(TENANT_ISSUER, "north", "north"), Sender(TENANT_ISSUER, "south", "south")


def told(reply: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """All that the sender sees, but for the number of the request."""
    headers = {name: value for name, value in reply.headers.items() if name not in ("x-request-id", "date")}
    return reply.status_code, reply.content, headers


async def counted(at: Site) -> tuple[Json, int]:
    """What the report says of the rule, and how much feedback belongs to no card."""
    reply = await at.client.get("/reports/summary?by=rule", headers={"Authorization": f"Bearer {ADMIN}"})
    report = reply.json()
    [line] = [each for each in report["lines"] if each["rule"] == CONFLICT]
    return line, report["orphaned_feedback"]


@pytest.mark.conforms("N10")
@pytest.mark.parametrize(
    ("owner", "attacker"), [(HOSPITAL, OTHER), (NORTH, SOUTH)], ids=["another client", "another tenant"]
)
def test_feedback_on_a_card_of_somebody_else(
    owner: Sender, attacker: Sender, database_url: str, tmp_path: Path
) -> None:
    """It is not linked, tells nothing that a made-up card would not, and takes nothing from the owner's own answer.

    The id of a card can be worked out by who knows the call: it is no secret.
    """

    async def attack() -> None:
        database = Database(database_url)
        await database.upgrade()
        await database.close()
        admin = SecretStr(ADMIN)
        async with site(tmp_path, database=database_url, admin_token=admin) as attacked:
            cards = (await owner.send(attacked, SIGN, a_call(PATIENT, prefetch=chart(APIXABAN)))).json()["cards"]
        [card] = [each["uuid"] for each in cards if each["source"]["topic"]["code"] == CONFLICT]
        answer = {"outcome": "overridden", "overrideReason": {"reason": {"code": "seen", "system": "s"}}}
        # Now the decision is on disk; and again from a process that does not have it in memory.
        async with site(tmp_path, database=database_url, admin_token=admin) as attacked:
            for _ in range(2):
                real, made_up = [
                    told(await attacker.send(attacked, FEEDBACK, {"feedback": [an_item(each, **answer)]}))
                    for each in (card, a_card(7))
                ]
                assert real == made_up
                assert real[0] == 200
            line, orphans = await counted(attacked)
            assert (line["cards"], line["answered"], line["top_override_reasons"], orphans) == (1, 0, {}, 2)
            own = await owner.send(attacked, FEEDBACK, {"feedback": [an_item(card, **answer)]})
            assert own.json() == {"kept": 1, "known": 0}
            line, orphans = await counted(attacked)
            assert (line["answered"], line["overridden"], orphans) == (1, 1, 2)

    asyncio.run(attack())


@pytest.mark.asyncio
@pytest.mark.conforms("N10")
async def test_feedback_without_a_token(tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        reply = await attacked.client.post(FEEDBACK, json=an_item())
        assert the_problem(reply, 401) == "Send a valid client token."


@pytest.mark.asyncio
@pytest.mark.conforms("N10", "F14")
async def test_the_token_of_a_call_used_again_for_feedback(tmp_path: Path) -> None:
    """It names the service, which feedback may do, and was seen before."""
    async with site(tmp_path) as attacked:
        bearer = HOSPITAL.bearer(SIGN)
        assert (await attacked.call(bearer)).status_code == 200
        reply = await attacked.client.post(FEEDBACK, json=an_item(), headers={"Authorization": bearer})
        assert reply.status_code == 401
        assert attacked.reasons == {"replayed": 1}


@pytest.mark.asyncio
@pytest.mark.conforms("N10", "F12")
@pytest.mark.parametrize("path", ["/cds-services/bme-patient-view/feedback", "/cds-services/bme-patient-view"])
async def test_feedback_with_the_token_of_another_service(path: str, tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        headers = {"Authorization": HOSPITAL.bearer(path)}
        assert (await attacked.client.post(FEEDBACK, json=an_item(), headers=headers)).status_code == 401


@pytest.mark.asyncio
async def test_a_call_with_the_token_of_feedback(tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        assert (await attacked.call(HOSPITAL.bearer(FEEDBACK))).status_code == 401


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (json.dumps({"feedback": [an_item()] * 501}).encode(), 400),
        (json.dumps(an_item(overrideReason={"userComment": "x" * 1_100_000})).encode(), 413),
        (b'{"feedback": ' * 50_000, 400),
        (json.dumps(an_item("x\r\nX-Injected: 1" * 100)).encode(), 400),
    ],
    ids=["too many items", "a comment of a megabyte", "levels that never close", "a line break and more as card"],
)
async def test_feedback_that_must_be_refused(body: bytes, status: int, tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        headers = {"Authorization": HOSPITAL.bearer(FEEDBACK), "Content-Type": "application/json"}
        reply = await attacked.client.post(FEEDBACK, content=body, headers=headers)
        assert the_problem(reply, status)
        assert "Injected" not in reply.text + str(reply.headers)
