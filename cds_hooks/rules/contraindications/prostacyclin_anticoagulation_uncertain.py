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

from collections.abc import Iterator
from dataclasses import replace

from cds_hooks.authoring.evidence import PROJECT, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Fact, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

OURS = "usual half-lives; ours, awaiting a clinical board"


def _washout(name: str, days: float, high: float, source: str = OURS) -> Threshold:
    return Threshold(name=f"washout-{name}", unit="d", default=days, low=1, high=high, source=source)


WASHOUT_VKA = _washout("vitamin-k-antagonist", 5, 14)
WASHOUT_PHENPROCOUMON = _washout("phenprocoumon", 14, 28, "half-life about 5.5 d; retrospective study n = 118, 2019")
WASHOUT_DOAC = _washout("doac", 3, 7)
WASHOUT_DABIGATRAN_LOW_EGFR = _washout("dabigatran-low-egfr", 5, 10)
WASHOUT_HEPARIN = _washout("heparin", 1, 5)
WASHOUT_FONDAPARINUX = _washout("fondaparinux", 4, 10)
WASHOUT_OTHER = _washout("other-anticoagulant", 5, 14)
EGFR_LOW = Threshold(name="dabigatran-egfr", unit="mL/min/1.73 m2", default=50, low=30, high=60, source=OURS)
EGFR_WINDOW = Threshold(name="dabigatran-egfr-window", unit="d", default=365, low=30, high=365, source=OURS)
INR_RAISED = Threshold(name="inr-raised", unit="1", default=1.5, low=1.2, high=2, source=OURS)
INR_WINDOW = Threshold(name="inr-window", unit="d", default=7, low=1, high=14, source=OURS)
INR_CLEAR_WINDOW = Threshold(name="inr-clear-window", unit="d", default=3, low=1, high=7, source=OURS)
UNDATED_WINDOW = Threshold(name="stopped-order-window", unit="d", default=365, low=90, high=730, source=OURS)

VITAMIN_K_ANTAGONISTS = frozenset({"warfarin", "acenocoumarol", "fluindione", "phenprocoumon"})
DIRECT_ORAL = frozenset({"apixaban", "rivaroxaban", "edoxaban", "dabigatran", "betrixaban"})
HEPARINS_AND_DIRECT_THROMBIN_INHIBITORS = frozenset(
    {"heparin", "enoxaparin", "dalteparin", "tinzaparin", "nadroparin", "bemiparin", "argatroban", "bivalirudin"}
)

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
    doubts = tuple(_doubts(order, patient))
    gaps = _gaps(order, patient)
    if not doubts:
        return MissingData(gaps[0]) if gaps else Satisfied(patient.labs.remarks)
    if isinstance(systemic, Unknown):
        return MissingData(systemic.gap)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(ASK,),
        because=(drug.fact, *doubts),
        unchecked=(*gaps, *((use.gap,) if isinstance(use, Unknown) else ())),
        remarks=patient.labs.remarks,
        proposals=(Propose(Service.MEDICATION_RECONCILIATION), _test(order, patient)),
    )


def _gaps(order: Order, patient: Patient) -> tuple[Gap, ...]:
    """What would have to be read to be sure. Administrations matter only when a stopped order is on file."""
    ended = patient.on_file(DrugGroup.ANTICOAGULANT, Standing.ENDED, beside=order)
    dates = (patient.administrations_gap,) if ended and patient.administrations_gap else ()
    return patient.medication_gaps(order) + dates + patient.labs.gaps + patient.problems.gaps


def _doubts(order: Order, patient: Patient) -> Iterator[Fact]:
    """Every sign that the patient may be anticoagulated, as a line on the card."""
    for item in patient.on_file(DrugGroup.ANTICOAGULANT, Standing.UNCERTAIN, beside=order):
        yield item.fact
    for item in patient.on_file(DrugGroup.ANTICOAGULANT, Standing.ENDED, beside=order):
        if _in_washout(item, patient):
            yield _ended(item, patient)
    standings = (Standing.ACTIVE, Standing.UNCERTAIN)
    vague = patient.on_file(DrugGroup.ANTICOAGULANT_VAGUE, *standings, beside=order)
    for item in vague + patient.drafted(DrugGroup.ANTICOAGULANT_VAGUE, beside=order):
        yield item.fact
    inr = patient.newest(Concept.INR, patient.policy[INR_WINDOW])
    for result in inr.items if isinstance(inr, Present) else ():
        if result.surely_at_least(patient.policy[INR_RAISED]):
            yield replace(result.fact, value=f"{result.fact.value}, raised without an order that explains it")
    long_term = patient.has(Concept.LONG_TERM_ANTICOAGULANT)
    if isinstance(long_term, Present):
        yield from long_term.facts


