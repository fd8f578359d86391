"""Vitamin D should be known and not low before a bisphosphonate is given.

When    a bisphosphonate is ordered
  and   25-OH vitamin D is below 20 ng/mL (50 nmol/L), or no value of the last 180 days is on record
Then    warn and offer the test and, where it is low or none is taken, vitamin D; for an oral bisphosphonate and a
        missing value, inform
"""

from __future__ import annotations

from math import inf

from cds_hooks.authoring.evidence import IBANDRONATE_LABEL, STATPEARLS, ZOLEDRONATE_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    Group,
    MissingData,
    Proposal,
    Propose,
    Satisfied,
    Treat,
    Verdict,
)
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route, Service, Treatment

RULE = Rule(
    id="BME-DS-BIS-03",
    version=1,
    title="Bisphosphonate without vitamin D repletion",
    check="vitamin D before a bisphosphonate",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.BISPHOSPHONATE,),
    needs=(Need.VITAMIN_D, Need.MEDICATIONS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(IBANDRONATE_LABEL, "Warnings: mineral metabolism, correct before treatment"),
        Evidence(ZOLEDRONATE_LABEL, "Warnings: mineral metabolism, correct before treatment"),
        Evidence(STATPEARLS, "Treatment / Management"),
    ),
    limits="The cut-off and the days for which a value counts are assumptions of this project. A product whose route "
    "is not stated and that is made for both routes is taken for an intravenous one.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    proposes=(Treatment.COLECALCIFEROL,),
    thresholds=(antiresorptive.VITAMIN_D_DAYS, antiresorptive.VITAMIN_D_LOW),
)

LOW = "Vitamin D is low - label asks to correct it before a bisphosphonate"
MISSING = "No vitamin D result in 180 days - check before a bisphosphonate"
WHY = "Without enough vitamin D the calcium may fall after the dose, and the effect is weaker."
TEST = Propose(Service.VITAMIN_D_TEST)
SUPPLEMENT = Treat(Treatment.COLECALCIFEROL)
PRODUCTS = (DrugGroup.VITAMIN_D, DrugGroup.CALCIUM_VITAMIN_D_COMBINATION)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.BISPHOSPHONATE):
        return NOT_APPLICABLE
    low = patient.policy[antiresorptive.VITAMIN_D_LOW]
    match patient.vitamin_d(patient.policy[antiresorptive.VITAMIN_D_DAYS]):
        case Unknown(gap):
            return MissingData(gap)
        case Present(items=(level,)) as found if level.surely_below(low):
            return _low(drug, found, patient)
        case Present(gaps=(gap, *_)):
            return MissingData(gap)
        case Present(items=(level,), remarks=remarks) if level.surely_at_least(low):
            return Satisfied(remarks)
        case other:
            return _missing(drug, order, other.remarks, patient)


def _low(drug: Medication, found: Present[Result], patient: Patient) -> Advice:
    return Advice(
        indicator="warning",
        summary=LOW,
        detail=(f"Low is below {patient.policy[antiresorptive.VITAMIN_D_LOW]:g} ng/mL.", WHY),
        because=(drug.fact, *found.facts),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(SUPPLEMENT, TEST),
        arm="low",
        group=Group.BISPHOSPHONATE_CHECK,
    )


def _missing(drug: Medication, order: Order, remarks: tuple[Gap, ...], patient: Patient) -> Advice:
    """Whatever is on record is shown: too old, or a bound that does not decide."""
    by_mouth = antiresorptive.bisphosphonate_route(drug) is Route.ORAL
    known = patient.vitamin_d(inf)
    days = patient.policy[antiresorptive.VITAMIN_D_DAYS]
    return Advice(
        indicator="info" if by_mouth else "warning",
        summary=MISSING,
        detail=(f"No 25-OH vitamin D of the last {days:g} days that decides is on record.", WHY),
        because=(drug.fact, *(known.facts if isinstance(known, Present) else ())),
        remarks=remarks,
        proposals=(*_supplement(order, patient), TEST),
        arm="missing",
        group=Group.BISPHOSPHONATE_CHECK,
    )


def _supplement(order: Order, patient: Patient) -> tuple[Proposal, ...]:
    """Only where surely no vitamin D is taken, the one in the bisphosphonate product itself included."""
    taken = order.gives(*PRODUCTS) or not isinstance(patient.takes(*PRODUCTS, beside=order), Absent)
    return () if taken else (SUPPLEMENT,)
