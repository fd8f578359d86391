"""Intravenous iloprost for bone marrow edema is off-label: it needs a monitored setting.

When    intravenous iloprost is ordered with bone marrow edema as the reason
Unless  iloprost was given in the last days: a course has several infusion orders
Then    inform about infusion and monitoring, and offer an order for monitoring
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ILOPROST_SMPC, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Group,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import prostacyclin
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Fact, Finding, Present, Unknown, finding
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route, Service

COURSE_DAYS = Threshold(
    name="iloprost-course-days", unit="d", default=30, low=7, high=90, source="ours, awaiting a clinical board"
)
ILOPROST = "iloprost"
INTO_A_VEIN = (Route.PARENTERAL, Route.UNKNOWN)

RULE = Rule(
    id="BME-DS-ILO-07",
    version=1,
    title="Iloprost off-label: setting and monitoring note",
    check="earlier iloprost of the same course",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(Need.PROBLEMS, Need.MEDICATIONS, Need.STOPPED_MEDICATIONS, Need.OPEN_ORDERS),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(COURSE_DAYS,),
    evidence=(
        Evidence(ILOPROST_SMPC, "4.2 Posology: infusion over 6 hours, 0.5 to 2 ng/kg/min, monitoring"),
        Evidence(CONSUMER_ARTICLE, "Iloprost"),
    ),
    limits="The label covers other diseases; its infusion scheme is quoted, not a scheme for bone marrow edema.",
)

SUMMARY = "IV iloprost for BMES is off-label - infusion over 6 h with monitored setting"
TITRATION = "Labels titrate from 0.5 to 2 ng/kg/min over 6 hours; the body weight is needed for that."
MONITORING = "Blood pressure and pulse are monitored during the infusion; consent covers the off-label use."


def assess(order: Order, patient: Patient) -> Verdict:
    asked = _off_label(order, patient)
    if isinstance(asked, Absent):
        return NOT_APPLICABLE
    if isinstance(asked, Unknown):
        return MissingData(asked.gap)
    match _earlier(patient):
        case Unknown(gap):
            return MissingData(gap)
        case Present():
            return SATISFIED
        case _:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(TITRATION, MONITORING),
                because=tuple(dict.fromkeys((order.fact, *asked.facts))),
                unchecked=asked.gaps,
                proposals=(Propose(Service.ILOPROST_MONITORING),),
                group=Group.ILOPROST_BASIS,
            )


def _off_label(order: Order, patient: Patient) -> Finding[Fact]:
    """Iloprost into a vein, with bone marrow edema as its reason."""
    drug = order.medication
    if drug is None or not _is_infused(drug) or isinstance(prostacyclin.of_concern(drug, patient), Absent):
        return Absent()
    return patient.edema_reason(order)


def _is_infused(drug: Medication) -> bool:
    return ILOPROST in drug.ingredients and drug.medicine.route in INTO_A_VEIN


def _earlier(patient: Patient) -> Finding[Medication]:
    """Iloprost in use, or given in the days of a course."""
    on_file = patient.on_file(DrugGroup.PROSTACYCLIN, Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED)
    found = tuple(item for item in on_file if _is_infused(item) and _is_recent(item, patient))
    return finding(found, patient.medications.gaps)


def _is_recent(item: Medication, patient: Patient) -> bool:
    if item.standing is Standing.ACTIVE:
        return True
    last = item.stopped or item.last_given or item.written
    return last is not None and last.age_days(patient.as_of) <= patient.policy[COURSE_DAYS]
