from __future__ import annotations

import pytest

from bench.load import understood

SAID = """\
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.41ms    3.51ms  60.43ms   91.99%
  Latency Distribution
     50%  596.00us
     75%    4.22ms
     90%   40.40ms
     99%    1.21s
  305 requests in 3.05s, 3.36MB read
Requests/sec:     99.88
"""


def test_what_the_load_tool_says_is_read_in_milliseconds_whatever_unit_it_chose() -> None:
    load = understood(SAID)
    assert (load.rate, load.calls, load.errors) == (99.88, 305, 0)
    assert load.p50 == pytest.approx(0.596)
    assert load.p99 == pytest.approx(1210)


def test_a_time_in_seconds_ends_with_a_blank() -> None:
    assert understood(SAID.replace("1.21s", "1.21s ")).p99 == pytest.approx(1210)


def test_connections_that_broke_are_counted() -> None:
    assert understood(f"{SAID}  Socket errors: connect 0, read 2, write 0, timeout 3\n").errors == 5


@pytest.mark.parametrize("said", ["", SAID.replace("99.88", "0.00"), f"{SAID}  Non-2xx or 3xx responses: 1\n"])
def test_a_round_without_answers_or_with_refused_calls_is_no_measure(said: str) -> None:
    with pytest.raises(RuntimeError):
        understood(said)
