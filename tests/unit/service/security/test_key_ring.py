"""Keys that are fetched: kept, refreshed when needed, and never more often than the floor allows."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from service.clients import Client
from service.errors import ClientRefusedError
from service.security.key_ring import (
    FLOOR_SECONDS,
    FRESH_SECONDS,
    HELD_SECONDS,
    MOST_BYTES,
    RETRY_SECONDS,
    KeyRing,
    KeysNotFetchedError,
    fetch_key_set,
)
from service.security.keys import KNOWN_TO_ALL, read_keys
from service.security.outgoing import open_outgoing
from tests.unit.service.fhir.faulty_ehr import FaultyEhr
from tests.unit.service.signing import ISSUER, ec_jwk, rsa_jwk

pytestmark = pytest.mark.asyncio
URL = "https://ehr.example.org/jwks.json"
SECOND = "https://ehr.example.org/second.json"
HOSPITAL = Client("hospital", ISSUER, jwks_url=URL, jku=(SECOND,))


class Publisher:
    """Publishes key sets by address and counts who asks. `now` is the ring's clock."""

    def __init__(self, **sets: list[dict[str, Any]] | None) -> None:
        self.sets: dict[str, list[dict[str, Any]] | None] = {URL: [ec_jwk()], **sets}
        self.asked: list[str] = []
        self.now = 0.0

    async def fetch(self, url: str) -> list[dict[str, Any]]:
        self.asked.append(url)
        await asyncio.sleep(0)
        found = self.sets.get(url)
        if found is None:
            raise KeysNotFetchedError
        return found

    def ring(self, *, known_to_all: bool = False) -> KeyRing:
        return KeyRing(self.fetch, known_to_all=known_to_all, clock=lambda: self.now)


@pytest.mark.conforms("F11")
async def test_a_set_is_fetched_once_and_kept() -> None:
    publisher = Publisher()
    ring = publisher.ring()
    for _ in range(3):
        assert await ring.find(HOSPITAL, "ec-1", None)
    assert publisher.asked == [URL]


@pytest.mark.conforms("F11")
async def test_calls_that_come_together_share_one_fetch() -> None:
    """The first calls after a start, also those that come while the set is on its way, and one with an unknown key."""
    publisher, here, go = Publisher(), asyncio.Event(), asyncio.Event()

    async def slow(url: str) -> list[dict[str, Any]]:
        here.set()
        await go.wait()
        return await publisher.fetch(url)

    ring = KeyRing(slow, clock=lambda: publisher.now)
    calls = [asyncio.create_task(ring.find(HOSPITAL, "ec-1", None)) for _ in range(25)]
    await here.wait()
    publisher.now = 1.0
    calls += [asyncio.create_task(ring.find(HOSPITAL, kid, None)) for kid in ["ec-1"] * 24 + ["unknown"]]
    await asyncio.sleep(0)
    go.set()
    *found, unknown = await asyncio.gather(*calls)
    assert all(found)
    assert unknown is None
    assert publisher.asked == [URL]


@pytest.mark.conforms("F11")
async def test_a_first_fetch_that_fails_is_tried_again_after_the_floor() -> None:
    publisher = Publisher(**{URL: None})
    ring = publisher.ring()
    assert await asyncio.gather(*(ring.find(HOSPITAL, "ec-1", None) for _ in range(50))) == [None] * 50
    publisher.sets[URL] = [ec_jwk()]
    publisher.now = FLOOR_SECONDS - 1.0
    assert await ring.find(HOSPITAL, "ec-1", None) is None
    assert publisher.asked == [URL]
    publisher.now = FLOOR_SECONDS
    assert await ring.find(HOSPITAL, "ec-1", None)
    assert publisher.asked == [URL] * 2


async def test_a_set_that_has_grown_old_is_fetched_again() -> None:
    publisher = Publisher()
    ring = publisher.ring()
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.sets[URL] = [ec_jwk("ec-2")]
    publisher.now = FRESH_SECONDS
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.now = FRESH_SECONDS + 1
    assert await ring.find(HOSPITAL, "ec-1", None) is None  # withdrawn


@pytest.mark.conforms("F11")
async def test_a_key_that_is_not_in_the_set_makes_one_refresh() -> None:
    publisher = Publisher()
    ring = publisher.ring()
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.sets[URL] = [ec_jwk(), rsa_jwk("new")]
    publisher.now = FLOOR_SECONDS
    assert await ring.find(HOSPITAL, "new", None)
    assert len(publisher.asked) == 2


@pytest.mark.conforms("F11")
async def test_made_up_key_ids_cannot_make_us_ask_again_and_again() -> None:
    publisher = Publisher()
    ring = publisher.ring()
    for number in range(50):
        assert await ring.find(HOSPITAL, f"made-up-{number}", None) is None
    assert len(publisher.asked) == 1
    publisher.now = FLOOR_SECONDS
    await asyncio.gather(*(ring.find(HOSPITAL, f"again-{number}", None) for number in range(50)))
    assert len(publisher.asked) == 2


async def test_a_server_that_is_away_takes_no_key_away_for_a_day() -> None:
    publisher = Publisher()
    ring = publisher.ring()
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.sets[URL] = None
    publisher.now = float(HELD_SECONDS)
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.now = HELD_SECONDS + 1.0
    assert await ring.find(HOSPITAL, "ec-1", None) is None


