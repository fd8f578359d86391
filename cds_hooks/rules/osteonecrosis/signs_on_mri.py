"""Signs of osteonecrosis on MRI should be seen by orthopedics: the joint is at risk.

When    the newest MR report of a place shows a rim sign, double line, crescent or subchondral collapse
Unless  orthopedics was visited or asked since the report
Then    warn, offer an urgent referral and to set an edema syndrome of the site to provisional
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, DPM_BLOG, ICLINIQ, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MakeProvisional, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import osteonecrosis
from cds_hooks.snapshot.imaging import Sign
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-ON-01",
    version=1,
    title="Imaging signs of osteonecrosis",
    check="signs of osteonecrosis on MRI",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE}),
    needs=(*osteonecrosis.NEEDS, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(MANAGEMENT, "dynamic contrast MRI; rim sign"),
        Evidence(DPM_BLOG, "edema syndrome and osteonecrosis"),
        Evidence(ICLINIQ, "Ischemic causes"),
        Evidence(CONSUMER_ARTICLE, "treatment of osteonecrosis"),
    ),
    limits="Imaging studies; only the wording of the report is read, not the images.",
    overrides=(OverrideReason("already-referred", "Already referred"),),
)

SUMMARY = "MRI wording suggests osteonecrosis rather than transient BMES - orthopedic opinion advised"
NOT_ALONE = "A low-signal line or crescent also occurs in subchondral insufficiency fracture."
OPTIONS = (
    "What preserves the joint depends on the stage: core decompression, grafting or cell therapy, later replacement."
)


def assess(patient: Patient) -> Verdict:
    signs = osteonecrosis.unreferred_signs(patient)
    if isinstance(signs, Unknown):
        return MissingData(signs.gap)
    if isinstance(signs, Absent):
        return Satisfied(signs.remarks)
    syndromes = _confirmed_syndrome(patient, signs)
    labels = syndromes.items if isinstance(syndromes, Present) else ()
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(NOT_ALONE, OPTIONS),
        because=tuple(dict.fromkeys((*signs.facts, *(item.fact for item in labels)))),
        unchecked=tuple(dict.fromkeys((*signs.gaps, *gaps_of(syndromes)))),
        remarks=signs.remarks,
        proposals=(
            Propose(Service.ORTHOPEDIC_REFERRAL_URGENT),
            *(MakeProvisional(item.fact.resource) for item in labels),
        ),
    )


def _confirmed_syndrome(patient: Patient, signs: Present[Sign]) -> Finding[Problem]:
    """An edema syndrome of the site, or of a place that is not said, that is more than a suspicion."""
    return only(
        patient.has(Concept.EDEMA_SYNDROME),
        lambda item: not item.provisional and any(item.site.may_be(sign.site) for sign in signs.items),
    )
