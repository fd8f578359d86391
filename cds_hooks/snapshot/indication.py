"""What an order is meant for, as far as its own reason and the problem list say (rule specification 0.2).

BME_REASON is asked of every kind of order; whether an inhaled prostacyclin counts and whether it treats pulmonary
hypertension, of prostacyclins; oncology use, of antiresorptives. What counts as a therapy of marrow edema stands here
too (0.4, vs-bme-therapy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Order, Reasons
from cds_hooks.snapshot.model import ABSENT, Absent, Fact, Finding, Gap, GapKind, Present, Unknown, finding
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

EDEMA = frozenset({Concept.EDEMA, Concept.EDEMA_SYNDROME})
_BONE = (
    Concept.OSTEOPOROSIS,
    Concept.BONE_METASTASIS,
    Concept.MULTIPLE_MYELOMA,
    Concept.HYPERCALCEMIA,
    Concept.PAGET_DISEASE_OF_BONE,
)
INFLAMMATORY = (
    Concept.RHEUMATOID_ARTHRITIS,
    Concept.AXIAL_SPONDYLOARTHRITIS,
    Concept.PSORIATIC_ARTHRITIS,
    Concept.PSORIASIS,
    Concept.INFLAMMATORY_BOWEL_DISEASE,
    Concept.UVEITIS,
    Concept.JUVENILE_ARTHRITIS,
)
"""What a TNF inhibitor is labeled for."""
ARTHRITIS = (
    Concept.OSTEOARTHRITIS,
    Concept.RHEUMATOID_ARTHRITIS,
    Concept.PSORIATIC_ARTHRITIS,
    Concept.JUVENILE_ARTHRITIS,
    Concept.POLYARTHRITIS,
    Concept.SYNOVITIS,
    Concept.CRYSTAL_ARTHROPATHY,
    Concept.GOUT,
)
USUAL: dict[DrugGroup | Concept, tuple[Concept, ...]] = {
    DrugGroup.PROSTACYCLIN: (
        Concept.PULMONARY_HYPERTENSION,
        Concept.OTHER_PROSTACYCLIN_INDICATION,
        Concept.LIMB_ISCHEMIA,
        Concept.RAYNAUD,
        Concept.SYSTEMIC_SCLEROSIS,
    ),
    DrugGroup.BISPHOSPHONATE: _BONE,
    DrugGroup.DENOSUMAB: _BONE,
    DrugGroup.CALCIUM_CHANNEL_BLOCKER: (Concept.HYPERTENSION, Concept.ANGINA),
    DrugGroup.TNF_INHIBITOR: INFLAMMATORY,
}
"""The other usual indications of a drug group."""
CANCER_OF_BONE = (Concept.BONE_METASTASIS, Concept.MULTIPLE_MYELOMA)
NIFEDIPINE = "nifedipine"
EDEMA_THERAPY: tuple[DrugGroup | Concept, ...] = (
    DrugGroup.PROSTACYCLIN,
    DrugGroup.BISPHOSPHONATE,
    DrugGroup.DENOSUMAB,
    DrugGroup.CALCIUM_CHANNEL_BLOCKER,  # of these only nifedipine
    DrugGroup.TNF_INHIBITOR,
    Concept.ESWT,
    Concept.PEMF,
    Concept.CORE_DECOMPRESSION,
    Concept.SYMPATHETIC_BLOCK,
    Concept.PLATELET_RICH_PLASMA,
    Concept.CELL_THERAPY,
)
"""What a draft is about that may be a therapy of marrow edema (vs-bme-therapy); `treats_edema` tells exactly."""
STEROID_INJECTION: tuple[DrugGroup | Concept, ...] = (
    DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION,
    DrugGroup.GLUCOCORTICOID_SYSTEMIC,
    Concept.JOINT_INJECTION,
)
"""What a draft is about that may be a local glucocorticoid injection; `injects_steroid` tells exactly."""
MRI: tuple[Concept, ...] = (Concept.MRI_ANY, Concept.DYNAMIC_CONTRAST_MRI)
BONE_PAIN = frozenset(
    {
        Concept.LOWER_LIMB_BONE_PAIN,
        Concept.PAIN_BONE,
        Concept.PAIN_JOINT,
        Concept.PAIN_LIMB,
        Concept.PAIN_LEG,
        Concept.PAIN_HIP,
        Concept.PAIN_GROIN,
        Concept.PAIN_THIGH,
        Concept.PAIN_KNEE,
        Concept.PAIN_LOWER_LEG,
        Concept.PAIN_ANKLE,
        Concept.PAIN_FOOT,
        Concept.PAIN_SHOULDER,
        Concept.PAIN_WRIST,
        Concept.PAIN_HAND,
    }
)
"""Pain of a bone or joint as the reason of an examination; back pain asks other questions."""


def treats_edema(order: Order) -> bool:
    """vs-bme-therapy: of calcium channel blockers only nifedipine."""
    blocker = order.gives(DrugGroup.CALCIUM_CHANNEL_BLOCKER)
    others = not order.subjects.isdisjoint({*EDEMA_THERAPY} - {DrugGroup.CALCIUM_CHANNEL_BLOCKER})
    return others or (blocker and order.medication is not None and NIFEDIPINE in order.medication.ingredients)


def asks_about_edema(order: Order, patient: Patient) -> Finding[Fact]:
    """An examination for marrow edema (BME_REASON) or for pain of a bone or joint, as its reason says."""
    if order.reasons.concepts & BONE_PAIN:
        return Present((order.fact,))
    return ordered_for_edema(order, patient)


def for_edema(medication: Medication, patient: Patient) -> Finding[Fact]:
    """BME_REASON of a medicine: stated; or none stated, the syndrome active and no other usual indication on file."""
    return _for_edema(medication.reasons, medication.fact, _usual_of(medication), patient)


def ordered_for_edema(order: Order, patient: Patient) -> Finding[Fact]:
    """BME_REASON of a draft. A local injection is usual in an arthritis of its joint."""
    if injects_steroid(order):
        return _for_edema(order.reasons, order.fact, (), patient, arthritis_of=order)
    if order.medication:
        return for_edema(order.medication, patient)
    return _for_edema(order.reasons, order.fact, (), patient)


def may_be_for_edema(order: Order, patient: Patient) -> Finding[Fact]:
    """BME_REASON; or no reason stated and no other usual indication on file, whether or not there is a syndrome."""
    known = ordered_for_edema(order, patient)
    usual = _usual_of(order.medication) if order.medication else ()
    if order.reasons.stated or not isinstance(known, Absent):
        return known
    return ABSENT if isinstance(patient.has(*usual), Present) else Present((order.fact,))


def _usual_of(medication: Medication) -> tuple[Concept, ...]:
    return tuple(concept for group in medication.groups for concept in USUAL.get(group, ()))


def _for_edema(
    reasons: Reasons, fact: Fact, usual: tuple[Concept, ...], patient: Patient, arthritis_of: Order | None = None
) -> Finding[Fact]:
    if reasons.concepts & EDEMA:
        return Present((fact,))
    if not reasons.readable:
        return _unreadable_reason()
    if reasons.stated or isinstance(patient.has(*usual), Present):
        return ABSENT
    if arthritis_of and isinstance(patient.has_at(arthritis_of.site, *ARTHRITIS), Present):
        return ABSENT
    syndrome = patient.has(Concept.EDEMA_SYNDROME)
    if isinstance(syndrome, Present) and not syndrome.gaps:
        return Present(syndrome.facts)
    return finding((), patient.problems.gaps)


def injects_steroid(order: Order) -> bool:
    """A local glucocorticoid injection: into or around a joint, bursa or tendon sheath; an intramuscular depot is none
    (0.8)."""
    drug = order.medication
    if drug is None:
        return order.asks_for(Concept.JOINT_INJECTION)
    steroid = order.gives(DrugGroup.GLUCOCORTICOID_SYSTEMIC, DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION)
    return steroid and (drug.medicine.route is Route.LOCAL or order.asks_for(Concept.JOINT_INJECTION))


# -- prostacyclins


def systemic(medication: Medication, patient: Patient) -> Finding[Fact]:
    """A prostacyclin by any route but inhalation, or inhaled for bone marrow edema."""
    if medication.medicine.route is not Route.INHALATION:
        return Present((medication.fact,))
    return for_edema(medication, patient)


def for_pulmonary_hypertension(medication: Medication, patient: Patient) -> Finding[Fact]:
    """PAH use: the stated reason, or no reason stated, pulmonary hypertension active and no syndrome."""
    reasons = medication.reasons
    if Concept.PULMONARY_HYPERTENSION in reasons.concepts:
        return Present((medication.fact,))
    if not reasons.readable:
        return _unreadable_reason()
    if reasons.concepts or isinstance(patient.has(Concept.EDEMA_SYNDROME), Present):
        return ABSENT
    if reasons.stated:
        return _unrecognized(patient)
    hypertension = patient.has(Concept.PULMONARY_HYPERTENSION)
    if isinstance(hypertension, Present) and hypertension.gaps:
        return Unknown(hypertension.gaps[0])  # the unread part may hold the syndrome
    return Present(hypertension.facts) if isinstance(hypertension, Present) else hypertension


def _unrecognized(patient: Patient) -> Finding[Fact]:
    """A reason in words that no table knows: it may mean the pulmonary hypertension on the problem list."""
    if isinstance(patient.has(Concept.PULMONARY_HYPERTENSION), Absent):
        return ABSENT
    return Unknown(Gap(Need.PROBLEMS, GapKind.OUT_OF_REACH, "the reason stated on the order was not recognized"))


def _unreadable_reason() -> Unknown:
    return Unknown(Gap(Need.PROBLEMS, GapKind.OUT_OF_REACH, "the reason stated on the order could not be read"))


# -- antiresorptives

ONCOLOGY_DOSE = 120.0  # mg of denosumab: the dose for bone metastases, whose product the name states


def oncology_use(order: Order, patient: Patient) -> Finding[Fact]:
    """Denosumab 120 mg, or bone metastasis, myeloma or hypercalcemia of malignancy as reason or Condition (0.3)."""
    drug = order.medication
    if drug is None:
        return ABSENT
    if drug.reasons.concepts.intersection(CANCER_OF_BONE) or drug.medicine.strength_mg == ONCOLOGY_DOSE:
        return Present((drug.fact,))
    cancer = patient.has(*CANCER_OF_BONE)
    if isinstance(cancer, Absent):
        return _of_malignancy(drug, patient)
    return Present(cancer.facts, cancer.gaps) if isinstance(cancer, Present) else cancer


def _of_malignancy(drug: Medication, patient: Patient) -> Finding[Fact]:
    """Hypercalcemia counts with a malignancy beside it."""
    raised, malignancy = patient.has(Concept.HYPERCALCEMIA), patient.has(Concept.MALIGNANCY)
    if Concept.HYPERCALCEMIA in drug.reasons.concepts and isinstance(malignancy, Present):
        return Present(malignancy.facts)
    if isinstance(raised, Present) and isinstance(malignancy, Present):
        return Present((*raised.facts, *malignancy.facts))
    return ABSENT
