"""A systemic NSAID should be avoided or limited with reduced kidney function or cirrhosis.

When    a systemic NSAID is ordered
  and   the eGFR of the last year is below 60, or acute kidney injury or cirrhosis is on the problem list
        or no eGFR of the last year is known in a patient who is 65 or more, or has diabetes, hypertension, heart
        failure or chronic kidney disease
Unless  the NSAID is topical or low-dose aspirin
Then    warn, critically below 30, with acute kidney injury or decompensated cirrhosis; without a value, advise a test
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import NSAID_LABEL, NSAID_PRECAUTIONS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import age, measures, nsaid
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Gap, Present, Unknown, any_of, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Service
from cds_hooks.wire.card import Indicator

EGFR_REDUCED = Threshold(
    name="nsaid-egfr-reduced", unit="mL/min/1.73 m2", default=60, low=45, high=90, source="NSAID label; KDIGO"
)
RISK_AGE = Threshold(
    name="nsaid-kidney-age", unit="a", default=65, low=50, high=80, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-DS-NSA-02",
    version=1,
    title="NSAID and kidney or cirrhosis",
    check="kidney function and cirrhosis before an NSAID",
    hooks=ORDER_HOOKS,
    orders=nsaid.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.KIDNEY_FUNCTION, Need.PROBLEMS, Need.DEMOGRAPHICS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(NSAID_LABEL, "warnings: renal and hepatic impairment"),
        Evidence(NSAID_PRECAUTIONS, "kidney and liver"),
    ),
    limits="Label texts; the advice of KDIGO to limit drugs that harm the kidney was not read in full.",
    thresholds=(nsaid.ANALGESIC_ASPIRIN, nsaid.EGFR_SEVERE, nsaid.EGFR_DAYS, EGFR_REDUCED, RISK_AGE),
)

SUMMARY = "NSAID with reduced kidney function (or cirrhosis) - avoid or limit"
UNKNOWN = "NSAID: no kidney function in 12 months with a risk factor - consider checking creatinine"
SEVERE = "With an eGFR below 30, acute kidney injury or decompensated cirrhosis an NSAID is to be avoided."
REDUCED = (
    "With an eGFR of 30 to 59: the shortest course, no other drug that harms the kidney, and creatinine again after "
    "1 to 2 weeks."
)
LIVER = "Cirrhosis adds a risk of bleeding and of kidney failure."
CHECK = "NSAIDs can harm the kidney; with the risk factor in the table a recent value is worth having."
TEST = Propose(Service.CREATININE_TEST)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not nsaid.is_systemic(drug, patient):
        return NOT_APPLICABLE
    kidney = patient.egfr(patient.policy[nsaid.EGFR_DAYS])
    severe = _severe(patient)
    found = any_of(severe, _reduced(kidney, patient))
    if isinstance(found, Present):
        return _advice("critical" if isinstance(severe, Present) else "warning", found, order, kidney, patient)
    return _without_finding(kidney, gaps_of(found), order, patient)


def _severe(patient: Patient) -> Finding[Factual]:
    injury = patient.has(Concept.ACUTE_KIDNEY_INJURY)
    return any_of(nsaid.severely_reduced_egfr(patient), injury, _decompensated(patient))


def _decompensated(patient: Patient) -> Finding[Problem]:
    """Ascites and its kin count with cirrhosis beside them."""
    cirrhosis = patient.has(Concept.CIRRHOSIS)
    return patient.has(Concept.LIVER_DECOMPENSATION) if isinstance(cirrhosis, Present) else cirrhosis


def _reduced(kidney: Finding[Result], patient: Patient) -> Finding[Factual]:
    limit = patient.policy[EGFR_REDUCED]
    low = only(kidney, lambda result: result.surely_below(limit))
    return any_of(low, patient.has(Concept.CIRRHOSIS))


def _advice(
    indicator: Indicator, found: Present[Factual], order: Order, kidney: Finding[Result], patient: Patient
) -> Advice:
    liver = isinstance(patient.has(Concept.CIRRHOSIS), Present)
    return Advice(
        indicator=indicator,
        summary=SUMMARY,
        detail=(SEVERE if indicator == "critical" else REDUCED, *((LIVER,) if liver else ())),
        because=(order.fact, *dict.fromkeys((*found.facts, *_course(kidney, patient)))),
        unchecked=found.gaps,
        remarks=_remarks(kidney),
        proposals=(DeleteDraft(order.reference, "Remove the draft order of the NSAID"), TEST),
    )


def _course(kidney: Finding[Result], patient: Patient) -> tuple[Fact, ...]:
    """The eGFR, and the one before it: the trend."""
    if not isinstance(kidney, Present):
        return ()
    (newest,) = kidney.items
    before = measures.before(newest, patient, patient.policy[nsaid.EGFR_DAYS], Concept.EGFR)
    return (newest.fact, *((before.fact,) if before else ()))


def _without_finding(kidney: Finding[Result], gaps: tuple[Gap, ...], order: Order, patient: Patient) -> Verdict:
    """Nothing speaks against it; but a kidney function that nobody knows is no good one."""
    known = only(kidney, lambda result: result.surely_at_least(patient.policy[EGFR_REDUCED]))
    risk = _risk(patient) if isinstance(known, Absent) else Absent()
    gaps = tuple(dict.fromkeys(gaps + gaps_of(risk)))
    if isinstance(risk, Present):
        return Advice(
            indicator="info",
            summary=UNKNOWN,
            detail=(CHECK,),
            because=(order.fact, *risk.facts),
            unchecked=gaps,
            remarks=_remarks(kidney),
            proposals=(TEST,),
            arm="missing",
        )
    return MissingData(gaps[0]) if gaps else Satisfied(_remarks(kidney))


def _risk(patient: Patient) -> Finding[Factual]:
    chronic = patient.has(
        *(Concept.DIABETES, Concept.HYPERTENSION, Concept.HEART_FAILURE),
        *(Concept.CKD, Concept.CKD_3, Concept.CKD_4, Concept.CKD_5, Concept.END_STAGE_RENAL_DISEASE, Concept.DIALYSIS),
    )
    return any_of(age.aged(patient, patient.policy[RISK_AGE]), chronic)


def _remarks(kidney: Finding[Result]) -> tuple[Gap, ...]:
    return () if isinstance(kidney, Unknown) else kidney.remarks
