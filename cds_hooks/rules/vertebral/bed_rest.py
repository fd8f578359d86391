"""A patient with a vertebral compression fracture should be mobilized early instead of resting in bed.

When    bed rest, or immobilization of the spine, is ordered for more than a few days or without an end
  and   a vertebral fracture is recent
Unless  the fracture is unstable, or the cord or the cauda equina is at risk
Then    warn, offer to remove the draft and physiotherapy for early mobilization
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    DeleteDraft,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, Present, Unknown, finding, gaps_of, items_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

OURS = "ours, awaiting a clinical board"
REST_DAYS = Threshold(name="bed-rest-days", unit="d", default=3, low=1, high=7, source=OURS)
FRACTURE_DAYS = Threshold(name="recent-vertebral-fracture-days", unit="d", default=180, low=60, high=365, source=OURS)

RULE = Rule(
    id="BME-VF-02",
    version=1,
    title="Vertebral fracture: avoid bed rest",
    check="bed rest in vertebral fracture",
    hooks=ORDER_HOOKS,
    orders=(Concept.BED_REST, Concept.IMMOBILIZER),
    needs=(Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(Evidence(MANAGEMENT, "vertebral compression fracture: early mobilization"),),
    limits="Consistent, but mostly observational; the number of days is an assumption of this project.",
    thresholds=(REST_DAYS, FRACTURE_DAYS),
    overrides=(
        OverrideReason("unstable-fracture", "The fracture is unstable"),
        OverrideReason("neuro-deficit", "Neurological deficit"),
    ),
)

SUMMARY = "Prolonged bed rest in vertebral compression fracture is linked to worse outcome - mobilize early"
OUTCOME = "Bed rest brings deconditioning, bone loss and higher mortality."
INSTEAD = "Analgesia and a brace as needed make mobilization possible."
WALKING_AID = "Marrow edema of a limb needs offloading at the same time: mobilize with a walking aid."


def assess(order: Order, patient: Patient) -> Verdict:
    if not _rests_the_spine(order) or _short(order, patient):
        return NOT_APPLICABLE
    fracture = _recent_fracture(order, patient)
    if isinstance(fracture, Unknown):
        return MissingData(fracture.gap)
    if isinstance(fracture, Absent):
        return NOT_APPLICABLE
    unstable = patient.has(*spine.CORD_AT_RISK)
    if isinstance(unstable, Present):
        return SATISFIED
    return _advice(order, fracture, gaps_of(unstable), patient)


def _rests_the_spine(order: Order) -> bool:
    """A cast counts at the spine; one of a limb is offloading."""
    return order.asks_for(Concept.BED_REST) or (order.asks_for(Concept.IMMOBILIZER) and order.site.same_as(spine.SPINE))


def _short(order: Order, patient: Patient) -> bool:
    """Without an end it is open-ended."""
    return order.planned_days is not None and order.planned_days <= patient.policy[REST_DAYS]


def _recent_fracture(order: Order, patient: Patient) -> Finding[Fact]:
    """On the problem list and recent or undated; where the list holds none, past or present, the stated reason of the
    order. A list that holds one says how old it is."""
    listed = patient.ever_had(Concept.VERTEBRAL_FRACTURE)
    facts = tuple(item.fact for item in items_of(listed) if item.current and _is_recent(item, patient))
    if not items_of(listed) and Concept.VERTEBRAL_FRACTURE in order.reasons.concepts:
        facts = (order.fact,)
    return finding(facts, gaps_of(listed))


def _is_recent(item: Problem, patient: Patient) -> bool:
    return item.since is None or item.since.age_days_at_most(patient.as_of) <= patient.policy[FRACTURE_DAYS]


def _advice(order: Order, fracture: Present[Fact], unclear: tuple[Gap, ...], patient: Patient) -> Advice:
    unchecked = tuple(dict.fromkeys((*fracture.gaps, *unclear)))
    delete = () if unchecked else (DeleteDraft(order.reference, "Remove the draft order of bed rest"),)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(OUTCOME, INSTEAD, *((WALKING_AID,) if _edema_of_a_limb(patient) else ())),
        because=tuple(dict.fromkeys((order.fact, *fracture.facts))),
        unchecked=unchecked,
        proposals=(*delete, Propose(Service.PHYSIOTHERAPY_EARLY_MOBILIZATION)),
    )


def _edema_of_a_limb(patient: Patient) -> bool:
    found = patient.has(Concept.EDEMA, Concept.EDEMA_SYNDROME)
    items = found.items if isinstance(found, Present) else ()
    return any(item.site.known and not item.site.same_as(spine.SPINE) for item in items)
