"""The EHR's side of one CDS Hooks call: discover the service, resolve its prefetch at a FHIR server, send, take the
cards.

It speaks to any Marrow and any FHIR R4 server, also a public sandbox, so it takes every answer as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp

TOKEN = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
ACCEPT = {"Accept": "application/fhir+json, application/json"}
TIMEOUT = aiohttp.ClientTimeout(total=30)
ORDER_HOOKS = ("order-select", "order-sign")


class PlayError(Exception):
    """What cannot be played, in words that say what to do."""


@dataclass(frozen=True, slots=True)
class Play:
    """What to play. `drafts` are resources for the basket; `prefetch` says whether the EHR sends data along."""

    hook: str
    marrow: str
    fhir_server: str
    patient: str
    drafts: Sequence[Mapping[str, Any]] = ()
    user: str = "Practitioner/example"
    token: str | None = None
    prefetch: bool = True


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent and what came back. `states` says per prefetch key what the FHIR server gave."""

    request: Mapping[str, Any]
    status: int
    body: Mapping[str, Any]
    states: Mapping[str, str] = field(default_factory=dict)

    @property
    def cards(self) -> list[dict[str, Any]]:
        return list(self.body.get("cards") or [])


async def play(what: Play) -> Played:
    """One call from discovery to cards. Raises PlayError when a server cannot be reached or has no such service."""
    async with aiohttp.ClientSession(timeout=TIMEOUT, headers=ACCEPT) as session:
        service = await _service(session, what)
        context = _context(what)
        states: dict[str, str] = {}
        prefetch = await _prefetch(session, what, service.get("prefetch") or {}, context, states)
        request = _request(what, context, prefetch)
        url = f"{what.marrow}/cds-services/{service['id']}"
        try:
            async with session.post(url, json=request) as reply:
                return Played(request, reply.status, await _json(reply), states)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PlayError(f"Marrow at {what.marrow} did not answer ({type(error).__name__}).") from None


async def _service(session: aiohttp.ClientSession, what: Play) -> dict[str, Any]:
    try:
        async with session.get(f"{what.marrow}/cds-services") as reply:
            discovery = await _json(reply)
    except (aiohttp.ClientError, TimeoutError) as error:
        text = f"Marrow at {what.marrow} cannot be reached ({type(error).__name__}). Start it with `make serve`."
        raise PlayError(text) from None
    services = [service for service in discovery.get("services") or () if service.get("hook") == what.hook]
    if not services:
        known = ", ".join(sorted(str(service.get("hook")) for service in discovery.get("services") or ()))
        raise PlayError(f"Marrow at {what.marrow} has no service for the hook {what.hook}. It has: {known or 'none'}.")
    return dict(services[0])


def _context(what: Play) -> dict[str, Any]:
    context: dict[str, Any] = {"userId": what.user, "patientId": what.patient}
    if what.hook in ORDER_HOOKS:
        entries = [{"resource": draft} for draft in what.drafts]
        context["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    if what.hook == "order-select":
        context["selections"] = [f"{draft['resourceType']}/{draft['id']}" for draft in what.drafts]
    return context


def _request(what: Play, context: Mapping[str, Any], prefetch: Mapping[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "hook": what.hook,
        "hookInstance": str(uuid4()),
        "fhirServer": what.fhir_server,
        "context": context,
    }
    if what.token:
        request["fhirAuthorization"] = {
            "access_token": what.token,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/*.read",
            "subject": "marrow",
        }
    if prefetch:
        request["prefetch"] = prefetch
    return request


async def _prefetch(
    session: aiohttp.ClientSession,
    what: Play,
    templates: Mapping[str, str],
    context: Mapping[str, Any],
    states: dict[str, str],
) -> dict[str, Any]:
    """What the FHIR server gives for each template; a key that it cannot answer is left out, as EHRs do."""
    found: dict[str, Any] = {}
    for key, template in templates.items() if what.prefetch else ():
        value, states[key] = await _resolve(session, what, TOKEN.sub(lambda match: _value(match[1], context), template))
        if value is not None:
            found[key] = value
    return found


def _value(token: str, context: Mapping[str, Any]) -> str:
    return quote(str(context.get(token.removeprefix("context."), "")), safe="")


async def _resolve(session: aiohttp.ClientSession, what: Play, path: str) -> tuple[dict[str, Any] | None, str]:
    headers = {"Authorization": f"Bearer {what.token}"} if what.token else {}
    try:
        async with session.get(f"{what.fhir_server}/{path}", headers=headers) as reply:
            if reply.status != 200:
                return None, f"not sent: the FHIR server answered {reply.status}"
            body = await _json(reply)
    except (aiohttp.ClientError, TimeoutError) as error:
        return None, f"not sent: {type(error).__name__}"
    if body.get("resourceType") != "Bundle":
        return body, "one resource"
    more = any(link.get("relation") == "next" for link in body.get("link") or ())
    return body, f"{len(body.get('entry') or ())} entries{', more pages' if more else ''}"


async def _json(reply: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        body = await reply.json(content_type=None)
    except ValueError:
        raise PlayError(f"{reply.url.origin()} answered {reply.status} with something that is not JSON.") from None
    return body if isinstance(body, dict) else {}
