"""What is sent, and what must come back when nothing fails: every sample patient, played once before the soak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import aiohttp

from cds_hooks.wire.card import BASIS
from service.play.ehr import Play, play
from service.sample_ehr import draft, running, stories

CHART = ("patient-view", "encounter-start", "encounter-discharge")


@dataclass(frozen=True, slots=True)
class Scene:
    """A call, with the topics of its cards. `request` brings its data along as prefetch."""

    hook: str
    request: Mapping[str, Any]
    cards: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/cds-services/bme-{self.hook}"

    @property
    def of_chart(self) -> bool:
        return self.hook in CHART


async def scenes(marrow: str, today: date) -> list[Scene]:
    """Every story at its hook; a chart also when an encounter begins and ends. Raises RuntimeError when one fails."""
    found = []
    async with running(today) as ehr, aiohttp.ClientSession() as session:
        for story in stories():
            hook = story.hook if story.drafts else CHART[0]
            drafts = [draft(name, story.id, today) for name in story.drafts]
            played = await play(Play(hook, marrow, ehr, story.id, drafts))
            for request in _hooks(played.request):
                scene = Scene(request["hook"], request, ())
                async with session.post(marrow + scene.path, json=request) as reply:
                    if reply.status != 200:
                        raise RuntimeError(f"{story.id} at {scene.hook}: {reply.status} {await reply.text()}")
                    found.append(Scene(scene.hook, request, topics(await reply.json(content_type=None))))
    return found


def topics(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What the cards of an answer are about, in their order."""
    return tuple(card["source"]["topic"]["code"] for card in body["cards"])


def gaps(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What the cards say that could not be had, and why, each once."""
    missing = (gap for card in body["cards"] for gap in card["extension"][BASIS].get("missing", ()))
    return tuple(dict.fromkeys(f"{gap['fact']}: {gap['gap']}" for gap in missing))


def _hooks(request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield dict(request)
    if request["hook"] == CHART[0]:
        for hook in CHART[1:]:
            yield {**request, "hook": hook, "context": {**request["context"], "encounterId": "encounter-1"}}
