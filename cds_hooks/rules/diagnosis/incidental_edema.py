"""Marrow edema is also seen in healthy people: it should be correlated with symptoms before it is treated.

When    the newest MRI of a place shows marrow edema in an adult
Unless  a symptom is recorded there in the last months, a pain score says so, or an edema syndrome is active
Then    say that edema without symptoms is common
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, MANAGEMENT, SIJ_MRI, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Satisfied, Verdict
from cds_hooks.snapshot.age import child
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, finding, gaps_of, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.symptoms import SYMPTOM_DAYS, symptom_at
from cds_hooks.snapshot.vocabulary import Need

RULE = Rule(
    id="BME-DX-16",
    version=1,
    title="Incidental marrow edema is common: correlate with symptoms",
    check="symptoms of a marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.MRI, Need.PROBLEMS, Need.PAIN, Need.DEMOGRAPHICS),
    evidence=(
        Evidence(MANAGEMENT, "edema in healthy controls"),
        Evidence(ICLINIQ, "Definition: link to pain"),
        Evidence(SIJ_MRI, "23 % of healthy volunteers had a positive MRI of the sacroiliac joint"),
    ),
    limits="The 30 % of the review names no site; controlled data are mostly of the sacroiliac joint.",
    thresholds=(SYMPTOM_DAYS,),
)

SUMMARY = "Marrow edema also occurs in up to 30 % of healthy people - correlate with symptoms before treating"
IF_SILENT = "No symptom of the site is on record. If the patient has none, the edema may be incidental."
WHO = "It is seen after childbirth, in athletes, in degeneration and in chronic back pain."


def assess(patient: Patient) -> Verdict:
    seen = patient.edema_on_mri()
    if isinstance(seen, Unknown):
        return MissingData(seen.gap)
    if isinstance(seen, Absent):
        return Satisfied(seen.remarks)
    match unless(_without_symptoms(seen, patient), child(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case silent:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(IF_SILENT, WHO),
                because=tuple(dict.fromkeys(silent.facts)),
                unchecked=silent.gaps,
            )


def _without_symptoms(seen: Present[EdemaReport], patient: Patient) -> Finding[EdemaReport]:
    judged = [unless(Present((each,)), symptom_at(patient, each.site)) for each in seen.items]
    silent = tuple(each for found in judged if isinstance(found, Present) for each in found.items)
    gaps = (*seen.gaps, *(gap for found in judged for gap in gaps_of(found)))
    return finding(silent, tuple(dict.fromkeys(gaps)))
