"""What the process holds over time, and how fast that grows."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, mean
from time import monotonic

LOOK_SECONDS = 2.0
WARM_UP = 0.5  # of the samples: caches fill, used tokens are remembered until they expire


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds since the start, requests sent until then, and megabytes of resident memory."""

    seconds: float
    requests: int
    megabytes: float


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth per unit, with its standard error."""

    of: float
    error: float


async def watch(pid: int, requests: Callable[[], int], samples: list[Sample]) -> None:
    """Look every now and then until it is cancelled. Linux only: elsewhere there are no samples."""
    began = monotonic()
    while (megabytes := _resident(pid)) is not None:
        samples.append(Sample(monotonic() - began, requests(), megabytes))
        await asyncio.sleep(LOOK_SECONDS)


def _resident(pid: int) -> float | None:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def warm(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Those after the warm-up."""
    return samples[int(len(samples) * WARM_UP) :]


def slope(samples: Sequence[Sample], by: Callable[[Sample], float]) -> Slope:
    """Megabytes per unit of `by`, by least squares."""
    x, y = [by(sample) for sample in samples], [sample.megabytes for sample in samples]
    found = linear_regression(x, y)
    left = [b - found.slope * a - found.intercept for a, b in zip(x, y, strict=True)]
    spread = sum((a - mean(x)) ** 2 for a in x)
    return Slope(found.slope, math.sqrt(sum(e * e for e in left) / max(1, len(x) - 2) / spread))
