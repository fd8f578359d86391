"""`marrow demo`: a real Marrow on SQLite and the sample EHR, three patients at order-sign and one of them at
patient-view, their cards, and a check that they are right."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
from rich.console import Console

from service.play.ehr import Play, Played, PlayError, play
from service.play.show import show
from service.sample_ehr import draft, running, stories

START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One patient, the order that is signed (none: the chart is opened), and the cards that must come as (topic,
    indicator)."""

    patient: str
    title: str
    draft: str | None
    cards: tuple[tuple[str, str], ...]


SCENES = (
    Scene(
        "sample-apixaban",
        "Iloprost is signed for a patient who takes apixaban",
        "iloprost-iv",
        (("BME-CI-01", "critical"),),
    ),
    Scene(
        "sample-pregnant",
        "Iloprost is signed for a patient who is pregnant",
        "iloprost-iv",
        (("BME-CI-02", "critical"),),
    ),
    Scene("sample-safe", "Iloprost is signed and nothing speaks against it", "iloprost-iv", ()),
    Scene(
        "sample-safe",
        "The chart of the same patient is opened",
        None,
        (("BME-DX-06", "info"), ("BME-TB-02+BME-ED-01", "info"), ("BME-TB-07", "info")),
    ),
)


async def demo(today: date, console: Console, scenes: tuple[Scene, ...] = SCENES) -> bool:
    """Play the scenes; True only if every scene gave exactly its cards. Raises PlayError when Marrow does not start."""
    titles = {story.id: story.title for story in stories()}
    right = True
    async with running(today) as ehr, marrow_running() as marrow:
        console.print(f"Marrow answers at {marrow}/cds-services, the sample EHR at {ehr}\n")
        for scene in scenes:
            console.rule(scene.title, align="left")
            console.print(titles[scene.patient], style="dim")
            orders = (draft(scene.draft, scene.patient, today),) if scene.draft else ()
            hook = "order-sign" if orders else "patient-view"
            played = await play(Play(hook, marrow, ehr, scene.patient, orders))
            show(played, console)
            right = _judge(scene, played, console) and right
    return right


def _judge(scene: Scene, played: Played, console: Console) -> bool:
    came = tuple((card["source"]["topic"]["code"], card["indicator"]) for card in played.cards)
    if played.status == 200 and came == scene.cards:
        return True
    console.print(
        f"WRONG: expected {scene.cards or 'no card'}, got status {played.status} with {came}", style="bold red"
    )
    return False


@asynccontextmanager
async def marrow_running(settings: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """A Marrow process in development mode on a free port, with its own SQLite file; yields its base URL.

    It stops with the block. Raises PlayError, with what the process said, when it does not become ready.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="marrow-demo-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MARROW_")}
        environment |= {
            "MARROW_MODE": "development",
            "MARROW_DATABASE_URL": f"sqlite+aiosqlite:///{Path(folder) / 'marrow.db'}",
            "MARROW_LOG_LEVEL": "error",
            "MARROW_DRAIN_SECONDS": "0",
            **(settings or {}),
        }
        command = (sys.executable, "-c", "from service.cli import app; app()", "serve", "--port", str(port))
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            await ready(process, f"http://127.0.0.1:{port}/health/ready")
            yield f"http://127.0.0.1:{port}"
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()


async def ready(process: asyncio.subprocess.Process, url: str) -> None:
    """Wait until the address answers 200. Raises PlayError, with what the process said, when it does not."""
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while asyncio.get_running_loop().time() < deadline:
            if process.returncode is not None:
                said = (await process.communicate())[1].decode(errors="replace")
                raise PlayError(f"the service did not start:\n{said}")
            try:
                async with session.get(url) as reply:
                    if reply.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass  # not listening yet
            await asyncio.sleep(0.05)
    raise PlayError(f"the service was not ready within {START_SECONDS:g} s.")


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
