"""Whom Marrow may ask: only FHIR servers on the list of the client that calls.

`fhirServer` arrives in the request and is not to be trusted. What cannot be read in one way only (user names, queries,
escapes, dot segments, other alphabets) is refused rather than repaired. Not looked at here: the addresses to which
a listed name resolves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class FhirBase:
    """The base address of a FHIR server in one spelling. `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        return f"{self.origin}{self.path}"

    def holds(self, other: FhirBase) -> bool:
        """Whether the other is at the same origin and at or below this path."""
        return self.origin == other.origin and (other.path == self.path or other.path.startswith(f"{self.path}/"))


def parse_base(url: str) -> FhirBase | None:
    """The address in one spelling; None when it is not a plain http or https address."""
    if "?" in url or "#" in url:
        return None
    base = _address(url)
    return base if base is not None and _PATH.fullmatch(base.path) else None


def allowed(fhir_server: str, listed: Iterable[FhirBase], *, loopback: bool) -> FhirBase | None:
    """The server of a request when it is at or below a listed one, or on this machine where that is allowed."""
    asked = parse_base(fhir_server)
    if asked is None:
        return None
    if any(base.holds(asked) for base in listed) or (loopback and asked.host in LOOPBACK):
        return asked
    return None


def same_origin(base: FhirBase, url: str, *, seen_from: str | None = None) -> str | None:
    """The absolute URL of a link (`seen_from` is the page that it stands on); None when it leads out of the base."""
    if not _PRINTABLE.fullmatch(url):
        return None
    try:
        absolute = urljoin(seen_from or f"{base.url}/", url)
    except ValueError:  # as in _address
        return None
    target = _address(absolute.partition("?")[0])
    return absolute if target is not None and base.holds(target) and "#" not in absolute else None


def _address(url: str) -> FhirBase | None:
    """Scheme, host, port and path, when there is only one way to read them."""
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that do not close, a port that is no number
        return None
    if parts.scheme not in PORTS or "@" in parts.netloc or not _HOST.fullmatch(host) or _climbs(parts.path):
        return None
    return FhirBase(parts.scheme, host, PORTS[parts.scheme] if port is None else port, parts.path.rstrip("/"))


def _climbs(path: str) -> bool:
    """Dot segments, also when they are written as escapes: a client library resolves them after this check."""
    return any(segment in {".", ".."} for segment in re.split(r"[/\\]", unquote(path)))
