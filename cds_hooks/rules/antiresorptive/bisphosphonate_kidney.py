"""Kidney function should be known and above the limit of the drug before a bisphosphonate is given.

When    a bisphosphonate is ordered
  and   creatinine clearance, else eGFR, is below the limit of the drug, or the patient is on dialysis; or neither is
        known: of the last 90 days for an intravenous product, of the last year for an oral one at 65 or older or in
        chronic kidney disease
Unless  the drug is pamidronate against cancer
Then    warn critically below the limit and offer to remove the draft; where it is not known, offer a creatinine
"""

from __future__ import annotations

from math import inf

from cds_hooks.authoring.evidence import IBANDRONATE_LABEL, VERIFY_LABEL, ZOLEDRONATE_LABEL, Evidence
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
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route, Service
from cds_hooks.wire.card import Indicator

LIMIT_35 = Threshold(
    name="bisphosphonate-clearance-zoledronate",
    unit="mL/min",
    default=35,
    low=30,
    high=60,
    source="zoledronic acid label; alendronate: verify in the current label",
)
LIMIT_30 = Threshold(
    name="bisphosphonate-clearance-ibandronate",
    unit="mL/min",
    default=30,
    low=30,
    high=60,
    source="ibandronate label; risedronate and pamidronate: verify in the current label",
)
ORAL_DAYS = Threshold(
    name="oral-bisphosphonate-kidney-days", unit="d", default=365, low=90, high=365, source=antiresorptive.OURS
)
OLDER = Threshold(name="bisphosphonate-kidney-age", unit="a", default=65, low=50, high=80, source=antiresorptive.OURS)
OF_LIMIT_30 = frozenset({"ibandronate", "risedronate", "pamidronate"})
FROM_THE_LABEL = frozenset({"zoledronic acid", "ibandronate"})

RULE = Rule(
    id="BME-DS-BIS-02",
    version=1,
    title="Bisphosphonate and kidney function",
    check="kidney function before a bisphosphonate",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.BISPHOSPHONATE,),
    needs=(Need.KIDNEY_FUNCTION, Need.WEIGHT, Need.DEMOGRAPHICS, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(IBANDRONATE_LABEL, "Severe renal impairment: creatinine clearance below 30 mL/min"),
        Evidence(ZOLEDRONATE_LABEL, "Renal effects: creatinine clearance below 35 mL/min; creatinine before each dose"),
    ),
    limits="The limits of alendronate, risedronate and pamidronate are to be verified in the current label; a drug "
    "without a limit of its own takes the stricter one.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(LIMIT_35, LIMIT_30, antiresorptive.KIDNEY_DAYS, ORAL_DAYS, OLDER),
)

BELOW = "Kidney function below the limit for this bisphosphonate"
MISSING = "Bisphosphonate: kidney function not known or too old - check before the dose"
EACH_DOSE = "Creatinine is measured before each intravenous dose."
TWO_SIDES = "Creatinine clearance and eGFR lie on different sides of the limit; the labels use the clearance."
TEST = Propose(Service.CREATININE_TEST)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.BISPHOSPHONATE):
        return NOT_APPLICABLE
    against_cancer = _against_cancer(drug, order, patient)
    if isinstance(against_cancer, Present):
        return NOT_APPLICABLE
    values, limit = _values(patient, _days(drug, patient)), _limit(drug, patient)
    deciding = _deciding(values, limit)
    dialysis = patient.has(*antiresorptive.END_STAGE_KIDNEY_DISEASE)
    if isinstance(dialysis, Present) or (deciding and deciding.surely_below(limit)):
        return _below(drug, limit, (values, dialysis), gaps_of(against_cancer))
    gaps = gaps_of(values) + gaps_of(dialysis)
    if gaps:
        return MissingData(gaps[0])
    return Satisfied(_remarks(values)) if deciding else _missing(drug, _remarks(values), patient)


def _against_cancer(drug: Medication, order: Order, patient: Patient) -> Finding[Fact]:
    """The limit of pamidronate is not that of its use in cancer."""
    pamidronate = antiresorptive.ingredients_of(drug) == {"pamidronate"}
    return patient.oncology_use(order) if pamidronate else Absent()


