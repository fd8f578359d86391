"""Denosumab should be given together with calcium and vitamin D.

When    denosumab is ordered
  and   no vitamin D or no calcium is active or drafted
Unless  the corrected calcium of the last 30 days is above the upper limit
Then    warn and offer the one that is missing
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PROLIA_LABEL, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Group,
    MissingData,
    Satisfied,
    Treat,
    Verdict,
)
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Finding, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Treatment

RULE = Rule(
    id="BME-DS-DEN-04",
    version=1,
    title="Denosumab without calcium and vitamin D",
    check="calcium and vitamin D with denosumab",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.DENOSUMAB,),
    needs=(Need.MEDICATIONS, Need.CALCIUM),
    evidence=(Evidence(PROLIA_LABEL, "Dosage: 1000 mg calcium and at least 400 IU vitamin D daily"),),
    limits="Products bought over the counter are often not on the list.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    proposes=(Treatment.COLECALCIFEROL, Treatment.CALCIUM),
    thresholds=(antiresorptive.CALCIUM_DAYS,),
    overrides=(OverrideReason("otc-supplement", "Supplement taken over the counter"),),
)

SUMMARY = "Denosumab without calcium and vitamin D supplement"
DOSES = "US label: 1000 mg calcium and at least 400 IU vitamin D daily. A multivitamin counts as neither."
BOTH = DrugGroup.CALCIUM_VITAMIN_D_COMBINATION


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.DENOSUMAB):
        return NOT_APPLICABLE
    vitamin_d = patient.takes(DrugGroup.VITAMIN_D, BOTH, beside=order)
    calcium = patient.takes(DrugGroup.CALCIUM, BOTH, beside=order)
    missing = _missing(vitamin_d, calcium)
    if missing:
        return _unless_high(drug, missing, (vitamin_d, calcium), patient)
    gaps = [found.gap for found in (vitamin_d, calcium) if isinstance(found, Unknown)]
    return MissingData(gaps[0]) if gaps else SATISFIED


def _missing(vitamin_d: Finding[Medication], calcium: Finding[Medication]) -> tuple[Treat, ...]:
    wanted = ((vitamin_d, Treatment.COLECALCIFEROL), (calcium, Treatment.CALCIUM))
    return tuple(Treat(treatment) for found, treatment in wanted if isinstance(found, Absent))


def _unless_high(
    drug: Medication, missing: tuple[Treat, ...], taken: tuple[Finding[Medication], ...], patient: Patient
) -> Verdict:
    level = patient.calcium(patient.policy[antiresorptive.CALCIUM_DAYS])
    if isinstance(level, Present) and level.items[0].surely_high:
        return Satisfied(level.remarks)
    facts = tuple(fact for found in taken if isinstance(found, Present) for fact in found.facts)
    words = " and ".join(_word(each.treatment) for each in missing)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(f"Not among the active or drafted orders: {words}.", DOSES),
        because=(drug.fact, *facts),
        unchecked=gaps_of(level),
        remarks=_remarks(level),
        proposals=missing,
        group=Group.DENOSUMAB_CHECK,
    )


def _word(treatment: Treatment) -> str:
    return "vitamin D" if treatment is Treatment.COLECALCIFEROL else "calcium"


def _remarks(level: Finding[Calcium]) -> tuple[Gap, ...]:
    return () if isinstance(level, Unknown) else level.remarks
