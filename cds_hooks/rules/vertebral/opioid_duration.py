"""In vertebral fracture opioids are kept short: they sedate, cause falls and hinder early mobilization.

When    an opioid is ordered for a patient with a vertebral fracture
  and   the supply is longer than a few days or is not stated, or opioids were taken on many of the last days
Then    warn, and offer a shorter supply; where only the duration is not stated, ask for a stop date
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import CDC_OPIOIDS, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Change, MissingData, UpdateDraft, Verdict
from cds_hooks.snapshot import opioids
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Fact, Finding, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

OURS = "ours, awaiting a clinical board"
SUPPLY_DAYS = Threshold(name="vertebral-opioid-supply", unit="d", default=7, low=3, high=14, source=OURS)
TAKEN_DAYS = Threshold(name="vertebral-opioid-days-taken", unit="d", default=14, low=7, high=30, source=OURS)
LOOK_BACK_DAYS = Threshold(name="vertebral-opioid-look-back", unit="d", default=30, low=14, high=90, source=OURS)

RULE = Rule(
    id="BME-VF-03",
    version=1,
    title="Opioid only short-term in vertebral fracture",
    check="duration of opioids in vertebral fracture",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.OPIOID,),
    needs=(Need.PROBLEMS, Need.MEDICATIONS, Need.STOPPED_MEDICATIONS),
    thresholds=(SUPPLY_DAYS, TAKEN_DAYS, LOOK_BACK_DAYS),
    evidence=(
        Evidence(MANAGEMENT, "Vertebral compression fracture: analgesia"),
        Evidence(CDC_OPIOIDS, "duration of therapy for acute pain"),
    ),
    limits="The limits in days are assumptions of this project.",
    overrides=(
        OverrideReason("cancer-pain", "Cancer pain"),
        OverrideReason("palliative", "Palliative care"),
    ),
)

SUMMARY = "Keep opioids short in vertebral fracture - sedation, falls and deconditioning"
NO_DURATION = "The order does not say for how long: state a stop date."
STOP_DATE = "A stop date and a review within days keep the course short."
BASE = "Analgesia without opioids is the base."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.OPIOID):
        return NOT_APPLICABLE
    match patient.has(Concept.VERTEBRAL_FRACTURE, Concept.UNSTABLE_VERTEBRAL_FRACTURE):
        case Absent():
            return NOT_APPLICABLE
        case Unknown(gap):
            return MissingData(gap)
        case fracture:
            return _duration(drug, order, Present(fracture.facts, fracture.gaps), patient)


def _duration(drug: Medication, order: Order, fracture: Present[Fact], patient: Patient) -> Verdict:
    stated: Finding[Fact] = Present((_supply(drug),))
    days, limit = drug.supply_days, patient.policy[SUPPLY_DAYS]
    weighed = weigh(
        warning=any_of(stated if days is not None and days > limit else Absent(), _taken_long(patient)),
        info=stated if days is None else Absent(),
    )
    if not isinstance(weighed, Weighed):
        return weighed
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(*((NO_DURATION,) if days is None else ()), STOP_DATE, BASE),
        because=(order.fact, *fracture.facts, *weighed.facts),
        unchecked=(*weighed.unchecked, *fracture.gaps),
        proposals=(UpdateDraft(order.reference, Change.SHORT_SUPPLY),),
        arm="no duration" if weighed.indicator == "info" else "",
    )


def _supply(drug: Medication) -> Fact:
    days = drug.supply_days
    value, unit = ("not stated", "") if days is None else (f"{days:g}", "d")
    return Fact(name="supply", value=value, unit=unit, kind="draft order", resource=drug.reference)


def _taken_long(patient: Patient) -> Finding[Fact]:
    """Opioids on more days than the limit, counted over the look-back, as the orders that cover them."""
    look_back = patient.policy[LOOK_BACK_DAYS]
    found = opioids.taken(patient, look_back)
    if not isinstance(found, Present):
        return found
    if opioids.days_taken(found.items, patient.as_of, look_back) > patient.policy[TAKEN_DAYS]:
        return Present(found.facts, found.gaps)
    return Unknown(found.gaps[0]) if found.gaps else Absent()
