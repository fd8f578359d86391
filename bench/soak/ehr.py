"""The sample EHR with faults. The access token of a call says which fault its reads meet, and at which type."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bench.soak.weather import OUTAGE, Weather

NONE, EVERYWHERE = "none", "everywhere"
JSON = "application/fhir+json"
Fault = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


def token(fault: str, at: str, number: int) -> str:
    """The access token of a call whose reads of the type `at` are to fail so."""
    return f"{fault.replace(' ', '-')}.{at}.{number}"


def faulty(weather: Weather, hit: set[str]) -> Middleware:
    """What stands between Marrow and the sample EHR. `hit` takes the tokens of calls that met their fault."""

    @web.middleware
    async def stand_between(request: web.Request, handler: Handler) -> web.StreamResponse:
        if weather.is_now(OUTAGE):
            return web.Response(status=503, text="down for maintenance")
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        fault, _, at = sent.rpartition(".")[0].partition(".")
        if at in (EVERYWHERE, request.path.split("/")[2]):
            hit.add(sent)
            return await FAULTS[fault.replace("-", " ")](request, handler)
        return await handler(request)

    return stand_between


def _says(status: int, body: str = "", content_type: str = JSON, **headers: str) -> Fault:
    async def fault(_request: web.Request, _handler: Handler) -> web.Response:
        return web.Response(text=body, status=status, content_type=content_type, headers=headers)

    return fault


async def _as_it_is(request: web.Request, handler: Handler) -> web.StreamResponse:
    return await handler(request)


async def _never(_request: web.Request, _handler: Handler) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


async def _hang_up(request: web.Request, _handler: Handler) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _truncate(request: web.Request, handler: Handler) -> web.StreamResponse:
    text = await _text(request, handler)
    return web.Response(text=text[: len(text) // 2], content_type=JSON)


async def _page_endlessly(request: web.Request, handler: Handler) -> web.StreamResponse:
    page = int(request.query.get("endless", 0))
    bundle = {"resourceType": "Bundle", "type": "searchset"} if page else json.loads(await _text(request, handler))
    return _linked(bundle, f"{request.path}?endless={page + 1}")


async def _page_elsewhere(request: web.Request, handler: Handler) -> web.StreamResponse:
    return _linked(json.loads(await _text(request, handler)), "https://elsewhere.example.org/fhir?page=2")


async def _mix_patients(request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.Response(text=(await _text(request, handler)).replace("Patient/", "Patient/not-"), content_type=JSON)


async def _know_no_status(request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.Response(status=400) if "status" in request.query else await handler(request)


async def _text(request: web.Request, handler: Handler) -> str:
    reply = await handler(request)
    return str(reply.text) if isinstance(reply, web.Response) else ""


def _linked(bundle: dict[str, Any], following: str) -> web.Response:
    if bundle["resourceType"] == "Bundle":
        bundle["link"] = [{"relation": "next", "url": following}]
    return web.Response(text=json.dumps(bundle), content_type=JSON)


FAULTS: Mapping[str, Fault] = {
    NONE: _as_it_is,
    "slow": _never,
    "dead": _hang_up,
    "401": _says(401),
    "403": _says(403),
    "429": _says(429, **{"Retry-After": "1"}),
    "500": _says(500),
    "plain text": _says(200, "please log in", "text/plain"),
    "another content type": _says(200, "<!doctype html>", "text/html"),
    "truncated": _truncate,
    "endless pages": _page_endlessly,
    "pages elsewhere": _page_elsewhere,
    "other patients": _mix_patients,
    "no such parameter": _know_no_status,
}
ANSWERED = ("401", "403", "plain text")
"""Faults that may hit everything that one call reads: the server lives, so it is not left alone for them."""
