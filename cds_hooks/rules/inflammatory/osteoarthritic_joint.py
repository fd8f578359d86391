"""Marrow edema in an osteoarthritic joint is managed as osteoarthritis.

When    the newest MRI of a joint shows edema, and osteoarthritis of that joint is on the problem list
Unless  a bone marrow edema syndrome is on the problem list
Then    say so, and offer a referral to orthopedics
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ICLINIQ, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Fact, Finding, Unknown, finding, gaps_of, items_of, remarks_of, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-IA-06",
    version=1,
    title="Marrow edema in an osteoarthritic joint",
    check="osteoarthritis behind a marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.OPEN_ORDERS),
    evidence=(
        Evidence(ICLINIQ, "Degenerative causes; treatment of osteoarthritis"),
        Evidence(CONSUMER_ARTICLE, "treatment by cause"),
    ),
    limits="Narrative texts. A side that is not stated matches both; osteoarthritis without a joint matches none.",
)

SUMMARY = "Marrow edema in an osteoarthritic joint - manage the osteoarthritis"
OPTIONS = "Analgesics, anti-inflammatory drugs and injections are options, in late disease joint replacement."
SPINE = "At the spine a Modic change is the same picture."


def assess(patient: Patient) -> Verdict:
    osteoarthritis = patient.has(Concept.OSTEOARTHRITIS)
    if isinstance(osteoarthritis, Absent):
        return NOT_APPLICABLE
    match unless(_same_joint(osteoarthritis, patient.edema_on_mri()), patient.has(Concept.EDEMA_SYNDROME)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(OPTIONS, SPINE),
                because=found.facts,
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=(Propose(Service.ORTHOPEDIC_REFERRAL),),
            )


def _same_joint(osteoarthritis: Finding[Problem], edema: Finding[EdemaReport]) -> Finding[Fact]:
    """The osteoarthritis and the report of each joint that has both."""
    if isinstance(edema, Absent):
        return edema
    joints = [(item, each) for item in items_of(osteoarthritis) for each in items_of(edema)]
    facts = (fact for item, each in joints if item.site.same_as(each.site) for fact in (item.fact, each.fact))
    gaps = (*gaps_of(osteoarthritis), *gaps_of(edema))
    return finding(tuple(dict.fromkeys(facts)), tuple(dict.fromkeys(gaps)), remarks_of(edema))
