"""Is the patient breastfeeding? By the problem list, or by the newest recorded status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot import labs
from cds_hooks.snapshot.model import Factual, Finding, any_of, finding, only
from cds_hooks.snapshot.problem import Answer, Problem, Result
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

STATUS_DAYS = 300  # ours: a status older than this says nothing about today


def lactation(patient: Patient) -> Finding[Factual]:
    """A current problem, or a recorded status "breastfeeding". A newer "not breastfeeding" ends an older problem."""
    statuses = labs.newest_sample(_recent(patient))
    ended = [status for status in statuses if status.answer is Answer.NEGATIVE]
    feeding = tuple(status for status in statuses if status.answer is Answer.POSITIVE)
    problems = only(
        patient.has(Concept.LACTATION), lambda problem: not any(_newer(status, problem) for status in ended)
    )
    return any_of(problems, finding(feeding, patient.pregnancy_results.gaps))


def _recent(patient: Patient) -> list[Result]:
    held = patient.pregnancy_results.about(Concept.BREASTFEEDING_STATUS)
    return [item for item in held if item.when and item.when.age_days(patient.as_of) <= STATUS_DAYS]


def _newer(status: Result, problem: Problem) -> bool:
    return bool(status.when and problem.recorded and status.when.first > problem.recorded.last)
