"""A prostacyclin analog should not be given in pregnancy.

When    a systemic prostacyclin is ordered
  and   the patient is pregnant by any evidence that stands
Unless  the prostacyclin is inhaled and not for bone marrow edema
Then    warn critically and offer to remove the draft; in pulmonary hypertension ask to confirm instead
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ILOPROST_SMPC, ILOPROST_US_LABEL, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Fact, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

RULE = Rule(
    id="BME-CI-02",
    version=1,
    title="Prostacyclin analog in pregnancy",
    check="pregnancy with a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(Need.PREGNANCY, Need.PROBLEMS, Need.CHILDBEARING, Need.DEMOGRAPHICS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Treatment / Management"),
        Evidence(ILOPROST_SMPC, "4.3 Contraindications, 4.6 Pregnancy"),
        Evidence(ILOPROST_US_LABEL, "8.1 Pregnancy: limited data, no contraindication"),
    ),
    limits="Review article and EU/UK label; the US label has limited data and names no contraindication.",
    overrides=(OverrideReason("pregnancy-ended", "The pregnancy has ended"),),
)

CONTRAINDICATED = "Iloprost/prostacyclin is contraindicated in pregnancy (review article and EU label)"
CONFIRM = "Prostacyclin in pregnancy: specialist decision - confirm that the pregnancy is known to the prescriber"
INSTEAD = "If it is meant for bone marrow edema, care without drugs is an option: protected weight-bearing."
IN_PULMONARY_HYPERTENSION = "The prostacyclin treats pulmonary hypertension: an abrupt stop is dangerous."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.PROSTACYCLIN):
        return NOT_APPLICABLE
    systemic = patient.systemic(drug)
    if isinstance(systemic, Absent):
        return NOT_APPLICABLE
    match patient.pregnancy:
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case pregnancy:
            return MissingData(systemic.gap) if isinstance(systemic, Unknown) else _advice(drug, pregnancy, patient)


def _advice(drug: Medication, pregnancy: Present[Fact], patient: Patient) -> Advice:
    use = patient.for_pulmonary_hypertension(drug)
    for_hypertension = isinstance(use, Present)
    unclear = (use.gap,) if isinstance(use, Unknown) else ()
    delete = DeleteDraft(drug.reference, "Remove the draft order of the prostacyclin")
    return Advice(
        indicator="warning" if for_hypertension else "critical",
        summary=CONFIRM if for_hypertension else CONTRAINDICATED,
        detail=(IN_PULMONARY_HYPERTENSION if for_hypertension else INSTEAD,),
        because=(drug.fact, *pregnancy.facts),
        unchecked=(*pregnancy.gaps, *unclear),
        remarks=pregnancy.remarks,
        proposals=(*(() if for_hypertension or unclear else (delete,)), Propose(Service.OBSTETRIC_CONSULT)),
    )
