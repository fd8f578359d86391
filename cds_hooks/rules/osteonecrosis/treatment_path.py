"""A confirmed osteonecrosis should be planned with orthopedics: its edema is treated by treating the necrosis.

When    osteonecrosis is on the problem list and more than a suspicion
Unless  orthopedics was visited or asked, or an operation made or planned, in the last months
Then    point to orthopedics and offer the referral
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ICLINIQ, ILOPROST_META_ANALYSIS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot.model import Absent, Factual, Finding, Unknown, any_of, only, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.team import ORTHOPEDICS, seen_or_referred
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

PLAN_DAYS = Threshold(
    name="osteonecrosis-plan-days", unit="d", default=90, low=30, high=180, source="ours, awaiting a clinical board"
)
OPERATIONS = (Concept.CORE_DECOMPRESSION, Concept.JOINT_REPLACEMENT)
RULE = Rule(
    id="BME-ON-03",
    version=1,
    title="Osteonecrosis: treatment path",
    check="orthopedic plan in osteonecrosis",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.ENCOUNTERS, Need.CARE, Need.APPOINTMENTS, Need.PROCEDURES, Need.OPEN_ORDERS),
    evidence=(
        Evidence(CONSUMER_ARTICLE, "treatment of osteonecrosis"),
        Evidence(ICLINIQ, "Surgical treatment"),
        Evidence(ILOPROST_META_ANALYSIS, "no benefit in advanced stages"),
    ),
    limits="Narrative texts.",
    thresholds=(PLAN_DAYS,),
)

SUMMARY = "Osteonecrosis: BME is treated by treating the necrosis - plan with orthopedics"
OPTIONS = "Core decompression, alone or with a graft or marrow cells; joint replacement in collapse."
ILOPROST = "Iloprost helps in early stages only."


def assess(patient: Patient) -> Verdict:
    necrosis = only(patient.has(Concept.OSTEONECROSIS), lambda item: not item.provisional)
    if isinstance(necrosis, Absent):
        return NOT_APPLICABLE
    match unless(necrosis, _plan(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return SATISFIED
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(OPTIONS, ILOPROST),
                because=found.facts,
                unchecked=found.gaps,
                proposals=(Propose(Service.ORTHOPEDIC_REFERRAL),),
            )


def _plan(patient: Patient) -> Finding[Factual]:
    days = patient.policy[PLAN_DAYS]
    asked = seen_or_referred(patient, *ORTHOPEDICS, *OPERATIONS, within_days=days)
    return any_of(asked, patient.event(*OPERATIONS, within_days=days))
