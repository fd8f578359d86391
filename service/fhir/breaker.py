"""A FHIR server that keeps failing is left alone for a while (a circuit breaker; docs/adr/0030).

After so many failures in a row no query goes out until a pause is over. Then one query tries: answered, all may ask
again; not answered, the next pause begins. Meanwhile every query fails at once and says why, so no call waits in vain
and a server in trouble is not pushed further.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import structlog

from service.fhir.client import FhirFault
from service.security.outbound import FhirBase

log = structlog.get_logger()
LEFT_ALONE = "the EHR's FHIR server kept failing and is left alone for a moment"
LONGEST_PAUSE_SECONDS = 60.0  # whatever Retry-After says: a wrong header must not stop the checks for a day


class Breaker:
    """What the queries at one server have come to lately."""

    def __init__(self, server: str, failures: int, pause: float, clock: Callable[[], float]) -> None:
        self._server, self._most, self._pause, self._clock = server, failures, pause, clock
        self._answers = 0
        self._failed = 0  # in a row, and none of them while another query was answered
        self._again = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Use around one request. Raises FhirFault on entry while the server is left alone."""
        if self._failed >= self._most:
            if self._clock() < self._again:
                raise FhirFault(LEFT_ALONE)
            self._again = self._clock() + self._pause  # this query tries, the others wait for what becomes of it
        answers = self._answers
        try:
            yield
        except FhirFault as fault:
            if fault.down:
                self._no_answer(answers, fault.wait)
            else:
                self._answer()
            raise
        except asyncio.CancelledError:  # the deadline of the call
            self._no_answer(answers)
            raise
        self._answer()

    def _answer(self) -> None:
        if self._failed >= self._most:
            log.info("fhir_server_answers_again", server=self._server)
        self._answers += 1
        self._failed = 0

    def _no_answer(self, answers: int, wait: float = 0.0) -> None:
        """`answers` is how many there were when the query went out: a server that gave more since then lives."""
        if self._answers > answers:
            return
        self._failed += 1
        self._again = self._clock() + max(self._pause, min(wait, LONGEST_PAUSE_SECONDS))
        if self._failed == self._most:
            log.warning("fhir_server_left_alone", server=self._server, count=self._failed)


class Breakers:
    """One breaker for each server, by its origin. `clock` counts seconds and never goes back."""

    def __init__(self, failures: int, pause: float, clock: Callable[[], float] = monotonic) -> None:
        """`failures` in a row open a breaker for `pause` seconds."""
        self._failures, self._pause, self._clock = failures, pause, clock
        self._breakers: dict[str, Breaker] = {}

    def at(self, base: FhirBase) -> Breaker:
        """The breaker of the server that this base belongs to."""
        found = self._breakers.get(base.origin)
        if found is None:
            found = self._breakers[base.origin] = Breaker(base.origin, self._failures, self._pause, self._clock)
        return found
