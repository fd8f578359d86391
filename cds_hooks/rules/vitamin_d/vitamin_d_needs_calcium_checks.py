"""Calcium should be watched when vitamin D meets a disease or a drug that raises it, or that it makes dangerous.

When    vitamin D is ordered, alone or with calcium
  and   sarcoidosis, active tuberculosis, lymphoma, primary hyperparathyroidism or kidney stones are on the problem
        list, or digoxin or a thiazide is taken
Then    warn, mildly where it is only stones or a thiazide, and offer calcium in 4 to 8 weeks
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import COLECALCIFEROL_SMPC, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot import vitamin_d_products
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

RAISE_CALCIUM = (
    Concept.SARCOIDOSIS,
    Concept.TUBERCULOSIS_ACTIVE,
    Concept.LYMPHOMA,
    Concept.PRIMARY_HYPERPARATHYROIDISM,
)

RULE = Rule(
    id="BME-DS-VTD-03",
    version=1,
    title="Vitamin D: stones, granuloma, thiazide, digoxin",
    check="diseases and drugs that ask for calcium checks with vitamin D",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=vitamin_d_products.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.PROBLEMS, Need.MEDICATIONS, Need.OPEN_ORDERS),
    evidence=(Evidence(COLECALCIFEROL_SMPC, "4.4 Special warnings, 4.5 Interactions"),),
    limits="Label texts.",
)

SUMMARY = "Vitamin D: monitor calcium with this condition or drug"
DISEASE = "Granulomatous disease, lymphoma and hyperparathyroidism raise calcium even at normal doses of vitamin D."
DIGOXIN = "A high calcium makes digoxin toxic."
MILD = (
    "Thiazides lower the calcium in the urine and raise it in the blood; with stones more calcium in the urine matters."
)
PLAN = "Plan calcium checks with the item in the table in mind."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not vitamin_d_products.is_vitamin_d(drug):
        return NOT_APPLICABLE
    diseases, digoxin = patient.has(*RAISE_CALCIUM), patient.takes(DrugGroup.DIGOXIN, beside=order)
    mild = any_of(patient.has(Concept.NEPHROLITHIASIS), patient.takes(DrugGroup.DIURETIC_THIAZIDE, beside=order))
    found = any_of(diseases, digoxin, mild)
    if isinstance(found, Unknown):
        return MissingData(found.gap)
    if not isinstance(found, Present):
        return SATISFIED
    reasons = ((DISEASE, diseases), (DIGOXIN, digoxin), (MILD, mild))
    serious = isinstance(diseases, Present) or isinstance(digoxin, Present)
    return Advice(
        indicator="warning" if serious else "info",
        summary=SUMMARY,
        detail=(*(text for text, each in reasons if isinstance(each, Present)), PLAN),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        proposals=(Propose(Service.CALCIUM_TEST_REPEAT),),
    )
