"""The sample EHR on a real socket, for as long as a ``with`` block lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date

from aiohttp import web
from aiohttp.typedefs import Middleware
from yarl import URL

from service.sample_ehr.server import FHIR_PATH, create_sample_ehr

# A reply that a fault holds back must not hold back the end as well.
_GRACE_SECONDS = 0.5


@asynccontextmanager
async def running(
    today: date, host: str = "127.0.0.1", port: int = 0, middlewares: Sequence[Middleware] = ()
) -> AsyncIterator[str]:
    """Serve until the block ends; yields the base URL, such as ``http://127.0.0.1:40123/fhir``.

    Port 0 takes any free port. OSError when the port is taken.
    """
    runner = web.AppRunner(
        create_sample_ehr(today, middlewares),
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=_GRACE_SECONDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0][1]
        yield str(URL.build(scheme="http", host=host, port=bound, path=FHIR_PATH))
    finally:
        await runner.cleanup()
