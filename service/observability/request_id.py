"""The outermost layer of a request: its id, and what happens when something breaks that nobody expected.

Plain ASGI. The id is always our own: one that a caller sends could carry anything into the log. An unexpected error is
answered here and goes no further, because the server would log it with its message.
"""

from __future__ import annotations

from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import unexpected
from service.observability.redaction import described

log = structlog.get_logger()
HEADER = "X-Request-Id"


class RequestId:
    """Gives each request an id: in the log, on the reply, and in the reply to an error of our own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except ClientDisconnect:
                log.info("caller_left")
            except Exception as error:  # noqa: BLE001 -- the last place that can answer; recorded with type and frames
                log.error("call_failed", status=500, **described(error))  # noqa: TRY400 -- never with its message
                if not started:
                    await unexpected(request_id, Headers(scope=scope))(scope, receive, send_with_id)
