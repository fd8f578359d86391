"""Marrow edema alone does not prove an inflammatory arthritis: structural and clinical signs should be looked for.

When    rheumatoid arthritis or axial spondyloarthritis is only suspected, or was recorded in the last month
  and   the newest MRI of a place shows marrow edema
Unless  erosion is seen or recorded, CRP is raised, or anti-CCP, rheumatoid factor or HLA-B27 is positive
Then    say so, and offer the tests that were not made
"""

from __future__ import annotations

from math import inf

from cds_hooks.authoring.evidence import MANAGEMENT, SIJ_MRI, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.causes import INFLAMMATION_DAYS
from cds_hooks.snapshot.model import Absent, Factual, Finding, Unknown, all_of, any_of, finding, items_of, only, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Answer, Problem, Result
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.safety import crp_raised
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

NEW_DAYS = Threshold(
    name="arthritis-new-days", unit="d", default=30, low=7, high=90, source="rule specification: recorded in 30 days"
)

RULE = Rule(
    id="BME-IA-03",
    version=1,
    title="Do not diagnose inflammatory arthritis on marrow edema alone",
    check="what supports an inflammatory arthritis beside marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.RADIOGRAPHS, Need.INFLAMMATION, Need.IMMUNOLOGY, Need.OPEN_ORDERS),
    thresholds=(NEW_DAYS, INFLAMMATION_DAYS),
    evidence=(
        Evidence(MANAGEMENT, "edema alone does not make the diagnosis; false positives"),
        Evidence(SIJ_MRI, "edema in healthy people, athletes and after birth"),
    ),
    limits="Observational; that a test is missing counts as no support.",
)

SUMMARY = "Marrow edema alone does not prove inflammatory arthritis - look for structural and clinical signs"
DEEP = "Edema deeper than 1 cm from the articular surface favors axial spondyloarthritis."
HEALTHY = "Small lesions occur in healthy, athletic and postpartum people."
SUSPECTS = (Concept.RHEUMATOID_ARTHRITIS, Concept.AXIAL_SPONDYLOARTHRITIS)
STRUCTURAL = (Seen.EROSION, Seen.FAT_METAPLASIA)
OF_RHEUMATOID = ((Concept.ANTI_CCP, Service.ANTI_CCP_TEST), (Concept.RHEUMATOID_FACTOR, Service.RHEUMATOID_FACTOR_TEST))
OF_AXIAL = ((Concept.HLA_B27, Service.HLA_B27_TEST),)


def assess(patient: Patient) -> Verdict:
    suspected = only(patient.has(*SUSPECTS), lambda item: item.provisional or _is_new(item, patient))
    if isinstance(suspected, Absent):
        return NOT_APPLICABLE
    match unless(all_of(suspected, patient.edema_on_mri()), _support(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(DEEP, HEALTHY),
                because=found.facts,
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=tuple(Propose(service) for service in _tests(suspected, patient)),
            )


def _is_new(item: Problem, patient: Patient) -> bool:
    return item.recorded is not None and item.recorded.age_days_at_most(patient.as_of) <= patient.policy[NEW_DAYS]


def _support(patient: Patient) -> Finding[Factual]:
    raised: Finding[Result] = only(_crp(patient), crp_raised)
    return any_of(
        patient.has(Concept.EROSION),
        patient.seen_on_mri(*STRUCTURAL),
        _on_radiograph(patient),
        raised,
        *(_positive(concept, patient) for concept, _ in (*OF_RHEUMATOID, *OF_AXIAL)),
    )


def _on_radiograph(patient: Patient) -> Finding[Factual]:
    """Erosion on any final radiograph: it does not heal."""
    final = (report for report in patient.radiographs.items if not report.preliminary)
    eroded = tuple(report for report in final if report.verdict(Seen.EROSION) is Assertion.PRESENT)
    return finding(eroded, patient.radiographs.gaps)


def _crp(patient: Patient) -> Finding[Result]:
    return patient.newest(Concept.CRP, patient.policy[INFLAMMATION_DAYS])


def _positive(concept: Concept, patient: Patient) -> Finding[Result]:
    return only(patient.newest(concept, inf), lambda result: result.answer is Answer.POSITIVE)


def _tests(suspected: Finding[Problem], patient: Patient) -> list[Service]:
    """Those of which there is no result."""
    kinds = {concept for item in items_of(suspected) for concept in item.concepts}
    wanted = [*(OF_RHEUMATOID if Concept.RHEUMATOID_ARTHRITIS in kinds else ())]
    wanted += OF_AXIAL if Concept.AXIAL_SPONDYLOARTHRITIS in kinds else ()
    missing = [service for concept, service in wanted if isinstance(patient.newest(concept, inf), Absent)]
    return [*([Service.CRP_TEST] if isinstance(_crp(patient), Absent) else ()), *missing]
