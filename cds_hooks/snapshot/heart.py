"""Heart failure with its class; infarction and stroke as events (rule specification 0.1, 0.7, 0.8).

The class is that of the New York Heart Association (NYHA). A record that says "old" or "history of" is no event and is
silent, whatever its date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Fact, Finding, Present, any_of, items_of, only
from cds_hooks.snapshot.problem import Event, Problem, Result
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

CLASSES = {Concept.NYHA_1: 1, Concept.NYHA_2: 2, Concept.NYHA_3: 3, Concept.NYHA_4: 4}
ANY_AGE = float("inf")  # a class stands until a newer one is recorded
SEVERE_CLASS = 3  # "NYHA III-IV", moderate to severe


@dataclass(frozen=True, slots=True)
class HeartFailure:
    """Heart failure as the problem list and observations of its class have it. `nyha` is 1 to 4, None where no class is
    recorded. `decompensated` is acute or decompensated failure."""

    records: tuple[Problem | Result, ...]
    nyha: int | None
    decompensated: bool

    @property
    def fact(self) -> Fact:
        return self.records[0].fact

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every record that says so, also where they do not agree about the class."""
        return tuple(record.fact for record in self.records)

    @property
    def severe(self) -> bool:
        """NYHA III-IV, or decompensated whatever its class."""
        return self.decompensated or (self.nyha or 0) >= SEVERE_CLASS

    @property
    def without_symptoms(self) -> bool:
        """NYHA I is documented, and nothing says that it is decompensated."""
        return self.nyha == 1 and not self.decompensated


def heart_failure(patient: Patient) -> Finding[HeartFailure]:
    """Current heart failure, as one item. A recorded NYHA class is heart failure by itself."""
    problems = patient.has(Concept.HEART_FAILURE, Concept.HEART_FAILURE_DECOMPENSATED, *CLASSES)
    observed = patient.newest(Concept.NYHA_CLASS, ANY_AGE)
    found = any_of(problems, observed)
    if not isinstance(found, Present):
        return found
    decompensated = any(Concept.HEART_FAILURE_DECOMPENSATED in item.concepts for item in items_of(problems))
    records: tuple[Problem | Result, ...] = (*items_of(problems), *items_of(observed))
    return Present((HeartFailure(records, _nyha(records), decompensated),), found.gaps, found.remarks)


def heart_failure_if(patient: Patient, so: Callable[[HeartFailure], bool]) -> Finding[Problem | Result]:
    """The records of the heart failure, where it is of this kind."""
    found = only(heart_failure(patient), so)
    return Present(found.items[0].records, found.gaps, found.remarks) if isinstance(found, Present) else found


def _nyha(records: tuple[Problem | Result, ...]) -> int | None:
    """The newest class; the higher one where the dates do not show which is newer."""
    classed = [(each, _date(record)) for record in records for each in _classes(record)]
    standing = (each for each, date in classed if not any(_newer(other, date) for _, other in classed))
    return max(standing, default=None)


def _classes(record: Problem | Result) -> list[int]:
    if isinstance(record, Result):
        return [int(record.number)] if record.number else []
    return [CLASSES[concept] for concept in record.concepts & CLASSES.keys()]


def _date(record: Problem | Result) -> When | None:
    return record.when if isinstance(record, Result) else record.recorded


def _newer(one: When | None, other: When | None) -> bool:
    return bool(one and other and one.first > other.last)


# -- events


def infarction(patient: Patient, within_days: float) -> Finding[Problem | Event]:
    """A myocardial infarction with a date in the window, also where it is over."""
    found = patient.event(Concept.MYOCARDIAL_INFARCTION, within_days=within_days)
    return _without(found, Concept.OLD_MYOCARDIAL_INFARCTION)


def undated_infarction(patient: Patient) -> Finding[Problem | Event]:
    """A myocardial infarction of which nobody wrote down when it was."""
    return _without(patient.undated_event(Concept.MYOCARDIAL_INFARCTION), Concept.OLD_MYOCARDIAL_INFARCTION)


def stroke(patient: Patient, within_days: float) -> Finding[Problem | Event]:
    """A stroke or transient ischemic attack with a date in the window, also where it is over."""
    return _without(patient.event(Concept.STROKE_TIA, within_days=within_days), Concept.STROKE_HISTORY)


def undated_stroke(patient: Patient) -> Finding[Problem | Event]:
    """A stroke or transient ischemic attack of which nobody wrote down when it was."""
    return _without(patient.undated_event(Concept.STROKE_TIA), Concept.STROKE_HISTORY)


def _without(found: Finding[Problem | Event], history: Concept) -> Finding[Problem | Event]:
    return only(found, lambda item: history not in item.concepts)
