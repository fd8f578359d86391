"""Anticoagulation should be clear before a prostacyclin analog is given.

When    a systemic prostacyclin is ordered
  and   an anticoagulant is on hold, of unknown status, past its end, or stopped within its washout or at an unknown
        date; or only a class word ("blood thinner") stands in the list; or the INR is raised, or long-term
        anticoagulation is on the problem list, without an order that explains it
Unless  an anticoagulant is active (BME-CI-01 speaks), or the prostacyclin treats pulmonary hypertension, or is inhaled
        and not for bone marrow edema, or a vitamin K antagonist was stopped and a later INR is normal
Then    warn, say what is unclear and offer medication reconciliation
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PROJECT, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import anticoagulation
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

RULE = Rule(
    id="BME-CI-04",
    version=1,
    title="Prostacyclin analog, anticoagulation uncertain",
    check="anticoagulation before a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
        Need.PROBLEMS,
        Need.INR,
        Need.KIDNEY_FUNCTION,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(STATPEARLS, "Treatment / Management"),
        Evidence(PROJECT, "BME-CI-04; washouts from usual half-lives, awaiting a clinical board"),
    ),
    thresholds=anticoagulation.THRESHOLDS,
    limits="The washout times are assumptions of this project; a stop date may be missing from the chart.",
    overrides=(OverrideReason("confirmed-not-anticoagulated", "Confirmed: not anticoagulated"),),
)

SUMMARY = "Anticoagulation unclear - verify before iloprost/prostacyclin"
ASK = "Ask the patient and the pharmacy whether an anticoagulant is taken now."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.PROSTACYCLIN):
        return NOT_APPLICABLE
    systemic = patient.systemic(drug)
    use = patient.for_pulmonary_hypertension(drug)
    if isinstance(systemic, Absent) or isinstance(use, Present):
        return NOT_APPLICABLE
    active = patient.takes(DrugGroup.ANTICOAGULANT, beside=order)
    if isinstance(active, Present):
        return SATISFIED  # BME-CI-01 speaks
    doubts = _doubts(order, patient, active)
    if isinstance(doubts, Unknown):
        return MissingData(doubts.gap)
    if isinstance(doubts, Absent):
        return Satisfied(patient.labs.remarks_about(Concept.INR))
    if isinstance(systemic, Unknown):
        return MissingData(systemic.gap)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(ASK,),
        because=(drug.fact, *doubts.facts),
        unchecked=(*doubts.gaps, *((use.gap,) if isinstance(use, Unknown) else ())),
        remarks=patient.labs.remarks_about(Concept.INR),
        proposals=(Propose(Service.MEDICATION_RECONCILIATION), _test(order, patient)),
    )


def _doubts(order: Order, patient: Patient, active: Finding[Medication]) -> Finding[Factual]:
    """Every sign that the patient may be anticoagulated. A raised INR and an entry on the problem list are signs where
    no order explains them: where the orders could not be read, nobody can say."""
    unexplained = any_of(anticoagulation.unexplained_inr(patient), anticoagulation.on_problem_list(patient))
    return any_of(
        anticoagulation.unclear_orders(patient, order),
        anticoagulation.in_washout(patient, order),
        unless(unexplained, active),
    )


def _test(order: Order, patient: Patient) -> Propose:
    """The test that shows the drug in doubt: anti-Xa for heparins and direct inhibitors, otherwise the INR."""
    standings = (Standing.UNCERTAIN, Standing.ENDED)
    found = patient.on_file(DrugGroup.ANTICOAGULANT, *standings, beside=order)
    ingredients = frozenset[str]().union(*map(anticoagulation.ingredients, found))
    by_inr = not ingredients or bool(ingredients & anticoagulation.VITAMIN_K_ANTAGONISTS)
    return Propose(Service.INR_TEST if by_inr else Service.ANTI_XA_TEST)
