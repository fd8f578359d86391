"""The acceptance harness against a real Marrow process: patients written as cases, a small EHR of its own.

The harness stands beside the checkout (`shared/acceptance`); where it does not, these tests say so and are skipped.
Listed are the cases whose cards are all given by rules that exist; every rule that is added adds its cases here.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from service.play.demo import marrow_running

HARNESS = Path(__file__).resolve().parents[3] / "shared" / "acceptance"
CASES = {
    "open": "O-01 O-02 O-03 O-04 O-05 O-06 O-07 O-08 O-09 O-12 O-15 O-16 O-18",
    "baseline": "B-01 B-02 B-04",
    "open-orders": "G-005 G-010 G-015 G-020 G-025 G-030 G-035 G-050 G-065 G-080 G-105 G-115 G-180 G-195 G-210 G-215",
    "open-chart": "P-005 P-010 P-015 P-020 P-025 P-030 P-035 P-040 P-045 P-050 P-055 P-070 P-075 "
    "P-080 P-085 P-090 P-100 P-105 P-110 P-115 P-120 P-125 P-130",
}
MODES = 7

pytestmark = pytest.mark.skipif(not HARNESS.is_dir(), reason="the acceptance harness is not beside this checkout")


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("folder", list(CASES))
async def test_cases_give_exactly_their_cards(folder: str) -> None:
    """In all seven ways that data may reach the service, and unchanged by units, order, noise, text and references."""
    cases = CASES[folder].split()
    async with marrow_running() as marrow:
        only = [option for case in cases for option in ("--only", case)]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(HARNESS / "run.py"),
            *("--base", marrow, "--cases", str(HARNESS / "cases" / folder), "--mode", "all", "--metamorphic"),
            *("--strict-search", *only),
            cwd=HARNESS,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    assert re.search(rf"^cases {MODES * len(cases)} passed {MODES * len(cases)} failed 0;", said, re.MULTILINE), said
