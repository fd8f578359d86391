"""Vertebral augmentation should follow three months of conservative care, unless the pain is severe or it is cancer.

When    vertebroplasty or kyphoplasty is ordered
  and   the vertebral fracture is less than three months old, or nobody wrote down since when it is there
Unless  the pain took a parenteral opioid lately or a stay in hospital, or a cancer is on the problem list
Then    warn, and offer to remove the draft and a review at 12 weeks; ask for the duration where it is not known
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    DeleteDraft,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Fact, Gap, Present, Unknown, any_of, gaps_of, items_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.spine import AUGMENTATION, CONSERVATIVE_DAYS
from cds_hooks.snapshot.vocabulary import Need, Service
from cds_hooks.snapshot.when import When

RULE = Rule(
    id="BME-VF-07",
    version=1,
    title="Augmentation ordered before three months",
    check="duration of conservative care before vertebral augmentation",
    hooks=ORDER_HOOKS,
    orders=AUGMENTATION,
    needs=(Need.PROBLEMS, Need.MEDICATIONS, Need.STOPPED_MEDICATIONS, Need.ENCOUNTERS, Need.PAIN, Need.OPEN_ORDERS),
    evidence=(Evidence(MANAGEMENT, "vertebral compression fracture: augmentation after 3 months, exceptions"),),
    limits="Guideline references without details; a hospital stay counts where the fracture is stated as its reason.",
    thresholds=(CONSERVATIVE_DAYS, *spine.EARLY),
    overrides=(
        OverrideReason("severe-pain", "Severe pain"),
        OverrideReason("early-consensus", "Consensus for early augmentation"),
    ),
)

EARLY = "Vertebral augmentation before 3 months - conservative care first unless severe or pathological"
UNDATED = "Vertebral augmentation: onset of the fracture not on record - document duration"
COURSE = "Natural relief of pain within 6 to 8 weeks is usual."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(*AUGMENTATION):
        return NOT_APPLICABLE
    fracture = spine.vertebral_fracture(patient)
    if isinstance(fracture, Unknown):
        return MissingData(fracture.gap)
    found = _at_level(order, items_of(fracture))
    early = tuple(item.fact for item in found if _early(item.onset, patient))
    undated = not found or any(_undated(item, patient) for item in found)
    if not (early or undated):
        return SATISFIED
    exception = any_of(patient.has(*spine.CANCER), spine.severe_pain_care(patient))
    if isinstance(exception, Present):
        return SATISFIED
    unchecked = tuple(dict.fromkeys((*gaps_of(fracture), *gaps_of(exception))))
    return _advice(order, early, unchecked) if early else _ask(order, tuple(item.fact for item in found), unchecked)


def _at_level(order: Order, fractures: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Those of the vertebra that is to be augmented; all, where none is recorded there."""
    return tuple(item for item in fractures if spine.same_level(order.levels, item.levels)) or fractures


def _early(onset: When | None, patient: Patient) -> bool:
    return onset is not None and onset.age_days_at_most(patient.as_of) < patient.policy[CONSERVATIVE_DAYS]


def _undated(item: Problem, patient: Patient) -> bool:
    """The onset is not known, and the record does not show that it is long ago."""
    return item.onset is None and (item.recorded is None or _early(item.recorded, patient))


def _advice(order: Order, fractures: tuple[Fact, ...], unchecked: tuple[Gap, ...]) -> Advice:
    delete = () if unchecked else (DeleteDraft(order.reference, "Remove the draft order of vertebral augmentation"),)
    return Advice(
        indicator="warning",
        summary=EARLY,
        detail=(COURSE,),
        because=(order.fact, *fractures),
        unchecked=unchecked,
        proposals=(*delete, Propose(Service.REVIEW_AT_12_WEEKS)),
    )


def _ask(order: Order, fractures: tuple[Fact, ...], unchecked: tuple[Gap, ...]) -> Advice:
    return Advice(
        indicator="info",
        summary=UNDATED,
        detail=(COURSE,),
        because=(order.fact, *fractures),
        unchecked=unchecked,
        arm="missing",
    )
