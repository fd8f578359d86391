"""Which proposals of a card may be made to this patient, and why others may not (rule specification 0.2: NSAID_OK,
VITD_OK, MRI_OK, GADO_OK, RADIATION_OK). The one place where proposals are tested; no rule repeats it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from cds_hooks.authoring.rule import AnyRule, Gate, Rule
from cds_hooks.authoring.verdict import Proposal, Propose, Treat
from cds_hooks.evaluation.merge import CardPlan
from cds_hooks.evaluation.options import LaidOut, laid_out
from cds_hooks.evaluation.trial import needs_of_trial, trial
from cds_hooks.snapshot.model import Factual, Finding, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service, Treatment

ADULT_YEARS = 18
CALCIUM_DAYS = Threshold(
    name="calcium-supplement-days", unit="d", default=90, low=7, high=365, source="ours, awaiting a clinical board"
)
RECENT_TEST_DAYS = Threshold(
    name="radiation-pregnancy-test-window", unit="d", default=14, low=1, high=28, source="ours, as in BME-CI-03"
)
WITH_CONTRAST = frozenset({Service.MRI_DYNAMIC_CONTRAST})
MAGNETIC = frozenset(service for service in Service if service.startswith("mri"))
RADIATION = frozenset(
    {Service.CT, Service.BONE_SCAN, Service.LEUKOCYTE_SCAN, Service.DXA}
    | {service for service in Service if service.startswith("ct_")}
)
GUARDED = MAGNETIC | RADIATION
"""Examinations that are not proposed to everybody."""

GATE_NEEDS: Mapping[Gate, tuple[Need, ...]] = MappingProxyType(
    {
        Gate.ALWAYS: (),
        Gate.EDEMA: (Need.PROBLEMS, Need.MRI),
        Gate.EDEMA_BELOW_CRITICAL: (Need.PROBLEMS, Need.MRI),
        Gate.EDEMA_OR_VERTEBRAL_FRACTURE: (Need.PROBLEMS, Need.MRI),
    }
)
_PREGNANCY = (Need.DEMOGRAPHICS, Need.PROBLEMS, Need.PREGNANCY, Need.CHILDBEARING)
_TREATMENT_NEEDS: Mapping[Treatment, tuple[Need, ...]] = MappingProxyType(
    {
        Treatment.COLECALCIFEROL: (Need.MEDICATIONS,),
        Treatment.CALCIUM: (Need.CALCIUM, Need.PROBLEMS),
        Treatment.NSAID: (Need.MEDICATIONS, *_PREGNANCY),
        Treatment.TOPICAL_NSAID: _PREGNANCY,
    }
)


@dataclass(frozen=True, slots=True)
class Offers:
    """The proposals that stand, a sentence for each that does not or that asks for something first, and the options
    that the card lays out."""

    proposals: tuple[Proposal, ...]
    notes: tuple[str, ...]
    options: tuple[LaidOut, ...] = ()


def all_needs(rule: Rule, rules: Sequence[AnyRule]) -> tuple[Need, ...]:
    """What must be known to ask a rule: its own facts, those of its gate, and those that its proposals are tested
    with."""
    needs = [*rule.needs, *GATE_NEEDS[rule.gate]]
    for proposed in rule.proposes:
        if isinstance(proposed, Treatment):
            needs += needs_of_trial(proposed, rules)
            needs += _TREATMENT_NEEDS.get(proposed, ())
            if proposed is Treatment.CALCIUM:
                needs += needs_of_trial(Treatment.COLECALCIFEROL, rules)
        elif proposed in RADIATION:
            needs += _PREGNANCY
        elif proposed in WITH_CONTRAST:
            needs += (Need.DEVICES, *_PREGNANCY, Need.KIDNEY_FUNCTION, Need.ALLERGIES)
        else:
            needs += (Need.DEVICES, Need.PROBLEMS)
    return tuple(dict.fromkeys(needs))


def offers(card: CardPlan, rules: Sequence[AnyRule], patient: Patient) -> Offers:
    """The joined proposals of a card's members, each once, as far as they may be made."""
    kept: list[Proposal] = []
    notes: list[str] = []
    for proposal in dict.fromkeys(each for member in card.members for each in member.advice.proposals):
        against, first = _tested(proposal, rules, patient)
        if not against:
            kept.append(proposal)
        notes += against or first
    listed = dict.fromkeys(option for member in card.members for option in member.advice.options)
    return Offers(tuple(kept), tuple(dict.fromkeys(notes)), laid_out(listed, rules, patient))


