"""Denosumab in advanced chronic kidney disease needs a specialist: the calcium may fall severely.

When    denosumab is ordered
  and   eGFR is below 30, or the patient is on dialysis; or no eGFR of the last 90 days is on record
Then    warn critically about the first and offer to remove the draft and a referral to nephrology; warn about the last
        and offer a creatinine
"""

from __future__ import annotations

from math import inf

from cds_hooks.authoring.evidence import PROLIA_BOXED_WARNING, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    DeleteDraft,
    Group,
    MissingData,
    Propose,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Fact, Finding, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

LIMIT = Threshold(
    name="denosumab-egfr",
    unit="mL/min/1.73 m2",
    default=30,
    low=15,
    high=60,
    source="FDA safety communication on Prolia, 19 January 2024",
)

RULE = Rule(
    id="BME-DS-DEN-02",
    version=1,
    title="Denosumab in advanced chronic kidney disease",
    check="kidney function before denosumab",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.DENOSUMAB,),
    needs=(Need.KIDNEY_FUNCTION, Need.DEMOGRAPHICS, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(Evidence(PROLIA_BOXED_WARNING, "Severe hypocalcemia in patients with advanced kidney disease"),),
    limits="For how many days an eGFR counts is an assumption of this project.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(LIMIT, antiresorptive.KIDNEY_DAYS),
)

ADVANCED = "Denosumab: eGFR below 30 or dialysis - severe hypocalcemia risk (boxed warning)"
MISSING = "Denosumab: eGFR not known or older than 90 days - check before the dose"
WORK_UP = (
    "The boxed warning asks for a work-up of the bone disease of the kidney first: parathyroid hormone, calcium, "
    "25-OH and 1,25-(OH)2 vitamin D."
)
MONITORING = "Calcium is measured weekly in the first month; a specialist in the field oversees the treatment."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.DENOSUMAB):
        return NOT_APPLICABLE
    egfr = patient.egfr(patient.policy[antiresorptive.KIDNEY_DAYS])
    dialysis = patient.has(*antiresorptive.END_STAGE_KIDNEY_DISEASE)
    limit = patient.policy[LIMIT]
    values = egfr.items if isinstance(egfr, Present) else ()
    low = tuple(item for item in values if item.surely_below(limit))
    if low or isinstance(dialysis, Present):
        facts = tuple(fact for each in (egfr, dialysis) if isinstance(each, Present) for fact in each.facts)
        return _advanced(drug, facts, gaps_of(egfr) + gaps_of(dialysis), _remarks(egfr))
    if gaps_of(egfr):
        return MissingData(gaps_of(egfr)[0])
    if not any(item.surely_at_least(limit) for item in values):
        return _missing(drug, gaps_of(dialysis), _remarks(egfr), patient)
    return MissingData(gaps_of(dialysis)[0]) if gaps_of(dialysis) else Satisfied(_remarks(egfr))


def _remarks(egfr: Finding[Result]) -> tuple[Gap, ...]:
    return () if isinstance(egfr, Unknown) else egfr.remarks


def _advanced(drug: Medication, facts: tuple[Fact, ...], gaps: tuple[Gap, ...], remarks: tuple[Gap, ...]) -> Advice:
    return Advice(
        indicator="critical",
        summary=ADVANCED,
        detail=(WORK_UP, MONITORING),
        because=(drug.fact, *facts),
        unchecked=gaps,
        remarks=remarks,
        proposals=(
            DeleteDraft(drug.reference, "Remove the draft order of denosumab"),
            Propose(Service.NEPHROLOGY_REFERRAL),
        ),
        arm="advanced",
    )


def _missing(drug: Medication, gaps: tuple[Gap, ...], remarks: tuple[Gap, ...], patient: Patient) -> Advice:
    """Whatever is on record is shown: too old, or a bound that does not decide."""
    days, known = patient.policy[antiresorptive.KIDNEY_DAYS], patient.egfr(inf)
    return Advice(
        indicator="warning",
        summary=MISSING,
        detail=(f"No eGFR of the last {days:g} days that decides is on record.", WORK_UP),
        because=(drug.fact, *(known.facts if isinstance(known, Present) else ())),
        unchecked=gaps,
        remarks=remarks,
        proposals=(Propose(Service.CREATININE_TEST),),
        arm="missing",
        group=Group.DENOSUMAB_CHECK,
    )
