"""PREGNANT and CHILDBEARING_POTENTIAL (rule specification 0.2).

Each piece of evidence for a pregnancy stands until a newer piece says otherwise. Where the order of two dates is not
certain, the pregnancy stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, GapKind, Present, Unknown, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Answer, Result
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

RECORD_DAYS = 300  # a pregnancy Condition or status older than this has ended
TEST_DAYS = 56  # a positive test older than this says nothing about today
DUE_DATE_PAST_DAYS, DUE_DATE_AHEAD_DAYS = 14, 294
TERM_DAYS = 280  # due date = 40 weeks 0 days
DATED_PREGNANCY_DAYS = 140  # from 20 weeks on, a negative test alone does not undo a due date
CHILDBEARING_AGES = (
    Threshold(name="childbearing-age-from", unit="a", default=12, low=9, high=16, source="decision D7"),
    Threshold(name="childbearing-age-to", unit="a", default=55, low=45, high=60, source="decision D7"),
)
TESTS = (Concept.HCG_QUALITATIVE, Concept.HCG_QUANTITATIVE)
ENDED = frozenset({Concept.PREGNANCY_ENDED, Concept.DELIVERY, Concept.ABORTION})


class Kind(Enum):
    """What a piece of evidence is."""

    CONDITION = auto()
    STATUS = auto()
    TEST = auto()
    DUE_DATE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Evidence:
    kind: Kind
    fact: Fact
    when: When | None
    firmly_dated: bool = False  # a due date that puts the pregnancy at 20 weeks or more

    def undone_by(self, other: Evidence) -> bool:
        """Is the negative piece `other` surely newer, and strong enough?"""
        if other.when is None or (self.firmly_dated and other.kind is Kind.TEST):
            return False
        return self.when is None or other.when.first > self.when.last


def pregnancy(patient: Patient) -> Finding[Fact]:
    """Present with every piece of evidence that stands; remarks name contradictions."""
    against = tuple(piece for piece in _against(patient) if piece.when and not piece.when.is_future(patient.as_of))
    standing = [piece for piece in _for(patient) if not any(piece.undone_by(other) for other in against)]
    gaps = patient.problems.gaps + patient.pregnancy_results.gaps
    remarks = patient.pregnancy_results.remarks
    if standing and patient.demographics.male and all(piece.kind is Kind.CONDITION for piece in standing):
        return Unknown(gaps[0]) if gaps else Absent((*remarks, _MALE))
    if standing:
        gaps += patient.procedures.gaps
        remarks += tuple(_contradicted(standing, against))
    return finding(tuple(piece.fact for piece in standing), gaps, remarks)


_MALE = Gap(
    Need.PREGNANCY,
    GapKind.UNUSABLE,
    "a pregnancy is on the problem list of a patient recorded as male, without a test, status or due date; "
    "it was not counted",
)
_TEST_AGAINST_DUE_DATE = Gap(
    Need.PREGNANCY,
    GapKind.UNUSABLE,
    "a negative pregnancy test is newer than a due date that puts the pregnancy at 20 weeks or more; "
    "the pregnancy was counted",
)


def _contradicted(standing: list[Evidence], against: tuple[Evidence, ...]) -> Iterator[Gap]:
    due = [piece for piece in standing if piece.firmly_dated]
    tests = [piece for piece in against if piece.kind is Kind.TEST and piece.when]
    if any(test.when.first > piece.when.last for test in tests if test.when for piece in due if piece.when):
        yield _TEST_AGAINST_DUE_DATE


def _for(patient: Patient) -> Iterator[Evidence]:
    for problem in patient.problems.about(Concept.PREGNANCY):
        if problem.current and _recent(problem.recorded, RECORD_DAYS, patient):
            yield Evidence(Kind.CONDITION, problem.fact, problem.recorded)
    for result in patient.pregnancy_results.items:
        if result.concept is Concept.DELIVERY_DATE:
            yield from _due_date(result, patient)
        elif result.answer is Answer.POSITIVE:
            kind, days = (Kind.TEST, TEST_DAYS) if result.concept in TESTS else (Kind.STATUS, RECORD_DAYS)
            if _recent(result.when, days, patient):
                yield Evidence(kind, result.fact, result.when)


def _due_date(result: Result, patient: Patient) -> Iterator[Evidence]:
    if result.date is None:
        return
    ahead = -result.date.age_days(patient.as_of)
    if -DUE_DATE_PAST_DAYS <= ahead <= DUE_DATE_AHEAD_DAYS:
        yield Evidence(Kind.DUE_DATE, result.fact, result.when, TERM_DAYS - ahead >= DATED_PREGNANCY_DAYS)


def _against(patient: Patient) -> Iterator[Evidence]:
    for result in patient.pregnancy_results.items:
        if result.answer is Answer.NEGATIVE:
            kind = Kind.TEST if result.concept in TESTS else Kind.STATUS
            yield Evidence(kind, result.fact, result.when)
    for problem in patient.problems.about(*ENDED, Concept.PREGNANCY):
        if Concept.PREGNANCY_ENDED in problem.concepts:
            yield Evidence(Kind.END, problem.fact, problem.onset or problem.recorded)
        elif problem.concepts & ENDED:  # one that was only recorded may be that of an earlier pregnancy
            yield Evidence(Kind.END, problem.fact, problem.onset)
        elif not problem.current:
            yield Evidence(Kind.END, problem.fact, problem.ended)
    for event in patient.procedures.about(*ENDED):
        yield Evidence(Kind.END, event.fact, event.when)


def _recent(when: When | None, days: int, patient: Patient) -> bool:
    """Undated evidence counts as recent: it cannot be shown to be old."""
    return when is None or when.age_days(patient.as_of) <= days


def not_pregnant_by_test(patient: Patient, within_days: float) -> Finding[Fact]:
    """A dated negative status or test inside the window."""
    found = tuple(
        result.fact
        for result in patient.pregnancy_results.items
        if result.answer is Answer.NEGATIVE
        and result.when
        and result.when.age_days_at_most(patient.as_of) <= within_days
    )
    return finding(found, patient.pregnancy_results.gaps, patient.pregnancy_results.remarks)


def childbearing_potential(patient: Patient) -> Finding[Fact]:
    """Not recorded as male (or born female), of childbearing age or of unknown age, no record that excludes it."""
    person = patient.demographics
    if person.gap:
        return Unknown(person.gap)
    if person.male or not _childbearing_age(patient):
        return Absent()
    excluded = Concept.NO_CHILDBEARING
    if patient.problems.about(excluded) or patient.procedures.about(excluded):
        return Absent()
    born = person.birth_date
    age = f"{years(born.last, patient.as_of)} years" if born else "birth date not recorded"
    sex = Fact(name="sex and age", value=f"{person.gender or 'sex not recorded'}, {age}", kind="patient record")
    return Present((sex,), patient.problems.gaps + patient.procedures.gaps)


def _childbearing_age(patient: Patient) -> bool:
    born = patient.demographics.birth_date
    if born is None:
        return True
    youngest, oldest = (patient.policy[age] for age in CHILDBEARING_AGES)
    return years(born.first, patient.as_of) >= youngest and years(born.last, patient.as_of) <= oldest


def years(born: datetime, as_of: datetime) -> int:
    """Completed years at `as_of`."""
    today = as_of.date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
