"""A RAMRIS edema score above two in rheumatoid arthritis speaks for progression on radiographs.

When    rheumatoid arthritis is active, and the newest MR report of a place, or a newer Observation, states a RAMRIS
        edema score above the limit
Then    warn, and offer a referral to rheumatology
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.imaging import Sign, after
from cds_hooks.snapshot.model import Absent, Finding, Gap, GapKind, Unknown, all_of, any_of, items_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

SCORE = Threshold(
    name="ramris-edema", unit="1", default=2, low=1, high=10, source="cohort quoted in the management text: above 2"
)
MAXIMUM = 69  # 23 bones of wrist and hand, 0 to 3 each (OMERACT RAMRIS)

RULE = Rule(
    id="BME-IA-02",
    version=1,
    title="RAMRIS edema score above 2",
    check="RAMRIS edema score",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.IMAGING_MEASURES, Need.OPEN_ORDERS),
    thresholds=(SCORE,),
    evidence=(Evidence(MANAGEMENT, "rheumatoid arthritis: RAMRIS edema score and progression"),),
    limits="One cohort, quoted from a secondary text. No code for the score is in use: it is read from the words of MR "
    "reports, or from an Observation of category imaging that names it.",
)

SUMMARY = "RAMRIS edema score above 2 - odds of radiographic progression about 2.8-fold"
ODDS = "The odds ratio of progression on radiographs was 2.77."
OUT_OF_RANGE = Gap(Need.MRI, GapKind.UNUSABLE, f"a RAMRIS edema score above {MAXIMUM} cannot be; it was not used")


def assess(patient: Patient) -> Verdict:
    arthritis = patient.has(Concept.RHEUMATOID_ARTHRITIS)
    if isinstance(arthritis, Absent):
        return NOT_APPLICABLE
    scores = _scores(patient)
    remarks = (OUT_OF_RANGE,) if any(_score(sign) > MAXIMUM for sign in items_of(scores)) else ()
    high = only(scores, lambda sign: patient.policy[SCORE] < _score(sign) <= MAXIMUM)
    match all_of(arthritis, high):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(others):
            return Satisfied((*others, *remarks))
        case found:
            return Advice(
                indicator="warning",
                summary=SUMMARY,
                detail=(ODDS,),
                because=found.facts,
                unchecked=found.gaps,
                remarks=(*found.remarks, *remarks),
                proposals=(Propose(Service.RHEUMATOLOGY_REFERRAL),),
            )


def _scores(patient: Patient) -> Finding[Sign]:
    """Those that reports state and those that are Observations of their own; the newer kind counts."""
    stated, measured = patient.seen_on_mri(Seen.RAMRIS_SCORE), patient.measured_on_mri(Seen.RAMRIS_SCORE)
    return any_of(_not_before(stated, measured), _not_before(measured, stated))  # type: ignore[return-value]


def _not_before(signs: Finding[Sign], others: Finding[Sign]) -> Finding[Sign]:
    return only(signs, lambda sign: not any(after(other, sign) for other in items_of(others)))


def _score(sign: Sign) -> float:
    return sign.mention.score or 0.0
