"""A FHIR server on loopback whose every answer takes 20 ms, and which notes what it is asked.

The answers are ready-made, so that it takes next to no processor time from the one that is measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import unquote

QUERY_SECONDS = 0.020
EMPTY = b'{"resourceType":"Bundle","type":"searchset","total":0}'


class SlowEhr:
    """`held` are answers by path, such as `Patient/1`; any other search finds nothing. `silent` never answers."""

    def __init__(self, held: Mapping[str, bytes]) -> None:
        self._held = {unquote(path): body for path, body in held.items()}
        self.silent: frozenset[str] | None = frozenset()  # None: all of them
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        self.asked: list[str] = []
        self.connections = self.rounds = self._open = 0
        self.slowest = 0.0  # seconds, as seen here

    def begins(self, path: str) -> bool:
        """A query has come; whether it will be answered. It begins a round when no other is being answered."""
        self.asked.append(path)
        self.rounds += self._open == 0
        self._open += 1
        return self.silent is not None and path not in self.silent

    def ends(self, path: str, seconds: float) -> bytes:
        """What is answered to the query, after so long."""
        self._open -= 1
        self.slowest = max(self.slowest, seconds)
        return self._held.get(path, EMPTY)


@asynccontextmanager
async def answering(ehr: SlowEhr) -> AsyncIterator[str]:
    """Serve until the block ends; yields the base URL."""
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(ehr), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fhir"
    finally:
        server.close()


class _Connection(asyncio.Protocol):
    """As much of HTTP as GET takes."""

    transport: asyncio.Transport

    def __init__(self, ehr: SlowEhr) -> None:
        self._ehr, self._received, self._loop = ehr, b"", asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ehr.connections += 1

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            path = unquote(head.split(b" ", 2)[1].decode()).removeprefix("/fhir/")
            if self._ehr.begins(path):
                self._loop.call_later(QUERY_SECONDS, self._answer, path, self._loop.time())

    def _answer(self, path: str, since: float) -> None:
        body = self._ehr.ends(path, self._loop.time() - since)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)
