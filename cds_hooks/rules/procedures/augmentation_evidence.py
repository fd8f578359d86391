"""Whoever plans vertebroplasty for an osteoporotic fracture should know that the evidence conflicts.

When    vertebroplasty is ordered for a vertebral fracture
Unless  a cancer is on the problem list, or the fracture came from a major trauma without osteoporosis
Then    say what the guidelines advise
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import AUGMENTATION_REVIEWS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Verdict
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need

TRAUMA_DAYS = Threshold(
    name="traumatic-fracture-days", unit="d", default=365, low=90, high=730, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-DS-VAU-02",
    version=1,
    title="Evidence note for vertebroplasty",
    check="evidence note for vertebroplasty",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(Concept.VERTEBROPLASTY,),
    needs=(Need.PROBLEMS, Need.PROCEDURES),
    evidence=(Evidence(AUGMENTATION_REVIEWS, "AAOS 2010 and the multi-society position"),),
    limits="The guidelines contradict each other. A fracture without cancer or major trauma counts as osteoporotic.",
    thresholds=(TRAUMA_DAYS,),
)

SUMMARY = "Evidence on vertebroplasty conflicts: AAOS advises against it in intact patients"
SOCIETIES = "AAOS 2010 concerns neurologically intact patients with an osteoporotic fracture."
SUPPORT = "Societies of interventionalists support selected use."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.VERTEBROPLASTY):
        return NOT_APPLICABLE
    fracture = spine.vertebral_fracture(patient)
    if isinstance(fracture, Unknown):
        return MissingData(fracture.gap)
    if isinstance(fracture, Absent):
        return NOT_APPLICABLE
    cancer, trauma = patient.has(*spine.CANCER), _trauma(patient)
    if isinstance(cancer, Present) or isinstance(trauma, Present):
        return SATISFIED
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(SOCIETIES, SUPPORT),
        because=(order.fact, *fracture.facts),
        unchecked=tuple(dict.fromkeys((*gaps_of(cancer), *gaps_of(trauma)))),
    )


def _trauma(patient: Patient) -> Finding[Problem | Event]:
    """A major trauma that explains the fracture; osteoporosis explains it as well."""
    if isinstance(patient.has(Concept.OSTEOPOROSIS), Present):
        return Absent()
    return patient.event(Concept.MAJOR_TRAUMA, within_days=patient.policy[TRAUMA_DAYS])
