"""What became of each call. Every answer has to be explained: by its patient, by a fault of its own, by the weather."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.soak.ehr import EVERYWHERE, NONE
from bench.soak.scenes import Scene, gaps, topics
from bench.soak.weather import HELD, OUTAGE, RUSH, Weather

NOTICE = "BME-SYS-01"
RECOVERY_SECONDS = 8.0  # after an outage or a rush: the pause of the breaker, and a try that goes wrong
AS_EVER, WITH_NOTICE, NO_DATA, FULL = "the cards as ever", "with a notice", "412, no data", "503, come again"
UNEXPLAINED = "UNEXPLAINED"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its scene, and the fault that its reads of the type `at` meet."""

    scene: Scene
    fault: str
    at: str

    @property
    def fault_told(self) -> str:
        return self.fault if self.fault == NONE else f"{self.fault}, of {'all' if self.all_fails else 'one type'}"

    @property
    def all_fails(self) -> bool:
        return self.fault != NONE and self.at == EVERYWHERE


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `since` is when the request was sent. `body` is decoded when the status is 200."""

    since: float
    status: int
    headers: Mapping[str, str]
    body: Any


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

    def call(self, call: Call, reply: Reply, *, hit: bool) -> None:
        """Enter the answer to a call. `hit`: it did read something, and met its fault."""
        cards = topics(reply.body) if reply.status == 200 else ()
        self.answered += reply.status == 200
        outcome, why = self._outcome(call, reply, cards)
        if outcome == AS_EVER and not cards and hit and call.all_fails:
            outcome = UNEXPLAINED  # nothing that it asked for could be read: then silence is no answer
        self.calls[call.scene.hook, outcome] += 1
        self.faults[call.fault_told, outcome] += 1
        if reply.status != 200:
            self.errors["call", reply.status, why] += 1
        if outcome == UNEXPLAINED:
            patient = call.scene.request["context"]["patientId"]
            reasons = f" ({'; '.join(gaps(reply.body))})" if reply.status == 200 else ""
            self.unexplained.append(
                f"{patient} at {call.scene.hook}, fault {call.fault} at {call.at}: {reply.status} with "
                f"{' '.join(cards) or 'no card'}{reasons}; expected {' '.join(call.scene.cards) or 'no card'}"
            )

    def _outcome(self, call: Call, reply: Reply, cards: tuple[str, ...]) -> tuple[str, str]:
        """(outcome, explanation of an error)"""
        storm = next((each for each in (OUTAGE, RUSH) if self.weather.was(each, reply.since, RECOVERY_SECONDS)), "")
        if reply.status == 200 and cards == call.scene.cards:
            return AS_EVER, ""
        if reply.status == 200 and NOTICE in cards and (storm or call.fault != NONE):
            return WITH_NOTICE, ""
        if reply.status == 412 and call.scene.of_chart and (storm or call.all_fails):
            return NO_DATA, f"fault: {call.fault}" if call.all_fails else storm
        if self._full(reply):
            return FULL, RUSH
        return UNEXPLAINED, UNEXPLAINED

    def feedback(self, card: str, reply: Reply) -> bool:
        """Enter the answer to feedback; returns whether it was kept, and need not be sent again."""
        if reply.status == 200:
            self.acknowledged.add(card)
            return True
        held = reply.status == 503 and "Retry-After" in reply.headers and self.weather.was(HELD, reply.since, 5)
        self._refused("feedback", reply, HELD if held else None)
        return False

    def wrong(self, what: str, expected: int, reply: Reply) -> None:
        """Enter the answer to a request that must be refused."""
        right = reply.status == expected and '"OperationOutcome"' in str(reply.body)
        self._refused(what, reply, "must be refused" if right else None)

    def broken(self, what: str, error: Exception) -> None:
        """Enter a request to which no answer came."""
        self.errors[what, 0, UNEXPLAINED] += 1
        self.unexplained.append(f"{what}: no answer ({type(error).__name__})")

    def _refused(self, what: str, reply: Reply, explanation: str | None) -> None:
        why = explanation or (RUSH if self._full(reply) else UNEXPLAINED)
        self.errors[what, reply.status, why] += 1
        if why == UNEXPLAINED:
            self.unexplained.append(f"{what}: {reply.status} {str(reply.body)[:200]}")

    def _full(self, reply: Reply) -> bool:
        return reply.status == 503 and "Retry-After" in reply.headers and self.weather.was(RUSH, reply.since)
