"""A prostacyclin should not be given while breastfeeding, and starts at a lower dose in liver failure or on dialysis.

When    a systemic prostacyclin is ordered
  and   the patient is breastfeeding, or has cirrhosis of Child-Pugh class B or C or of no stated class, is on dialysis,
        or has an eGFR below 30
Unless  it treats pulmonary hypertension: then only breastfeeding counts, and removal is not offered
Then    warn critically while breastfeeding and offer to remove the draft; else warn and offer to note the lower start
        dose
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import ILOMEDIN_DATA_SHEET, ILOPROST_SMPC, ILOPROST_US_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    Change,
    DeleteDraft,
    MissingData,
    Proposal,
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot.lactation import lactation
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Present, Unknown, any_of, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

EGFR_LOW = Threshold(
    name="iloprost-egfr",
    unit="mL/min/1.73 m2",
    default=30,
    low=15,
    high=60,
    source="rule specification; labels name dialysis",
)
EGFR_DAYS = Threshold(
    name="iloprost-egfr-days", unit="d", default=365, low=30, high=365, source="ours, awaiting a clinical board"
)
KIDNEY_FAILURE = (Concept.DIALYSIS, Concept.END_STAGE_RENAL_DISEASE)

RULE = Rule(
    id="BME-DS-ILO-06",
    version=1,
    title="Iloprost: liver disease, dialysis, lactation",
    check="liver, kidney and breastfeeding with a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(Need.PROBLEMS, Need.PREGNANCY, Need.KIDNEY_FUNCTION, Need.DEMOGRAPHICS),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(EGFR_LOW, EGFR_DAYS),
    evidence=(
        Evidence(ILOPROST_SMPC, "4.2 Hepatic impairment and dialysis, 4.3 Contraindications, 4.6 Lactation"),
        Evidence(ILOMEDIN_DATA_SHEET, "Dosage in renal failure and liver cirrhosis"),
        Evidence(ILOPROST_US_LABEL, "2 Dosage: hepatic impairment, Child-Pugh B or C"),
    ),
    limits="Cirrhosis without a stated class is read as class B or C; the age of the eGFR is an assumption of this "
    "project.",
)

LOWER_DOSE = "Iloprost: start-dose limit with liver failure or dialysis"
BREASTFEEDING = "Iloprost is contraindicated during breastfeeding (EU label)"
LIVER = "The US label starts at 0.25 ng/kg/min in Child-Pugh class B or C."
CLEARANCE = "Iloprost is cleared more slowly in liver failure and on dialysis."
MILK = "It is not known whether iloprost passes into milk."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.PROSTACYCLIN):
        return NOT_APPLICABLE
    systemic = patient.systemic(drug)
    if isinstance(systemic, Absent):
        return NOT_APPLICABLE
    if isinstance(systemic, Unknown):
        return MissingData(systemic.gap)
    treats_lungs = patient.for_pulmonary_hypertension(drug)
    feeding = lactation(patient)
    slow = Absent() if isinstance(treats_lungs, Present) else _slow_clearance(patient)
    weighed = weigh(critical=feeding, warning=slow)
    return _advice(order, weighed, treats_lungs, slow) if isinstance(weighed, Weighed) else weighed


def _slow_clearance(patient: Patient) -> Finding[Factual]:
    egfr = patient.egfr(patient.policy[EGFR_DAYS])
    low = only(egfr, lambda result: result.surely_below(patient.policy[EGFR_LOW]))
    return any_of(_cirrhosis(patient), patient.has(*KIDNEY_FAILURE), low)


def _cirrhosis(patient: Patient) -> Finding[Problem]:
    """Child-Pugh class B or C, or cirrhosis of which no class is recorded."""
    advanced = patient.has(Concept.CHILD_PUGH_B_OR_C)
    if isinstance(advanced, Present) or isinstance(patient.has(Concept.CHILD_PUGH_A), Present):
        return advanced
    return patient.has(Concept.CIRRHOSIS)


def _advice(order: Order, weighed: Weighed, treats_lungs: Finding[Fact], slow: Finding[Factual]) -> Advice:
    feeding = weighed.indicator == "critical"
    lower_dose = isinstance(slow, Present)
    return Advice(
        indicator=weighed.indicator,
        summary=BREASTFEEDING if feeding else LOWER_DOSE,
        detail=(*((MILK,) if feeding else ()), *((CLEARANCE, LIVER) if lower_dose else ())),
        because=(order.fact, *weighed.facts),
        unchecked=(*weighed.unchecked, *gaps_of(treats_lungs)),
        remarks=weighed.remarks,
        proposals=tuple(_offers(order, feeding and isinstance(treats_lungs, Absent), lower_dose)),
        arm="lactation" if feeding else "dose",
    )


def _offers(order: Order, removable: bool, lower_dose: bool) -> list[Proposal]:
    """A prostacyclin that treats pulmonary hypertension is never offered for removal: an abrupt stop is dangerous."""
    offers: list[Proposal] = []
    if removable:
        offers.append(DeleteDraft(order.reference, "Remove the draft order of the prostacyclin"))
    if lower_dose:
        offers.append(UpdateDraft(order.reference, Change.LOWER_START_DOSE))
    return offers
