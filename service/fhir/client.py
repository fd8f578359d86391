"""One page from a FHIR server.

FhirFault                      the page could not be had; `reason` is for people and never quotes the server
`-- StatusFault                the server answered with a status other than 200
"""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
import msgspec
from msgspec import Raw

from service.security.outgoing import ForbiddenAddressError, Outgoing

ACCEPT = "application/fhir+json"
CHUNK = 64 * 1024
NULL = Raw(b"null")
FORBIDDEN = "the name of the EHR's server leads to an address that Marrow may not call"
STATUS_REASONS = {
    401: "the EHR refused access (401)",
    403: "the EHR refused access (403)",
    404: "the EHR does not know this query (404)",
    429: "the EHR was too busy (429)",
}


class FhirFault(Exception):  # noqa: N818 -- not an error of ours: an answer that could not be had
    """The page could not be had.

    `down`: the server cannot answer at all now, whoever asks; it wants to be left alone for `wait` seconds.
    """

    def __init__(self, reason: str, *, down: bool = False, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.down, self.wait = reason, down, wait


class StatusFault(FhirFault):
    """The server answered with a status other than 200."""

    def __init__(self, status: int, retry_after: str = "") -> None:
        """`retry_after` is the header; only its form in seconds is understood."""
        redirected = "the EHR redirected the query, which is not followed"
        fallback = redirected if 300 <= status < 400 else f"the EHR answered {status}"
        wait = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 0.0
        super().__init__(STATUS_REASONS.get(status, fallback), down=status == 429 or status >= 500, wait=wait)
        self.status = status


@dataclass(frozen=True, slots=True)
class Page:
    """One answer as it came, and what the shell itself reads of it."""

    body: bytes
    resource_type: str
    empty: bool  # a Bundle without entries
    next_link: str | None


class _Answer(msgspec.Struct, rename="camel"):
    resource_type: str
    link: Raw = NULL
    entry: Raw = NULL


class _Link(msgspec.Struct):
    relation: str
    url: str


async def get(outgoing: Outgoing, url: str, *, token: str | None, most_bytes: int) -> Page:
    """Fetch one page.

    Raises FhirFault; TimeoutError when the caller's time is up.
    """
    headers = {"Accept": ACCEPT, **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        async with outgoing.get(url, headers) as response:
            if response.status != 200:
                raise StatusFault(response.status, response.headers.get("Retry-After", ""))
            body = await _read(response, most_bytes)
    except aiohttp.ClientConnectorDNSError as error:
        refused = isinstance(error.os_error, ForbiddenAddressError)
        reason = FORBIDDEN if refused else "the name of the EHR's server could not be looked up"
        raise FhirFault(reason, down=not refused) from None
    except aiohttp.ClientConnectionError:
        raise FhirFault("the EHR could not be reached", down=True) from None
    except aiohttp.ClientPayloadError:
        raise FhirFault("the answer broke off", down=True) from None
    except (aiohttp.ClientError, ValueError):  # ValueError: an address that aiohttp does not take
        raise FhirFault("the answer was not HTTP that can be read") from None
    return _understood(body)


async def _read(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > most_bytes:
            raise FhirFault("the answer was longer than the limit")
    return bytes(body)


def _understood(body: bytes) -> Page:
    """What kind of resource it is and where the next page is; all else is for the core to read."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
        is_bundle = answer.resource_type == "Bundle"
        links = msgspec.json.decode(answer.link, type=list[_Link] | None) if is_bundle else None
        entries = msgspec.json.decode(answer.entry, type=list[Raw] | None) if is_bundle else None
    except msgspec.ValidationError:
        raise FhirFault("the answer was not FHIR") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FhirFault("the answer was not JSON") from None
    if answer.resource_type == "OperationOutcome":
        raise FhirFault("the EHR answered with an error message instead of data")
    following = next((link.url for link in links or () if link.relation == "next"), None)
    return Page(body, answer.resource_type, empty=is_bundle and not entries, next_link=following)
