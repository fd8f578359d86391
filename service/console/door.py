"""Who may open the console: whoever shows the admin token; without one, in development, whoever sits at this machine.

A browser sends what it knows (a password, a place in the network) along with requests that other sites make it send.
So a form must come from the console itself, and without a token the address must be one of ours: a name of a
stranger that resolves to this machine opens nothing.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import Request

from service.config import Settings
from service.errors import CallError
from service.security.outbound import LOOPBACK


class ConsoleLoginError(CallError):
    """The caller has not shown the admin token."""

    status = HTTPStatus.UNAUTHORIZED
    code = "login"
    text = "Log in with any user name and the admin token of this site as the password."
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Basic realm="Marrow console", charset="UTF-8"'}


class ConsoleAddressError(CallError):
    """Asked under a name that is not ours, or sent by another site."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"
    text = "Open the console under one of MARROW_PUBLIC_URLS or on this machine, and send its forms from there."


@dataclass(frozen=True, slots=True)
class ConsoleDoor:
    """`token` None opens to `hosts` alone."""

    token: bytes | None
    hosts: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> ConsoleDoor | None:
        """The door of this site; None where there is no console."""
        if settings.admin_token is None and not settings.development:
            return None
        token = settings.admin_token.get_secret_value().encode() if settings.admin_token else None
        return cls(token, LOOPBACK | {urlsplit(url).hostname or "" for url in settings.public_urls})

    def admit(self, request: Request) -> None:
        """Raises ConsoleLoginError and ConsoleAddressError."""
        if self.token is None:
            if request.url.hostname not in self.hosts:
                raise ConsoleAddressError("console_host")
        elif not hmac.compare_digest(_password(request.headers.getlist("authorization")), self.token):
            raise ConsoleLoginError("console_token")
        if request.method == "POST" and not _sent_by_us(request):
            raise ConsoleAddressError("console_origin")


def _password(authorization: list[str]) -> bytes:
    scheme, _, given = authorization[0].partition(" ") if len(authorization) == 1 else ("", "", "")
    if scheme.lower() != "basic":
        return b""
    try:
        return b64decode(given, validate=True).partition(b":")[2]
    except ValueError:
        return b""


def _sent_by_us(request: Request) -> bool:
    """A browser names the site that sends a form; a program need not."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or urlsplit(origin).netloc == request.url.netloc