async def test_a_server_that_is_away_makes_few_calls_wait() -> None:
    """With the keys at hand it is asked again after ten minutes, not by every call that the floor would let through."""
    publisher = Publisher()
    ring = publisher.ring()
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.sets[URL] = None
    for seconds in (1, FLOOR_SECONDS + 2, RETRY_SECONDS):
        publisher.now = float(FRESH_SECONDS + seconds)
        assert await ring.find(HOSPITAL, "ec-1", None)
    assert publisher.asked == [URL] * 2
    publisher.sets[URL] = [ec_jwk("new")]
    publisher.now = FRESH_SECONDS + RETRY_SECONDS + 2.0
    assert await ring.find(HOSPITAL, "ec-1", None) is None  # withdrawn meanwhile
    assert publisher.asked == [URL] * 3


async def test_a_known_key_does_not_wait_for_a_refresh_that_another_call_began() -> None:
    publisher, blocked = Publisher(), asyncio.Event()

    async def slow(url: str) -> list[dict[str, Any]]:
        if publisher.asked:
            await blocked.wait()
        return await publisher.fetch(url)

    ring = KeyRing(slow, clock=lambda: publisher.now)
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.now = FRESH_SECONDS + 1.0
    waiting = asyncio.create_task(ring.find(HOSPITAL, "ec-1", None))
    await asyncio.sleep(0)
    assert await asyncio.wait_for(ring.find(HOSPITAL, "ec-1", None), 5)
    blocked.set()
    assert await waiting


@pytest.mark.parametrize(
    "published",
    [
        [{**ec_jwk(), "d": "AAAA"}],
        [{**ec_jwk(), "x": "AAAA"}],
        [rsa_jwk(bits=1024)],
        [{"kty": "oct", "k": "c2VjcmV0", "kid": "ec-1"}],
        [],
        [{**ec_jwk(), "x": next(iter(KNOWN_TO_ALL))}],
    ],
    ids=["private", "unreadable", "weak", "symmetric", "none", "the sandbox's"],
)
async def test_a_published_set_that_cannot_be_trusted_changes_nothing(published: list[dict[str, Any]]) -> None:
    publisher = Publisher()
    ring = publisher.ring()
    assert await ring.find(HOSPITAL, "ec-1", None)
    publisher.sets[URL] = published
    publisher.now = FRESH_SECONDS + 1.0
    assert await ring.find(HOSPITAL, "ec-1", None)
    assert len(publisher.asked) == 2


@pytest.mark.conforms("F8", "P4")
async def test_jku_chooses_among_listed_addresses() -> None:
    publisher = Publisher(**{SECOND: [ec_jwk("second")]})
    ring = publisher.ring()
    assert await ring.find(HOSPITAL, "second", SECOND)
    assert await ring.find(HOSPITAL, "second", URL) is None
    with pytest.raises(ClientRefusedError, match="foreign_jku"):
        await ring.find(HOSPITAL, "ec-1", "https://evil.example.org/jwks.json")
    with pytest.raises(ClientRefusedError, match="foreign_jku"):
        await ring.find(HOSPITAL, "ec-1", URL + "/")
    assert publisher.asked == [SECOND, URL]


@pytest.mark.conforms("F9")
async def test_a_client_with_keys_in_the_file_is_never_asked_for_them() -> None:
    publisher = Publisher()
    keys = read_keys([ec_jwk()], "hospital")
    # Without a list, `jku` says nothing: the official sandbox always sends one.
    assert await publisher.ring().find(Client("hospital", ISSUER, keys=keys), "ec-1", "https://any.example.org")
    listed = Client("hospital", ISSUER, keys=keys, jku=(URL,))
    assert await publisher.ring().find(listed, "ec-1", URL)
    with pytest.raises(ClientRefusedError, match="foreign_jku"):
        await publisher.ring().find(listed, "ec-1", SECOND)
    assert publisher.asked == []


async def test_two_clients_at_one_address_have_their_own_keys() -> None:
    publisher = Publisher(**{URL: [rsa_jwk("k", alg="RS256")]})
    other = Client("other", "https://other.example.org", jwks_url=URL, algorithms=("RS256",))
    ring = publisher.ring()
    assert await ring.find(HOSPITAL, "k", None) is None
    found = await ring.find(other, "k", None)
    assert found
    assert found.algorithm_name == "RS256"


# -- over the wire


async def fetched(ehr: FaultyEhr, path: str) -> list[dict[str, Any]]:
    outgoing = open_outgoing()
    async with outgoing.session:
        return await fetch_key_set(outgoing, f"{ehr.base}/{path}")


async def test_a_set_comes_over_the_wire() -> None:
    async with FaultyEhr().running() as ehr:
        ehr.answer("jwks", {"keys": [ec_jwk()], "more": 1})
        assert await fetched(ehr, "jwks") == [ec_jwk()]
    assert ehr.tokens == [None]


@pytest.mark.conforms("F11")
async def test_what_is_no_key_set_is_refused() -> None:
    async def redirect(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{ehr.base}/good"})

    async with FaultyEhr().running() as ehr:
        ehr.answer("good", {"keys": [ec_jwk()]})
        ehr.handle("redirect", redirect)
        ehr.answer("long", json.dumps({"keys": [ec_jwk()], "x": "x" * MOST_BYTES}).encode())
        for path, body in {"html": b"<html>", "list": b"[]", "utf": b'{"keys": ["\xff"]}', "deep": b"[" * 9999}.items():
            ehr.answer(path, body)
        ehr.answer("error", {"keys": [ec_jwk()]}, 500)
        for path in ("redirect", "long", "html", "list", "utf", "deep", "error"):
            with pytest.raises(KeysNotFetchedError):
                await fetched(ehr, path)
        ehr.hang("slow")
        outgoing = open_outgoing()
        async with outgoing.session:
            with pytest.raises(KeysNotFetchedError):
                await fetch_key_set(outgoing, f"{ehr.base}/slow", seconds=0.1)
    assert "good" not in ehr.calls
    with pytest.raises(KeysNotFetchedError):
        await fetched(ehr, "good")  # nobody listens any more
