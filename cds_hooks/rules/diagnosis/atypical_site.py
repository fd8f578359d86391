"""Upper limb, spine, effusion and arthritis are unusual for an edema syndrome: the diagnosis should be reconsidered.

When    an edema syndrome is active
  and   it is recorded at the upper limb, spine or pelvis, or an effusion or arthritis is recorded at the same joint
Then    prompt to reconsider, and offer to mark the diagnosis as provisional and a rheumatology referral
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    MakeProvisional,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-DX-12",
    version=1,
    title="Atypical for edema syndrome: upper limb, effusion or arthritis picture",
    check="site and joint findings of an edema syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE}),
    needs=(Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Epidemiology; History and Physical"),
        Evidence(ICLINIQ, "Symptoms: swelling and stiffness, of secondary edema as well"),
    ),
    limits="Case series.",
)

SUMMARY = "Site or joint findings are unusual for BMES - reconsider the diagnosis"
WHY = (
    "98 % of edema syndrome is in the lower limb; joint spaces are kept and effusion is uncommon. Small effusions on "
    "MRI of the hip occur, so this is a prompt, not an exclusion."
)
UPPER_LIMB_OR_AXIAL = frozenset(
    {Region.SHOULDER, Region.ARM, Region.WRIST_HAND, Region.SPINE, Region.SACROILIAC, Region.TRUNK}
)
JOINT = frozenset({Concept.JOINT_EFFUSION, Concept.SYNOVITIS, Concept.POLYARTHRITIS})


def assess(patient: Patient) -> Verdict:
    syndromes = patient.has(Concept.EDEMA_SYNDROME)
    if isinstance(syndromes, Absent):
        return NOT_APPLICABLE
    if isinstance(syndromes, Unknown):
        return MissingData(syndromes.gap)
    unusual = [(item, _beside(item, patient)) for item in syndromes.items]
    found = [(item, beside) for item, beside in unusual if beside or item.site.region in UPPER_LIMB_OR_AXIAL]
    if not found:
        return MissingData(syndromes.gaps[0]) if syndromes.gaps else SATISFIED
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(WHY,),
        because=tuple(dict.fromkeys(each.fact for item, beside in found for each in (item, *beside))),
        unchecked=syndromes.gaps,
        proposals=(
            *(MakeProvisional(item.fact.resource) for item, _ in found if not item.provisional),
            Propose(Service.RHEUMATOLOGY_REFERRAL),
        ),
    )


def _beside(syndrome: Problem, patient: Patient) -> tuple[Problem, ...]:
    """Effusion or arthritis of the same joint; of any, where the syndrome has no site."""
    return tuple(
        item
        for item in patient.problems.items
        if item.current and item.concepts & JOINT and (_of_many(item) or _same_joint(item, syndrome))
    )


def _of_many(item: Problem) -> bool:
    """An arthritis of many joints without a site."""
    return Concept.POLYARTHRITIS in item.concepts and not item.site.known


def _same_joint(item: Problem, syndrome: Problem) -> bool:
    return not syndrome.site.known or item.site.same_as(syndrome.site)
