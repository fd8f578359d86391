"""An NSAID that is taken for more than 12 weeks in bone marrow edema should be reviewed.

When    a systemic NSAID has been active for 12 weeks without a break, or for 24 weeks as needed
  and   it was ordered for bone marrow edema, or bone marrow edema is documented
Unless  it is topical or low-dose aspirin
Then    ask for a review of need, kidney function, blood pressure and stomach protection; offer the tests
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, NSAID_LABEL, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import nsaid
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, GapKind, Present, Unknown, any_of, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, Need, Service
from cds_hooks.snapshot.when import When

REVIEW_DAYS = Threshold(
    name="nsaid-review", unit="d", default=84, low=28, high=180, source="management text: pain reviewed within 12 weeks"
)
REVIEW_DAYS_AS_NEEDED = Threshold(
    name="nsaid-review-as-needed", unit="d", default=168, low=56, high=365, source="ours: as needed counts half"
)
CREATININE_DAYS = Threshold(
    name="nsaid-review-creatinine-window", unit="d", default=180, low=30, high=365, source="ours"
)

RULE = Rule(
    id="BME-DS-NSA-10",
    version=1,
    title="NSAID longer than 12 weeks without review",
    check="length of the NSAID course",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.MEDICATIONS, Need.PROBLEMS, Need.MRI, Need.KIDNEY_FUNCTION, Need.OPEN_ORDERS),
    evidence=(
        Evidence(MANAGEMENT, "initial treatment: 2 to 12 weeks"),
        Evidence(NSAID_LABEL, "dosage: lowest effective dose for the shortest duration"),
    ),
    limits="Counted from the date of the order and of those that it replaced; breaks are not in the chart.",
    thresholds=(nsaid.ANALGESIC_ASPIRIN, REVIEW_DAYS, REVIEW_DAYS_AS_NEEDED, CREATININE_DAYS),
)

SUMMARY = "NSAID for more than 12 weeks - review need, kidney, BP and stomach protection"
WHY = (
    "Pain should have been reviewed within 2 to 12 weeks. Bone marrow edema syndrome lasts longer than that, so the "
    "question is dose and need, not an automatic end."
)
NO_DATE = Gap(Need.MEDICATIONS, GapKind.NOT_RECORDED, "start of the NSAID: not recorded")


def assess(patient: Patient) -> Verdict:
    taken = nsaid.taken(patient)
    if isinstance(taken, Unknown):
        return MissingData(taken.gap)
    if isinstance(taken, Absent):
        return NOT_APPLICABLE
    long = only(taken, lambda item: _long(item, patient))
    if not isinstance(long, Present):
        undated = any(_since(item, patient) is None for item in taken.items)
        gaps = (*gaps_of(long), *((NO_DATE,) if undated else ()))
        return MissingData(gaps[0]) if gaps else Satisfied()
    match _for_edema(long, patient):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return NOT_APPLICABLE
        case context:
            return _advice(long, context, patient)


def _long(item: Medication, patient: Patient) -> bool:
    since = _since(item, patient)
    limit = patient.policy[REVIEW_DAYS_AS_NEEDED if item.as_needed else REVIEW_DAYS]
    return since is not None and since.age_days(patient.as_of) >= limit


def _since(item: Medication, patient: Patient) -> When | None:
    """The date of the first order of the course: a renewal goes on where the order that it replaces ended."""
    known = {each.reference: each for each in patient.medications.items}
    course = [item]
    while course[-1].replaces in known:
        course.append(known.pop(course[-1].replaces))
    return min((each.written for each in course if each.written), key=lambda when: when.last, default=None)


def _for_edema(long: Present[Medication], patient: Patient) -> Finding[Fact]:
    return any_of(patient.edema_context(), *map(patient.for_edema, long.items))  # type: ignore[return-value]


def _advice(long: Present[Medication], context: Present[Fact], patient: Patient) -> Advice:
    creatinine = patient.newest(Concept.CREATININE, patient.policy[CREATININE_DAYS])
    recent = creatinine.facts if isinstance(creatinine, Present) else ()
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(WHY,),
        because=tuple(dict.fromkeys((*long.facts, *context.facts, *recent))),
        unchecked=tuple(dict.fromkeys((*long.gaps, *context.gaps, *gaps_of(creatinine)))),
        proposals=(Propose(Service.CREATININE_TEST), Propose(Service.HEMOGLOBIN_TEST)),
    )
