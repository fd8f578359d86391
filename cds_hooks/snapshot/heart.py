"""Heart failure with its class; infarction and stroke as events (rule specification 0.1, 0.7, 0.8).

The class is that of the New York Heart Association (NYHA). A record that says "old" or "history of" is no event and is
silent, whatever its date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from cds_hooks.snapshot import measures
from cds_hooks.snapshot.model import Fact, Finding, Present, gaps_of, items_of, only, remarks_of
from cds_hooks.snapshot.problem import Event, Problem, Result
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

CLASSES = {Concept.NYHA_1: 1, Concept.NYHA_2: 2, Concept.NYHA_3: 3, Concept.NYHA_4: 4}
SEVERE_CLASS = 3  # "NYHA III-IV", moderate to severe


@dataclass(frozen=True, slots=True)
class HeartFailure:
    """Heart failure as the problem list has it, with the class that was observed. `nyha` is 1 to 4, None where no class
    is recorded. `decompensated` is acute or decompensated failure."""

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
    """Current heart failure, as one item. A NYHA class on the problem list is heart failure by itself; an observed one
    tells the class of a heart failure that is on the list."""
    found = patient.has(Concept.HEART_FAILURE, Concept.HEART_FAILURE_DECOMPENSATED, *CLASSES)
    if not isinstance(found, Present):
        return found
    decompensated = any(Concept.HEART_FAILURE_DECOMPENSATED in problem.concepts for problem in found.items)
    observed = measures.newest(patient, (Concept.NYHA_CLASS, *CLASSES), inf)
    records: tuple[Problem | Result, ...] = (*found.items, *items_of(observed))
    failure = HeartFailure(records, _nyha(records), decompensated)
    return Present((failure,), found.gaps + gaps_of(observed), remarks_of(observed))


def heart_failure_if(patient: Patient, so: Callable[[HeartFailure], bool]) -> Finding[Problem | Result]:
    """The records of the heart failure, where it is of this kind."""
    found = only(heart_failure(patient), so)
    return Present(found.items[0].records, found.gaps, found.remarks) if isinstance(found, Present) else found


def _nyha(records: tuple[Problem | Result, ...]) -> int | None:
    """The newest class; the higher one where the dates do not show which is newer."""
    classed = [(record, record.subjects & CLASSES.keys()) for record in records if record.subjects & CLASSES.keys()]
    standing = [found for record, found in classed if not any(_newer(other, record) for other, _ in classed)]
    return max((CLASSES[Concept(each)] for found in standing for each in found), default=None)


def _newer(one: Problem | Result, other: Problem | Result) -> bool:
    newer, older = _dated(one), _dated(other)
    return bool(newer and older and newer.first > older.last)


def _dated(record: Problem | Result) -> When | None:
    return record.recorded if isinstance(record, Problem) else record.when


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
