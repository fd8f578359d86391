"""Calcium should be known and not low before a bisphosphonate is given.

When    a bisphosphonate is ordered
  and   the corrected calcium is below the laboratory's lower limit; or no calcium of the last 30 days is on record and
        the bisphosphonate goes into a vein, or malabsorption or chronic kidney disease is on the problem list
Then    warn critically about a low calcium and offer to remove the draft; about a missing one, offer the tests
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import IBANDRONATE_LABEL, ZOLEDRONATE_LABEL, Evidence
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
from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Fact, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route, Service

RULE = Rule(
    id="BME-DS-BIS-01",
    version=1,
    title="Bisphosphonate with low or unknown calcium",
    check="calcium before a bisphosphonate",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.BISPHOSPHONATE,),
    needs=(Need.CALCIUM, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(IBANDRONATE_LABEL, "Contraindications: hypocalcemia"),
        Evidence(ZOLEDRONATE_LABEL, "Contraindications: hypocalcemia"),
    ),
    limits="For how many days a calcium counts is an assumption of this project. A product whose route is not stated "
    "and that is made for both routes is taken for an intravenous one.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(antiresorptive.CALCIUM_DAYS,),
)

LOW = "Bisphosphonate with low calcium is contraindicated by label - correct calcium first"
MISSING_INTRAVENOUS = "IV bisphosphonate: no calcium result in 30 days - check before the dose"
MISSING = "Bisphosphonate: no calcium result in 30 days - check before the dose"
WHY = "A bisphosphonate lowers calcium further; after an intravenous dose this can come fast."
RISK = (Concept.MALABSORPTION, *antiresorptive.CHRONIC_KIDNEY_DISEASE, *antiresorptive.END_STAGE_KIDNEY_DISEASE)
TESTS = (Propose(Service.CALCIUM_TEST), Propose(Service.ALBUMIN_TEST))


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.BISPHOSPHONATE):
        return NOT_APPLICABLE
    match patient.calcium(patient.policy[antiresorptive.CALCIUM_DAYS]):
        case Unknown(gap):
            return MissingData(gap)
        case Present(items=(calcium,), gaps=gaps, remarks=remarks) if calcium.surely_low:
            return _low(drug, calcium, gaps, remarks)
        case Present(gaps=(gap, *_)):
            return MissingData(gap)
        case Present(items=(calcium,), remarks=remarks) if calcium.surely_not_low:
            return Satisfied(remarks)
        case other:
            return _missing(drug, other.remarks, patient)


def _low(drug: Medication, calcium: Calcium, gaps: tuple[Gap, ...], remarks: tuple[Gap, ...]) -> Advice:
    return Advice(
        indicator="critical",
        summary=LOW,
        detail=(WHY, "The label asks to correct a low calcium first."),
        because=(drug.fact, *calcium.shown),
        unchecked=gaps,
        remarks=remarks,
        proposals=(DeleteDraft(drug.reference, "Remove the draft order of the bisphosphonate"), *TESTS),
        arm="low",
    )


def _missing(drug: Medication, remarks: tuple[Gap, ...], patient: Patient) -> Verdict:
    route = antiresorptive.bisphosphonate_route(drug)
    if route is not Route.ORAL:
        return _ask(route, (drug.fact,), (), remarks, patient)
    match patient.has(*RISK):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return Satisfied(remarks)
        case risk:
            return _ask(route, (drug.fact, *risk.facts), risk.gaps, remarks, patient)


def _ask(
    route: Route, because: tuple[Fact, ...], gaps: tuple[Gap, ...], remarks: tuple[Gap, ...], patient: Patient
) -> Advice:
    days = patient.policy[antiresorptive.CALCIUM_DAYS]
    return Advice(
        indicator="warning",
        summary=MISSING_INTRAVENOUS if route is Route.PARENTERAL else MISSING,
        detail=(f"No calcium result of the last {days:g} days that decides is on record.", WHY),
        because=because,
        unchecked=gaps,
        remarks=remarks,
        proposals=TESTS,
        arm="missing",
        group=Group.BISPHOSPHONATE_CHECK,
    )
