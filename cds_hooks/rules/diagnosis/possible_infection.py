"""Where signs of bone or joint infection stand beside a marrow edema, osteomyelitis should be excluded first.

When    the newest MRI of a place, also a preliminary one, shows marrow edema
  and   a bone or joint infection is suspected or known, the CRP is high, fever comes with a raised CRP, or there is an
        ulcer, cellulitis or abscess at the same site; at an order: and the draft treats edema, injects a steroid
        locally or augments a vertebra
Then    warn, and offer blood tests and a referral
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, MANAGEMENT, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Group, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import safety
from cds_hooks.snapshot.indication import EDEMA_THERAPY, STEROID_INJECTION, injects_steroid, treats_edema
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

AUGMENTATION = (Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY)
RULE = Rule(
    id="BME-DX-07",
    version=1,
    title="Red flag: possible infection behind marrow edema",
    check="infection behind a marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE, Hook.ORDER_SELECT, Hook.ORDER_SIGN}),
    orders=(*EDEMA_THERAPY, *STEROID_INJECTION, *AUGMENTATION),
    needs=(Need.MRI, Need.PROBLEMS, Need.INFLAMMATION, Need.TEMPERATURE),
    evidence=(
        Evidence(ICLINIQ, "Infectious causes; symptoms; blood tests"),
        Evidence(STATPEARLS, "Differential Diagnosis"),
        Evidence(MANAGEMENT, "signs of osteomyelitis"),
    ),
    limits="Narrative texts; the CRP limit is ours and awaits a clinical board.",
    thresholds=(safety.CRP_OF_INFECTION, safety.CRP_DAYS, safety.FEVER, safety.FEVER_DAYS),
    overrides=(OverrideReason("infection-excluded", "Infection was excluded"),),
)

SUMMARY = "Signs of bone or joint infection with marrow edema - exclude osteomyelitis before BME therapy"
WHY = (
    "Warm red skin, fever, raised inflammatory markers, an ulcer or an abscess speak against transient edema syndrome. "
    "Urgent evaluation is advised: blood tests, and targeted imaging or culture."
)
PRELIMINARY = "The report of the MRI is preliminary."


def assess_order(order: Order, patient: Patient) -> Verdict:
    if not (treats_edema(order) or injects_steroid(order) or order.asks_for(*AUGMENTATION)):
        return NOT_APPLICABLE
    return _assess(patient, order)


def assess_chart(patient: Patient) -> Verdict:
    return _assess(patient, None)


def _assess(patient: Patient, order: Order | None) -> Verdict:
    seen = patient.edema_on_mri(preliminary=True)
    if isinstance(seen, Unknown):
        return MissingData(seen.gap)
    if isinstance(seen, Absent):
        return Satisfied(seen.remarks)
    infection = any_of(*(safety.infection_behind_edema(patient, each.site) for each in seen.items))
    match infection:
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case signs:
            preliminary = any(each.report.preliminary for each in seen.items)
            return Advice(
                indicator="warning",
                summary=SUMMARY,
                detail=(WHY, PRELIMINARY) if preliminary else (WHY,),
                because=(*((order.fact,) if order else ()), *dict.fromkeys((*seen.facts, *signs.facts))),
                unchecked=tuple(dict.fromkeys((*seen.gaps, *signs.gaps))),
                remarks=signs.remarks,
                proposals=(
                    Propose(Service.CRP_TEST),
                    Propose(Service.ESR_TEST),
                    Propose(Service.BLOOD_CULTURE),
                    Propose(Service.INFECTIOUS_DISEASE_REFERRAL),
                ),
                arm="order" if order else "chart",
                group=None if order else Group.DIABETIC_FOOT_INFECTION,
            )
