"""Vertebral augmentation should not be done with an infection, a clotting problem, cement allergy or a cord at risk.

When    vertebroplasty or kyphoplasty is ordered
  and   an infection, a raised INR, low platelets, an allergy to bone cement, an unstable fracture or compression of the
        cord is on record; or an anticoagulant is taken; or the recent MRI of the spine shows no marrow edema
Then    warn, critically for the first group, and offer to remove the draft; where no recent INR and platelet count
        decide, say so
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ASRA_PAIN, AUGMENTATION_REVIEWS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import procedures, spine
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, GapKind, Present, Unknown, any_of, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

CLOTTING_DAYS = Threshold(
    name="augmentation-clotting-days",
    unit="d",
    default=7,
    low=1,
    high=30,
    source="vertebral augmentation: contraindication lists; the number is ours, awaiting a clinical board",
)
MRI_DAYS = Threshold(
    name="augmentation-mri-days", unit="d", default=90, low=30, high=180, source="ours, awaiting a clinical board"
)
INFECTIONS_ANYWHERE = (Concept.SEPSIS, Concept.SERIOUS_INFECTION, Concept.CELLULITIS, Concept.ABSCESS)
AUGMENTATION = (Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY)

RULE = Rule(
    id="BME-DS-VAU-01",
    version=2,
    title="Vertebral augmentation: contraindications",
    check="contraindications of vertebral augmentation",
    hooks=ORDER_HOOKS,
    orders=AUGMENTATION,
    needs=(
        Need.PROBLEMS,
        Need.INFLAMMATION,
        Need.TEMPERATURE,
        Need.INR,
        Need.PLATELETS,
        Need.ALLERGIES,
        Need.MEDICATIONS,
        Need.MRI,
    ),
    evidence=(
        Evidence(AUGMENTATION_REVIEWS, "contraindications"),
        Evidence(ASRA_PAIN, "procedures of high bleeding risk"),
    ),
    limits="Lists in reviews; a defect of the posterior wall is a relative contraindication and is not looked for.",
    thresholds=(procedures.INR_HIGH, procedures.PLATELETS_LOW, CLOTTING_DAYS, MRI_DAYS),
)

CONTRAINDICATED = "Vertebral augmentation: contraindication or open bleeding question"
NO_EDEMA = "Vertebral augmentation: the recent MRI shows no marrow edema - is the fracture still unhealed?"
UNTESTED = "Vertebral augmentation: no recent INR or platelet count on record - bleeding risk not checked"
WALL = "A defect of the posterior wall is a relative contraindication."
RISK_CLASS = "Vertebral augmentation is a procedure of high bleeding risk; an anticoagulant needs a plan first."
WITHOUT_EDEMA = "Without marrow edema the fracture may have healed, and another cause of the pain is likely."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(*AUGMENTATION):
        return NOT_APPLICABLE
    grave = _contraindications(order, patient)
    bleeding = patient.takes(DrugGroup.ANTICOAGULANT, beside=order)
    healed = _no_edema(patient)
    found = any_of(grave, bleeding, healed)
    if isinstance(found, Present):
        sure = isinstance(grave, Present)
        return _advice(order, found, sure, sure or isinstance(bleeding, Present), isinstance(healed, Present))
    if isinstance(found, Unknown) and found.gap.kind is GapKind.OUT_OF_REACH:
        return MissingData(found.gap)
    if not _tested(patient):
        return _untested(order, found)
    return MissingData(found.gap) if isinstance(found, Unknown) else Satisfied(found.remarks)


def _contraindications(order: Order, patient: Patient) -> Finding[Factual]:
    policy, days = patient.policy, patient.policy[CLOTTING_DAYS]
    return any_of(
        patient.infection(order.site if order.site.known else spine.SPINE),
        patient.has(*INFECTIONS_ANYWHERE),
        procedures.raised_inr(patient, policy[procedures.INR_HIGH], days),
        procedures.low_platelets(patient, policy[procedures.PLATELETS_LOW], days),
        patient.allergic(Concept.BONE_CEMENT_ALLERGY),
        patient.has(*spine.CORD_AT_RISK),
    )


def _no_edema(patient: Patient) -> Finding[Fact]:
    """The newest MRI of the spine, not older than the window, says that there is none."""
    found = patient.edema_ruled_out_on_mri(spine.SPINE)
    if not isinstance(found, Present):
        return found
    days, as_of = patient.policy[MRI_DAYS], patient.as_of
    recent = tuple(fact for fact in found.facts if fact.when and fact.when.age_days(as_of) <= days)
    return finding(recent, found.gaps, found.remarks)


def _tested(patient: Patient) -> bool:
    """Both values are known or could not be read; a bound that does not decide is no value."""
    policy, days = patient.policy, patient.policy[CLOTTING_DAYS]
    inr, platelets = patient.newest(Concept.INR, days), patient.newest(Concept.PLATELETS, days)
    if isinstance(inr, Unknown) or isinstance(platelets, Unknown):
        return True
    normal_inr = isinstance(inr, Present) and all(
        item.quantity is not None and item.quantity.surely_at_most(policy[procedures.INR_HIGH]) for item in inr.items
    )
    limit = policy[procedures.PLATELETS_LOW]
    return (
        normal_inr and isinstance(platelets, Present) and all(item.surely_at_least(limit) for item in platelets.items)
    )


def _advice(order: Order, found: Present[Factual], critical: bool, bleeding: bool, healed: bool) -> Advice:
    return Advice(
        indicator="critical" if critical else "warning",
        summary=CONTRAINDICATED if bleeding else NO_EDEMA,
        detail=(RISK_CLASS, WALL, *((WITHOUT_EDEMA,) if healed else ())),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(DeleteDraft(order.reference, "Remove the draft order of vertebral augmentation"),),
    )


def _untested(order: Order, found: Absent | Unknown) -> Advice:
    return Advice(
        indicator="info",
        summary=UNTESTED,
        detail=(RISK_CLASS, WALL),
        because=(order.fact,),
        unchecked=gaps_of(found),
        remarks=found.remarks if isinstance(found, Absent) else (),
        arm="missing",
    )
