"""In an edema syndrome with low vitamin D a bone density measurement may be warranted.

When    an edema syndrome is active in an adult, and 25-OH vitamin D of the last year is low
Unless  bone density was measured in the last two years or the measurement is ordered, or the patient is pregnant
Then    suggest a bone density measurement
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, DPM_BLOG, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import vitamin_d_level
from cds_hooks.snapshot.age import child
from cds_hooks.snapshot.examinations import ordered
from cds_hooks.snapshot.model import Absent, Factual, Finding, Unknown, any_of, finding, gaps_of, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.vocabulary import Concept, Need, Service
from cds_hooks.snapshot.when import When

DXA_DAYS = Threshold(
    name="bone-density-days", unit="d", default=730, low=365, high=1825, source="rule specification: 24 months"
)
RULE = Rule(
    id="BME-DX-10",
    version=1,
    title="Bone density test when vitamin D is low in edema syndrome",
    check="bone density in an edema syndrome with low vitamin D",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(
        *(Need.PROBLEMS, Need.VITAMIN_D, Need.BONE_DENSITY, Need.PROCEDURES, Need.CARE, Need.OPEN_ORDERS),
        *(Need.DEMOGRAPHICS, Need.PREGNANCY, Need.CHILDBEARING),
    ),
    evidence=(
        Evidence(STATPEARLS, "Evaluation: a bone density test may be warranted"),
        Evidence(DPM_BLOG, "low bone density in cohorts"),
        Evidence(CONSUMER_ARTICLE, "low bone density"),
    ),
    limits="A review that says 'may warrant', and small cohorts.",
    proposes=(Service.DXA,),
    thresholds=(vitamin_d_level.DAYS, vitamin_d_level.LOW, DXA_DAYS),
)

SUMMARY = "Low vitamin D with BMES - consider bone mineral density testing"
WHY = "Reduced bone density is common in edema syndrome; the result guides vitamin D and antiresorptive therapy."


def assess(patient: Patient) -> Verdict:
    syndrome = patient.has(Concept.EDEMA_SYNDROME)
    if isinstance(syndrome, Absent):
        return NOT_APPLICABLE
    low = vitamin_d_level.below(patient, vitamin_d_level.LOW)
    if isinstance(syndrome, Unknown):
        return SATISFIED if isinstance(low, Absent) else MissingData(syndrome.gap)
    against = (child(patient), patient.pregnancy, _measured(patient), ordered(patient, Concept.DXA))
    match unless(low, *against):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case results:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHY,),
                because=(*syndrome.facts, *results.facts),
                unchecked=(*gaps_of(syndrome), *results.gaps),
                proposals=(Propose(Service.DXA),),
            )


def _measured(patient: Patient) -> Finding[Factual]:
    """A bone density of the last two years: its score, its report, or the procedure."""
    days = patient.policy[DXA_DAYS]
    reports = tuple(item for item in patient.densitometry.items if _recent(item.when, patient, days))
    return any_of(
        patient.newest(Concept.DXA_T_SCORE, days),
        finding(reports, patient.densitometry.gaps),
        finding(_done(patient, days), patient.procedures.gaps),
    )


def _done(patient: Patient, days: float) -> tuple[Event, ...]:
    rows = patient.procedures.about(Concept.DXA)
    return tuple(item for item in rows if _recent(item.when, patient, days))


def _recent(when: When | None, patient: Patient, days: float) -> bool:
    return when is None or when.age_days(patient.as_of) <= days