def _limit(drug: Medication, patient: Patient) -> float:
    """The highest of its ingredients; a drug without a limit of its own takes the stricter one."""
    lower = antiresorptive.ingredients_of(drug) <= OF_LIMIT_30
    return patient.policy[LIMIT_30 if lower else LIMIT_35]


def _days(drug: Medication, patient: Patient) -> float:
    by_mouth = antiresorptive.bisphosphonate_route(drug) is Route.ORAL
    return patient.policy[ORAL_DAYS if by_mouth else antiresorptive.KIDNEY_DAYS]


def _values(patient: Patient, days: float) -> Finding[Result]:
    """Creatinine clearance where it can be known, then eGFR: labels are written for the clearance."""
    found = (patient.kidney_function(days), patient.egfr(days))
    items = dict.fromkeys(item for each in found if isinstance(each, Present) for item in each.items)
    remarks = dict.fromkeys(remark for each in found for remark in _remarks(each))
    return finding(tuple(items), gaps_of(found[1]), tuple(remarks))


def _remarks(values: Finding[Result]) -> tuple[Gap, ...]:
    return () if isinstance(values, Unknown) else values.remarks


def _deciding(values: Finding[Result], limit: float) -> Result | None:
    """The first value that lies surely on one side of the limit."""
    items = values.items if isinstance(values, Present) else ()
    return next((item for item in items if item.surely_below(limit) or item.surely_at_least(limit)), None)


def _below(
    drug: Medication, limit: float, found: tuple[Finding[Result], Finding[Problem]], unclear: tuple[Gap, ...]
) -> Advice:
    values, dialysis = found
    delete = DeleteDraft(drug.reference, "Remove the draft order of the bisphosphonate")
    facts = tuple(fact for each in found if isinstance(each, Present) for fact in each.facts)
    return Advice(
        indicator="critical",
        summary=BELOW,
        detail=(*_about_the_limit(drug, limit), *_about_the_sides(values, limit), EACH_DOSE),
        because=(drug.fact, *facts),
        unchecked=gaps_of(values) + gaps_of(dialysis) + unclear,
        remarks=_remarks(values),
        proposals=(*(() if unclear else (delete,)), TEST),
        arm="below",
    )


def _about_the_limit(drug: Medication, limit: float) -> tuple[str, ...]:
    known = antiresorptive.ingredients_of(drug) <= FROM_THE_LABEL
    verify = "" if known else f" ({VERIFY_LABEL})"
    return (f"The limit of {antiresorptive.bisphosphonate_name(drug)} is {limit:g} mL/min{verify}; dialysis is below.",)


def _about_the_sides(values: Finding[Result], limit: float) -> tuple[str, ...]:
    above = isinstance(values, Present) and any(item.surely_at_least(limit) for item in values.items)
    below = isinstance(values, Present) and any(item.surely_below(limit) for item in values.items)
    return (TWO_SIDES,) if above and below else ()


def _missing(drug: Medication, remarks: tuple[Gap, ...], patient: Patient) -> Verdict:
    if antiresorptive.bisphosphonate_route(drug) is not Route.ORAL:
        return _ask(drug, "warning", (), remarks, patient)
    if patient.surely_aged(patient.policy[OLDER]):
        return _ask(drug, "info", (), remarks, patient)
    disease = patient.has(*antiresorptive.CHRONIC_KIDNEY_DISEASE)
    if isinstance(disease, Present):
        return _ask(drug, "info", disease.facts, remarks, patient)
    return MissingData(patient.demographics.gap) if patient.demographics.gap else Satisfied(remarks)


def _ask(
    drug: Medication,
    indicator: Indicator,
    why: tuple[Fact, ...],
    remarks: tuple[Gap, ...],
    patient: Patient,
) -> Advice:
    """Whatever is on record is shown: too old, or a bound that does not decide."""
    known = _values(patient, inf)
    days, limit = _days(drug, patient), _limit(drug, patient)
    none = f"No creatinine clearance or eGFR of the last {days:g} days that decides is on record."
    return Advice(
        indicator=indicator,
        summary=MISSING,
        detail=(none, *_about_the_limit(drug, limit), EACH_DOSE),
        because=(drug.fact, *why, *(known.facts if isinstance(known, Present) else ())),
        remarks=remarks,
        proposals=(TEST,),
        arm="missing",
        group=Group.BISPHOSPHONATE_CHECK,
    )
