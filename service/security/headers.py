"""What every reply tells a browser: show nothing, guess nothing, keep nothing (OWASP REST Security Cheat Sheet)."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
PREFLIGHT_SECONDS = 600


class SecurityHeaders:
    """Adds the headers to every reply; `https` when all public addresses are https."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self._headers = (*ALWAYS, HTTPS_ONLY) if https else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}  # a page states what it may load by itself
                message["headers"] = [*message["headers"], *(pair for pair in self._headers if pair[0] not in said)]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def browser_layers(public_urls: Iterable[str], origins: tuple[str, ...]) -> list[Middleware]:
    """The outermost layers, so that errors carry the headers too: without them a browser hides the error."""
    layers = [Middleware(SecurityHeaders, https=all(url.startswith("https://") for url in public_urls))]
    if origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=("Accept", "Authorization", "Content-Type"),
            expose_headers=("X-Request-Id", "Retry-After"),
            max_age=PREFLIGHT_SECONDS,
        )
        layers.append(cors)
    return layers
