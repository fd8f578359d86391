"""What explains a marrow edema (rule specification 0.4, vs-bme-cause), and whether the usual blood tests were done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Factual, Finding, any_of, finding, only
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

AT_A_PLACE = frozenset(
    {
        Concept.FRACTURE,
        Concept.STRESS_FRACTURE,
        Concept.SUBCHONDRAL_FRACTURE,
        Concept.PATHOLOGICAL_FRACTURE,
        Concept.VERTEBRAL_FRACTURE,
        Concept.LOWER_LIMB_FRACTURE,
        Concept.CONTUSION,
        Concept.OSTEOCHONDRAL_LESION,
        Concept.OSTEOARTHRITIS,
        Concept.DEGENERATIVE_SPINE,
        Concept.OSTEONECROSIS,
        Concept.CRPS,
        Concept.OSTEOMYELITIS,
        Concept.SEPTIC_ARTHRITIS,
        Concept.PROSTHETIC_JOINT_INFECTION,
        Concept.CHARCOT,
        Concept.RADIOTHERAPY_HISTORY,
        Concept.POSTSURGICAL_STATE,
    }
)
OF_THE_BODY = frozenset(
    {
        Concept.RHEUMATOID_ARTHRITIS,
        Concept.AXIAL_SPONDYLOARTHRITIS,
        Concept.PSORIATIC_ARTHRITIS,
        Concept.JUVENILE_ARTHRITIS,
        Concept.MALIGNANCY,
        Concept.LEUKEMIA,
        Concept.LYMPHOMA,
        Concept.MULTIPLE_MYELOMA,
        Concept.BONE_METASTASIS,
        Concept.PRIMARY_BONE_TUMOR,
        Concept.NEOPLASTIC_FRACTURE,
        Concept.SICKLE_CELL_DISEASE,
        Concept.CRYSTAL_ARTHROPATHY,
        Concept.GOUT,
        Concept.CHRONIC_NONBACTERIAL_OSTEOMYELITIS,
    }
)
"""Diseases that are often recorded without a place; then they may be behind an edema anywhere."""
CAUSES = AT_A_PLACE | OF_THE_BODY
AXIAL = frozenset({Region.SPINE, Region.SACROILIAC})
"""One disease of both: ankylosing spondylitis is coded at the spine and seen at the sacroiliac joints."""
INFLAMMATION_DAYS = Threshold(
    name="inflammation-test-days", unit="d", default=90, low=30, high=180, source="ours, awaiting a clinical board"
)


def causes_of_edema(patient: Patient, site: Site | None = None) -> Finding[Problem]:
    """Current causes at this site, or anywhere; a provisional one counts like any problem (rule specification 0.1)."""
    return finding(tuple(item for item in patient.problems.items if _explains(item, site)), patient.problems.gaps)


def confirmed_causes(patient: Patient) -> Finding[Problem]:
    """Current causes that are more than a suspicion, anywhere: what rule DX-01 asks for."""
    return only(causes_of_edema(patient), lambda item: not item.provisional)


def suspected_causes(patient: Patient, site: Site | None = None) -> Finding[Problem]:
    """Current causes that are provisional, unconfirmed or only considered."""
    candidates = (*(item for item in patient.problems.items if item.provisional), *patient.differentials)
    return finding(tuple(item for item in candidates if _explains(item, site)), patient.problems.gaps)


def inflammation_tested(patient: Patient) -> Finding[Factual]:
    """CRP or ESR in the last months (rule DX-06, gap b)."""
    days = patient.policy[INFLAMMATION_DAYS]
    return any_of(patient.newest(Concept.CRP, days), patient.newest(Concept.ESR, days))


def _explains(item: Problem, site: Site | None) -> bool:
    if not item.current or not item.concepts & CAUSES:
        return False
    anywhere = bool(item.concepts & OF_THE_BODY) and not item.site.known
    return site is None or anywhere or item.site.same_as(site) or _axial(item, site)


def _axial(item: Problem, site: Site) -> bool:
    return Concept.AXIAL_SPONDYLOARTHRITIS in item.concepts and {item.site.region, site.region} <= AXIAL
