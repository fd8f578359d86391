"""Since when: the onset of the syndrome, where its course stands, and the start of conservative care (rule
specification 0.2, CONS_START)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cds_hooks.snapshot import nsaid
from cds_hooks.snapshot.model import Fact, Finding, Unknown, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

BEFORE_ONSET = timedelta(days=14)
CARE = frozenset(
    {
        Concept.PHYSIOTHERAPY,
        Concept.REFERRAL_PHYSIOTHERAPY,
        Concept.CRUTCHES,
        Concept.WALKING_AID,
        Concept.OFFLOADING_DEVICE,
        Concept.OFFLOADING_ORTHOSIS,
        Concept.ORTHOSIS,
        Concept.WEIGHT_BEARING_RESTRICTED,
    }
)
"""Physiotherapy and offloading."""
REVIEWS = "reviews: most recover in 3 to 9 months, some need up to 12"
EXPECTED_DAYS = Threshold(name="syndrome-expected-days", unit="d", default=270, low=180, high=365, source=REVIEWS)
LATE_DAYS = Threshold(name="syndrome-late-days", unit="d", default=365, low=270, high=540, source=REVIEWS)
FIRST_MONTH, THREE_MONTHS = 30, 90  # days: phase 1 is the first month, phase 2 the second and third


def syndromes(patient: Patient) -> tuple[Problem, ...]:
    """The active edema syndromes, one per place where several are recorded."""
    return tuple(item for item in patient.problems.about(Concept.EDEMA_SYNDROME) if item.current)


def where(problem: Problem, patient: Patient) -> str:
    """Where the patient is on the course, in one line: phase, days, and when recovery is expected; empty without a
    date. Of a partial date the days are a span, and the phase is that of the earlier day."""
    since = problem.since
    if since is None:
        return ""
    least, most = since.age_days(patient.as_of), since.age_days_at_most(patient.as_of)
    span = f"{least}" if least == most else f"{least} to {most}"
    days = f"Day {span} since onset" if problem.onset else f"Since at least {span} days"
    first, expected, late = (
        f"{(since.first + timedelta(days=after)).date()}"
        for after in (THREE_MONTHS, patient.policy[EXPECTED_DAYS], patient.policy[LATE_DAYS])
    )
    return (
        f"{days}: {_phase(least)}. Recovery is expected between {first} and {expected}, "
        f"and still described until {late}."
    )


def _phase(days: int) -> str:
    if days <= FIRST_MONTH:
        return "phase 1, the first month, pain rises"
    if days <= THREE_MONTHS:
        return "phase 2, months 2 and 3, pain at its highest"
    return "phase 3, slow regression over months"


def syndrome(patient: Patient) -> Problem | None:
    """The active edema syndrome with the earliest onset."""
    return _earliest(patient, Concept.EDEMA_SYNDROME)


def active_syndrome(patient: Patient) -> Finding[Problem]:
    """The same, unknown where the problem list could not be read and shows none."""
    found = syndrome(patient)
    return finding((found,) if found else (), patient.problems.gaps)


def edema(patient: Patient) -> Problem | None:
    """The active syndrome, else the active edema of any kind, with the earliest onset."""
    return syndrome(patient) or _earliest(patient, Concept.EDEMA)


def _earliest(patient: Patient, concept: Concept) -> Problem | None:
    found = [item for item in patient.problems.about(concept) if item.current]
    return min(found, key=lambda item: item.since.first if item.since else patient.as_of, default=None)


def syndrome_since(patient: Patient) -> When | None:
    """Its onset, else when it was recorded; None where there is none or it has no date."""
    found = syndrome(patient)
    return found.since if found else None


def care_started(patient: Patient) -> Finding[Fact]:
    """CONS_START: the earliest physiotherapy, offloading or NSAID order since two weeks before the onset, whatever its
    present status. The fact is dated."""
    problem = edema(patient)
    since = problem.since if problem else None
    care = (item for item in patient.care.items + patient.procedures.items if _is_care(item))
    orders = [replace(item.fact, when=item.began or item.when) for item in care]
    nsaids = (item for item in patient.medications.about(*nsaid.ORDERS) if nsaid.is_systemic(item, patient))
    orders += [replace(item.fact, when=item.written) for item in nsaids]  # the day of the order, not that of its end
    past = [fact for fact in orders if fact.when and not fact.when.is_future(patient.as_of)]
    counted = [(fact.when.first, fact) for fact in past if fact.when and _counts(fact.when, since)]
    earliest = min(counted, key=lambda each: each[0], default=None)
    gaps = patient.care.gaps + patient.procedures.gaps + patient.medications.gaps
    return finding((earliest[1],) if earliest else (), gaps)


def only_nsaids_unread(care: Finding[Fact]) -> bool:
    """Was care looked for everywhere but among the medicines, and none found? Of `care_started`."""
    return isinstance(care, Unknown) and care.gap.fact is Need.MEDICATIONS


def offloaded(patient: Patient, problem: Problem) -> Finding[Event]:
    """Physiotherapy or offloading, ordered or done since two weeks before the onset; what bears no date counts."""
    rows = (*patient.care.items, *patient.procedures.items)
    found = tuple(row for row in rows if _is_care(row) and (row.when is None or _counts(row.when, problem.since)))
    return finding(found, patient.care.gaps + patient.procedures.gaps)


def _is_care(item: Event) -> bool:
    return not item.concepts.isdisjoint(CARE)


def _counts(when: When, since: When | None) -> bool:
    return since is None or when.last >= since.first - BEFORE_ONSET
