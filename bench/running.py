"""An application under uvicorn for as long as a block runs."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from service.play.demo import free_port, ready


@asynccontextmanager
async def server_running(app: str, path: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """Serves `module:app` on loopback; yields its base URL when `path` answers. Raises PlayError when it does not."""
    port = free_port()
    options = ("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "uvicorn",
        *options,
        app,
        env={**os.environ, **(settings or {})},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await ready(process, f"http://127.0.0.1:{port}{path}")
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
