"""Feedback over HTTP: who may give it, what is kept, and that nothing acknowledged is lost."""

from __future__ import annotations

from pathlib import Path

import httpx2 as httpx
import pytest

from service.persistence.database import Database
from service.persistence.feedback import MemoryFeedback, SqlFeedback
from service.persistence.tables import feedback
from tests.builders.decisions import KEY
from tests.builders.feedback import an_item
from tests.integration.test_shell_command import free_port, started
from tests.integration.test_shell_support import NOW, SIGN, a_call, advisor, calling, the_problem
from tests.integration.test_shell_trust import production
from tests.unit.service.persistence.test_sql_decisions import rows
from tests.unit.service.signing import BASE, token
from tests.unit.service.sqlite_threads import sqlite_threads_end

FEEDBACK = SIGN + "/feedback"


@pytest.mark.asyncio
@pytest.mark.conforms("N1", "N2", "N7", "N8")
async def test_a_card_can_be_answered() -> None:
    store = MemoryFeedback()
    async with calling(feedback=store) as client:
        [card] = (await client.post(SIGN, json=a_call())).json()["cards"]
        answer = an_item(card["uuid"], acceptedSuggestions=[{"id": "a-suggestion"}])
        replies = [await client.post(FEEDBACK, json={"feedback": [answer]}) for _ in range(2)]
        replies.append(await client.post(FEEDBACK, json={**answer, "outcome": "overridden"}))
    assert [reply.status_code for reply in replies] == [200] * 3
    assert {reply.headers["content-type"] for reply in replies} == {"application/json; charset=utf-8"}
    assert [reply.json() for reply in replies] == [
        {"kept": 1, "known": 0},
        {"kept": 0, "known": 1},
        {"kept": 1, "known": 0},
    ]
    assert {item.card for item in store.kept.values()} == {card["uuid"]}


@pytest.mark.asyncio
@pytest.mark.conforms("N1", "N8")
async def test_every_service_takes_feedback_also_on_a_card_that_nobody_knows() -> None:
    store = MemoryFeedback()
    async with calling(feedback=store) as client:
        for number, service in enumerate(advisor().services):
            reply = await client.post(f"/cds-services/{service.id}/feedback", json={"feedback": [an_item(f"{number}")]})
            assert (reply.status_code, reply.json()) == (200, {"kept": 1, "known": 0})
    assert len(store.kept) == len(advisor().services)


@pytest.mark.asyncio
@pytest.mark.conforms("N8")
async def test_a_bad_item_is_named_beside_good_ones() -> None:
    async with calling() as client:
        reply = await client.post(FEEDBACK, json={"feedback": [an_item(), {"card": "x"}]})
    assert reply.status_code == 200
    assert reply.json()["kept"] == 1
    [refused] = reply.json()["refused"]
    assert (refused["index"], refused["expression"]) == (1, "feedback[1]")


@pytest.mark.asyncio
@pytest.mark.conforms("N2")
async def test_what_is_no_feedback_is_told_what_to_do() -> None:
    async with calling() as client:
        assert "Send" in the_problem(await client.post(FEEDBACK, json={"feedback": []}), 400)
        assert the_problem(await client.post(FEEDBACK, content=b"feedback"), 415)
        unknown = await client.post("/cds-services/bme-unknown/feedback", json=an_item())
        assert "GET /cds-services" in the_problem(unknown, 404)
        assert (await client.get(FEEDBACK)).status_code == 405


@pytest.mark.asyncio
@pytest.mark.conforms("F12", "N10")
async def test_feedback_needs_a_token_for_its_own_address(tmp_path: Path) -> None:
    store = MemoryFeedback()
    async with calling(production(tmp_path), feedback=store, clock=lambda: NOW) as client:

        async def post(bearer: str) -> httpx.Response:
            return await client.post(FEEDBACK, json=an_item(), headers={"Authorization": f"Bearer {bearer}"})

        assert (await client.post(FEEDBACK, json=an_item())).status_code == 401
        assert (await post(token(aud="https://elsewhere.example.org"))).status_code == 401
        assert not store.kept
        assert (await post(token(tenant="t", aud=BASE + FEEDBACK))).status_code == 200


@pytest.mark.asyncio
async def test_a_database_that_is_away_is_no_200(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/missing/marrow.db")
    async with calling(feedback=SqlFeedback(database, KEY, lambda: NOW)) as client:
        reply = await client.post(FEEDBACK, json=an_item())
    await sqlite_threads_end()
    assert "again" in the_problem(reply, 503)
    assert reply.headers["retry-after"] == "30"


@pytest.mark.asyncio
async def test_both_addresses_are_documented() -> None:
    async with calling() as client:
        document = (await client.get("/openapi.json")).json()
    body = document["paths"][FEEDBACK]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["$ref"].rpartition("/")[2] in document["components"]["schemas"]


def test_what_was_acknowledged_survives_a_kill(database_url: str, tmp_path: Path) -> None:
    """The process is killed (SIGKILL) right after each 200, five times over."""
    import asyncio

    site = {"MARROW_MODE": "development", "MARROW_DATABASE_URL": database_url}
    sent = []
    for number in range(5):
        with started("serve", "--port", str(free_port()), cwd=tmp_path, **site) as (process, url):
            for part in range(3):
                reply = httpx.post(url + FEEDBACK, json=an_item(f"card-{number}-{part}"), timeout=10)
                assert reply.status_code == 200, reply.text
                sent.append(f"card-{number}-{part}")
            process.kill()
            process.wait()
    kept = asyncio.run(rows(database_url, feedback))
    assert sorted(row["card"] for row in kept) == sorted(sent)
