"""What became of each call. Every answer has to be explained: by its patient, by a fault of its own, by the weather."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bench.soak.ehr import EVERYWHERE, NONE
from bench.soak.scenes import Scene, gaps, topics
from bench.soak.weather import HELD, OUTAGE, RUSH, Weather

NOTICE = "BME-SYS-01"
RECOVERY_SECONDS = 8.0  # after an outage or a rush: the pause of the breaker, and a try that goes wrong
AS_EVER, WITH_NOTICE, NO_DATA, FULL = "the cards as ever", "with a notice", "412, no data", "503, come again"
UNEXPLAINED = "UNEXPLAINED"


class Ledger:
    """Counts by kind. `unexplained` are sentences, the first of which are printed."""

    def __init__(self, weather: Weather) -> None:
        self.weather = weather
        self.calls: Counter[tuple[str, str]] = Counter()  # hook, outcome
        self.faults: Counter[tuple[str, str]] = Counter()  # fault, outcome
        self.errors: Counter[tuple[str, int, str]] = Counter()  # what was sent, status, explanation
        self.unexplained: list[str] = []
        self.answered = 0  # decisions that must be in the database
        self.acknowledged: set[str] = set()  # cards whose feedback must be in the database

    def call(
        self,
        scene: Scene,
        fault: str,
        at: str,
        hit: bool,
        since: float,
        status: int,
        headers: Mapping[str, str],
        body: Any,
    ) -> None:
        """Enter the answer to a call that was sent at `since`. `hit`: it did read something, and met its fault."""
        cards = topics(body) if status == 200 else ()
        self.answered += status == 200
        outcome, why = self._outcome(scene, fault, at, since, status, headers, cards)
        if status == 200 and not cards and hit and fault != NONE and at == EVERYWHERE:
            outcome = UNEXPLAINED  # nothing that it asked for could be read: then silence is no answer
        self.calls[scene.hook, outcome] += 1
        self.faults[
            fault if fault == NONE else f"{fault}, {'of all' if at == EVERYWHERE else 'of one type'}", outcome
        ] += 1
        if status != 200:
            self.errors["call", status, why] += 1
        if outcome == UNEXPLAINED:
            patient = scene.request["context"]["patientId"]
            told = f"{patient} at {scene.hook}, fault {fault} at {at}: {status} with {' '.join(cards) or 'no card'}"
            why_not = f" ({'; '.join(gaps(body))})" if status == 200 else ""
            self.unexplained.append(f"{told}{why_not}; expected {' '.join(scene.cards) or 'no card'}")

    def _outcome(
        self,
        scene: Scene,
        fault: str,
        at: str,
        since: float,
        status: int,
        headers: Mapping[str, str],
        cards: tuple[str, ...],
    ) -> tuple[str, str]:
        """(outcome, explanation)"""
        out_of_reach = next((what for what in (OUTAGE, RUSH) if self.weather.was(what, since, RECOVERY_SECONDS)), None)
        reason = out_of_reach or f"fault: {fault}"
        if status == 200 and cards == scene.cards:
            return AS_EVER, ""
        if status == 200 and NOTICE in cards and (out_of_reach or fault != NONE):
            return WITH_NOTICE, reason
        if status == 412 and scene.of_chart and (out_of_reach or (fault != NONE and at == EVERYWHERE)):
            return NO_DATA, reason
        if self._full(since, status, headers):
            return FULL, RUSH
        return UNEXPLAINED, UNEXPLAINED

    def feedback(self, card: str, since: float, status: int, headers: Mapping[str, str], text: str) -> bool:
        """Enter the answer to feedback; returns whether it was kept, and need not be sent again."""
        if status == 200:
            self.acknowledged.add(card)
            return True
        if status == 503 and "Retry-After" in headers and self.weather.was(HELD, since, 5):
            self.errors["feedback", status, HELD] += 1
        elif self._full(since, status, headers):
            self.errors["feedback", status, RUSH] += 1
        else:
            self.errors["feedback", status, UNEXPLAINED] += 1
            self.unexplained.append(f"feedback: {status} {text[:200]}")
        return False

    def wrong(self, what: str, expected: int, since: float, status: int, headers: Mapping[str, str], text: str) -> None:
        """Enter the answer to a request that must be refused."""
        if status == expected and '"OperationOutcome"' in text:
            self.errors[what, status, "must be refused"] += 1
        elif self._full(since, status, headers):
            self.errors[what, status, RUSH] += 1
        else:
            self.errors[what, status, UNEXPLAINED] += 1
            self.unexplained.append(f"{what}: {status} instead of {expected}: {text[:200]}")

    def broken(self, what: str, error: Exception) -> None:
        """Enter a request to which no answer came."""
        self.errors[what, 0, UNEXPLAINED] += 1
        self.unexplained.append(f"{what}: no answer ({type(error).__name__})")

    def _full(self, since: float, status: int, headers: Mapping[str, str]) -> bool:
        return status == 503 and "Retry-After" in headers and self.weather.was(RUSH, since)
