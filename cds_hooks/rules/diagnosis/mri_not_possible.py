"""Where an MRI may be unsafe, CT or bone scintigraphy are the alternatives for the question of marrow edema.

When    an implant or another contraindication to MRI is recorded
  and   an MRI for marrow edema or bone pain is ordered; or unexplained bone pain or an early normal radiograph would
        ask for one
Unless  the implant is recorded as MR conditional or MR safe; in the chart: or the pain is at a second site after an
        edema syndrome or in pregnancy, where other rules say more
Then    point to CT and bone scan: a warning that offers to remove the drafted MRI, else a prompt
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    DeleteDraft,
    MissingData,
    Proposal,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import bone_pain, pain_context
from cds_hooks.snapshot.bone_pain import early_radiograph, unexplained_pain
from cds_hooks.snapshot.examinations import CTS, ct_of
from cds_hooks.snapshot.indication import MRI, asks_about_edema
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.pain_context import not_answered
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.safety import mri_forbidden
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Need, Service

RULE = Rule(
    id="BME-DX-15",
    version=1,
    title="MRI not possible: CT or bone scan",
    check="safety of an MRI for marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ORDER_SELECT}),
    orders=MRI,
    needs=(Need.DEVICES, *bone_pain.NEEDS, *pain_context.NEEDS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(ICLINIQ, "Diagnosis: CT and bone scintigraphy"),
        Evidence(STATPEARLS, "Evaluation"),
    ),
    limits="Narrative texts.",
    proposes=(*CTS, Service.BONE_SCAN),
    thresholds=(*bone_pain.THRESHOLDS, pain_context.RESOLVED_DAYS),
    overrides=(OverrideReason("device-mr-conditional", "The device is MR conditional"),),
)

SUMMARY = "MRI may be unsafe here - CT or bone scintigraphy are the alternatives for the BME question"
CHECK = "Check the MR safety of the device or implant: the chart does not say whether it is MR conditional."
ALTERNATIVES = (
    "CT shows structure, fracture, tumor and infection. A bone scan shows uptake in marrow edema of high turnover and "
    "is not specific. Both use radiation: exclude pregnancy first."
)


def assess_order(order: Order, patient: Patient) -> Verdict:
    question = asks_about_edema(order, patient) if order.asks_for(*MRI) else Absent()
    if isinstance(question, Absent):
        return NOT_APPLICABLE
    against = patient.mri_contraindication
    if isinstance(against, Unknown):
        return MissingData(against.gap)
    if isinstance(against, Absent):
        return SATISFIED
    if isinstance(question, Unknown):
        return MissingData(question.gap)
    removal = DeleteDraft(order.reference, "Remove the draft order of the MRI")
    return _advice("order", (order.fact,), against, (), _instead(order.site), removal)


def assess_chart(patient: Patient) -> Verdict:
    against = patient.mri_contraindication
    if isinstance(against, Absent):
        return SATISFIED
    asked = [not_answered(patient, pains) for pains in (unexplained_pain(patient), early_radiograph(patient))]
    pains = tuple(item for each in asked if isinstance(each, Present) for item in each.items)
    gaps = tuple(dict.fromkeys(gap for each in asked for gap in gaps_of(each)))
    if not pains:
        return MissingData(gaps[0]) if gaps else NOT_APPLICABLE
    if isinstance(against, Unknown):
        return MissingData(against.gap)
    facts = tuple(dict.fromkeys(fact for pain in pains for fact in pain.facts))
    return _advice("chart", facts, against, gaps, _instead(*(pain.site for pain in pains)))


def _instead(*sites: Site) -> tuple[Proposal, ...]:
    return (*dict.fromkeys(Propose(ct_of(site)) for site in sites), Propose(Service.BONE_SCAN))


def _advice(
    arm: str,
    question: tuple[Fact, ...],
    against: Present[Problem | Event],
    gaps: tuple[Gap, ...],
    instead: tuple[Proposal, ...],
    *removal: Proposal,
) -> Advice:
    return Advice(
        indicator="warning" if removal else "info",
        summary=SUMMARY,
        detail=(ALTERNATIVES,) if any(map(mri_forbidden, against.items)) else (CHECK, ALTERNATIVES),
        because=(*question, *against.facts),
        unchecked=(*gaps, *against.gaps),
        proposals=(*removal, *instead),
        arm=arm,
    )
