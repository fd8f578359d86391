"""A bisphosphonate should not be given in pregnancy, and not while breastfeeding, on top of another one, before its
interval is over or after an atypical femur fracture without good reason.

When    a bisphosphonate is ordered
  and   the patient is pregnant or breastfeeding; or another bisphosphonate is active or drafted; or intravenous
        ibandronate was given less than 90 days ago, or zoledronate 5 mg less than a year ago; or an atypical femur
        fracture is on record; or a pregnancy is possible and not excluded
Unless  the other bisphosphonate is the order that the draft renews
Then    warn (critically in pregnancy) and offer to remove the draft; about a pregnancy not excluded, inform
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cds_hooks.authoring.evidence import IBANDRONATE_LABEL, ZOLEDRONATE_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    DeleteDraft,
    Group,
    MissingData,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.antiresorptive import PastDose
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Fact, Factual, Finding, Gap, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route

IBANDRONATE_INTERVAL = Threshold(
    name="ibandronate-interval", unit="d", default=90, low=28, high=120, source="ibandronate injection label"
)
ZOLEDRONATE_INTERVAL = Threshold(
    name="zoledronate-interval", unit="d", default=365, low=90, high=730, source="zoledronic acid 5 mg label"
)

RULE = Rule(
    id="BME-DS-BIS-05",
    version=1,
    title="Bisphosphonate in pregnancy, while breastfeeding, twice, too early or after an atypical femur fracture",
    check="pregnancy, duplicates and intervals with a bisphosphonate",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.BISPHOSPHONATE,),
    needs=(
        Need.PREGNANCY,
        Need.CHILDBEARING,
        Need.DEMOGRAPHICS,
        Need.PROBLEMS,
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
    ),
    evidence=(
        Evidence(IBANDRONATE_LABEL, "Pregnancy and lactation; dosage interval; atypical femur fractures"),
        Evidence(ZOLEDRONATE_LABEL, "Pregnancy and lactation; dosage interval; atypical femur fractures"),
    ),
    limits="The US text asks for caution in pregnancy; for an off-label use this project treats it as critical. The "
    "published regimens in bone marrow edema are denser than the label intervals.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    speaks={Hook.ORDER_SIGN: frozenset({"critical", "warning"})},
    thresholds=(IBANDRONATE_INTERVAL, ZOLEDRONATE_INTERVAL, antiresorptive.PREGNANCY_TEST_DAYS),
)

PREGNANT = "Bisphosphonate in pregnancy - not advised (off-label, skeletal retention for years)"
BREASTFEEDING = "Bisphosphonate while breastfeeding - not advised"
TOO_EARLY = "Bisphosphonate dose earlier than the label interval"
FEMUR = "Atypical femur fracture on record - bisphosphonate needs specialist review"
DUPLICATE = "Second antiresorptive with a bisphosphonate - duplicate therapy"
NOT_EXCLUDED = "Pregnancy status not known - consider it before a bisphosphonate"
RETENTION = "Bisphosphonates stay in the skeleton for years and may reach a fetus long after the dose."


@dataclass(frozen=True, slots=True)
class Arm:
    """One reason against the dose: its name, the summary and the sentence that go with it, and what was found."""

    name: str
    summary: str
    why: str
    found: Finding[Factual]


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.BISPHOSPHONATE):
        return NOT_APPLICABLE
    partners = patient.takes(DrugGroup.BISPHOSPHONATE, beside=order)
    arms = _arms(partners, patient)
    present = [arm for arm in arms if isinstance(arm.found, Present)]
    gaps = tuple(dict.fromkeys(gap for arm in arms for gap in gaps_of(arm.found)))
    remarks = tuple(remark for arm in arms if not isinstance(arm.found, Unknown) for remark in arm.found.remarks)
    if present:
        return replace(_advice(order, drug, present, partners, patient), unchecked=gaps, remarks=remarks)
    return MissingData(gaps[0]) if gaps else _pregnancy_not_excluded(drug, remarks, patient)


def _arms(partners: Finding[Medication], patient: Patient) -> tuple[Arm, ...]:
    """The gravest first; the duplicate last, because a card about denosumab beside it stands for that arm alone."""
    return (
        Arm("pregnancy", PREGNANT, RETENTION, patient.pregnancy),
        Arm("lactation", BREASTFEEDING, "The label advises against it.", patient.has(Concept.LACTATION)),
        Arm("interval", TOO_EARLY, _intervals(patient), _too_early(patient)),
        Arm(
            "femur",
            FEMUR,
            "Such fractures are described under long treatment; the other femur is at risk too.",
            patient.ever_had(Concept.ATYPICAL_FEMUR_FRACTURE),
        ),
        Arm("duplicate", DUPLICATE, "Two bisphosphonates add to each other without a proven benefit.", partners),
    )


def _intervals(patient: Patient) -> str:
    ibandronate, zoledronate = patient.policy[IBANDRONATE_INTERVAL], patient.policy[ZOLEDRONATE_INTERVAL]
    return (
        f"Label intervals: intravenous ibandronate {ibandronate:g} days, zoledronate 5 mg {zoledronate:g} days. "
        "Published regimens in bone marrow edema differ (off-label)."
    )


def _too_early(patient: Patient) -> Finding[PastDose]:
    doses = antiresorptive.past_doses(patient, DrugGroup.BISPHOSPHONATE)
    if isinstance(doses, Present):
        return finding(tuple(dose for dose in doses.items if _within_interval(dose, patient)), doses.gaps)
    return doses


def _within_interval(dose: PastDose, patient: Patient) -> bool:
    """Only what goes into a vein has such an interval; the zoledronate for cancer has none."""
    drug = dose.medication
    ingredients = antiresorptive.ingredients_of(drug)
    if antiresorptive.bisphosphonate_route(drug) is Route.ORAL:
        return False
    if "zoledronic acid" in ingredients and drug.medicine.strength_mg != antiresorptive.ZOLEDRONATE_FOR_CANCER:
        return dose.days < patient.policy[ZOLEDRONATE_INTERVAL]
    return "ibandronate" in ingredients and dose.days < patient.policy[IBANDRONATE_INTERVAL]


def _advice(
    order: Order,
    drug: Medication,
    present: list[Arm],
    partners: Finding[Medication],
    patient: Patient,
) -> Advice:
    lead = present[0]
    drafts = partners.items if isinstance(partners, Present) else ()
    return Advice(
        indicator="critical" if lead.name == "pregnancy" else "warning",
        summary=lead.summary,
        detail=tuple(arm.why for arm in present),
        because=(drug.fact, *_facts(present)),
        proposals=(DeleteDraft(drug.reference, "Remove the draft order of the bisphosphonate"),),
        partners=tuple(item.reference for item in drafts if item.standing is Standing.DRAFT),
        mirror=any(antiresorptive.stands_before(item, order, patient) for item in drafts),
        arm=lead.name,
    )


def _facts(present: list[Arm]) -> tuple[Fact, ...]:
    """An order that is a duplicate and too early stands there once, with the day of its dose."""
    facts = [fact for arm in present if isinstance(arm.found, Present) for fact in arm.found.facts]
    return tuple({fact.resource or fact: fact for fact in reversed(facts)}.values())[::-1]


def _pregnancy_not_excluded(drug: Medication, remarks: tuple[Gap, ...], patient: Patient) -> Verdict:
    possible = antiresorptive.pregnancy_not_excluded(patient)
    if isinstance(possible, Unknown):
        return MissingData(possible.gap)
    if not isinstance(possible, Present):
        return Satisfied(remarks)
    return Advice(
        indicator="info",
        summary=NOT_EXCLUDED,
        detail=(RETENTION,),
        because=(drug.fact, *possible.facts),
        unchecked=possible.gaps,
        remarks=remarks,
        arm="unknown",
        group=Group.BISPHOSPHONATE_BASIS,
    )
