"""Nifedipine is given in modified-release form, in pregnancy only with obstetric advice, and with care beside other
antihypertensives.

When    nifedipine is ordered in an immediate-release form, for a patient who is pregnant, or together with two or more
        other antihypertensives
Then    warn, and offer a modified-release form instead of an immediate-release one; of other antihypertensives inform
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import NIFEDIPINE_SMPC, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Change, UpdateDraft, Verdict
from cds_hooks.snapshot.blood_pressure import antihypertensives, is_nifedipine, lowering
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Fact, Finding, Present, any_of, finding, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.release import Release, release
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route

MANY = Threshold(
    name="nifedipine-antihypertensives",
    unit="1",
    default=2,
    low=2,
    high=4,
    source="rule specification; ours, awaiting a clinical board",
)

RULE = Rule(
    id="BME-DS-NIF-03",
    version=1,
    title="Nifedipine: immediate release, pregnancy, co-therapy",
    check="form of nifedipine, pregnancy and other antihypertensives",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(DrugGroup.CALCIUM_CHANNEL_BLOCKER,),
    needs=(Need.MEDICATIONS, Need.PREGNANCY, Need.PROBLEMS, Need.CHILDBEARING, Need.DEMOGRAPHICS),
    gate=Gate.EDEMA,
    thresholds=(MANY,),
    evidence=(Evidence(NIFEDIPINE_SMPC, "4.4 Special warnings, 4.5 Interactions, 4.6 Pregnancy"),),
    limits="Label. The number of antihypertensives is an assumption of this project.",
)

SUMMARY = "Nifedipine: prefer modified release; check pregnancy and other BP drugs"
ABRUPT = "Immediate-release forms cause abrupt falls of blood pressure."
PREGNANT = "In pregnancy nifedipine is for obstetric advice only; EU texts do not use it before week 20."
ADDS = "Nifedipine adds to the effect of the other antihypertensives."
MAGNESIUM = "Together with intravenous magnesium, blood pressure needs to be watched."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not is_nifedipine(drug):
        return NOT_APPLICABLE
    immediate: Finding[Fact] = Absent()
    if release(drug.medicine) is Release.IMMEDIATE:
        immediate = Present((drug.fact,))
    pregnancy, others = patient.pregnancy, _antihypertensives(order, patient)
    weighed = weigh(warning=any_of(immediate, pregnancy), info=others)
    if not isinstance(weighed, Weighed):
        return weighed
    why = ((immediate, ABRUPT), (pregnancy, PREGNANT), (others, ADDS))
    reasons = tuple(sentence for arm, sentence in why if isinstance(arm, Present))
    return _advice(order, weighed, reasons, isinstance(immediate, Present), _magnesium(order, patient))


def _antihypertensives(order: Order, patient: Patient) -> Finding[Medication]:
    found = antihypertensives(patient, order)
    if not isinstance(found, Present) or len(lowering(found.items)) >= patient.policy[MANY]:
        return found
    return finding((), found.gaps)


def _magnesium(order: Order, patient: Patient) -> tuple[Medication, ...]:
    """Magnesium sulfate but by mouth. It makes no card of its own, so that an unread list hides nothing."""
    found = only(
        patient.takes(DrugGroup.MAGNESIUM_SULFATE, beside=order), lambda item: item.medicine.route is not Route.ORAL
    )
    return found.items if isinstance(found, Present) else ()


def _advice(
    order: Order, weighed: Weighed, reasons: tuple[str, ...], immediate: bool, magnesium: tuple[Medication, ...]
) -> Advice:
    facts = (order.fact, *weighed.facts, *(item.fact for item in magnesium))
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(*reasons, *((MAGNESIUM,) if magnesium else ())),
        because=tuple(dict.fromkeys(facts)),
        unchecked=weighed.unchecked,
        remarks=weighed.remarks,
        proposals=(UpdateDraft(order.reference, Change.MODIFIED_RELEASE),) if immediate else (),
    )
