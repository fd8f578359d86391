"""An opioid needs care where falls are likely, breathing is weak or the bowel is obstructed.

When    an opioid is ordered
  and   an obstruction of the bowel or an acute respiratory depression is active; or the patient is 65 or older with a
        fall or fracture within a year, or has sleep apnea or severe COPD
Then    warn critically of obstruction and respiratory depression, else warn
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import CDC_OPIOIDS, MANAGEMENT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Verdict
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

AGE = Threshold(name="opioid-fall-age", unit="a", default=65, low=60, high=80, source="CDC 2022: 65 years")
FALL_DAYS = Threshold(
    name="opioid-fall-days", unit="d", default=365, low=90, high=730, source="ours, awaiting a clinical board"
)
FALLS_AND_FRACTURES = (
    Concept.FALLS,
    Concept.FRACTURE,
    Concept.LOWER_LIMB_FRACTURE,
    Concept.PATHOLOGICAL_FRACTURE,
    Concept.VERTEBRAL_FRACTURE,
)

RULE = Rule(
    id="BME-DS-OPI-03",
    version=1,
    title="Opioid: falls, apnea, ileus",
    check="falls, breathing and bowel obstruction with an opioid",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.OPIOID,),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.DEMOGRAPHICS),
    gate=Gate.EDEMA_OR_VERTEBRAL_FRACTURE,
    speaks={Hook.ORDER_SIGN: frozenset({"critical"})},
    thresholds=(AGE, FALL_DAYS),
    evidence=(
        Evidence("US labels of opioids", "4 Contraindications: respiratory depression, gastrointestinal obstruction"),
        Evidence(MANAGEMENT, "opioids: sedation, falls"),
        Evidence(CDC_OPIOIDS, "older patients, sleep-disordered breathing"),
    ),
    limits="Labels and guideline. The year after a fall is an assumption of this project.",
)

SUMMARY = "Opioid with high risk of falls or breathing problems"
WHY = "Sedation and falls are dangerous for osteopenic bone."
CARE = "Consider a laxative, fall prevention and a lower dose."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.gives(DrugGroup.OPIOID):
        return NOT_APPLICABLE
    weighed = weigh(
        critical=patient.has(Concept.GI_OBSTRUCTION, Concept.RESPIRATORY_DEPRESSION),
        warning=any_of(_falls(patient), patient.has(Concept.SLEEP_APNEA, Concept.COPD_SEVERE)),
    )
    if not isinstance(weighed, Weighed):
        return weighed
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(WHY, CARE),
        because=(order.fact, *weighed.facts),
        unchecked=weighed.unchecked,
        remarks=weighed.remarks,
    )


def _falls(patient: Patient) -> Finding[Problem | Event]:
    """A fall or fracture within the year, of an older patient."""
    fallen = patient.event(*FALLS_AND_FRACTURES, within_days=patient.policy[FALL_DAYS])
    if isinstance(fallen, Present) and patient.demographics.gap:
        return Unknown(patient.demographics.gap)
    return fallen if patient.demographics.gap or patient.surely_aged(patient.policy[AGE]) else Absent()
