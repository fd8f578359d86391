"""Calcium and vitamin D should be known and in balance before denosumab is given.

When    denosumab is ordered
  and   no calcium of the last 30 days is on record, or the corrected calcium is above the upper limit; or no 25-OH
        vitamin D of the last 180 days is on record, or it is below 20 ng/mL (50 nmol/L)
Then    warn, say which value is missing, high or low, and offer the tests that are missing and, where vitamin D is low
        and calcium not high, vitamin D
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from cds_hooks.authoring.evidence import MANAGEMENT, PROLIA_LABEL, Evidence
from cds_hooks.authoring.override import OverrideReason
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
from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Fact, Finding, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service, Treatment

RULE = Rule(
    id="BME-RF-05",
    version=1,
    title="Denosumab precondition: calcium and vitamin D in balance",
    check="calcium and vitamin D before denosumab",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.DENOSUMAB,),
    needs=(Need.CALCIUM, Need.VITAMIN_D, Need.OPEN_ORDERS),
    evidence=(
        Evidence(MANAGEMENT, "Refractory bone marrow edema syndrome: denosumab"),
        Evidence(PROLIA_LABEL, "Warnings: hypocalcemia and mineral metabolism"),
    ),
    limits="The days for which a value counts and the cut-off of vitamin D are assumptions of this project. A low "
    "calcium is the business of BME-DS-DEN-01.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    proposes=(Treatment.COLECALCIFEROL,),
    thresholds=(antiresorptive.CALCIUM_DAYS, antiresorptive.VITAMIN_D_DAYS, antiresorptive.VITAMIN_D_LOW),
    overrides=(OverrideReason("result-available-elsewhere", "The result is available elsewhere"),),
)

SUMMARY = "Before denosumab: calcium and vitamin D must be known and corrected"
FIRST = "Correct first, then treat."
HIGH = "Calcium is above the upper limit: look for hyperparathyroidism or malignancy; no supplement is offered."
NO_CALCIUM = "Calcium: no result of the last {days:g} days that decides is on record."
LOW = "Vitamin D is low: below {low:g} ng/mL."
NO_VITAMIN_D = "25-OH vitamin D: no result of the last {days:g} days that decides is on record."


@dataclass(frozen=True, slots=True)
class Part:
    """What is out of balance with one of the two: the sentence, the facts, what is offered. `high`: a calcium so high
    that no supplement is offered."""

    sentence: str
    facts: tuple[Fact, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    high: bool = False


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.DENOSUMAB):
        return NOT_APPLICABLE
    calcium = patient.calcium(patient.policy[antiresorptive.CALCIUM_DAYS])
    vitamin_d = patient.vitamin_d(patient.policy[antiresorptive.VITAMIN_D_DAYS])
    parts = tuple(part for part in (_calcium(calcium, patient), _vitamin_d(vitamin_d, patient)) if part)
    gaps = tuple(dict.fromkeys(gaps_of(calcium) + gaps_of(vitamin_d)))
    remarks = _remarks(calcium, vitamin_d)
    if parts:
        return _advice(drug, parts, gaps, remarks)
    return MissingData(gaps[0]) if gaps else Satisfied(remarks)


def _calcium(found: Finding[Calcium], patient: Patient) -> Part | None:
    """A surely low calcium is left to BME-DS-DEN-01; a bound that does not decide counts as missing."""
    if isinstance(found, Unknown):
        return None
    level = found.items[0] if isinstance(found, Present) else None
    if level and level.surely_high:
        return Part(HIGH, level.shown, high=True)
    if level and (level.surely_low or (level.surely_not_low and level.surely_not_high)):
        return None
    known = patient.calcium(inf)
    return Part(
        NO_CALCIUM.format(days=patient.policy[antiresorptive.CALCIUM_DAYS]),
        known.items[0].shown if isinstance(known, Present) else (),
        (Propose(Service.CALCIUM_TEST), Propose(Service.ALBUMIN_TEST)),
    )


def _vitamin_d(found: Finding[Result], patient: Patient) -> Part | None:
    low = patient.policy[antiresorptive.VITAMIN_D_LOW]
    if isinstance(found, Unknown):
        return None
    level = found.items[0] if isinstance(found, Present) else None
    if level and level.surely_below(low):
        return Part(LOW.format(low=low), (level.fact,), (Treat(Treatment.COLECALCIFEROL),))
    if level and level.surely_at_least(low):
        return None
    known = patient.vitamin_d(inf)
    return Part(
        NO_VITAMIN_D.format(days=patient.policy[antiresorptive.VITAMIN_D_DAYS]),
        known.facts if isinstance(known, Present) else (),
        (Propose(Service.VITAMIN_D_TEST),),
    )


def _remarks(calcium: Finding[Calcium], vitamin_d: Finding[Result]) -> tuple[Gap, ...]:
    return tuple(remark for each in (calcium, vitamin_d) if not isinstance(each, Unknown) for remark in each.remarks)


def _advice(drug: Medication, parts: tuple[Part, ...], gaps: tuple[Gap, ...], remarks: tuple[Gap, ...]) -> Advice:
    high = any(part.high for part in parts)
    offered = tuple(each for part in parts for each in part.proposals if not (high and isinstance(each, Treat)))
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(*(part.sentence for part in parts), FIRST),
        because=(drug.fact, *(fact for part in parts for fact in part.facts)),
        unchecked=gaps,
        remarks=remarks,
        proposals=offered,
        group=Group.DENOSUMAB_CHECK,
    )