Tested = tuple[list[str], list[str]]
"""Why a proposal is not made, and what must come first where it is."""


def _tested(proposal: Proposal, rules: Sequence[AnyRule], patient: Patient) -> Tested:
    if isinstance(proposal, Treat):
        return _treatment(proposal.treatment, rules, patient), []
    if isinstance(proposal, Propose) and proposal.service in GUARDED:
        return _examination(proposal.service, patient)
    return [], []


# -- treatments


def _treatment(treatment: Treatment, rules: Sequence[AnyRule], patient: Patient) -> list[str]:
    tried = trial(Treatment.COLECALCIFEROL if treatment is Treatment.CALCIUM else treatment, rules, patient)
    name = f"{treatment[0].upper()}{treatment[1:]}"
    against = [f"{name} is not suggested: {advice.summary} ({rule.id})." for rule, advice in tried.hits]
    against += [f"{name} is not suggested: {why}." for why in _CONDITIONS.get(treatment, _none)(patient)]
    if not against:
        against += [f"{name} is not suggested before this is checked: {rule.check} ({rule.id})." for rule in tried.open]
    return against


def _none(patient: Patient) -> Iterator[str]:
    yield from ()


def _colecalciferol(patient: Patient) -> Iterator[str]:
    yield from _because(patient.takes(DrugGroup.VITAMIN_D), "a vitamin D product is active or drafted", "the medicines")


def _calcium(patient: Patient) -> Iterator[str]:
    calcium = patient.calcium(patient.policy[CALCIUM_DAYS])
    if isinstance(calcium, Present) and not calcium.items[0].surely_not_high:
        yield "the calcium is above its limit"
    yield from _because(patient.has(Concept.NEPHROLITHIASIS), "kidney stones are on record", "the problem list")


def _nsaid(patient: Patient) -> Iterator[str]:
    if not patient.surely_aged(ADULT_YEARS):
        yield "the patient is not known to be an adult"
    yield from _because(patient.pregnancy, "a pregnancy is on record", "pregnancy")
    taken = patient.takes(DrugGroup.PROSTACYCLIN)
    yield from _because(taken, "a prostacyclin is active or drafted", "the medicines")


def _topical_nsaid(patient: Patient) -> Iterator[str]:
    yield from _because(patient.pregnancy, "a pregnancy is on record", "pregnancy")


def _because(found: Finding[Factual], why: str, unchecked: str) -> Iterator[str]:
    if isinstance(found, Present):
        yield why
    elif isinstance(found, Unknown):
        yield f"{unchecked} could not be checked"


_CONDITIONS: Mapping[Treatment, Callable[[Patient], Iterable[str]]] = MappingProxyType(
    {
        Treatment.COLECALCIFEROL: _colecalciferol,
        Treatment.CALCIUM: _calcium,
        Treatment.NSAID: _nsaid,
        Treatment.TOPICAL_NSAID: _topical_nsaid,
    }
)

# -- examinations

NO_MRI = (
    "MRI is not suggested: an implant or another contraindication is on record; check MR safety. CT or bone "
    "scintigraphy are the alternatives."
)


def _examination(service: Service, patient: Patient) -> Tested:
    if service in RADIATION:
        return _radiation(patient)
    against, first = _magnetic(patient.mri_contraindication)
    if service in WITH_CONTRAST:
        contrast = patient.contrast_contraindication
        if isinstance(contrast, Present):
            against.append(
                "MRI with contrast is not suggested: pregnancy, severe kidney disease or an allergy is on record."
            )
        elif isinstance(contrast, Unknown):
            first.append(
                "Before MRI with contrast check pregnancy, kidney function and allergies: they could not be read."
            )
    return against, first


def _magnetic(contraindication: Finding[Factual]) -> Tested:
    if isinstance(contraindication, Present):
        return [NO_MRI], []
    if isinstance(contraindication, Unknown):
        return [], ["Check MR safety before the MRI: implants could not be looked at."]
    return [], []


def _radiation(patient: Patient) -> Tested:
    pregnancy = patient.pregnancy
    if isinstance(pregnancy, Present):
        return ["An examination with radiation is not suggested: a pregnancy is on record."], []
    tested = isinstance(patient.not_pregnant_by_test(patient.policy[RECENT_TEST_DAYS]), Present)
    if isinstance(patient.childbearing_potential, Present) and not tested:
        return [], ["Exclude pregnancy before an examination with radiation."]
    if isinstance(pregnancy, Unknown):
        return [], ["Exclude pregnancy before an examination with radiation: it could not be checked."]
    return [], []
