"""A prostacyclin adds to the effect of medicines that lower blood pressure; monitoring should be planned.

When    a systemic prostacyclin is ordered that does not treat pulmonary hypertension
  and   nifedipine, a nitrate, a PDE5 inhibitor or riociguat is active, or is another draft of the session (or the other
        way round); or two or more other antihypertensives are given with it, or one at a systolic pressure below 110
Then    warn; of the other antihypertensives inform, when the order is selected
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import (
    ILOPROST_HOSPITAL_GUIDE,
    ILOPROST_INTERACTIONS,
    ILOPROST_US_LABEL,
    Evidence,
)
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Verdict
from cds_hooks.snapshot import blood_pressure, prostacyclin
from cds_hooks.snapshot.blood_pressure import antihypertensives, is_nifedipine, lowering, systolic_below
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Gap, Present, Unknown, any_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import DrugGroup, Need

OURS = "ours, awaiting a clinical board"
MANY = Threshold(name="iloprost-antihypertensives", unit="1", default=2, low=2, high=4, source=OURS)
SYSTOLIC = Threshold(
    name="iloprost-systolic-with-antihypertensive", unit="mm[Hg]", default=110, low=100, high=130, source=OURS
)
RIOCIGUAT = "riociguat"
GROUPS = (
    DrugGroup.CALCIUM_CHANNEL_BLOCKER,
    DrugGroup.NITRATE,
    DrugGroup.PDE5_INHIBITOR,
    DrugGroup.PAH_VASODILATOR,
)

RULE = Rule(
    id="BME-DS-ILO-05",
    version=1,
    title="Iloprost with antihypertensives and vasodilators, nifedipine included",
    check="medicines that lower blood pressure with a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN, *GROUPS),
    needs=(Need.MEDICATIONS, Need.PROBLEMS, Need.BLOOD_PRESSURE),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    speaks={Hook.ORDER_SIGN: frozenset({"warning"})},
    thresholds=(MANY, SYSTOLIC, blood_pressure.BLOOD_PRESSURE_DAYS),
    evidence=(
        Evidence(ILOPROST_US_LABEL, "7 Drug interactions: vasodilators and antihypertensives"),
        Evidence(ILOPROST_HOSPITAL_GUIDE, "antihypertensives"),
        Evidence(ILOPROST_INTERACTIONS, "beta-blockers, calcium antagonists, vasodilators, ACE inhibitors"),
    ),
    limits="The labels ask for monitoring; number of medicines and pressure are assumptions of this project.",
)

SUMMARY = "Iloprost adds to blood-pressure lowering drugs - plan monitoring"
PAUSE = "Consider a pause or another dose of these medicines on infusion days."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None:
        return NOT_APPLICABLE
    if drug.gives(DrugGroup.PROSTACYCLIN):
        return _prostacyclin_ordered(order, patient)
    return _vasodilator_ordered(drug, order, patient) if _is_vasodilator(drug) else NOT_APPLICABLE


def _is_vasodilator(drug: Medication) -> bool:
    """Of the medicines for pulmonary hypertension, riociguat alone."""
    dilates = drug.gives(DrugGroup.NITRATE) or drug.gives(DrugGroup.PDE5_INHIBITOR)
    return dilates or is_nifedipine(drug) or RIOCIGUAT in drug.ingredients


def _prostacyclin_ordered(order: Order, patient: Patient) -> Verdict:
    concern = prostacyclin.of_concern(order.medication, patient)
    if isinstance(concern, Absent):
        return NOT_APPLICABLE
    if isinstance(concern, Unknown):
        return MissingData(concern.gap)
    vasodilators = only(patient.takes(*GROUPS, beside=order), _is_vasodilator)
    weighed = weigh(warning=vasodilators, info=_antihypertensives(order, patient))
    if not isinstance(weighed, Weighed):
        return weighed
    return _advice(weighed, (order.fact, *weighed.facts), concern.gaps, _drafts(vasodilators), mirror=False)


def _antihypertensives(order: Order, patient: Patient) -> Finding[Factual]:
    """Enough of them, or one with a low pressure; combinations count with each of their substances."""
    found = antihypertensives(patient, order)
    if not isinstance(found, Present) or len(lowering(found.items)) >= patient.policy[MANY]:
        return found
    low = systolic_below(patient, patient.policy[SYSTOLIC])
    if isinstance(low, Present):
        return any_of(found, low)
    return Unknown(found.gaps[0]) if found.gaps else low


def _vasodilator_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    found = prostacyclin.given(patient, order)
    weighed = weigh(warning=found)
    if not isinstance(weighed, Weighed):
        return weighed
    return _advice(weighed, (*weighed.facts, drug.fact), (), _drafts(found), mirror=True)


def _drafts(partners: Finding[Medication]) -> tuple[str, ...]:
    found = partners.items if isinstance(partners, Present) else ()
    return tuple(item.reference for item in found if item.standing is Standing.DRAFT)


def _advice(
    weighed: Weighed, because: tuple[Fact, ...], unclear: tuple[Gap, ...], partners: tuple[str, ...], *, mirror: bool
) -> Advice:
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(PAUSE,),
        because=because,
        unchecked=(*weighed.unchecked, *unclear),
        remarks=weighed.remarks,
        partners=partners,
        mirror=mirror,
    )
