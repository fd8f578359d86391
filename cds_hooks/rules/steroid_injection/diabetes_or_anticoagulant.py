"""A steroid injection raises glucose for some days; under an anticoagulant it is usually possible.

When    a local steroid injection is ordered
  and   the patient has diabetes, or an anticoagulant is active or drafted beside it
Then    say what to expect: as a warning where the HbA1c is high, or where the INR is; offer glucose checks in diabetes
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import JOINT_INJECTION, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot.indication import STEROID_INJECTION, injects_steroid
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Finding, Present, Unknown, finding, gaps_of, remarks_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

OURS = "ours, awaiting a clinical board"
HBA1C_HIGH = Threshold(name="injection-hba1c", unit="%", default=8.5, low=7, high=11, source=OURS)
HBA1C_DAYS = Threshold(name="injection-hba1c-days", unit="d", default=180, low=30, high=365, source=OURS)
INR_HIGH = Threshold(name="injection-inr", unit="1", default=3.5, low=2.5, high=4.5, source=OURS)
INR_DAYS = Threshold(name="injection-inr-days", unit="d", default=28, low=1, high=90, source=OURS)
RULE = Rule(
    id="BME-DS-COR-02",
    version=1,
    title="Steroid injection: diabetes, anticoagulant",
    check="diabetes or anticoagulant with a steroid injection",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=STEROID_INJECTION,
    gate=Gate.EDEMA,
    needs=(Need.PROBLEMS, Need.HBA1C, Need.MEDICATIONS, Need.INR, Need.OPEN_ORDERS),
    evidence=(Evidence(JOINT_INJECTION, "diabetes; anticoagulants"),),
    limits="Consensus; the limits of HbA1c and INR and their age are ours and await a clinical board.",
    thresholds=(HBA1C_HIGH, HBA1C_DAYS, INR_HIGH, INR_DAYS),
)

DIABETES = "Steroid injection with diabetes - expect higher glucose for some days"
ANTICOAGULANT = "Joint injection under anticoagulant - usually possible, check INR if on a VKA"
GLUCOSE = "Glucose control on days 1 to 3 after the injection is advised."
NO_CONTRAINDICATION = "An anticoagulant is no contraindication to a joint injection; a high INR should come down first."


def assess(order: Order, patient: Patient) -> Verdict:
    if not injects_steroid(order):
        return NOT_APPLICABLE
    diabetes, anticoagulant = patient.has(Concept.DIABETES), patient.takes(DrugGroup.ANTICOAGULANT, beside=order)
    found = [each for each in (diabetes, anticoagulant) if isinstance(each, Present)]
    if not found:
        unclear = [each.gap for each in (diabetes, anticoagulant) if isinstance(each, Unknown)]
        return MissingData(unclear[0]) if unclear else SATISFIED
    sweet, thin = isinstance(diabetes, Present), isinstance(anticoagulant, Present)
    hba1c = _above(patient, Concept.HBA1C, HBA1C_DAYS, HBA1C_HIGH, at_limit=True) if sweet else finding((), ())
    inr = _above(patient, Concept.INR, INR_DAYS, INR_HIGH, at_limit=False) if thin else finding((), ())
    high = [each for each in (hba1c, inr) if isinstance(each, Present)]
    only_inr_high = isinstance(inr, Present) and not isinstance(hba1c, Present)
    about_diabetes = sweet and not only_inr_high
    return Advice(
        indicator="warning" if high else "info",
        summary=DIABETES if about_diabetes else ANTICOAGULANT,
        detail=(*((GLUCOSE,) if sweet else ()), *((NO_CONTRAINDICATION,) if thin else ())),
        because=(order.fact, *(fact for each in (*found, *high) for fact in each.facts)),
        unchecked=tuple(dict.fromkeys(gap for each in (diabetes, anticoagulant, hba1c, inr) for gap in gaps_of(each))),
        remarks=remarks_of(hba1c, inr),
        proposals=(Propose(Service.GLUCOSE_CHECKS),) if sweet else (),
        arm="diabetes" if about_diabetes else "anticoagulant",
    )


def _above(patient: Patient, concept: Concept, days: Threshold, limit: Threshold, *, at_limit: bool) -> Finding[Result]:
    """The newest result of the window where it lies above the limit (or on it); a missing one is silent."""
    results = patient.newest(concept, patient.policy[days])
    if not isinstance(results, Present):
        return results
    high = (item for item in results.items if _surely_above(item, patient.policy[limit], at_limit=at_limit))
    return finding(tuple(high), results.gaps, results.remarks)


def _surely_above(item: Result, limit: float, *, at_limit: bool) -> bool:
    if item.quantity is None:
        return False
    return item.quantity.surely_at_least(limit) if at_limit else item.quantity.surely_above(limit)
