"""Opioids for the pain of marrow edema: a low dose, immediate release, for a few days.

When    an opioid is ordered with 50 or more oral morphine milligram equivalents a day
  or    in an extended-release or long-acting form for a patient who took no opioid lately
  or    for bone marrow edema with a supply for longer than a few days; vertebral fracture has its own rule for that
Then    warn and offer a shorter supply, and naloxone at that dose
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import CDC_OPIOIDS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Change, Proposal, Treat, UpdateDraft, Verdict
from cds_hooks.snapshot import opioids
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Fact, Finding, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Treatment

EQUIVALENTS = Threshold(
    name="opioid-morphine-equivalents", unit="mg/d", default=50, low=20, high=90, source="CDC 2022: 50 MME/d"
)
SUPPLY_DAYS = Threshold(
    name="opioid-supply", unit="d", default=7, low=3, high=14, source="ours for 'few days', awaiting a clinical board"
)
NAIVE_DAYS = Threshold(
    name="opioid-naive-days", unit="d", default=30, low=7, high=90, source="rule specification: prior opioid 30 d"
)

RULE = Rule(
    id="BME-DS-OPI-02",
    version=1,
    title="Opioid dose, form, duration",
    check="dose, form and duration of the opioid",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.OPIOID,),
    needs=(Need.PROBLEMS, Need.MEDICATIONS, Need.STOPPED_MEDICATIONS),
    gate=Gate.EDEMA_OR_VERTEBRAL_FRACTURE,
    proposes=(Treatment.NALOXONE,),
    thresholds=(EQUIVALENTS, SUPPLY_DAYS, NAIVE_DAYS),
    evidence=(Evidence(CDC_OPIOIDS, "immediate release first, lowest dose, few days, naloxone at 50 MME/d"),),
    limits="Morphine equivalents are estimates. The number of days is an assumption of this project.",
    overrides=(
        OverrideReason("cancer-pain", "Cancer pain"),
        OverrideReason("palliative", "Palliative care"),
    ),
)

SUMMARY = "Opioid for marrow edema pain: keep dose low, immediate release, few days"
STOP_DATE = (
    "Marrow edema pain lasts weeks to months, so that an open-ended opioid course starts easily: state a stop date."
)
DOSE = "From {limit:g} oral morphine milligram equivalents a day the risk of overdose rises; naloxone is advised."
FORM = "Extended-release and long-acting opioids are not for patients who took no opioid lately."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.OPIOID):
        return NOT_APPLICABLE
    dose, form = _high_dose(drug, patient), _long_acting_first(drug, patient)
    weighed = weigh(warning=any_of(dose, form, _long_supply(drug, order, patient)))
    if not isinstance(weighed, Weighed):
        return weighed
    return _advice(order, weighed, isinstance(dose, Present), isinstance(form, Present), patient)


def _high_dose(drug: Medication, patient: Patient) -> Finding[Fact]:
    """A dose that cannot be computed is left to the other arms."""
    equivalents = opioids.morphine_equivalents(drug)
    if equivalents is None or equivalents < patient.policy[EQUIVALENTS]:
        return Absent()
    return Present((_of_draft("oral morphine equivalents a day", f"{equivalents:g}", "mg", drug),))


def _long_acting_first(drug: Medication, patient: Patient) -> Finding[Fact]:
    if not opioids.is_long_acting(drug):
        return Absent()
    match opioids.taken(patient, patient.policy[NAIVE_DAYS]):
        case Unknown() as unknown:
            return unknown
        case Present():
            return Absent()
        case _:
            return Present((_of_draft("form", "extended release or long-acting", "", drug),))


def _long_supply(drug: Medication, order: Order, patient: Patient) -> Finding[Fact]:
    """With edema as its reason; in vertebral fracture the duration is the business of BME-VF-03."""
    days = drug.supply_days
    if days is None or days <= patient.policy[SUPPLY_DAYS]:
        return Absent()
    fracture = patient.has(Concept.VERTEBRAL_FRACTURE, Concept.UNSTABLE_VERTEBRAL_FRACTURE)
    reason = patient.edema_reason(order)
    if isinstance(fracture, Present) or isinstance(reason, Absent):
        return Absent()
    for found in (reason, fracture):
        if isinstance(found, Unknown):
            return found
    return Present((_of_draft("supply", f"{days:g}", "d", drug),))


def _of_draft(name: str, value: str, unit: str, drug: Medication) -> Fact:
    return Fact(name=name, value=value, unit=unit, kind="draft order", resource=drug.reference)


def _advice(order: Order, weighed: Weighed, dose: bool, form: bool, patient: Patient) -> Advice:
    shorter: tuple[Proposal, ...] = (UpdateDraft(order.reference, Change.SHORT_SUPPLY),)
    high = DOSE.format(limit=patient.policy[EQUIVALENTS])
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(STOP_DATE, *((high,) if dose else ()), *((FORM,) if form else ())),
        because=(order.fact, *weighed.facts),
        unchecked=weighed.unchecked,
        remarks=weighed.remarks,
        proposals=(*shorter, Treat(Treatment.NALOXONE)) if dose else shorter,
        arm="" if dose or form else "duration",
    )
