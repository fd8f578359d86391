"""May the patient be anticoagulated although no active order says so? Unclear orders, washouts, signs (rule BME-CI-04).

Several rules share it; each asks for the parts that its text names. What the draft `beside` replaces is left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Fact, Finding, Present, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

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

IN_WASHOUT = (
    *(WASHOUT_VKA, WASHOUT_PHENPROCOUMON, WASHOUT_DOAC, WASHOUT_DABIGATRAN_LOW_EGFR),
    *(WASHOUT_HEPARIN, WASHOUT_FONDAPARINUX, WASHOUT_OTHER),
    *(EGFR_LOW, EGFR_WINDOW, INR_RAISED, INR_CLEAR_WINDOW, UNDATED_WINDOW),
)
"""What `in_washout` reads."""
THRESHOLDS = (*IN_WASHOUT, INR_WINDOW)

VITAMIN_K_ANTAGONISTS = frozenset({"warfarin", "acenocoumarol", "fluindione", "phenprocoumon"})
DIRECT_ORAL = frozenset({"apixaban", "rivaroxaban", "edoxaban", "dabigatran", "betrixaban"})
HEPARINS_AND_DIRECT_THROMBIN_INHIBITORS = frozenset(
    {"heparin", "enoxaparin", "dalteparin", "tinzaparin", "nadroparin", "bemiparin", "argatroban", "bivalirudin"}
)


def unclear_orders(patient: Patient, beside: Order | None = None) -> Finding[Medication]:
    """Anticoagulants on hold, of unknown status or past their end, and class words ("blood thinner")."""
    unclear = patient.on_file(DrugGroup.ANTICOAGULANT, Standing.UNCERTAIN, beside=beside)
    standings = (Standing.ACTIVE, Standing.UNCERTAIN)
    vague = patient.on_file(DrugGroup.ANTICOAGULANT_VAGUE, *standings, beside=beside)
    vague += patient.drafted(DrugGroup.ANTICOAGULANT_VAGUE, beside=beside)
    return finding(unclear + vague, patient.medication_gaps(beside))


def in_washout(patient: Patient, beside: Order | None = None) -> Finding[Fact]:
    """Ended anticoagulants that may still act, each with the reason; needs the dates of stopped medicines.

    Administrations may show a later last dose, and matter only where an ended order is on file. A kidney function or
    an INR that could not be read shortens no washout.
    """
    ended = patient.on_file(DrugGroup.ANTICOAGULANT, Standing.ENDED, beside=beside)
    dates = (patient.administrations_gap,) if ended and patient.administrations_gap else ()
    acting = tuple(_ended(item, patient) for item in ended if _may_act(item, patient))
    return finding(acting, patient.medication_gaps(beside) + dates)


def unexplained_inr(patient: Patient) -> Finding[Fact]:
    """A raised INR, asked where no active order explains it."""
    inr = patient.newest(Concept.INR, patient.policy[INR_WINDOW])
    if not isinstance(inr, Present):
        return inr
    facts = (result.fact for result in inr.items if result.surely_at_least(patient.policy[INR_RAISED]))
    told = tuple(replace(fact, value=f"{fact.value}, raised without an order that explains it") for fact in facts)
    return finding(told, inr.gaps, inr.remarks)


def on_problem_list(patient: Patient) -> Finding[Problem]:
    """Long-term anticoagulation as a current problem."""
    return patient.has(Concept.LONG_TERM_ANTICOAGULANT)


def ingredients(item: Medication) -> frozenset[str]:
    """The anticoagulants that it gives."""
    return frozenset(drug.ingredient for drug in item.medicine.of(DrugGroup.ANTICOAGULANT))


# -- washouts


def _ended(item: Medication, patient: Patient) -> Fact:
    """The ended order with the reason why it still matters."""
    if item.stopped is None:
        return replace(item.fact, value=f"{item.fact.value}; stop date unknown", when=item.written)
    return replace(item.fact, value=f"{item.fact.value}; within its washout of {_days(item, patient):g} d")


def _may_act(item: Medication, patient: Patient) -> bool:
    days = _days(item, patient)
    if item.stopped is not None:
        return item.stopped.age_days(patient.as_of) <= days and not _cleared_by_inr(item, patient)
    if item.touched is not None and item.touched.age_days(patient.as_of) > days:
        return False
    undated = patient.policy[UNDATED_WINDOW]
    return item.written is None or item.written.age_days(patient.as_of) <= undated


def _days(item: Medication, patient: Patient) -> float:
    return max(_washout_days(ingredient, patient) for ingredient in ingredients(item))


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
    inr = patient.newest(Concept.INR, patient.policy[INR_CLEAR_WINDOW])
    if not ingredients(item) <= VITAMIN_K_ANTAGONISTS or not isinstance(inr, Present):
        return False
    limit = patient.policy[INR_RAISED]
    return all(_after(result, item) and result.surely_below(limit) for result in inr.items)


def _after(result: Result, item: Medication) -> bool:
    return bool(result.when and item.stopped and result.when.first > item.stopped.last)
