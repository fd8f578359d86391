"""Where osteonecrosis and transient edema cannot be told apart, a dynamic contrast MRI can separate the two.

When    the newest MRI shows edema at the femoral head or condyle, tibial plateau, talar dome or humeral head
  and   osteonecrosis is only suspected there, or the report leaves it open; at an order: and the draft is an MRI of
        the site or treats edema
Unless  a dynamic contrast MRI was made since, or osteonecrosis is confirmed; in the chart: or the report shows signs of
        osteonecrosis at the site that orthopedics has not seen
Then    point to dynamic contrast MRI; where contrast is not advised, to an MRI without it and a specialist's reading
"""

from __future__ import annotations

from collections.abc import Callable

from cds_hooks.authoring.evidence import DPM_BLOG, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Proposal, Propose, Satisfied, Verdict
from cds_hooks.snapshot import safety
from cds_hooks.snapshot.examinations import MRIS_WITHOUT_CONTRAST, mri_without_contrast_of
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.indication import EDEMA_THERAPY, MRI, treats_edema
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import (
    Absent,
    Fact,
    Factual,
    Finding,
    Gap,
    Present,
    Unknown,
    any_of,
    finding,
    gaps_of,
    unless,
)
from cds_hooks.snapshot.osteonecrosis import unreferred_signs
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Service
from cds_hooks.snapshot.when import When

RULE = Rule(
    id="BME-DX-05",
    version=1,
    title="Dynamic contrast MRI when osteonecrosis and transient edema cannot be told apart",
    check="osteonecrosis or transient edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ORDER_SELECT}),
    orders=(*EDEMA_THERAPY, *MRI),
    needs=(
        Need.MRI,
        Need.IMAGING_STUDIES,
        Need.PROBLEMS,
        Need.DEVICES,
        Need.DEMOGRAPHICS,
        Need.PREGNANCY,
        Need.CHILDBEARING,
        Need.KIDNEY_FUNCTION,
        Need.ALLERGIES,
        Need.ENCOUNTERS,
        Need.CARE,
        Need.APPOINTMENTS,
    ),
    evidence=(
        Evidence(MANAGEMENT, "dynamic contrast MRI"),
        Evidence(DPM_BLOG, "edema syndrome and osteonecrosis"),
    ),
    limits="One comparative imaging study, quoted by two texts.",
    proposes=(Service.MRI_DYNAMIC_CONTRAST, *MRIS_WITHOUT_CONTRAST),
    thresholds=(safety.GADOLINIUM_EGFR, safety.GADOLINIUM_EGFR_DAYS),
    overrides=(OverrideReason("already-clear", "Already clear"),),
)

SUMMARY = "Osteonecrosis or transient BMES? Dynamic contrast MRI can separate the two"
HOW = (
    "Osteonecrosis shows a hyperperfused rim around a subchondral area without perfusion; transient edema syndrome "
    "shows one subchondral spot of marked hyperperfusion and no rim sign."
)
WITHOUT_CONTRAST = (
    "Contrast is not known to be safe for this patient: consider to repeat the MRI without contrast, or a specialist's "
    "reading of the images."
)


def assess_order(order: Order, patient: Patient) -> Verdict:
    treatment = treats_edema(order)
    if not (treatment or order.asks_for(*MRI)) or order.asks_for(Concept.DYNAMIC_CONTRAST_MRI):
        return NOT_APPLICABLE
    return _assess(patient, lambda site: treatment or order.site.same_as(site), (order.fact,))


def assess_chart(patient: Patient) -> Verdict:
    """A site with signs of osteonecrosis is rule ON-01's."""
    return _assess(patient, lambda site: not isinstance(unreferred_signs(patient, site), Present), ())


def _assess(patient: Patient, asked: Callable[[Site], bool], order: tuple[Fact, ...]) -> Verdict:
    seen = patient.edema_on_mri()
    if isinstance(seen, Unknown):
        return MissingData(seen.gap)
    if isinstance(seen, Absent):
        return Satisfied(seen.remarks)
    places = [each for each in seen.items if each.subchondral and asked(each.site)]
    doubts = [(each, _doubt(each, patient)) for each in places]
    open_ones = [(each, doubt) for each, doubt in doubts if isinstance(doubt, Present)]
    gaps = (*seen.gaps, *(gap for _, doubt in doubts for gap in gaps_of(doubt)))
    if not open_ones:
        return MissingData(gaps[0]) if gaps else Satisfied(seen.remarks)
    facts = (fact for each, doubt in open_ones for fact in (each.fact, *doubt.facts))
    return _advice(open_ones[0][0].site, (*order, *dict.fromkeys(facts)), tuple(dict.fromkeys(gaps)), patient)


def _doubt(seen: EdemaReport, patient: Patient) -> Finding[Factual]:
    """What leaves osteonecrosis open at this place, unless it is confirmed or was looked at with dynamic contrast."""
    recorded = [item for item in patient.problems.about(Concept.OSTEONECROSIS) if item.current]
    here = [item for item in recorded if item.site.may_be(seen.site)]
    if any(not item.provisional for item in here):
        return Absent()
    considered = (
        item
        for item in patient.differentials
        if item.current and Concept.OSTEONECROSIS in item.concepts and item.site.may_be(seen.site)
    )
    suspected = finding((*here, *considered), patient.problems.gaps)
    signs = (Seen.OSTEONECROSIS, Seen.OSTEONECROSIS_SIGN)
    open_on_mri = patient.seen_on_mri(*signs, site=seen.site, said=Assertion.UNCERTAIN)
    return unless(any_of(suspected, open_on_mri), _perfusion(seen, patient))


def _perfusion(seen: EdemaReport, patient: Patient) -> Finding[Factual]:
    """A dynamic contrast MRI of this place since the report: its own report, or a study that has none yet."""
    reports = patient.mri_reports.about(Concept.DYNAMIC_CONTRAST_MRI)
    studies = patient.imaging_studies.about(Concept.DYNAMIC_CONTRAST_MRI)
    found: tuple[Factual, ...] = (
        *(item for item in reports if item.about(seen.site) and _since(item.when, seen)),
        *(item for item in studies if item.site.same_as(seen.site) and _since(item.when, seen)),
    )
    return finding(found, patient.imaging_studies.gaps)


def _since(when: When | None, seen: EdemaReport) -> bool:
    return when is None or when.last >= seen.when.first


def _advice(site: Site, because: tuple[Fact, ...], gaps: tuple[Gap, ...], patient: Patient) -> Advice:
    against = any_of(patient.mri_contraindication, patient.contrast_contraindication)
    proposals: tuple[Proposal, ...] = (Propose(Service.MRI_DYNAMIC_CONTRAST),)
    if not isinstance(against, Absent):
        proposals = (Propose(mri_without_contrast_of(site)), Propose(Service.SPECIALIST_REVIEW))
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(HOW,) if isinstance(against, Absent) else (HOW, WITHOUT_CONTRAST),
        because=(*because, *(against.facts if isinstance(against, Present) else ())),
        unchecked=(*gaps, *gaps_of(against)),
        proposals=proposals,
        arm="contrast" if isinstance(against, Absent) else "without contrast",
    )
