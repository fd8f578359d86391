"""Pregnancy should be excluded before a prostacyclin analog is given.

When    a systemic prostacyclin is ordered for a patient who may become pregnant
  and   neither a pregnancy nor a recent negative status or test is on record
Unless  the prostacyclin treats pulmonary hypertension, or is inhaled and not for bone marrow edema
Then    warn and offer a pregnancy test
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ILOPROST_SMPC, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Fact, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

TEST_WINDOW = Threshold(
    name="pregnancy-test-window",
    unit="d",
    default=14,
    low=1,
    high=28,
    source="ours, awaiting a clinical board; the SmPC asks to exclude pregnancy first without naming a time",
)

RULE = Rule(
    id="BME-CI-03",
    version=1,
    title="Prostacyclin analog, pregnancy status unknown",
    check="pregnancy status before a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(Need.DEMOGRAPHICS, Need.PREGNANCY, Need.CHILDBEARING, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(ILOPROST_SMPC, "4.6 Pregnancy: exclude pregnancy first"),
        Evidence(STATPEARLS, "Treatment / Management"),
    ),
    thresholds=(TEST_WINDOW,),
    limits="The number of days for which a test counts is an assumption of this project.",
    overrides=(
        OverrideReason("test-negative-today", "Test negative today"),
        OverrideReason("not-of-childbearing-potential", "Not of childbearing potential"),
    ),
)

SUMMARY = "Pregnancy status not known - label asks to exclude pregnancy before iloprost/prostacyclin"


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.PROSTACYCLIN):
        return NOT_APPLICABLE
    systemic = patient.systemic(drug)
    use = patient.for_pulmonary_hypertension(drug)
    if isinstance(systemic, Absent) or isinstance(use, Present):
        return NOT_APPLICABLE
    match patient.childbearing_potential:
        case Absent():
            return NOT_APPLICABLE
        case Unknown(gap):
            return MissingData(gap)
        case potential:
            return _status(drug, potential, patient) if isinstance(systemic, Present) else MissingData(systemic.gap)


def _status(drug: Medication, potential: Present[Fact], patient: Patient) -> Verdict:
    pregnancy = patient.pregnancy
    if isinstance(pregnancy, Unknown):
        return MissingData(pregnancy.gap)
    if isinstance(pregnancy, Present):
        return SATISFIED  # known: BME-CI-02 speaks
    tested = patient.not_pregnant_by_test(patient.policy[TEST_WINDOW])
    if isinstance(tested, Present):
        return Satisfied(pregnancy.remarks)
    return _advice(drug, potential, patient)


def _advice(drug: Medication, potential: Present[Fact], patient: Patient) -> Advice:
    days = patient.policy[TEST_WINDOW]
    use = patient.for_pulmonary_hypertension(drug)
    remarks = patient.pregnancy_results.remarks
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(
            f"No pregnancy status and no test of the last {days:g} days is on record.",
            f"Test within {days:g} days of the infusion; contraception is advised during treatment.",
        ),
        because=(drug.fact, *potential.facts),
        unchecked=(*potential.gaps, *((use.gap,) if isinstance(use, Unknown) else ())),
        remarks=remarks,
        proposals=(Propose(Service.PREGNANCY_TEST),),
    )
