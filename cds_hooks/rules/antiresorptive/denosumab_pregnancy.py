"""Denosumab should not be given in pregnancy, and pregnancy should be excluded before a dose.

When    denosumab is ordered
  and   the patient is pregnant; or may become pregnant and neither a negative status nor a test of the last 14 days is
        on record
Then    warn critically about the first and offer to remove the draft; warn about the second and offer a test
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PROLIA_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Fact, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

RULE = Rule(
    id="BME-DS-DEN-03",
    version=1,
    title="Denosumab and pregnancy",
    check="pregnancy with denosumab",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.DENOSUMAB,),
    needs=(Need.PREGNANCY, Need.CHILDBEARING, Need.DEMOGRAPHICS, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(Evidence(PROLIA_LABEL, "Contraindications: pregnancy; use in females of reproductive potential"),),
    limits="For how many days a test counts is an assumption of this project.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(antiresorptive.PREGNANCY_TEST_DAYS,),
)

CONTRAINDICATED = "Denosumab is contraindicated in pregnancy (label)"
NOT_EXCLUDED = "Pregnancy status not known - label asks for a test before denosumab, contraception for 5 months"
HARM = "Denosumab can harm the fetus."
ASKED = (
    "The label asks for a pregnancy test before each dose and for effective contraception until 5 months after the "
    "last one."
)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.DENOSUMAB):
        return NOT_APPLICABLE
    pregnancy = patient.pregnancy
    if isinstance(pregnancy, Unknown):
        return MissingData(pregnancy.gap)
    if isinstance(pregnancy, Present):
        return _pregnant(drug, pregnancy)
    return _not_excluded(drug, pregnancy.remarks, patient)


def _pregnant(drug: Medication, pregnancy: Present[Fact]) -> Advice:
    return Advice(
        indicator="critical",
        summary=CONTRAINDICATED,
        detail=(HARM, ASKED),
        because=(drug.fact, *pregnancy.facts),
        unchecked=pregnancy.gaps,
        remarks=pregnancy.remarks,
        proposals=(DeleteDraft(drug.reference, "Remove the draft order of denosumab"),),
        arm="pregnant",
    )


def _not_excluded(drug: Medication, remarks: tuple[Gap, ...], patient: Patient) -> Verdict:
    match antiresorptive.pregnancy_not_excluded(patient):
        case Unknown(gap):
            return MissingData(gap)
        case Present() as possible:
            return Advice(
                indicator="warning",
                summary=NOT_EXCLUDED,
                detail=(HARM, ASKED),
                because=(drug.fact, *possible.facts),
                unchecked=possible.gaps,
                remarks=remarks,
                proposals=(Propose(Service.PREGNANCY_TEST),),
                arm="unknown",
            )
        case _:
            return Satisfied(remarks)
