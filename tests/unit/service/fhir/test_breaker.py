"""When a FHIR server is left alone, and when it is asked again."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from service.fhir.breaker import LEFT_ALONE, Breaker, Breakers
from service.fhir.client import FhirFault, StatusFault
from service.security.outbound import FhirBase

EHR = FhirBase("https", "ehr.example.org", 443, "/fhir")
DOWN = FhirFault("the EHR could not be reached", down=True)


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def answered(breaker: Breaker) -> None:
    with breaker.asking():
        pass


def failed(breaker: Breaker, fault: BaseException = DOWN) -> None:
    with pytest.raises(type(fault)), breaker.asking():
        raise fault


def left_alone(breaker: Breaker) -> bool:
    """Whether a query would not go out. One that goes out takes the only try that there is."""
    with suppress(FhirFault):
        answered(breaker)
        return False
    with pytest.raises(FhirFault, match=LEFT_ALONE):
        answered(breaker)
    return True


def test_failures_in_a_row_end_the_asking_and_an_answer_between_them_does_not() -> None:
    breaker = Breakers(3, 5, Seconds()).at(EHR)
    for _ in range(5):
        failed(breaker)
        failed(breaker)
        answered(breaker)
    assert not left_alone(breaker)
    for _ in range(3):
        failed(breaker)
    assert left_alone(breaker)


@pytest.mark.parametrize("fault", [StatusFault(500), StatusFault(503), StatusFault(429), asyncio.CancelledError()])
def test_what_shows_that_a_server_cannot_answer(fault: BaseException) -> None:
    breaker = Breakers(2, 5, Seconds()).at(EHR)
    failed(breaker, fault)
    failed(breaker, fault)
    assert left_alone(breaker)


@pytest.mark.parametrize("fault", [StatusFault(400), StatusFault(401), StatusFault(403), FhirFault("no JSON")])
def test_a_refusal_or_an_answer_of_no_use_shows_that_it_lives(fault: FhirFault) -> None:
    """One patient's data, or one client's token, must not cost the others their checks."""
    breaker = Breakers(2, 5, Seconds()).at(EHR)
    for _ in range(10):
        failed(breaker, fault)
    assert not left_alone(breaker)


def test_one_kind_of_data_that_hangs_does_not_cost_the_others() -> None:
    """Many calls wait for the same search in vain, at once, while the server answers all else."""
    breaker = Breakers(2, 5, Seconds()).at(EHR)
    waiting = [breaker.asking() for _ in range(10)]
    for query in waiting:
        query.__enter__()
    answered(breaker)
    for query in waiting:
        query.__exit__(asyncio.CancelledError, asyncio.CancelledError(), None)
    assert not left_alone(breaker)


def test_after_the_pause_one_query_tries_for_all() -> None:
    clock = Seconds()
    breaker = Breakers(1, 5, clock).at(EHR)
    failed(breaker)
    clock.now = 4.9
    assert left_alone(breaker)
    clock.now = 5.0
    with breaker.asking():
        assert left_alone(breaker)  # the others, while it is on its way
    assert not left_alone(breaker)
    failed(breaker)
    clock.now = 10.0
    failed(breaker)  # the try: the next pause begins
    assert left_alone(breaker)
    clock.now = 15.0
    assert not left_alone(breaker)


@pytest.mark.parametrize(("header", "seconds"), [("30", 30), ("86400", 60), ("2", 5), ("soon", 5), ("", 5), ("-1", 5)])
def test_a_server_may_ask_for_a_longer_pause_up_to_a_minute(header: str, seconds: float) -> None:
    clock = Seconds()
    breaker = Breakers(1, 5, clock).at(EHR)
    failed(breaker, StatusFault(429, header))
    clock.now = seconds - 0.1
    assert left_alone(breaker)
    clock.now = seconds
    assert not left_alone(breaker)


def test_each_server_is_judged_by_itself_whatever_its_path() -> None:
    breakers = Breakers(1, 5, Seconds())
    failed(breakers.at(EHR))
    assert left_alone(breakers.at(FhirBase("https", "ehr.example.org", 443, "/other/r4")))
    assert not left_alone(breakers.at(FhirBase("https", "ehr.example.org", 8443, "/fhir")))
    assert not left_alone(breakers.at(FhirBase("https", "ehr2.example.org", 443, "/fhir")))
