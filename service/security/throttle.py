"""How much one client may ask of one process: calls per second, with a burst of one second, and calls at a time.

In memory and per process: what reaches a site as a whole is the proxy's to limit, and so are callers without a token,
which are refused before anything here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic
from types import TracebackType

from service.errors import OverloadedError, TooManyCallsError


class Throttle:
    """The allowances of all clients. `clock` counts seconds and never goes back."""

    def __init__(self, per_second: float, at_once: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_second, self._at_once, self._clock = per_second, at_once, clock
        self._allowances: dict[str, Allowance] = {}

    def turn(self, client: str) -> Allowance:
        """Use as `with throttle.turn(name):` around a call. Raises TooManyCallsError and OverloadedError on entry."""
        allowance = self._allowances.get(client)
        if allowance is None:
            allowance = self._allowances[client] = Allowance(self._per_second, self._at_once, self._clock)
        return allowance


class Allowance:
    """A token bucket and a count of calls in hand, for one client."""

    def __init__(self, per_second: float, at_once: int, clock: Callable[[], float]) -> None:
        self._per_second, self._at_once, self._clock = per_second, at_once, clock
        self._most = max(per_second, 1.0)
        self._left, self._since = self._most, clock()
        self._in_hand = 0

    def __enter__(self) -> None:
        if self._in_hand >= self._at_once:
            raise OverloadedError("too_many_at_once")
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._since) * self._per_second)
        self._since = now
        if self._left < 1:
            raise TooManyCallsError("too_many_calls", math.ceil((1 - self._left) / self._per_second))
        self._left -= 1
        self._in_hand += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._in_hand -= 1
