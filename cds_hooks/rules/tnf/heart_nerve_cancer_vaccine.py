"""A TNF inhibitor should not be given in moderate to severe heart failure; some other conditions need the specialist.

When    a TNF inhibitor is ordered
  and   heart failure is NYHA III or IV, has no class or is decompensated; a demyelinating disease or cancer is active;
        a live vaccine was given lately; or another biologic or a JAK inhibitor is in use
Then    warn critically in NYHA III or IV, else warn; offer to remove the draft, unless there is only heart failure of
        an unsettled class
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import ADALIMUMAB_SMPC, VERIFY_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, Verdict
from cds_hooks.snapshot import heart
from cds_hooks.snapshot.heart import HeartFailure
from cds_hooks.snapshot.medication import CLASS, Medication, Order
from cds_hooks.snapshot.model import Finding, Present, any_of, finding, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

VACCINE_DAYS = Threshold(
    name="tnf-live-vaccine-days", unit="d", default=28, low=14, high=90, source="ours, awaiting a clinical board"
)
CANCER = (Concept.MALIGNANCY, Concept.LEUKEMIA, Concept.LYMPHOMA, Concept.MULTIPLE_MYELOMA, Concept.BONE_METASTASIS)
BIOLOGICS_AND_JAK_INHIBITORS = frozenset(
    {
        "abatacept",
        "anakinra",
        "baricitinib",
        "belimumab",
        "bimekizumab",
        "brodalumab",
        "canakinumab",
        "deucravacitinib",
        "filgotinib",
        "guselkumab",
        "ixekizumab",
        "peficitinib",
        "rilonacept",
        "risankizumab",
        "rituximab",
        "sarilumab",
        "secukinumab",
        "tildrakizumab",
        "tocilizumab",
        "tofacitinib",
        "upadacitinib",
        "ustekinumab",
    }
)

RULE = Rule(
    id="BME-DS-TNF-02",
    version=1,
    title="TNF inhibitor: heart failure, demyelination, cancer, live vaccine",
    check="heart failure, demyelination, cancer and vaccines with a TNF inhibitor",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.TNF_INHIBITOR,),
    needs=(Need.PROBLEMS, Need.MEDICATIONS, Need.IMMUNIZATIONS, Need.HEART_FAILURE_CLASS),
    gate=Gate.EDEMA,
    thresholds=(VACCINE_DAYS,),
    evidence=(
        Evidence(ADALIMUMAB_SMPC, "4.3 Contraindications: moderate to severe heart failure, 4.4 Special warnings"),
        Evidence(VERIFY_LABEL, "NYHA III and IV"),
    ),
    limits="Label summaries. The days after a live vaccine are an assumption of this project.",
)

SUMMARY = "TNF inhibitor: heart failure, demyelination, cancer or live vaccine"
WHY = "Moderate to severe heart failure is a contraindication in EU texts; the other findings need the specialist."
CLASS_UNKNOWN = "The record of the heart failure does not settle its NYHA class."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.TNF_INHIBITOR):
        return NOT_APPLICABLE
    severe = heart.heart_failure_if(patient, lambda failure: not _unclassed(failure) and failure.severe)
    unclassed = heart.heart_failure_if(patient, _unclassed)
    others = any_of(
        patient.has(Concept.DEMYELINATING_DISEASE, *CANCER), _live_vaccine(patient), _second(drug, order, patient)
    )
    weighed = weigh(critical=severe, warning=any_of(unclassed, others))
    if not isinstance(weighed, Weighed):
        return weighed
    sure = isinstance(severe, Present) or isinstance(others, Present)
    return _advice(order, weighed, sure, isinstance(unclassed, Present))


def _unclassed(failure: HeartFailure) -> bool:
    """No class that settles it: none at all, or a low one beside a decompensation."""
    return failure.nyha is None or (failure.decompensated and failure.nyha < heart.SEVERE_CLASS)


def _live_vaccine(patient: Patient) -> Finding[Event]:
    days = patient.policy[VACCINE_DAYS]
    given = patient.immunizations.about(Concept.LIVE_VACCINE)
    recent = tuple(item for item in given if item.when and 0 <= item.when.age_days_at_most(patient.as_of) <= days)
    return finding(recent, patient.immunizations.gaps)


def _second(drug: Medication, order: Order, patient: Patient) -> Finding[Medication]:
    """Another biologic or a JAK inhibitor; the same TNF inhibitor is a renewal."""

    def is_second(item: Medication) -> bool:
        if not item.ingredients.isdisjoint(BIOLOGICS_AND_JAK_INHIBITORS):
            return True
        known = {found.ingredient for found in item.medicine.of(DrugGroup.TNF_INHIBITOR)} - {CLASS}
        return bool(known - drug.ingredients)

    return only(patient.takes(DrugGroup.TNF_INHIBITOR, DrugGroup.DMARD_OTHER, beside=order), is_second)


def _advice(order: Order, weighed: Weighed, sure: bool, unclassed: bool) -> Advice:
    delete = DeleteDraft(order.reference, "Remove the draft order of the TNF inhibitor")
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(WHY, *((CLASS_UNKNOWN,) if unclassed else ())),
        because=(order.fact, *weighed.facts),
        unchecked=weighed.unchecked,
        remarks=weighed.remarks,
        proposals=(delete,) if sure else (),
    )
