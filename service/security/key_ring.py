"""The keys of all clients: those that `clients.yaml` holds, and those that are fetched from an address it names.

Nothing is fetched at start: the first call that needs a set fetches it, and calls that come meanwhile wait for the
same answer. A set is kept and fetched again after an hour, or when a token names a key that is not in it (the client
has changed its keys), but never more often than the floor allows: whoever sends tokens with made-up key ids cannot make
Marrow call anyone twice. A key that was withdrawn is refused after an hour at the latest where the server answers.
While it does not, the last set holds for a day and is asked for every ten minutes, since one call has to wait for each
attempt. Only addresses of `clients.yaml` are fetched: `jku` in a token chooses among them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any

import aiohttp
import jwt
import msgspec
import structlog

from service.clients import Client
from service.errors import ClientRefusedError, SetupError
from service.security.keys import read_keys
from service.security.outgoing import Outgoing

log = structlog.get_logger()
FRESH_SECONDS = 3600
HELD_SECONDS = 24 * 3600
FLOOR_SECONDS = 30
RETRY_SECONDS = 600
FETCH_SECONDS = 3
MOST_BYTES = 256 * 1024
Fetch = Callable[[str], Awaitable[list[dict[str, Any]]]]


class KeysNotFetchedError(Exception):
    """The address gave no JWK Set."""


class KeyRing:
    """Finds the key that a client's token names. `clock` counts seconds and never goes back."""

    def __init__(self, fetch: Fetch, *, known_to_all: bool = False, clock: Callable[[], float] = monotonic) -> None:
        self._fetch = fetch
        self._known_to_all = known_to_all
        self._clock = clock
        self._sets: dict[tuple[str, str], _FetchedSet] = {}

    async def find(self, client: Client, kid: str, jku: str | None) -> jwt.PyJWK | None:
        """The key, or None. Raises ClientRefusedError for a `jku` that is not this client's."""
        if jku is not None and jku not in client.jku and (client.jku or client.jwks_url) and jku != client.jwks_url:
            raise ClientRefusedError("foreign_jku")
        if client.jwks_url is None:
            return (client.keys or {}).get(kid)
        address = jku or client.jwks_url
        held = self._sets.get((client.name, address))
        if held is None:
            held = self._sets[client.name, address] = _FetchedSet(client, address, self._read_set, self._clock)
        return await held.find(kid)

    async def _read_set(self, client: Client, address: str) -> Mapping[str, jwt.PyJWK]:
        found = await self._fetch(address)
        return read_keys(found, client.name, client.algorithms, known_to_all=self._known_to_all)


class _FetchedSet:
    """The keys at one address, for one client."""

    def __init__(
        self,
        client: Client,
        address: str,
        read: Callable[[Client, str], Awaitable[Mapping[str, jwt.PyJWK]]],
        clock: Callable[[], float],
    ) -> None:
        self._client, self._address, self._read, self._clock = client, address, read, clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched = self._tried = float("-inf")
        self._refreshing = asyncio.Lock()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        now = self._clock()
        age = now - self._fetched
        # Who needs a key that is here does not wait for a refresh that somebody else has begun.
        due = age > FRESH_SECONDS and now - self._tried > RETRY_SECONDS and not self._refreshing.locked()
        if due or kid not in self._keys or age > HELD_SECONDS:
            await self._refresh()
        return self._keys.get(kid) if self._clock() - self._fetched <= HELD_SECONDS else None

    async def _refresh(self) -> None:
        began = self._clock()
        async with self._refreshing:
            if self._tried >= began or began - self._tried < FLOOR_SECONDS:
                return
            self._tried = self._clock()
            try:
                self._keys = await self._read(self._client, self._address)
            except (KeysNotFetchedError, SetupError) as error:
                log.warning("keys_not_fetched", client=self._client.name, reason=type(error).__name__)
            else:
                self._fetched = self._clock()


class _JwkSet(msgspec.Struct):
    keys: list[dict[str, Any]]


async def fetch_key_set(outgoing: Outgoing, url: str, seconds: float = FETCH_SECONDS) -> list[dict[str, Any]]:
    """The JWK Set at an address. Raises KeysNotFetchedError. Redirects are not followed."""
    try:
        async with asyncio.timeout(seconds), outgoing.get(url, {"Accept": "application/json"}) as response:
            body = await response.content.read(MOST_BYTES + 1) if response.status == 200 else b""
            while body and len(body) <= MOST_BYTES and (more := await response.content.read(MOST_BYTES)):
                body += more
        if not body or len(body) > MOST_BYTES:
            raise KeysNotFetchedError
        return msgspec.json.decode(body, type=_JwkSet).keys
    except (aiohttp.ClientError, OSError, ValueError, RecursionError):  # ValueError: not JSON, not UTF-8, no JWK Set
        raise KeysNotFetchedError from None
