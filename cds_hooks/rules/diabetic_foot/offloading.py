"""Marrow edema of the foot in diabetes should be offloaded without delay.

When    a patient with diabetes has marrow edema of ankle or foot on an MRI of the last six months, or an active Charcot
        foot
Unless  a total contact cast, knee-high walker or offloading footwear was ordered or fitted in the last months
Then    say so, as critical with a Charcot foot or neuropathy; offer an offloading device, removable with an ulcer,
        infection or ischemia, and the diabetic foot team
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import IWGDF, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import diabetic_foot
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-CF-01",
    version=1,
    title="Diabetes with marrow edema of the foot: offloading is mandatory",
    check="offloading of a diabetic foot with marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ENCOUNTER_DISCHARGE}),
    needs=(Need.PROBLEMS, Need.MRI, Need.CARE, Need.PROCEDURES, Need.OPEN_ORDERS),
    evidence=(
        Evidence(MANAGEMENT, "Charcot foot: offloading is mandatory"),
        Evidence(IWGDF, "active Charcot foot: knee-high offloading, preferably non-removable"),
    ),
    limits="Guideline level. Devices are often handed out without an order.",
    thresholds=(diabetic_foot.EDEMA_DAYS, diabetic_foot.OFFLOADING_DAYS),
    overrides=(
        OverrideReason("device-in-place", "A device is in place"),
        OverrideReason("charcot-excluded", "Charcot foot was excluded"),
        OverrideReason("severe-ischaemia", "Severe ischemia"),
    ),
)

EDEMA = "Foot marrow edema in diabetes without recorded offloading - offloading is considered essential"
CHARCOT = "Active Charcot foot in diabetes without recorded offloading - offloading is considered essential"
WHY = "Continued walking causes fracture and deformity; changes on a radiograph come too late to wait for."
HOW = (
    "Guidelines advise a knee-high device, preferably one that cannot be removed. Check perfusion and look for ulcers "
    "first."
)
REMOVABLE = (
    "An ulcer, infection or ischemia is on record or could not be ruled out: with moderate infection or ischemia a "
    "removable device and a specialist's advice are preferred."
)


def assess(patient: Patient) -> Verdict:
    diabetes = patient.has(Concept.DIABETES)
    if isinstance(diabetes, Absent):
        return NOT_APPLICABLE
    feet = diabetic_foot.unprotected_feet(patient)
    if isinstance(feet, Absent):
        return Satisfied(feet.remarks)
    if isinstance(feet, Unknown):
        return MissingData(feet.gap)
    return MissingData(diabetes.gap) if isinstance(diabetes, Unknown) else _advice(feet, diabetes, patient)


def _advice(feet: Present[EdemaReport | Problem], diabetes: Present[Problem], patient: Patient) -> Advice:
    grave = any_of(diabetic_foot.charcot_foot(patient), patient.has(Concept.NEUROPATHY))
    against = any_of(*(diabetic_foot.against_fixed_device(patient, foot.site) for foot in feet.items))
    fixed = isinstance(against, Absent)
    edema = any(isinstance(foot, EdemaReport) for foot in feet.items)
    found = (each.facts for each in (feet, diabetes, grave, against) if isinstance(each, Present))
    return Advice(
        indicator="critical" if isinstance(grave, Present) else "warning",
        summary=EDEMA if edema else CHARCOT,
        detail=(WHY, HOW) if fixed else (WHY, HOW, REMOVABLE),
        because=tuple(dict.fromkeys(fact for facts in found for fact in facts)),
        unchecked=tuple(dict.fromkeys((*feet.gaps, *diabetes.gaps))),
        remarks=feet.remarks,
        proposals=(
            Propose(Service.OFFLOADING_DEVICE if fixed else Service.OFFLOADING_DEVICE_REMOVABLE),
            Propose(Service.DIABETIC_FOOT_TEAM),
        ),
    )
