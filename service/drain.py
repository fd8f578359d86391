"""A stop that loses no call: first say that it comes, then stop.

From SIGTERM on, `/health/ready` answers 503 and every reply closes its connection, while calls are answered as before.
So whoever spreads the calls over several instances turns to the others. After that the server itself ends: it listens
no more and finishes the calls in hand. A second SIGTERM, or SIGINT from someone at the keyboard, ends it at once.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()


class Drain:
    """Whether the end has been announced, `seconds` before it comes."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begun = False

    @contextmanager
    def before_sigterm(self) -> Iterator[None]:
        """Hold SIGTERM back from the server that runs in this thread. Use inside its event loop.

        Where nobody has asked for the signal (tests, a server in a thread) it does nothing.
        """
        end = signal.getsignal(signal.SIGTERM)
        if not self.seconds or not callable(end) or threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        # All else in the loop: a signal comes in the middle of anything, also of a line of the log.
        signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(self._announce, loop, end))
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, end)

    def _announce(self, loop: asyncio.AbstractEventLoop, end: Callable[[int, FrameType | None], object]) -> None:
        if self.begun:
            end(signal.SIGTERM, None)
            return
        self.begun = True
        loop.call_later(self.seconds, end, signal.SIGTERM, None)
        log.info("drain_begun")


class ClosesWhenDraining:
    """Ends the connection with the reply once the drain has begun. Plain ASGI."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self.app = app
        self.drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start" and self.drain.begun:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self.app(scope, receive, send_and_close)
