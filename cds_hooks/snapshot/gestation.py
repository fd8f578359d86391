"""How old a pregnancy is today, in days, from what the chart says about it on some day (rule specification 0.2, SP-01,
DS-NSA-04).

Exact sources first: the newest due date, else the newest observed gestational age or code of the week. Where both are
known and lie far apart, the pregnancy is taken to be as old as the older of them, with a remark. A code that only names
the trimester counts where nothing better is known. Unknown stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Fact, Gap, GapKind, Present, Unknown
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

TERM_DAYS = 280  # due date = 40 weeks 0 days
LAST_DAY = 308  # 44 weeks: an older statement is about a pregnancy that is over
FAR_APART_DAYS = 14  # rule DS-NSA-04: a due date and an observed age that differ by more contradict each other
OBSERVED = frozenset({Concept.GESTATIONAL_AGE, Concept.GESTATIONAL_AGE_WEEKS, Concept.GESTATIONAL_AGE_DAYS})
TRIMESTERS = {1: (0, 97), 2: (98, 195), 3: (196, LAST_DAY)}
"""Days of each trimester: to 13w6d, to 27w6d, from 28w0d (ICD-10-CM, chapter 15)."""

Days = tuple[int, int]
"""From and to, both included."""


@dataclass(frozen=True, slots=True)
class Gestation:
    """The age of the pregnancy today lies from `first` to `last` days, as `fact` says; `remarks`: contradictions."""

    first: int
    last: int
    fact: Fact
    stated: When | None = None
    remarks: tuple[Gap, ...] = ()

    def surely_at_least(self, days: int) -> bool:
        return self.first >= days

    def surely_below(self, days: int) -> bool:
        return self.last < days

    @property
    def exact(self) -> bool:
        """Known to the week."""
        return self.last - self.first < 7

    @property
    def compared(self) -> int:
        """The day that bands of weeks are read with: an exact age as stated, of a wider span the oldest."""
        return self.first if self.exact else self.last

    def far_from(self, other: Gestation) -> bool:
        return max(self.first - other.last, other.first - self.last) > FAR_APART_DAYS

    @property
    def text(self) -> str:
        """Weeks and days, for people."""
        first, last = (f"{days // 7}w{days % 7}d" for days in (self.first, self.last))
        return first if first == last else f"{first} to {last}"


def gestational_age(patient: Patient) -> Present[Fact] | Unknown:
    """The gestational age today as a fact. For decisions: `gestation`."""
    found = gestation(patient)
    return Present((found.fact,)) if found else Unknown(UNKNOWN)


UNKNOWN = Gap(Need.PREGNANCY, GapKind.NOT_RECORDED, "gestational age: not recorded")
_CONTRADICTION = Gap(
    Need.PREGNANCY,
    GapKind.UNUSABLE,
    "the due date and the gestational age on record differ by more than 14 days; the higher age was used",
)


def gestation(patient: Patient) -> Gestation | None:
    """What is known about the age of the pregnancy today; None when nothing is."""
    due = _newest(_plausible(_from_due_dates(patient)))
    stated = list(_plausible(_stated(patient)))
    other = _newest(each for each in stated if each.exact)
    if due and due.exact:
        return _reconciled(due, other) if other else due
    return other or due or _newest(stated)


def _reconciled(due: Gestation, other: Gestation) -> Gestation:
    """The due date, unless the other statement is far from it: then the higher age of the two."""
    if not due.far_from(other):
        return due
    return replace(max(due, other, key=lambda each: each.first), remarks=(_CONTRADICTION,))


def _newest(found: Iterable[Gestation]) -> Gestation | None:
    return max(found, key=lambda each: each.stated.last.timestamp() if each.stated else float("-inf"), default=None)


def _plausible(found: Iterable[Gestation]) -> Iterator[Gestation]:
    return (each for each in found if each.last >= 0 and each.first <= LAST_DAY)


def _from_due_dates(patient: Patient) -> Iterator[Gestation]:
    results = patient.pregnancy_results.items
    return (each for result in results if (each := _from_due_date(result, patient)))


def _stated(patient: Patient) -> Iterator[Gestation]:
    """What was observed, and what codes of Conditions say."""
    results = patient.pregnancy_results.items
    yield from (each for result in results if (each := _from_observation(result, patient)))
    for problem in patient.problems.items:
        if problem.current and problem.gestation and problem.recorded:
            yield _later(problem.gestation, problem.recorded, problem.fact, patient)


def _from_due_date(result: Result, patient: Patient) -> Gestation | None:
    if result.concept is not Concept.DELIVERY_DATE or result.date is None:
        return None
    ahead = [(day.astimezone(patient.as_of.tzinfo).date() - patient.as_of.date()).days for day in _ends(result.date)]
    return _gestation((TERM_DAYS - ahead[1], TERM_DAYS - ahead[0]), result.fact, result.when)


def _from_observation(result: Result, patient: Patient) -> Gestation | None:
    """A whole number of weeks may have been rounded down: up to six days more."""
    quantity = result.quantity
    if result.concept not in OBSERVED or quantity is None or quantity.comparator or result.when is None:
        return None
    days = int(quantity.value)
    return _later((days, days if days % 7 else days + 6), result.when, result.fact, patient)


def _later(days: Days, stated: When, fact: Fact, patient: Patient) -> Gestation:
    """What was true on the day it was stated, counted on to today."""
    today = patient.as_of.date()
    since = [(today - day.astimezone(patient.as_of.tzinfo).date()).days for day in _ends(stated)]
    return _gestation((days[0] + since[1], days[1] + since[0]), fact, stated)


def _ends(when: When) -> tuple[datetime, datetime]:
    return when.first, when.last


def _gestation(days: Days, fact: Fact, stated: When | None) -> Gestation:
    first, last = days
    found = Gestation(first, min(last, max(first, LAST_DAY)), fact, stated)
    shown = replace(fact, name="gestational age", value=f"{found.text} today", unit="", when=stated)
    return replace(found, fact=shown)


# -- reading what the chart writes

_WEEKS_AND_DAYS = re.compile(
    r"\s*(\d{1,2})\s*(?:(?:w|wk|wks|weeks?|ssw|\+)\s*(?:(?:and|,|\+)\s*)?([0-6])(?:\s*/\s*7)?\s*(?:d|days?|tag(?:en|e)?)?|\s([0-6])\s*/\s*7)\s*",
    re.IGNORECASE,
)
_WEEKS = re.compile(r"\s*(\d{1,2})\s*(?:w|wk|wks|weeks?|ssw)\s*", re.IGNORECASE)


def weeks_and_days(text: str) -> int | None:
    """Days of a gestational age written as weeks and days ("34w2d", "34 2/7", "34+2") or as weeks; else None."""
    exact = _WEEKS_AND_DAYS.fullmatch(text)
    if exact:
        return 7 * int(exact[1]) + int(exact[2] or exact[3])
    weeks = _WEEKS.fullmatch(text)
    return 7 * int(weeks[1]) if weeks else None


_WEEK_CODE = re.compile(r"Z3A([0-4]\d)")


def days_of_week_code(code: str) -> Days | None:
    """What a code of ICD-10-CM category Z3A (normalized: without its dot) says about its date; None for other codes."""
    match = _WEEK_CODE.fullmatch(code)
    number = int(match[1]) if match else 0
    if number == 1:
        return 0, 55  # Z3A.01: less than 8 weeks
    if number == 49:
        return 43 * 7, LAST_DAY  # Z3A.49: greater than 42 weeks
    return (7 * number, 7 * number + 6) if 8 <= number <= 42 else None
