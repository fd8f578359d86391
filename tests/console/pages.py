"""What the tests of the console share: its pages, called in process, and what stands on them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx2 as httpx

from service.config import Mode, Settings
from service.persistence.decisions import MemoryDecisions
from tests.integration.test_shell_support import calling

TOKEN = "an admin token of a site"
DEVELOPMENT = Settings(mode=Mode.DEVELOPMENT)


@asynccontextmanager
async def the_console(settings: Settings = DEVELOPMENT, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, as far as no script is needed."""
    async with calling(settings, **{"store": MemoryDecisions(), **more}) as client:
        yield client


def a_form(**changed: Any) -> Mapping[str, Any]:
    """The form as it stands for the man who takes apixaban."""
    return {
        "source": "sample",
        "patient": "sample-apixaban",
        "hook": "order-sign",
        "draft": "iloprost-iv",
        "ask": "yes",
        **changed,
    }


def words(reply: httpx.Response) -> str:
    """The text of a page, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", reply.text)).split())


def verdicts(reply: httpx.Response) -> dict[str, str]:
    """What the table says of each rule."""
    rows = re.findall(
        r'<a href="/console/rules/([^"]+)">[^<]*</a><br>.*?<span class="verdict[^"]*">([^<]*)<', reply.text
    )
    return dict(rows)
