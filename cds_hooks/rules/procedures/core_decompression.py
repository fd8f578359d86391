"""Before core decompression an infection should be excluded, and bleeding, clotting and pregnancy need a plan.

When    core decompression is ordered
  and   an infection of the site is active or suspected; or an anticoagulant or antiplatelet is taken, the INR is
        raised, platelets are low, or the patient is pregnant
Then    warn, critically for an infection, and offer a task for the anticoagulation plan where bleeding is the matter
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PERIOPERATIVE, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import procedures
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Factual, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

RULE = Rule(
    id="BME-DS-CDE-01",
    version=2,
    title="Core decompression: bleeding, infection, pregnancy",
    check="bleeding, infection and pregnancy before core decompression",
    hooks=ORDER_HOOKS,
    orders=(Concept.CORE_DECOMPRESSION,),
    speaks={Hook.ORDER_SELECT: frozenset({"critical"})},
    needs=(
        Need.PROBLEMS,
        Need.INFLAMMATION,
        Need.TEMPERATURE,
        Need.MEDICATIONS,
        Need.INR,
        Need.PLATELETS,
        Need.PREGNANCY,
        Need.CHILDBEARING,
        Need.DEMOGRAPHICS,
        Need.OPEN_ORDERS,
    ),
    evidence=(Evidence(PERIOPERATIVE, "anticoagulation, infection, pregnancy"),),
    limits="General practice without a single source; a plan for the anticoagulant cannot be seen in the chart.",
    thresholds=procedures.CLOTTING,
)

PLAN = "Before core decompression: bleeding drugs, clotting or infection need a plan"
PREGNANT = "Core decompression in pregnancy: plan it with obstetrics and anesthesia"
AFTERWARDS = "Protected weight-bearing follows the drilling, because the bone may fracture."
UNTESTED = "Without a recent INR and platelet count on record: test before the procedure."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.CORE_DECOMPRESSION):
        return NOT_APPLICABLE
    infection = patient.infection(order.site)
    drugs = any_of(*(patient.takes(group, beside=order) for group in (DrugGroup.ANTICOAGULANT, DrugGroup.ANTIPLATELET)))
    bleeding = any_of(drugs, procedures.coagulopathy(patient))
    match any_of(infection, bleeding, patient.pregnancy):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            untested = isinstance(drugs, Present) and not _tested(patient)
            return _advice(order, found, isinstance(infection, Present), isinstance(bleeding, Present), untested)


def _tested(patient: Patient) -> bool:
    policy = patient.policy
    inr = patient.newest(Concept.INR, policy[procedures.INR_DAYS])
    platelets = patient.newest(Concept.PLATELETS, policy[procedures.PLATELETS_DAYS])
    return isinstance(inr, Present) and isinstance(platelets, Present)


def _advice(order: Order, found: Present[Factual], infected: bool, may_bleed: bool, untested: bool) -> Advice:
    return Advice(
        indicator="critical" if infected else "warning",
        summary=PLAN if infected or may_bleed else PREGNANT,
        detail=(AFTERWARDS, *((UNTESTED,) if untested else ())),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(Propose(Service.ANTICOAGULATION_PLAN),) if may_bleed else (),
    )
