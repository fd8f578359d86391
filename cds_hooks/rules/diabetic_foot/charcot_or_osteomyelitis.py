"""Marrow edema of a diabetic foot may be Charcot disease or osteomyelitis: MRI alone cannot tell, signs of infection
should be looked for.

When    a patient with diabetes has marrow edema of ankle or foot on an MRI of the last six months
Then    with an ulcer, cellulitis, abscess or positive probe-to-bone test at the same site warn that osteomyelitis is
        possible; else ask to look for them. Offer a wound assessment and blood tests
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, IWGDF, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Group, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import diabetic_foot, safety
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Present, Unknown, any_of, gaps_of, remarks_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-CF-02",
    version=1,
    title="Charcot foot or osteomyelitis: MRI alone cannot tell",
    check="signs of infection of a diabetic foot with marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.PROCEDURES, Need.INFLAMMATION, Need.OPEN_ORDERS),
    evidence=(
        Evidence(MANAGEMENT, "Charcot foot and osteomyelitis on MRI"),
        Evidence(ICLINIQ, "Infectious causes"),
        Evidence(IWGDF, "diagnosis of osteomyelitis of the foot"),
    ),
    limits="Signs that are written in notes alone are not seen.",
    thresholds=(diabetic_foot.EDEMA_DAYS, safety.CRP_DAYS),
    overrides=(OverrideReason("infection-excluded", "Infection was excluded"),),
)

LOOK = "Foot edema on MRI may be Charcot or osteomyelitis - look for ulcer, cellulitis or abscess"
SIGN = "Foot marrow edema with ulcer or infection sign - osteomyelitis possible, MRI alone cannot tell"
HOW = "Probe-to-bone test, ESR and CRP, and a radiograph help to tell them apart; a bone sample where it stays unclear."


def assess(patient: Patient) -> Verdict:
    diabetes = patient.has(Concept.DIABETES)
    if isinstance(diabetes, Absent):
        return NOT_APPLICABLE
    edema = diabetic_foot.foot_edema(patient)
    if isinstance(edema, Absent):
        return Satisfied(edema.remarks)
    if isinstance(edema, Unknown):
        return MissingData(edema.gap)
    return MissingData(diabetes.gap) if isinstance(diabetes, Unknown) else _advice(edema, diabetes, patient)


def _advice(edema: Present[EdemaReport], diabetes: Present[Problem], patient: Patient) -> Advice:
    sign, days = diabetic_foot.infection_sign(patient, edema), patient.policy[safety.CRP_DAYS]
    tests = any_of(patient.newest(Concept.CRP, days), patient.newest(Concept.ESR, days))
    found = isinstance(sign, Present)
    shown = (each.facts for each in (edema, sign, diabetes, tests) if isinstance(each, Present))
    return Advice(
        indicator="warning" if found else "info",
        summary=SIGN if found else LOOK,
        detail=(HOW,),
        because=tuple(dict.fromkeys(fact for facts in shown for fact in facts)),
        unchecked=tuple(dict.fromkeys((*edema.gaps, *gaps_of(sign), *diabetes.gaps, *gaps_of(tests)))),
        remarks=remarks_of(edema, tests),
        proposals=(Propose(Service.WOUND_ASSESSMENT), Propose(Service.CRP_TEST), Propose(Service.ESR_TEST)),
        arm="sign" if found else "look",
        group=Group.DIABETIC_FOOT_INFECTION if found else None,
    )
