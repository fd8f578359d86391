"""Edema syndrome is a diagnosis of exclusion: what is still open, or contradicts it, should be settled.

When    an edema syndrome is active
  and   it was recorded lately and no MRI of the site ever showed edema, or CRP and ESR are missing; or another
        diagnosis that explains edema is recorded at the same site
Unless  another card of the chart carries that other diagnosis
Then    list what is open; a conflicting diagnosis makes it a warning
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cds_hooks.authoring.evidence import DPM_BLOG, ICLINIQ, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Group,
    MakeProvisional,
    MissingData,
    Proposal,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import alternatives, demography, vitamin_d_level
from cds_hooks.snapshot.alternatives import conflicting_diagnoses
from cds_hooks.snapshot.causes import INFLAMMATION_DAYS, inflammation_tested
from cds_hooks.snapshot.imaging import edema_ever_on_mri
from cds_hooks.snapshot.model import Absent, Fact, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

NEW_DAYS = Threshold(
    name="new-syndrome-days", unit="d", default=90, low=30, high=180, source="ours, awaiting a clinical board"
)
RULE = Rule(
    id="BME-DX-06",
    version=1,
    title="Edema syndrome is a diagnosis of exclusion: checklist",
    check="alternatives to an edema syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE}),
    needs=tuple(
        dict.fromkeys((*alternatives.NEEDS, Need.INFLAMMATION, Need.VITAMIN_D, *demography.NEEDS, Need.OPEN_ORDERS))
    ),
    evidence=(
        Evidence(STATPEARLS, "Etiology; Differential Diagnosis"),
        Evidence(ICLINIQ, "Causes"),
        Evidence(DPM_BLOG, "edema on MRI without injury"),
    ),
    limits="Narrative texts, consistent.",
    thresholds=(NEW_DAYS, INFLAMMATION_DAYS, *alternatives.THRESHOLDS, *vitamin_d_level.BANDS),
    overrides=(OverrideReason("alternative-excluded-clinically", "The alternative was excluded clinically"),),
)

SUMMARY = "BMES is a diagnosis of exclusion - the record still has open or conflicting alternatives"
NO_MRI = "Open: no MRI on record shows marrow edema of the site."
NO_BLOOD_TESTS = "Open: no CRP or ESR of the last three months is on record."
CONFLICT = "Conflict: another diagnosis that explains marrow edema is recorded for the same site."
TYPICAL = (
    "Typical alternatives: trauma, malignancy, infection, osteonecrosis, complex regional pain syndrome, stress "
    "fracture, inflammatory disease."
)


@dataclass(frozen=True, slots=True)
class Open:
    """What is open about one syndrome: the sentences that say so, the conflicting diagnoses, and what could not be
    looked at."""

    syndrome: Problem
    sentences: tuple[str, ...] = ()
    conflicts: tuple[Problem, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def found(self) -> bool:
        return bool(self.sentences or self.conflicts)


def assess(patient: Patient) -> Verdict:
    syndromes = patient.has(Concept.EDEMA_SYNDROME)
    if isinstance(syndromes, Absent):
        return NOT_APPLICABLE
    if isinstance(syndromes, Unknown):
        return MissingData(syndromes.gap)
    looked_at = [_open(item, patient) for item in syndromes.items]
    gaps = tuple(dict.fromkeys(gap for each in looked_at for gap in (*each.gaps, *syndromes.gaps)))
    found = [each for each in looked_at if each.found]
    if not found:
        return MissingData(gaps[0]) if gaps else SATISFIED
    return _advice(found, gaps, patient)


def _open(syndrome: Problem, patient: Patient) -> Open:
    checks = {}
    if _new(syndrome, patient):
        site = syndrome.site if syndrome.site.known else None
        checks = {NO_MRI: edema_ever_on_mri(patient, site), NO_BLOOD_TESTS: inflammation_tested(patient)}
    conflicts = conflicting_diagnoses(patient, syndrome)
    return Open(
        syndrome,
        tuple(sentence for sentence, done in checks.items() if isinstance(done, Absent)),
        conflicts.items if isinstance(conflicts, Present) else (),
        (*(gap for done in checks.values() for gap in gaps_of(done)), *gaps_of(conflicts)),
    )


def _new(syndrome: Problem, patient: Patient) -> bool:
    """Recorded lately; an entry without a date is often one that is being made."""
    recorded = syndrome.recorded
    return recorded is None or recorded.age_days_at_most(patient.as_of) <= patient.policy[NEW_DAYS]


def _advice(found: list[Open], gaps: tuple[Gap, ...], patient: Patient) -> Advice:
    sentences = tuple(dict.fromkeys(sentence for each in found for sentence in each.sentences))
    conflicts = tuple(dict.fromkeys(item for each in found for item in each.conflicts))
    return Advice(
        indicator="warning" if conflicts else "info",
        summary=SUMMARY,
        detail=(
            *sentences,
            *((CONFLICT,) if conflicts else ()),
            TYPICAL,
            *vitamin_d_level.vitamin_d_note(patient),
            *demography.typical(patient),
        ),
        because=tuple(dict.fromkeys(_facts(found, patient))),
        unchecked=gaps,
        proposals=tuple(_proposals(found, sentences)),
        arm="conflict" if conflicts else "open",
        group=Group.WORK_UP if sentences else None,
    )


def _facts(found: list[Open], patient: Patient) -> Iterator[Fact]:
    for each in found:
        yield from (each.syndrome.fact, *(item.fact for item in each.conflicts))
    level = vitamin_d_level.between(patient)
    yield from level.facts if isinstance(level, Present) else ()


def _proposals(found: list[Open], sentences: tuple[str, ...]) -> Iterator[Proposal]:
    if NO_BLOOD_TESTS in sentences:
        yield from (Propose(Service.CRP_TEST), Propose(Service.ESR_TEST))
    yield from (MakeProvisional(each.syndrome.fact.resource) for each in found if not each.syndrome.provisional)
