from __future__ import annotations

from bench.figures import Figure


def test_the_median_of_the_rounds_decides_and_not_the_best_of_them() -> None:
    assert Figure("p99", (1.0, 4.0, 9.0), limit=4).reached
    assert not Figure("p99", (1.0, 4.1, 9.0), limit=4).reached


def test_a_figure_may_have_to_be_at_least_its_limit() -> None:
    assert Figure("ratio", (0.6,), limit=0.6, at_least=True).reached
    assert not Figure("ratio", (0.59,), limit=0.6, at_least=True).reached


def test_what_could_not_be_measured_is_not_reached() -> None:
    nothing = float("nan")
    assert not Figure("memory", (nothing,), limit=150).reached
    assert not Figure("ratio", (nothing,), limit=0.6, at_least=True).reached


def test_a_figure_shows_its_spread_where_it_has_one() -> None:
    assert Figure("start", (0.91, 0.8, 1.2), limit=1, unit="s").shown == "0.91 s (0.8-1.2)"
    assert Figure("memory", (141.3,), limit=150, unit="MB").shown == "141 MB"


def test_a_figure_says_what_is_to_be_reached() -> None:
    assert Figure("ratio", (0.7,), limit=0.6, at_least=True).target == "at least 0.6"
    assert Figure("start", (0.7,), limit=1, unit="s").target == "at most 1 s"