def _ended(item: Medication, patient: Patient) -> Fact:
    """The ended order with the reason why it still matters."""
    if item.stopped is None:
        return replace(item.fact, value=f"{item.fact.value}; stop date unknown", when=item.written)
    return replace(item.fact, value=f"{item.fact.value}; within its washout of {_days(item, patient):g} d")


def _days(item: Medication, patient: Patient) -> float:
    return max(_washout_days(drug.ingredient, patient) for drug in item.medicine.of(DrugGroup.ANTICOAGULANT))


def _in_washout(item: Medication, patient: Patient) -> bool:
    days = _days(item, patient)
    if item.stopped is not None:
        return item.stopped.age_days(patient.as_of) <= days and not _cleared_by_inr(item, patient)
    if item.touched is not None and item.touched.age_days(patient.as_of) > days:
        return False
    undated = patient.policy[UNDATED_WINDOW]
    return item.written is None or item.written.age_days(patient.as_of) <= undated


def _washout_days(ingredient: str, patient: Patient) -> float:
    policy = patient.policy
    if ingredient == "phenprocoumon" or ingredient.startswith("("):  # a class code may stand for any of its drugs
        return policy[WASHOUT_PHENPROCOUMON]
    if ingredient in VITAMIN_K_ANTAGONISTS:
        return policy[WASHOUT_VKA]
    if ingredient == "dabigatran" and not _kidneys_clear_dabigatran(patient):
        return policy[WASHOUT_DABIGATRAN_LOW_EGFR]
    if ingredient in DIRECT_ORAL:
        return policy[WASHOUT_DOAC]
    if ingredient in HEPARINS_AND_DIRECT_THROMBIN_INHIBITORS:
        return policy[WASHOUT_HEPARIN]
    return policy[WASHOUT_FONDAPARINUX] if ingredient == "fondaparinux" else policy[WASHOUT_OTHER]


def _kidneys_clear_dabigatran(patient: Patient) -> bool:
    """Only a value that is surely high enough shortens the washout: an unknown one is not a good one."""
    egfr = patient.newest(Concept.EGFR, patient.policy[EGFR_WINDOW])
    return isinstance(egfr, Present) and all(each.surely_at_least(patient.policy[EGFR_LOW]) for each in egfr.items)


def _cleared_by_inr(item: Medication, patient: Patient) -> bool:
    """A vitamin K antagonist is out when a fresh INR from after the stop is normal."""
    ingredients = {drug.ingredient for drug in item.medicine.of(DrugGroup.ANTICOAGULANT)}
    inr = patient.newest(Concept.INR, patient.policy[INR_CLEAR_WINDOW])
    if not ingredients <= VITAMIN_K_ANTAGONISTS or not isinstance(inr, Present):
        return False
    limit = patient.policy[INR_RAISED]
    return all(_after(result, item) and result.surely_below(limit) for result in inr.items)


def _after(result: Result, item: Medication) -> bool:
    return bool(result.when and item.stopped and result.when.first > item.stopped.last)


def _test(order: Order, patient: Patient) -> Propose:
    """The test that shows the drug in doubt: anti-Xa for heparins and direct inhibitors, otherwise the INR."""
    standings = (Standing.UNCERTAIN, Standing.ENDED)
    found = patient.on_file(DrugGroup.ANTICOAGULANT, *standings, beside=order)
    ingredients = {drug.ingredient for item in found for drug in item.medicine.of(DrugGroup.ANTICOAGULANT)}
    by_inr = not ingredients or bool(ingredients & VITAMIN_K_ANTAGONISTS)
    return Propose(Service.INR_TEST if by_inr else Service.ANTI_XA_TEST)
