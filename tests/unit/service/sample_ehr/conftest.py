"""The sample EHR on loopback, and an HTTP session that speaks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import aiohttp
import pytest
import pytest_asyncio

from service.sample_ehr import running


@pytest.fixture
def today() -> date:
    """The day on which every test takes place."""
    return date(2025, 4, 12)


@pytest_asyncio.fixture
async def base(today: date) -> AsyncIterator[str]:
    """The base URL of a sample EHR that runs for one test."""
    async with running(today) as url:
        yield url


@pytest_asyncio.fixture
async def ehr(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A session whose paths start below the base URL: ``ehr.get("Patient/sample-safe")``."""
    async with aiohttp.ClientSession(f"{base}/") as session:
        yield session
