"""Diagnoses that contradict an edema syndrome at the same site (rule DX-06 (c), vs-bme-exclusion), without those that
the card of another rule carries in the same chart (DX-07, DX-08, ON-01, IA-01, SP-02)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cds_hooks.snapshot import arthritis, neoplasm, osteonecrosis
from cds_hooks.snapshot.model import Finding, Present, only
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.safety import BONE_INFECTION
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NEEDS = (*neoplasm.NEEDS, *osteonecrosis.NEEDS, *arthritis.NEEDS)
THRESHOLDS = (neoplasm.WEIGHT_LOSS_DAYS, *arthritis.THRESHOLDS)
FRACTURES = frozenset(
    {
        Concept.FRACTURE,
        Concept.STRESS_FRACTURE,
        Concept.SUBCHONDRAL_FRACTURE,
        Concept.PATHOLOGICAL_FRACTURE,
        Concept.VERTEBRAL_FRACTURE,
        Concept.LOWER_LIMB_FRACTURE,
    }
)
INFECTIONS = frozenset(BONE_INFECTION)
TUMORS = frozenset(
    {
        Concept.BONE_METASTASIS,
        Concept.PRIMARY_BONE_TUMOR,
        Concept.NEOPLASTIC_FRACTURE,
        Concept.LEUKEMIA,
        Concept.MULTIPLE_MYELOMA,
    }
)
ARTHRITIS = frozenset((*arthritis.EROSIVE, Concept.JUVENILE_ARTHRITIS))
AT_THE_SITE = FRACTURES | INFECTIONS | {Concept.OSTEONECROSIS, Concept.CRPS}
OF_THE_BODY = TUMORS | ARTHRITIS
"""These count without a site as well."""


def conflicting_diagnoses(patient: Patient, syndrome: Problem) -> Finding[Problem]:
    """Current alternatives of the site of this syndrome that no other rule carries."""
    recorded = only(patient.has(*AT_THE_SITE, *OF_THE_BODY), lambda item: _same_place(item, syndrome))
    if not isinstance(recorded, Present):
        return recorded
    carried = frozenset(_carried(patient, syndrome))
    return only(recorded, lambda item: item.concepts.isdisjoint(carried))


def _same_place(item: Problem, syndrome: Problem) -> bool:
    unsaid = not item.site.known and bool(item.concepts & OF_THE_BODY)
    return unsaid or item.site.same_as(syndrome.site)


def _carried(patient: Patient, syndrome: Problem) -> Iterator[Concept]:
    """What the cards of other rules say in this chart; myeloma beside an edema syndrome is always one of them."""
    yield Concept.MULTIPLE_MYELOMA
    if isinstance(patient.edema_on_mri(preliminary=True), Present):
        yield from INFECTIONS
    if isinstance(neoplasm.tumor_suspected(patient), Present):
        yield from TUMORS
    if isinstance(osteonecrosis.unreferred_signs(patient, syndrome.site), Present):
        yield Concept.OSTEONECROSIS
    if isinstance(arthritis.unreviewed_edema(patient), Present):
        yield from arthritis.EROSIVE
