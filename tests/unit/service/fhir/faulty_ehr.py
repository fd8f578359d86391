"""A FHIR server on loopback that misbehaves as told: one path per fault."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def bundle(*ids: str, following: str | None = None) -> dict[str, Any]:
    page: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": {"resourceType": "Condition", "id": one}} for one in ids],
    }
    return page if following is None else {**page, "link": [{"relation": "next", "url": following}]}


async def _unknown(_request: web.Request) -> web.Response:
    return web.Response(status=404)


class FaultyEhr:
    """`calls` are the requests that came, as path with query; `tokens` the Authorization headers of those."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.tokens: list[str | None] = []
        self.most_at_once = 0
        self._at_once = 0
        self._end = asyncio.Event()
        self._faults: dict[str, Handler] = {}
        self.base = ""

    def answer(self, path: str, body: object, status: int = 200, *, encoding: str = "", location: str = "") -> None:
        """Answer this path (as it is called below the base, query left out) with this body."""
        headers = {"Content-Type": "application/fhir+json", "Content-Encoding": encoding, "Location": location}
        text = body if isinstance(body, bytes) else json.dumps(body).encode()

        async def reply(_request: web.Request) -> web.Response:
            return web.Response(
                body=text, status=status, headers={name: value for name, value in headers.items() if value}
            )

        self._faults[path] = reply

    def handle(self, path: str, handler: Handler) -> None:
        self._faults[path] = handler

    def hang(self, path: str) -> None:
        """Never answer this path."""

        async def wait(_request: web.Request) -> web.Response:
            await self._end.wait()
            return web.Response()

        self._faults[path] = wait

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/fhir/").removeprefix("/")
        self.calls.append(f"{path}?{request.query_string}" if request.query_string else path)
        self.tokens.append(request.headers.get("Authorization"))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._faults.get(path, _unknown)(request)
        finally:
            self._at_once -= 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FaultyEhr]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}/fhir"
        try:
            yield self
        finally:
            self._end.set()
            await runner.cleanup()
