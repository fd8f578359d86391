"""A running Marrow to be fuzzed, and how hard.

`make fuzz` takes minutes (`--hypothesis-profile=fuzz`, new examples every time); the normal test run takes seconds and
the same examples every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, settings

from tests.fuzz.target import CANARY, Target, running

settings.register_profile(
    "fuzz", max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One Marrow in development mode for all fuzz tests. At its end, no line of its log may hold the canary."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    with running(folder) as (url, log), httpx.Client(base_url=url, timeout=20) as client:
        yield Target(url, client, log)
        lines = log.read_text("utf-8", "replace")
    assert CANARY not in lines
    assert '"event": "call_failed"' not in lines
    assert '"event": "rule_failed"' not in lines
