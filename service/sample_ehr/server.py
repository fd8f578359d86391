"""The sample EHR as an aiohttp application: FHIR R4, read only, under ``/fhir``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from service.sample_ehr.errors import BadSearchError, NotHeldError, RefusedError
from service.sample_ehr.parameters import PARAMETERS
from service.sample_ehr.replies import capability, outcome, searchset
from service.sample_ehr.search import PAGE_OFFSET, parse, run
from service.sample_ehr.store import Store, load_patients

FHIR_PATH = "/fhir"
FHIR_JSON = "application/fhir+json"
_FORM = "application/x-www-form-urlencoded"
_STORE = web.AppKey("store", Store)
_TODAY = web.AppKey("today", date)


def create_sample_ehr(today: date, middlewares: Sequence[Middleware] = ()) -> web.Application:
    """The application, its patients dated relative to ``today``.

    ``middlewares`` go outermost: they see each request first and each reply last, so that a test can add a fault.
    """
    app = web.Application(middlewares=[*middlewares, _open_to_browsers, _refuse_in_fhir])
    app[_STORE] = Store.of(load_patients(today))
    app[_TODAY] = today
    app.router.add_get(f"{FHIR_PATH}/metadata", _metadata)
    app.router.add_get(f"{FHIR_PATH}/{{kind}}", _search)
    app.router.add_post(f"{FHIR_PATH}/{{kind}}/_search", _search)
    app.router.add_get(f"{FHIR_PATH}/{{kind}}/{{id}}", _read)
    return app


async def _metadata(request: web.Request) -> web.Response:
    return _reply(capability(_base(request), request.app[_TODAY]))


async def _read(request: web.Request) -> web.Response:
    kind, resource_id = _known_type(request), request.match_info["id"]
    resource = request.app[_STORE].read(kind, resource_id)
    if resource is None:
        raise NotHeldError(f"there is no {kind} with the id {resource_id!r}; search {kind} to see those there are")
    return _reply(resource)


async def _search(request: web.Request) -> web.Response:
    """GET and POST alike: the parameters of the URL and of the form together."""
    kind = _known_type(request)
    pairs = [*request.query.items(), *await _form(request)]
    page = run(parse(kind, pairs), request.app[_STORE].rows(kind))
    next_link = None if page.next_offset is None else _link(request, kind, pairs, page.next_offset)
    return _reply(searchset(page, _base(request), _link(request, kind, pairs), next_link))


async def _form(request: web.Request) -> list[tuple[str, str]]:
    if request.method != "POST":
        return []
    if request.body_exists and request.content_type != _FORM:
        raise BadSearchError(f"send the search as {_FORM}, not as {request.content_type}")
    try:
        form = await request.post()
    except (LookupError, ValueError) as error:  # a charset that does not exist, or bytes that are not of it
        raise BadSearchError("the form cannot be decoded; send it as UTF-8") from error
    return [(name, str(value)) for name, value in form.items()]


def _known_type(request: web.Request) -> str:
    kind = request.match_info["kind"]
    if kind not in PARAMETERS:
        raise NotHeldError(f"the type {kind!r} is not served; see {FHIR_PATH}/metadata for those that are")
    return kind


def _base(request: web.Request) -> str:
    """The base URL as the caller wrote it, so that links lead back over the same way."""
    return f"{request.scheme}://{request.host}{FHIR_PATH}"


def _link(request: web.Request, kind: str, pairs: Sequence[tuple[str, str]], offset: int | None = None) -> str:
    """The search as a GET; with ``offset``, the page that starts there."""
    if offset is not None:
        pairs = [*((name, value) for name, value in pairs if name != PAGE_OFFSET), (PAGE_OFFSET, str(offset))]
    return f"{_base(request)}/{kind}" + (f"?{urlencode(pairs)}" if pairs else "")


def _reply(resource: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(resource), status=status, content_type=FHIR_JSON)


@web.middleware
async def _refuse_in_fhir(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as OperationOutcome, also those that aiohttp itself raises (no such path, method, body too large)."""
    try:
        return await handler(request)
    except RefusedError as refused:
        return _reply(outcome(refused.code, str(refused)), refused.status)
    except web.HTTPException as error:
        code = "not-found" if error.status == HTTPStatus.NOT_FOUND else "not-supported"
        reply = _reply(outcome(code, f"{error.reason}: {request.method} {request.path}"), error.status)
        if "Allow" in error.headers:
            reply.headers["Allow"] = error.headers["Allow"]
        return reply


@web.middleware
async def _open_to_browsers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Any page of any origin may read: there is nothing here but synthetic patients, and no login to abuse."""
    reply = web.Response(status=204) if request.method == "OPTIONS" else await handler(request)
    asked_headers = request.headers.get("Access-Control-Request-Headers", "*")
    reply.headers["Access-Control-Allow-Origin"] = "*"
    reply.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    # Echoed, since the wildcard leaves out Authorization, which test clients send.
    reply.headers["Access-Control-Allow-Headers"] = asked_headers
    return reply
