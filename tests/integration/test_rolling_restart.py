"""Two instances behind a proxy are replaced one after the other while calls are sent: not one of them is lost."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.integration.test_shell_command import MARROW, environment, free_port
from tests.integration.test_shell_support import SIGN, a_call

pytestmark = pytest.mark.asyncio
SENDERS = 4
LOOK_SECONDS = 0.1
SITE = {"MARROW_MODE": "development", "MARROW_LOG_LEVEL": "error", "MARROW_DRAIN_SECONDS": "2"}
PATIENCE = aiohttp.ClientTimeout(total=30)


class Instance:
    """A Marrow process on a port of its own, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        port = self.url.rpartition(":")[2]
        command = (*MARROW, "serve", "--port", port)
        self._process = await asyncio.create_subprocess_exec(*command, cwd=self._folder, env=environment(**SITE))

    async def stop(self) -> None:
        """SIGTERM, as every platform sends it, and wait for the end."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            await self._process.wait()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


class Proxy:
    """Spreads calls over the instances that say they are ready, over connections that it keeps.

    It does what proxies do by default: a call goes to the next instance when the connection to the first is refused,
    since nothing of it was sent; a call that got lost on its way is an error, because it may have had an effect.
    """

    def __init__(self, *instances: Instance) -> None:
        self.served: Counter[str] = Counter()
        self._ready = dict.fromkeys((instance.url for instance in instances), False)
        self._turn = 0

    def ready(self, instance: Instance) -> bool:
        return self._ready[instance.url]

    async def until(self, instance: Instance, *, ready: bool) -> None:
        """Wait until this instance is taken for ready, or no longer."""
        async with asyncio.timeout(60):
            while self.ready(instance) != ready:  # noqa: ASYNC110 -- the proxy looks every now and then, no sooner
                await asyncio.sleep(LOOK_SECONDS)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(timeout=PATIENCE) as self._session, asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(self._look())
            try:
                yield f"http://127.0.0.1:{runner.addresses[0][1]}"
            finally:
                looking.cancel()
        await runner.cleanup()

    async def _look(self) -> None:
        while True:
            for url in self._ready:
                try:
                    async with self._session.get(f"{url}/health/ready") as reply:
                        self._ready[url] = reply.status == 200
                except aiohttp.ClientError:
                    self._ready[url] = False
            await asyncio.sleep(LOOK_SECONDS)

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {"Content-Type": request.headers["Content-Type"]}
        self._turn += 1
        ready = [url for url, ready in self._ready.items() if ready]
        for url in ready[self._turn % len(ready) :] + ready[: self._turn % len(ready)]:
            try:
                async with self._session.post(url + request.path, data=body, headers=headers) as reply:
                    self.served[url] += 1
                    return web.Response(body=await reply.read(), status=reply.status)
            except aiohttp.ClientConnectorError:
                continue
        return web.Response(status=502)


class Calls:
    """Sends calls one after the other, from several senders at once, until it is told to end."""

    def __init__(self, url: str) -> None:
        self.answers: Counter[str] = Counter()
        self._url = url + SIGN
        self._end = False

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[Calls]:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, asyncio.TaskGroup() as tasks:
            for _ in range(SENDERS):
                tasks.create_task(self._send(session))
            yield self
            self._end = True

    async def more(self) -> None:
        """Wait until so many more calls were answered that each sender has seen what holds now."""
        enough = self.answers.total() + 5 * SENDERS
        async with asyncio.timeout(60):
            while self.answers.total() < enough:  # noqa: ASYNC110 -- counts, and nothing else
                await asyncio.sleep(LOOK_SECONDS)

    async def _send(self, session: aiohttp.ClientSession) -> None:
        while not self._end:
            async with session.post(self._url, json=a_call()) as reply:
                told = await reply.json(content_type=None) if reply.status == 200 else {}
            topics = [card["source"]["topic"]["code"] for card in told.get("cards", ())]
            self.answers[f"{reply.status} {' '.join(topics)}"] += 1


@pytest.mark.slow
async def test_instances_are_replaced_one_after_the_other_and_no_call_is_lost(tmp_path: Path) -> None:
    first, second = Instance(tmp_path), Instance(tmp_path)
    proxy = Proxy(first, second)
    try:
        await first.start()
        async with proxy.running() as url:
            await proxy.until(first, ready=True)  # it has made the tables for both
            await second.start()
            await proxy.until(second, ready=True)
            async with Calls(url).flowing() as calls:
                for instance in (first, second):
                    await calls.more()
                    await instance.stop()
                    served = proxy.served[instance.url]
                    await calls.more()
                    assert proxy.served[instance.url] == served
                    await instance.start()
                    await proxy.until(instance, ready=True)
                    await calls.more()
                    assert proxy.served[instance.url] > served
            await first.stop()
            await second.stop()
    finally:
        await first.kill()
        await second.kill()
    # Without an EHR to ask, the card of such a call is the notice that says so.
    assert calls.answers.keys() == {"200 BME-SYS-01"}
    with closing(sqlite3.connect(tmp_path / "marrow.db")) as connection:
        assert connection.execute("SELECT count(*) FROM decisions").fetchone() == (calls.answers.total(),)
