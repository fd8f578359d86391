"""Where edema syndrome stays painful, nifedipine and a sympathetic block are described, with little evidence.

When    edema syndrome of an adult is active, the newest pain score of the last 30 days is 5 or more
  and   conservative care (else the onset, else the record) began four weeks ago or more
Unless  nifedipine is taken, or a sympathetic block was made since the onset or is ordered
Then    name those of the two that no safety rule speaks against in this patient
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Group,
    MissingData,
    Option,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot import age, course, refractory
from cds_hooks.snapshot.blood_pressure import is_nifedipine
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, GapKind, Present, Unknown, any_of, finding, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Treatment
from cds_hooks.snapshot.when import When

CARE_DAYS = Threshold(
    name="symptom-options-care-days", unit="d", default=28, low=14, high=84, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-TB-07",
    version=1,
    title="Nifedipine or sympathetic block as symptom options",
    check="options for pain in the edema syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.DEMOGRAPHICS, Need.PAIN, Need.CARE, Need.PROCEDURES, Need.MEDICATIONS),
    evidence=(Evidence(STATPEARLS, "Treatment / Management: nifedipine, sympathetic block"),),
    limits="Very low evidence: one French series of 1990 on pain in osteonecrosis and one MR paper of 1993.",
    proposes=(Treatment.NIFEDIPINE, Treatment.SYMPATHETIC_BLOCK),
    thresholds=(refractory.PAIN, refractory.PAIN_DAYS, CARE_DAYS),
)

SUMMARY = "Persistent BMES pain: nifedipine or sympathetic block are described options (low evidence)"
NIFEDIPINE = "Persistent BMES pain: nifedipine is a described option (low evidence)"
BLOCK = "Persistent BMES pain: a sympathetic block is a described option (low evidence)"
BASIS = "Nifedipine and the block are described in two papers of the early 1990s; off-label, a specialist decides."
OPTIONS = (Option(Treatment.NIFEDIPINE, alone=NIFEDIPINE), Option(Treatment.SYMPATHETIC_BLOCK, alone=BLOCK))
NO_DATE = Gap(Need.PROBLEMS, GapKind.NOT_RECORDED, "start of conservative care and onset: not recorded")


def assess(patient: Patient) -> Verdict:
    syndrome, child = course.active_syndrome(patient), age.child(patient)
    if isinstance(syndrome, Absent) or isinstance(child, Present):
        return NOT_APPLICABLE
    pain = refractory.lasting_pain(patient)
    if isinstance(pain, Absent):
        return Satisfied(pain.remarks)
    care = patient.care_started
    for unclear in (syndrome, child, pain, care):
        if isinstance(unclear, Unknown):
            return MissingData(unclear.gap)
    problem = syndrome.items[0]  # type: ignore[union-attr]
    since = care.items[0].when if isinstance(care, Present) else problem.since
    if since is None:
        return MissingData(NO_DATE)
    if since.age_days(patient.as_of) < patient.policy[CARE_DAYS]:
        return NOT_APPLICABLE
    return _unless_tried(problem, any_of(syndrome, pain, care), patient)


def _unless_tried(problem: Problem, why: Finding[Factual], patient: Patient) -> Verdict:
    match any_of(_nifedipine(patient), _blocked(problem, patient)):
        case Present():
            return SATISFIED
        case Unknown(gap):
            return MissingData(gap)
        case _:
            return _advice(why)


def _nifedipine(patient: Patient) -> Finding[Medication]:
    return only(patient.takes(DrugGroup.CALCIUM_CHANNEL_BLOCKER), lambda item: is_nifedipine(item))


def _blocked(problem: Problem, patient: Patient) -> Finding[Event]:
    """A sympathetic block since the onset, or ordered."""
    rows = (*patient.procedures.items, *(item for item in patient.care.items if item.open))
    found = (item for item in rows if Concept.SYMPATHETIC_BLOCK in item.concepts and _since(problem, item.when))
    return finding(tuple(found), patient.procedures.gaps + patient.care.gaps)


def _since(problem: Problem, when: When | None) -> bool:
    """What bears no date counts."""
    return when is None or problem.since is None or when.last >= problem.since.first


def _advice(why: Finding[Factual]) -> Advice:
    facts, gaps = (why.facts, why.gaps) if isinstance(why, Present) else ((), ())
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(BASIS,),
        because=tuple(dict.fromkeys(facts)),
        unchecked=gaps,
        options=OPTIONS,
        group=Group.REFRACTORY,
    )
