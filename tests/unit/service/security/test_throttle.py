"""How much one client may ask of one process."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from service.errors import OverloadedError, TooManyCallsError
from service.security.throttle import Throttle


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_second_holds_so_many_calls() -> None:
    clock = Seconds()
    throttle = Throttle(2, 10, clock)
    for _ in range(2):
        with throttle.turn("hospital"):
            pass
    with pytest.raises(TooManyCallsError) as refused, throttle.turn("hospital"):
        pass
    assert refused.value.headers == {"Retry-After": "1"}
    with throttle.turn("another"):
        pass
    clock.now = 0.5
    with throttle.turn("hospital"):
        pass
    with pytest.raises(TooManyCallsError), throttle.turn("hospital"):
        pass


def test_a_long_wait_saves_up_one_second_at_most() -> None:
    clock = Seconds()
    throttle = Throttle(0.1, 10, clock)
    clock.now = 3600
    with throttle.turn("hospital"):
        pass
    with pytest.raises(TooManyCallsError) as refused, throttle.turn("hospital"):
        pass
    assert refused.value.headers == {"Retry-After": "10"}


def test_only_so_many_calls_at_a_time() -> None:
    throttle = Throttle(1000, 2, Seconds())
    with ExitStack() as stack:
        stack.enter_context(throttle.turn("hospital"))
        stack.enter_context(throttle.turn("hospital"))
        with pytest.raises(OverloadedError), throttle.turn("hospital"):
            pass
        stack.enter_context(throttle.turn("another"))
    with throttle.turn("hospital"):
        pass


def test_a_call_that_fails_gives_its_place_back() -> None:
    throttle = Throttle(1000, 1, Seconds())
    for _ in range(3):
        with pytest.raises(ValueError, match="broke"), throttle.turn("hospital"):
            raise ValueError("broke")
