"""The head of an HTTP request has an end: in bytes and in seconds.

uvicorn bounds neither with httptools, so one caller without a token could fill the memory with a header that never
ends, or hold connections open with one that comes a byte at a time. Bodies are the business of `routes.body`.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class BoundedHead(HttpToolsProtocol):
    """Give it to uvicorn as `http`. A connection that breaks a limit is closed."""

    most_bytes = 64 * 1024  # that come without a head, or a piece of a body, getting complete
    seconds = 10.0  # from the first byte of a request, or from the connection, to the end of the head

    _stuck = 0
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._stuck += len(data)
        super().data_received(data)
        if self._stuck > self.most_bytes:
            self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:
            self._wait()

    def on_headers_complete(self) -> None:
        self._stuck = 0
        self._done()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._stuck = 0
        super().on_body(body)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.seconds, self.transport.abort)

    def _done(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
