"""The teeth should be looked after before an antiresorptive is given: jaw osteonecrosis follows invasive dental work.

When    a bisphosphonate or denosumab is ordered
  and   an osteonecrosis of the jaw is on the problem list; or an extraction or implant is planned or was done in the
        last 60 days; or no dental examination of the last year is on record
Unless  for a missing examination alone: an antiresorptive was already ordered in the last 12 months
Then    warn critically about the first, warn about the second, inform about the third; offer a dental examination
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import AAOMS, IBANDRONATE_LABEL, PROLIA_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Group,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Factual, Finding, Present, Unknown, any_of, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service
from cds_hooks.wire.card import Indicator

RECENT = Threshold(
    name="dental-surgery-days", unit="d", default=60, low=14, high=180, source="label and AAOMS; days: ours"
)
AHEAD = Threshold(name="dental-surgery-ahead", unit="d", default=365, low=30, high=365, source=antiresorptive.OURS)
EXAMINED = Threshold(
    name="dental-examination-days", unit="d", default=365, low=90, high=730, source=antiresorptive.OURS
)
EARLIER = Threshold(
    name="dental-earlier-antiresorptive", unit="d", default=365, low=90, high=730, source=antiresorptive.OURS
)

RULE = Rule(
    id="BME-DS-AR-01",
    version=1,
    title="Antiresorptive: dental check",
    check="teeth and jaw before an antiresorptive",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.BISPHOSPHONATE, DrugGroup.DENOSUMAB),
    needs=(
        Need.PROBLEMS,
        Need.PROCEDURES,
        Need.CARE,
        Need.APPOINTMENTS,
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(IBANDRONATE_LABEL, "Warnings: osteonecrosis of the jaw"),
        Evidence(PROLIA_LABEL, "Warnings: osteonecrosis of the jaw"),
        Evidence(AAOMS, "Prevention before treatment"),
    ),
    limits="Most systems hold no dental records: a missing examination may have been done elsewhere.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    speaks={Hook.ORDER_SIGN: frozenset({"critical"})},
    thresholds=(RECENT, AHEAD, EXAMINED, EARLIER),
)

CHECK = "Antiresorptive planned - consider a dental check first (jaw osteonecrosis)"
NECROSIS = "Jaw osteonecrosis on record - antiresorptive needs specialist review before any dose"
BEFORE = "Invasive dental work is best done and healed before the first dose."
NO_EXAMINATION = "No dental examination of the last {days:g} days is on record."
INVASIVE = (Concept.INVASIVE_DENTAL_PROCEDURE, Concept.DENTAL_IMPLANT)
ANTIRESORPTIVES = (DrugGroup.BISPHOSPHONATE, DrugGroup.DENOSUMAB)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not order.gives(*ANTIRESORPTIVES):
        return NOT_APPLICABLE
    necrosis, surgery = patient.has(Concept.OSTEONECROSIS_OF_JAW), _surgery(patient)
    if isinstance(necrosis, Present):
        return _advice("critical", (BEFORE,), drug, (necrosis, surgery))
    if gaps_of(necrosis):
        return MissingData(gaps_of(necrosis)[0])  # a lesser arm is silent at signing, and would hide this
    if isinstance(surgery, Present):
        return _advice("warning", (BEFORE,), drug, (surgery,))
    return _examination(drug, surgery, patient)


def _surgery(patient: Patient) -> Finding[Factual]:
    """An extraction or implant, done lately or planned. An implant on the problem list is one that is there."""
    recent = patient.event(*INVASIVE, within_days=patient.policy[RECENT])
    if isinstance(recent, Present):
        done = (item for item in recent.items if isinstance(item, Event) or INVASIVE[0] in item.concepts)
        recent = finding(tuple(done), recent.gaps)
    return any_of(recent, patient.planned(*INVASIVE, within_days=patient.policy[AHEAD]))


def _examination(drug: Medication, surgery: Finding[Factual], patient: Patient) -> Verdict:
    """Whether an earlier order makes the advice needless may stay open: the card then says so."""
    days = patient.policy[EXAMINED]
    examined, earlier = patient.event(Concept.DENTAL_EXAMINATION, within_days=days), _earlier(patient)
    gaps = gaps_of(surgery)
    if isinstance(examined, Present) or isinstance(earlier, Present):
        return MissingData(gaps[0]) if gaps else SATISFIED
    if isinstance(examined, Unknown):
        return MissingData(examined.gap)
    detail = (NO_EXAMINATION.format(days=days), BEFORE)
    group = Group.DENOSUMAB_BASIS if drug.gives(DrugGroup.DENOSUMAB) else Group.BISPHOSPHONATE_BASIS
    return _advice("info", detail, drug, (surgery, earlier), group)


def _earlier(patient: Patient) -> Finding[Factual]:
    """An antiresorptive that is active, that the draft renews, or of the last 12 months: the first dose is over."""
    standings = (Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED)
    on_file = (item for group in ANTIRESORPTIVES for item in patient.on_file(group, *standings))
    active = tuple(item for item in on_file if item.standing is Standing.ACTIVE)
    doses = (antiresorptive.past_doses(patient, group) for group in ANTIRESORPTIVES)
    limit = patient.policy[EARLIER]
    recent = (
        finding(tuple(dose for dose in found.items if dose.days <= limit), found.gaps)
        if isinstance(found, Present)
        else found
        for found in doses
    )
    return any_of(finding(active, ()), *recent)


def _advice(
    indicator: Indicator,
    detail: tuple[str, ...],
    drug: Medication,
    found: tuple[Finding[Factual], ...],
    group: Group | None = None,
) -> Advice:
    return Advice(
        indicator=indicator,
        summary=NECROSIS if indicator == "critical" else CHECK,
        detail=detail,
        because=(drug.fact, *(fact for each in found if isinstance(each, Present) for fact in each.facts)),
        unchecked=tuple(gap for each in found for gap in gaps_of(each)),
        proposals=(Propose(Service.DENTAL_REFERRAL),),
        arm={"critical": "necrosis", "warning": "surgery", "info": "examination"}[indicator],
        group=group,
    )
