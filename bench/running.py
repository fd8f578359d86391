"""Servers on loopback for as long as a block runs: Marrow as a site runs it, and the yardstick."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import aiohttp

from bench.tokens import AUDIENCE, ISSUER, Key, Tokens, new_keys, public
from service.persistence.database import Database
from service.play.demo import free_port

START_SECONDS = 30.0
MARROW = (sys.executable, "-c", "from service.cli import app; app()")


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers."""

    url: str
    pid: int

    def processor(self) -> float:
        """Seconds of processor time that the process has had, all threads; not a number where the system is silent."""
        try:
            tasks = Path(f"/proc/{self.pid}/task").iterdir()
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        except OSError:
            return float("nan")

    def resident(self) -> float:
        """Megabytes of memory that the process holds; not a number where the system is silent."""
        return resident(self.pid)


def resident(pid: int | str = "self", line: str = "VmRSS") -> float:
    """Megabytes of memory that a process holds (`VmHWM`: the most that it ever held)."""
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return float("nan")
    return int(said.partition(f"{line}:")[2].split()[0]) / 1024


@dataclass(frozen=True, slots=True)
class Site:
    """How Marrow is set up: as in production, or in development mode, which also takes unsigned calls."""

    settings: Mapping[str, str]
    keys: Mapping[str, Key]

    @classmethod
    async def made(cls, folder: Path, production: bool = True) -> Site:
        """A site with one client, whose limits are out of the way, and a database that has its tables."""
        folder.mkdir(exist_ok=True)  # noqa: ASYNC240 -- nothing else runs yet
        keys = new_keys()
        known = [public(key, algorithm) for algorithm, key in keys.items()]
        client = {"name": "bench", "issuer": ISSUER, "audience": [AUDIENCE], "jwks": {"keys": known}}
        (folder / "clients.yaml").write_text(json.dumps({"clients": [client]}))
        url = f"sqlite+aiosqlite:///{folder / 'marrow.db'}"
        database = Database(url)
        await database.upgrade()
        await database.close()
        settings = {
            "MARROW_MODE": "production" if production else "development",
            "MARROW_CLIENTS_FILE": str(folder / "clients.yaml"),
            "MARROW_PATIENT_HASH_KEY": "a key of the bench",
            "MARROW_DATABASE_URL": url,
            "MARROW_CALLS_PER_SECOND": "1000000",
        }
        return cls(settings, keys)

    @property
    def environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("MARROW_")}
        return {**others, **self.settings}

    def tokens(self) -> Tokens:
        return Tokens(self.keys["RS384"], "RS384")


async def call(
    session: aiohttp.ClientSession, server: Server, service: str, body: bytes, tokens: Tokens | None = None
) -> bytes:
    """One call with a token of its own. Raises RuntimeError for another answer than 200."""
    headers = {"Content-Type": "application/json"}
    if tokens is not None:
        headers["Authorization"] = f"Bearer {tokens.take(1)[0]}"
    async with session.post(f"{server.url}/cds-services/{service}", data=body, headers=headers) as reply:
        answer = await reply.read()
    if reply.status != 200:
        raise RuntimeError(f"{service} answered {reply.status}: {answer.decode()[:500]}")
    return answer


@asynccontextmanager
async def marrow_running(site: Site, workers: int = 1) -> AsyncIterator[Server]:
    """`marrow serve`. Raises RuntimeError, with what it said, when it does not start."""
    port = free_port()
    command = (*MARROW, "serve", "--port", str(port), "--workers", str(workers))
    async with _running(command, port, "/health/ready", site.environment) as server:
        yield server


@asynccontextmanager
async def app_running(app: str, path: str, environment: Mapping[str, str] | None = None) -> AsyncIterator[Server]:
    """`module:app` under uvicorn, ready when `path` answers. Raises RuntimeError when it does not start."""
    port = free_port()
    options = ("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log")
    async with _running((sys.executable, "-m", "uvicorn", *options, app), port, path, environment) as server:
        yield server


@asynccontextmanager
async def _running(
    command: Sequence[str], port: int, path: str, environment: Mapping[str, str] | None
) -> AsyncIterator[Server]:
    with tempfile.TemporaryFile() as said:  # the log goes to a file, as a service's does
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=said, stderr=said)
        try:
            url = f"http://127.0.0.1:{port}"
            await _ready(process, url + path, said)
            yield Server(url, process.pid)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _ready(process: asyncio.subprocess.Process, url: str, said: IO[bytes]) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            with suppress(aiohttp.ClientError):
                async with session.get(url) as reply:
                    if reply.status == 200:
                        return
            await asyncio.sleep(0.02)
    said.seek(0)
    raise RuntimeError(f"the server did not start:\n{said.read().decode(errors='replace')}")
