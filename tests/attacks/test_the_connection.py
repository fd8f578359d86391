"""Attacks below the application: requests whose head never ends. The connection is closed, and others are served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.security.http_head import BoundedHead

pytestmark = pytest.mark.asyncio


class Hurried(BoundedHead):
    seconds = 0.2


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await Response(str(len(body)))(scope, receive, send)


@asynccontextmanager
async def serving(protocol: type[BoundedHead] = BoundedHead) -> AsyncIterator[int]:
    """A server with this protocol; yields its port."""
    config = uvicorn.Config(echo, port=0, http=protocol, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def told(port: int, *parts: bytes) -> bytes:
    """What the server answers before it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        (GET + b"X-A: ", *[b"a" * 65_536] * 8),
        (GET, *[b"X-A: a\r\n" * 8_192] * 8),
        (b"GET /", *[b"a" * 65_536] * 8),
        (CHUNKED + b"0\r\n", *[b"X-A: a\r\n" * 8_192] * 8),
        (CHUNKED + b"0\r\nX-A: ", *[b"a" * 65_536] * 8),
    ],
    ids=["one header", "many headers", "the address", "many trailers", "one trailer"],
)
async def test_a_head_that_never_ends(parts: tuple[bytes, ...]) -> None:
    async with serving() as port:
        assert b"200 OK" not in await told(port, *parts)
        assert b"200 OK" in await told(port, GET + b"Connection: close\r\n\r\n")


@pytest.mark.parametrize("start", [b"", b"GET", GET, GET + b"X-A: a"], ids=["nothing", "a word", "a line", "a header"])
async def test_a_head_that_does_not_come(start: bytes) -> None:
    async with serving(Hurried) as port:
        assert await told(port, start) == b""


async def test_a_second_request_on_the_connection_has_its_own_time() -> None:
    async with serving(Hurried) as port:
        answered = await told(port, GET + b"\r\n", GET + b"X-A: a")
    assert answered.count(b"200 OK") == 1


async def test_a_long_body_is_not_a_long_head() -> None:
    body = b"x" * 5_000_000
    async with serving() as port:
        answered = await told(port, POST + b"Content-Length: 5000000\r\n\r\n" + body)
        assert answered.endswith(b"5000000")
        chunks = b"".join(b"%x\r\n%s\r\n" % (100_000, b"x" * 100_000) for _ in range(20)) + b"0\r\n\r\n"
        answered = await told(port, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
        assert answered.endswith(b"2000000")
