"""Denosumab for bone marrow edema is off-label, and what is known of it is known of a single dose.

When    denosumab is ordered for bone marrow edema
Unless  the patient is under 18
Then    inform about the series and offer the follow-up MRI; warn where an earlier dose for bone marrow edema was given
        180 to 365 days ago
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DENOSUMAB_SERIES, DENOSUMAB_SERIES_7, MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Group, MissingData, Propose, Verdict
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.antiresorptive import PastDose
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

REPEAT_FROM = Threshold(
    name="denosumab-repeat-from", unit="d", default=180, low=150, high=240, source="interval of the Prolia label"
)
REPEAT_TO = Threshold(name="denosumab-repeat-to", unit="d", default=365, low=240, high=730, source=antiresorptive.OURS)

RULE = Rule(
    id="BME-RF-04",
    version=1,
    title="Denosumab: expected response and single dose",
    check="earlier denosumab for bone marrow edema",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(DrugGroup.DENOSUMAB,),
    needs=(Need.MEDICATIONS, Need.STOPPED_MEDICATIONS, Need.PROBLEMS, Need.DEMOGRAPHICS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(MANAGEMENT, "Refractory bone marrow edema syndrome: denosumab"),
        Evidence(DENOSUMAB_SERIES, "Results"),
        Evidence(DENOSUMAB_SERIES_7, "Results"),
    ),
    limits="Very low: two small retrospective series without a control group, one of them a conference abstract.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    proposes=(Service.MRI_FOLLOW_UP,),
    thresholds=(REPEAT_FROM, REPEAT_TO),
)

OFF_LABEL = "Denosumab in BMES is off-label; evidence is small retrospective single-dose series (n = 14, n = 7)"
REPEAT = "Earlier denosumab for BMES within 12 months - a repeat dose is not covered by the published series"
FOURTEEN = (
    "Retrospective series of 14 patients without a control group: partial or complete resolution of the edema in 93 %, "
    "complete in 50 %, on MRI after 6 to 12 weeks."
)
SEVEN = "Second series of 7, mostly with insufficiency fractures: 4 complete resolutions."
PLAN = "Plan the follow-up MRI and what comes after the dose."
ADULT = 18  # years: the pathways for adults do not apply to children (BME-SP-04)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.DENOSUMAB) or patient.surely_under(ADULT):
        return NOT_APPLICABLE
    match patient.edema_reason(order):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return NOT_APPLICABLE
        case _:
            return _advice(drug, _repeat_of(patient))


def _repeat_of(patient: Patient) -> Finding[PastDose]:
    """An earlier dose for edema. One less than 180 days ago, for whatever reason, is the business of BME-DS-DEN-06."""
    doses = antiresorptive.past_doses(patient, DrugGroup.DENOSUMAB)
    start, end = patient.policy[REPEAT_FROM], patient.policy[REPEAT_TO]
    if not isinstance(doses, Present) or doses.items[0].days < start:
        return doses if isinstance(doses, Unknown) else Absent()
    earlier = [(dose, patient.for_edema(dose.medication)) for dose in doses.items if dose.days <= end]
    gaps = doses.gaps + tuple(gap for _, use in earlier for gap in gaps_of(use))
    return finding(tuple(dose for dose, use in earlier if isinstance(use, Present)), gaps)


def _advice(drug: Medication, repeat: Finding[PastDose]) -> Advice:
    found = repeat.facts if isinstance(repeat, Present) else ()
    return Advice(
        indicator="warning" if found else "info",
        summary=REPEAT if found else OFF_LABEL,
        detail=(FOURTEEN, SEVEN, PLAN),
        because=(drug.fact, *found),
        unchecked=gaps_of(repeat),
        proposals=(Propose(Service.MRI_FOLLOW_UP),),
        arm="repeat" if found else "evidence",
        group=None if found else Group.DENOSUMAB_BASIS,
    )
