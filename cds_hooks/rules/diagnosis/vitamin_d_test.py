"""In edema syndrome, stress fracture and unexplained marrow edema 25-OH vitamin D is worth measuring.

When    an edema syndrome or a stress or insufficiency fracture is active, or the newest MRI of a place shows marrow
        edema that no recorded cause explains
Unless  there is a result of the last year, or the test is ordered
Then    suggest the test, with calcium and albumin
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, ENDOCRINE_SOCIETY, ICLINIQ, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, Group, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import vitamin_d_level
from cds_hooks.snapshot.causes import causes_of_edema
from cds_hooks.snapshot.examinations import ordered
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, finding, gaps_of, only, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-DX-09",
    version=1,
    title="Check 25-OH vitamin D in marrow edema of metabolic or stress type",
    check="25-OH vitamin D in marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE}),
    needs=(Need.PROBLEMS, Need.MRI, Need.VITAMIN_D, Need.CARE, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Evaluation: blood tests"),
        Evidence(DPM_BLOG, "vitamin D in marrow edema and stress fracture"),
        Evidence(ICLINIQ, "Metabolic causes; blood tests"),
        Evidence(ENDOCRINE_SOCIETY, "2024: no routine testing in healthy people, which this is not"),
    ),
    limits="Small retrospective cohorts (31 patients and fewer); association only.",
    thresholds=(vitamin_d_level.DAYS,),
)

SUMMARY = "No 25-OH vitamin D result in 12 months - consider measuring it in bone marrow edema"
WHY = (
    "Low vitamin D was seen in about 90 % of two cohorts of edema syndrome and in 83 % of a cohort of foot and ankle "
    "stress fractures. Blood tests are otherwise usually normal."
)
TESTS = (Concept.VITAMIN_D_25_OH, Concept.VITAMIN_D3_25_OH)
SPINE = (Concept.VERTEBRAL_FRACTURE, Concept.VERTEBRAL_STRESS_FRACTURE)


def assess(patient: Patient) -> Verdict:
    reason = any_of(patient.has(Concept.EDEMA_SYNDROME), _stress_fracture(patient), _unexplained(patient))
    result = patient.vitamin_d(patient.policy[vitamin_d_level.DAYS])
    match unless(reason, result, ordered(patient, *TESTS)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHY,),
                because=tuple(dict.fromkeys(found.facts)),
                unchecked=found.gaps,
                remarks=result.remarks if isinstance(result, Absent) else (),
                proposals=(
                    Propose(Service.VITAMIN_D_TEST),
                    Propose(Service.CALCIUM_TEST),
                    Propose(Service.ALBUMIN_TEST),
                ),
                group=Group.WORK_UP,
            )


def _stress_fracture(patient: Patient) -> Finding[Problem]:
    """Vertebral fractures are not meant (rule specification 0.8)."""
    return only(patient.has(Concept.STRESS_FRACTURE), lambda item: item.concepts.isdisjoint(SPINE))


def _unexplained(patient: Patient) -> Finding[Factual]:
    seen = patient.edema_on_mri()
    if not isinstance(seen, Present):
        return seen
    judged: list[Finding[EdemaReport]] = [
        unless(Present((each,)), causes_of_edema(patient, each.site)) for each in seen.items
    ]
    found = tuple(each for one in judged if isinstance(one, Present) for each in one.items)
    return finding(found, tuple(dict.fromkeys((*seen.gaps, *(gap for one in judged for gap in gaps_of(one))))))
