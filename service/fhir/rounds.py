"""What the core still needs for a call, read from the EHR in a few rounds under one deadline."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds_hooks.wire.delivery import NOT_ASKED, Delivery, Query
from cds_hooks.wire.request import FhirAuthorization, Request
from service.clients import Client
from service.fhir.breaker import Breakers
from service.fhir.gather import Limits, Reader, failed
from service.fhir.scopes import covers
from service.security.outbound import FhirBase, allowed
from service.security.outgoing import Outgoing

if TYPE_CHECKING:
    from cds_hooks.advisor import Consultation

ROUNDS = 3  # what the drafts refer to, then facts, then what those refer to
_TOKEN = re.compile(r"[!-~]+")
_TYPE = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Ehr:
    """The EHRs, as far as all calls see them alike."""

    outgoing: Outgoing
    limits: Limits
    breakers: Breakers

    async def fetch_missing(self, consultation: Consultation, client: Client) -> dict[str, Delivery]:
        """A delivery for every query that the consultation asks for; no request at all when it asks for none."""
        have: dict[str, Delivery] = {}
        deadline = asyncio.get_running_loop().time() + self.limits.seconds
        for _ in range(ROUNDS):
            queries = consultation.needs(have)
            if not queries:
                break
            have.update(await self._ask(consultation.request, client, queries, deadline))
        return have

    async def _ask(
        self, call: Request, client: Client, queries: tuple[Query, ...], deadline: float
    ) -> Mapping[str, Delivery]:
        if call.fhir_server is None:
            return {query.key: NOT_ASKED for query in queries}
        base = allowed(call.fhir_server, client.fhir_servers, loopback=client.loopback)
        if base is None:
            return failed(queries, "this FHIR server is not among those that Marrow may read for this client")
        authorization = call.fhir_authorization
        if authorization is None and not client.unsigned:
            return failed(queries, "no access token was given")
        if authorization is not None and not _TOKEN.fullmatch(authorization.access_token):
            return failed(queries, "the access token cannot be used")
        if authorization is not None and _expired(authorization):
            return failed(queries, "the access token has expired")
        return await self._read(base, authorization, queries, deadline)

    async def _read(
        self, base: FhirBase, authorization: FhirAuthorization | None, queries: tuple[Query, ...], deadline: float
    ) -> Mapping[str, Delivery]:
        token = authorization.access_token if authorization else None
        scope = authorization.scope if authorization else None
        reader = Reader(self.outgoing, base, self.breakers.at(base), token, deadline, self.limits)
        covered = [query for query in queries if covers(scope, _type(query))]
        refused = [query for query in queries if query not in covered]
        return {**failed(refused, "the access token does not cover this kind of data"), **await reader.gather(covered)}


def _expired(authorization: FhirAuthorization) -> bool:
    """Whether the client says that the token lives no longer. What is no number says nothing."""
    try:
        return authorization.expires_in is not None and float(authorization.expires_in) <= 0
    except (ValueError, OverflowError):
        return False


def _type(query: Query) -> str:
    found = _TYPE.match(query.path)
    return found[0] if found else ""
