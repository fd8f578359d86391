"""Marrow edema on MRI is a finding: its cause should be looked for before it is treated.

When    the newest MRI of a place shows marrow edema
  and   no cause and no edema syndrome is on the problem list; at an order: and the draft treats edema
Unless  a syndrome was resolved on or after the day of the report; or the draft has another reason, or none and another
        usual indication is on the problem list
Then    advise to establish the cause: a warning where treatment is about to start, else a prompt. A cause that is only
        suspected is listed to be confirmed
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ICLINIQ, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    MissingData,
    Proposal,
    Propose,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot import demography, indication
from cds_hooks.snapshot.causes import INFLAMMATION_DAYS, confirmed_causes, inflammation_tested, suspected_causes
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.indication import EDEMA_THERAPY, treats_edema
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-DX-01",
    version=1,
    title="Marrow edema on MRI is a finding: look for the cause before treating",
    check="cause of a marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ORDER_SELECT}),
    orders=EDEMA_THERAPY,
    needs=tuple(dict.fromkeys((Need.MRI, Need.INFLAMMATION, *demography.NEEDS))),
    evidence=(
        Evidence(MANAGEMENT, "the cause decides; MRI before treatment"),
        Evidence(ICLINIQ, "Primary and secondary edema; treat the cause"),
        Evidence(CONSUMER_ARTICLE, "first lines: the syndrome and its causes"),
    ),
    limits="Expert and narrative texts, consistent in four sources.",
    thresholds=(INFLAMMATION_DAYS,),
    overrides=(OverrideReason("cause-documented-elsewhere", "The cause is documented elsewhere"),),
)

SUMMARY = "Bone marrow edema on MRI without a recorded cause - establish etiology before treatment"
WORK_THROUGH = (
    "Marrow edema is a signal pattern. Work through traumatic, degenerative, inflammatory, ischemic, infective, "
    "neoplastic, metabolic and treatment-induced causes."
)
THEN = "Treat the cause if one is found; use the pathway of transient edema syndrome only after exclusion."
TO_CONFIRM = "A possible cause is recorded but not confirmed: confirm or exclude it first."


def assess_order(order: Order, patient: Patient) -> Verdict:
    if not treats_edema(order):
        return NOT_APPLICABLE
    reason = indication.may_be_for_edema(order, patient)
    if isinstance(reason, Absent):
        return NOT_APPLICABLE
    verdict = _assess(patient, order)
    if isinstance(reason, Unknown) and isinstance(verdict, Advice):
        return MissingData(reason.gap)
    return verdict


def assess_chart(patient: Patient) -> Verdict:
    return _assess(patient, None)


def _assess(patient: Patient, order: Order | None) -> Verdict:
    seen = patient.edema_on_mri()
    if isinstance(seen, Unknown):
        return MissingData(seen.gap)
    if isinstance(seen, Absent):
        return Satisfied(seen.remarks)
    known = (confirmed_causes(patient), patient.has(Concept.EDEMA_SYNDROME))
    if any(isinstance(each, Present) for each in known):
        return SATISFIED
    unclear = [each.gap for each in known if isinstance(each, Unknown)]
    unexplained = tuple(each for each in seen.items if not _named_since(each, patient))
    if unclear and unexplained:
        return MissingData(unclear[0])
    return _advice(unexplained, seen.gaps, patient, order) if unexplained else SATISFIED


def _named_since(seen: EdemaReport, patient: Patient) -> bool:
    """A syndrome that was resolved on or after the day of the report explains it (rule specification 0.8)."""
    of_the_report = seen.when.age_days_at_most(patient.as_of)
    ends = (item.ended for item in patient.problems.about(Concept.EDEMA_SYNDROME))
    return any(end.age_days(patient.as_of) <= of_the_report for end in ends if end)


def _advice(
    unexplained: tuple[EdemaReport, ...], gaps: tuple[Gap, ...], patient: Patient, order: Order | None
) -> Advice:
    suspected, tested = suspected_causes(patient), inflammation_tested(patient)
    to_confirm = suspected.facts if isinstance(suspected, Present) else ()
    proposals: tuple[Proposal, ...] = (Propose(Service.EDEMA_UNDER_INVESTIGATION),)
    if isinstance(tested, Absent):
        proposals += (Propose(Service.CRP_TEST), Propose(Service.ESR_TEST))
    return Advice(
        indicator="warning" if order else "info",
        summary=SUMMARY,
        detail=(WORK_THROUGH, *((TO_CONFIRM,) if to_confirm else ()), THEN, *demography.typical(patient)),
        because=(*((order.fact,) if order else ()), *(each.fact for each in unexplained), *to_confirm),
        unchecked=(*gaps, *gaps_of(tested)),
        proposals=proposals,
        arm="order" if order else "chart",
    )
