"""All queries of one round at once, under one deadline. An EHR's fault is a failed delivery, never an exception."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from cds_hooks.wire.delivery import Delivery, Query, State
from service.fhir.breaker import Breaker
from service.fhir.client import FhirFault, Page, StatusFault, get
from service.security.outbound import FhirBase, same_origin
from service.security.outgoing import Outgoing

# A server that refuses a search is asked once more without these: the answer can only be wider, and what it holds is
# judged by status and kind again when it is read. `patient` and `code` stay: without them it might never end.
OPTIONAL_PARAMETERS = frozenset({"_sort", "_count", "status", "category"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one call may take: seconds for all, pages and bytes per query, queries at the same time."""

    seconds: float
    pages: int
    bytes: int
    queries: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads from one FHIR server during one call. `deadline` is a time of the event loop."""

    outgoing: Outgoing
    base: FhirBase
    breaker: Breaker
    token: str | None
    deadline: float
    limits: Limits

    async def gather(self, queries: Iterable[Query]) -> dict[str, Delivery]:
        """Run the queries concurrently; every key has a delivery when the deadline has passed."""
        slots = asyncio.Semaphore(self.limits.queries)
        asked = list(queries)
        deliveries = await asyncio.gather(*(self._deliver(query, slots) for query in asked))
        return {query.key: delivery for query, delivery in zip(asked, deliveries, strict=True)}

    async def _deliver(self, query: Query, slots: asyncio.Semaphore) -> Delivery:
        pages: list[Page] = []
        try:
            async with asyncio.timeout_at(self.deadline), slots:
                await self._follow(query, pages)
        except TimeoutError:
            return _cut_off(pages, f"no answer within {self.limits.seconds:g} s")
        except StatusFault as fault:
            if fault.status == 404 and _is_read(query):
                return Delivery(State.EMPTY)
            return _cut_off(pages, fault.reason)
        except FhirFault as fault:
            return _cut_off(pages, fault.reason)
        if all(page.empty for page in pages):
            return Delivery(State.EMPTY)
        return Delivery(State.DATA, tuple(page.body for page in pages))

    async def _follow(self, query: Query, pages: list[Page]) -> None:
        """Read the query's first page and those that it leads to into `pages`."""
        url = self._inside(query.resume or f"{self.base.url}/{query.path}")
        pages.append(await self._first(url, query))
        seen = {url}
        while (link := pages[-1].next_link) is not None:
            url = self._inside(link, seen_from=url)
            if url in seen or len(pages) >= self.limits.pages:
                raise FhirFault("the answer had more pages than the limit")
            seen.add(url)
            pages.append(await self._page(url, query, sum(len(page.body) for page in pages)))

    async def _first(self, url: str, query: Query) -> Page:
        try:
            return await self._page(url, query, 0)
        except StatusFault as fault:
            # The client's own next page stays as it is: on pages of another length, rows in between would be missed.
            plainer = url if query.resume else _without_optional(url)
            if fault.status != 400 or plainer == url:
                raise
        return await self._page(plainer, query, 0)

    async def _page(self, url: str, query: Query, had: int) -> Page:
        with self.breaker.asking():
            page = await get(self.outgoing, url, token=self.token, most_bytes=self.limits.bytes - had)
        expected = query.path.partition("/")[0] if _is_read(query) else "Bundle"
        if page.resource_type != expected:
            raise FhirFault("the answer was not what the query asks for")
        return page

    def _inside(self, link: str, seen_from: str | None = None) -> str:
        url = same_origin(self.base, link, seen_from=seen_from)
        if url is None:
            raise FhirFault("the query leads away from the EHR's FHIR server, which is not followed")
        return url


def failed(queries: Iterable[Query], reason: str) -> Mapping[str, Delivery]:
    """The same failure for every query."""
    return {query.key: Delivery(State.FAILED, reason=reason) for query in queries}


def _cut_off(pages: list[Page], reason: str) -> Delivery:
    return Delivery(State.FAILED, tuple(page.body for page in pages), reason)


def _is_read(query: Query) -> bool:
    return query.resume is None and "?" not in query.path


def _without_optional(url: str) -> str:
    address, mark, search = url.partition("?")
    kept = [pair for pair in parse_qsl(search, keep_blank_values=True) if pair[0] not in OPTIONAL_PARAMETERS]
    if len(kept) == len(parse_qsl(search, keep_blank_values=True)):
        return url
    return f"{address}{mark}{urlencode(kept, safe=',|:/')}"
