"""Platelet-rich plasma and cells should not be injected where an infection or tumor is; cell products are unapproved.

When    platelet-rich plasma or a cell product is ordered
  and   an infection or a malignant tumor lies at the site; or it is a cell product; or plasma is ordered while an
        anticoagulant is taken or platelets are low
Then    warn, critically for infection and tumor, and offer to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import FDA_REGENERATIVE, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import procedures
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

PLATELETS = Threshold(
    name="plasma-platelets", unit="10*9/L", default=100, low=50, high=150, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-DS-ORT-01",
    version=1,
    title="Platelet-rich plasma and cell therapy",
    check="safety of platelet-rich plasma and cell therapy",
    hooks=ORDER_HOOKS,
    orders=(Concept.PLATELET_RICH_PLASMA, Concept.CELL_THERAPY),
    needs=(Need.PROBLEMS, Need.INFLAMMATION, Need.TEMPERATURE, Need.MEDICATIONS, Need.PLATELETS),
    evidence=(Evidence(FDA_REGENERATIVE, "products for orthopedic conditions"),),
    limits="Regulator of the United States; other countries differ.",
    thresholds=(PLATELETS, procedures.PLATELETS_DAYS),
)

SUMMARY = "PRP/stem cells: unapproved product or safety issue"
UNAPPROVED = "No regenerative product is FDA-approved for orthopedic disease."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.PLATELET_RICH_PLASMA, Concept.CELL_THERAPY):
        return NOT_APPLICABLE
    grave = any_of(patient.infection(order.site), procedures.malignancy_at(patient, order.site))
    match any_of(grave, _cells(order), _plasma(order, patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return _advice(order, found, isinstance(grave, Present))


def _cells(order: Order) -> Finding[Factual]:
    return Present((order.fact,)) if order.asks_for(Concept.CELL_THERAPY) else Absent()


def _plasma(order: Order, patient: Patient) -> Finding[Factual]:
    """Plasma of somebody with few platelets holds few; the needle bleeds under an anticoagulant."""
    if not order.asks_for(Concept.PLATELET_RICH_PLASMA):
        return Absent()
    policy = patient.policy
    return any_of(
        patient.takes(DrugGroup.ANTICOAGULANT, beside=order),
        procedures.low_platelets(patient, policy[PLATELETS], policy[procedures.PLATELETS_DAYS]),
    )


def _advice(order: Order, found: Present[Factual], critical: bool) -> Advice:
    return Advice(
        indicator="critical" if critical else "warning",
        summary=SUMMARY,
        detail=(UNAPPROVED,),
        because=tuple(dict.fromkeys((order.fact, *found.facts))),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(DeleteDraft(order.reference, "Remove the draft order of the injection"),),
    )
