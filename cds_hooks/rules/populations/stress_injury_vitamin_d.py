"""In a stress injury suboptimal vitamin D should be corrected and the load adapted.

When    a stress fracture is active and the newest 25-OH vitamin D of the last year is below 30 ng/mL
Then    say so; offer vitamin D in adults below 20 ng/mL
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, ICLINIQ, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Proposal, Satisfied, Treat, Verdict
from cds_hooks.snapshot import age, vitamin_d_level
from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need, Treatment

RULE = Rule(
    id="BME-SP-06",
    version=1,
    title="Athlete or stress injury with low vitamin D",
    check="vitamin D in a stress injury",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.VITAMIN_D, Need.DEMOGRAPHICS),
    evidence=(
        Evidence(DPM_BLOG, "vitamin D in stress fractures of foot and ankle"),
        Evidence(ICLINIQ, "Traumatic causes: stress injuries"),
    ),
    limits="Retrospective cohort, whose text gives no cut-off for suboptimal; 30 ng/mL is ours.",
    proposes=(Treatment.COLECALCIFEROL,),
    thresholds=vitamin_d_level.BANDS,
)

SUMMARY = "Stress injury with suboptimal vitamin D - correct it and adapt load"
COHORT = "In a cohort of stress fractures 83 % had suboptimal vitamin D."


def assess(patient: Patient) -> Verdict:
    fracture = patient.has(Concept.STRESS_FRACTURE)
    if isinstance(fracture, Absent):
        return NOT_APPLICABLE
    low = vitamin_d_level.below(patient, vitamin_d_level.ENOUGH)
    if isinstance(low, Absent):
        return Satisfied(low.remarks)
    if isinstance(low, Unknown):
        return MissingData(low.gap)
    if isinstance(fracture, Unknown):
        return MissingData(fracture.gap)
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(COHORT, *vitamin_d_level.vitamin_d_note(patient)),
        because=(*fracture.facts, *low.facts),
        unchecked=(*fracture.gaps, *low.gaps),
        remarks=low.remarks,
        proposals=_supplement(patient),
    )


def _supplement(patient: Patient) -> tuple[Proposal, ...]:
    deficient = isinstance(vitamin_d_level.below(patient, vitamin_d_level.LOW), Present)
    return (Treat(Treatment.COLECALCIFEROL),) if deficient and patient.surely_aged(age.ADULT) else ()
