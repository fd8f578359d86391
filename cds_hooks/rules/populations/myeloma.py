"""In multiple myeloma a marrow edema or a fracture belongs to the myeloma: a transient syndrome must not be assumed.

When    a multiple myeloma is on the problem list
  and   there is a marrow edema or a vertebral fracture
Then    warn, and offer a hematology consultation; where it is only MGUS or smoldering myeloma, advise it
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Propose, Verdict
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.model import Absent, Finding, all_of, any_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-SP-02",
    version=1,
    title="Multiple myeloma with marrow edema or fracture",
    check="marrow edema or fracture in myeloma",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE}),
    needs=(Need.PROBLEMS, Need.MRI, Need.OPEN_ORDERS),
    evidence=(Evidence(MANAGEMENT, "multiple myeloma: anti-myeloma therapy"),),
    limits="One source.",
    overrides=(OverrideReason("under-haematology", "Under the care of hematology"),),
)

ACTIVE = "Marrow edema or fracture in myeloma - focus on anti-myeloma therapy; hematology input advised"
PRECURSOR = "Marrow edema or fracture with MGUS or smoldering myeloma - hematology input advised"
NOT_TRANSIENT = "A transient bone marrow edema syndrome must not be assumed."
PROGRESSION = "Edema or a fracture may be the first sign of progression to myeloma."


def assess(patient: Patient) -> Verdict:
    bone = any_of(patient.edema_context(), spine.vertebral_fracture(patient))
    active, precursor = _active(patient), _precursor(patient)
    if isinstance(active, Absent) and isinstance(precursor, Absent):
        return NOT_APPLICABLE
    weighed = weigh(warning=all_of(active, bone), info=all_of(precursor, bone))
    if not isinstance(weighed, Weighed):
        return weighed
    sure = weighed.indicator == "warning"
    return Advice(
        indicator=weighed.indicator,
        summary=ACTIVE if sure else PRECURSOR,
        detail=(NOT_TRANSIENT,) if sure else (NOT_TRANSIENT, PROGRESSION),
        because=weighed.facts,
        unchecked=weighed.unchecked,
        remarks=weighed.remarks,
        proposals=(Propose(Service.HEMATOLOGY_CONSULT),),
        arm="" if sure else "precursor",
    )


def _active(patient: Patient) -> Finding[Problem]:
    found = patient.has(Concept.MULTIPLE_MYELOMA)
    return only(found, lambda item: Concept.SMOLDERING_MYELOMA not in item.concepts)


def _precursor(patient: Patient) -> Finding[Problem]:
    return patient.has(Concept.MGUS, Concept.SMOLDERING_MYELOMA)
