"""Denosumab should be given with a plan for what follows it: vertebral fractures can come after it is stopped.

When    denosumab is ordered
  or    the last denosumab for bone marrow edema was given 183 to 548 days ago, and neither a next dose nor another
        antiresorptive followed
Unless  for a past dose: it was given against cancer
Then    inform, from day 183 to day 365 after the last dose warn, and offer a task for the exit plan
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PROLIA_BOXED_WARNING, PROLIA_LABEL, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, Group, MissingData, Propose, Verdict
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.antiresorptive import PastDose
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

LABEL = "Prolia label: dose every 6 months; multiple vertebral fractures after stopping. Days: ours"
REBOUND_FROM = Threshold(name="denosumab-rebound-from", unit="d", default=183, low=150, high=240, source=LABEL)
REBOUND_NEAR = Threshold(name="denosumab-rebound-near", unit="d", default=365, low=240, high=548, source=LABEL)
REBOUND_LATE = Threshold(name="denosumab-rebound-late", unit="d", default=548, low=365, high=730, source=LABEL)
SYNDROME_WITHIN = Threshold(
    name="denosumab-syndrome-within", unit="d", default=730, low=365, high=1095, source=antiresorptive.OURS
)

RULE = Rule(
    id="BME-DS-DEN-05",
    version=1,
    title="Denosumab: rebound fractures after stopping",
    check="exit plan of denosumab",
    hooks=frozenset({Hook.ORDER_SELECT, Hook.PATIENT_VIEW}),
    orders=(DrugGroup.DENOSUMAB,),
    needs=(Need.MEDICATIONS, Need.STOPPED_MEDICATIONS, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(PROLIA_LABEL, "Warnings: multiple vertebral fractures following discontinuation"),
        Evidence(PROLIA_BOXED_WARNING, "Do not stop without a plan"),
    ),
    limits="Whether the risk holds after a single dose for bone marrow edema is uncertain.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(REBOUND_FROM, REBOUND_NEAR, REBOUND_LATE, SYNDROME_WITHIN),
)

SUMMARY = "Denosumab needs an exit plan - vertebral fractures can follow after stopping"
DECIDE = "Even for a single dose in bone marrow edema, plan the decision at 6 months: next dose, other drug or none."
TRANSITION = "With a risk of fracture a transition to another antiresorptive is advised."
NO_FOLLOW_ON = "Neither a next dose nor another antiresorptive after the last dose is on record."
PLAN = Propose(Service.DENOSUMAB_EXIT_PLAN)


def assess_order(order: Order, _patient: Patient) -> Verdict:
    """A draft of denosumab."""
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.DENOSUMAB):
        return NOT_APPLICABLE
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(DECIDE, TRANSITION),
        because=(drug.fact,),
        proposals=(PLAN,),
        arm="plan",
        group=Group.DENOSUMAB_BASIS,
    )


def assess_chart(patient: Patient) -> Verdict:
    """A past dose without a next one. What follows is looked for only where the last dose is old enough."""
    doses, use = antiresorptive.past_doses(patient, DrugGroup.DENOSUMAB), _for_edema(patient)
    if isinstance(doses, Absent) or isinstance(use, Absent):
        return NOT_APPLICABLE
    if isinstance(use, Unknown):
        return MissingData(use.gap)
    lately = isinstance(doses, Present) and doses.items[0].days < patient.policy[REBOUND_FROM]
    if lately or patient.on_file(DrugGroup.BISPHOSPHONATE, Standing.ACTIVE):
        return SATISFIED
    follow_on = antiresorptive.past_doses(patient, DrugGroup.BISPHOSPHONATE)
    gaps = gaps_of(doses) + gaps_of(follow_on)
    if gaps or isinstance(doses, Unknown):
        return MissingData(gaps[0])
    last = doses.items[0]
    over = last.days > patient.policy[REBOUND_LATE] or _followed(follow_on, last)
    return SATISFIED if over else _rebound(last, use, patient)


def _for_edema(patient: Patient) -> Finding[Factual]:
    """A denosumab for bone marrow edema; or one not against cancer, where the syndrome was active lately."""
    on_file = patient.on_file(DrugGroup.DENOSUMAB, Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED)
    return any_of(*(_use(item, patient) for item in on_file), finding((), patient.medications.gaps))


def _use(denosumab: Medication, patient: Patient) -> Finding[Factual]:
    order = Order(reference=denosumab.reference, kind="MedicationRequest", medication=denosumab)
    match patient.oncology_use(order):
        case Present():
            return Absent()
        case Unknown() as unclear:
            return unclear
        case _:
            return any_of(patient.for_edema(denosumab), _syndrome(patient))


def _syndrome(patient: Patient) -> Finding[Problem]:
    """The edema syndrome is active or ended within the window."""
    found = patient.ever_had(Concept.EDEMA_SYNDROME)
    if not isinstance(found, Present):
        return found
    days = patient.policy[SYNDROME_WITHIN]
    lately = tuple(
        item for item in found.items if item.current or (item.ended and item.ended.age_days(patient.as_of) <= days)
    )
    return finding(lately, found.gaps)


def _followed(follow_on: Finding[PastDose], last: PastDose) -> bool:
    return isinstance(follow_on, Present) and follow_on.items[0].days < last.days


def _rebound(last: PastDose, use: Present[Factual], patient: Patient) -> Advice:
    near = last.days <= patient.policy[REBOUND_NEAR]
    return Advice(
        indicator="warning" if near else "info",
        summary=SUMMARY,
        detail=(f"The last dose on record is {last.days} days old. {NO_FOLLOW_ON}", TRANSITION),
        because=(last.fact, *(fact for fact in use.facts if fact.resource != last.fact.resource)),
        unchecked=use.gaps,
        proposals=(PLAN,),
        arm="rebound",
    )
