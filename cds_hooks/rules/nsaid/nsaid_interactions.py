"""A systemic NSAID should not meet a RAS blocker with a diuretic, lithium, methotrexate or a calcineurin inhibitor
unwatched.

When    a systemic NSAID is ordered
  and   an ACE inhibitor, ARB or ARNI is taken together with a diuretic, or lithium, methotrexate, ciclosporin or
        tacrolimus is taken; or the other way round
Unless  the NSAID is topical or low-dose aspirin, or the calcineurin inhibitor is for the skin or the eye
Then    warn and offer the tests that show the harm early
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import NSAID_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import nsaid
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Finding, Gap, Present, Unknown, finding, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route, Service

RAS_BLOCKERS = (DrugGroup.ACE_INHIBITOR, DrugGroup.ARB, DrugGroup.ARNI)
DIURETICS = (DrugGroup.DIURETIC_LOOP, DrugGroup.DIURETIC_THIAZIDE, DrugGroup.DIURETIC_POTASSIUM_SPARING)
MEASURED = (DrugGroup.LITHIUM, DrugGroup.CALCINEURIN_INHIBITOR)
MAY_BE_METHOTREXATE = (DrugGroup.DMARD_OTHER, DrugGroup.CYTOTOXIC_IMMUNOSUPPRESSANT)
METHOTREXATE = "methotrexate"

RULE = Rule(
    id="BME-DS-NSA-07",
    version=1,
    title="NSAID with RAS blocker and diuretic, lithium, methotrexate or calcineurin inhibitor",
    check="interactions of an NSAID",
    hooks=ORDER_HOOKS,
    orders=(*nsaid.ORDERS, *RAS_BLOCKERS, *DIURETICS, *MEASURED, *MAY_BE_METHOTREXATE),
    gate=Gate.EDEMA,
    needs=(Need.MEDICATIONS, Need.OPEN_ORDERS),
    evidence=(Evidence(NSAID_LABEL, "interactions"),),
    limits="Label texts; the dose of methotrexate is not looked at.",
    thresholds=(nsaid.ANALGESIC_ASPIRIN,),
)

SUMMARY = "NSAID interaction: kidney (RAS blocker + diuretic) or lithium/methotrexate/calcineurin"
TRIPLE = "An NSAID together with a RAS blocker and a diuretic can cause acute kidney injury."
LEVELS = "With an NSAID the levels or the toxicity of lithium, methotrexate and calcineurin inhibitors rise."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None:
        return NOT_APPLICABLE
    if nsaid.is_systemic(drug, patient):
        return _nsaid_ordered(drug, order, patient)
    if _raised(drug) or order.gives(*RAS_BLOCKERS, *DIURETICS):
        return _other_ordered(drug, order, patient)
    return NOT_APPLICABLE


def _nsaid_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    triple = _both(patient.takes(*RAS_BLOCKERS, beside=order), patient.takes(*DIURETICS, beside=order))
    levels = only(patient.takes(*MEASURED, *MAY_BE_METHOTREXATE, beside=order), _raised)
    items = tuple(item for each in (triple, levels) if isinstance(each, Present) for item in each.items)
    match finding(tuple(dict.fromkeys(items)), tuple(dict.fromkeys(gaps_of(triple) + gaps_of(levels)))):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return Satisfied()
        case found:
            return _advice((drug,), found.items, found.gaps, partners=_drafts(found.items), mirror=False)


def _other_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    found = nsaid.taken(patient, beside=order)
    if not isinstance(found, Present):
        return MissingData(found.gap) if isinstance(found, Unknown) else Satisfied()
    others = (
        Present((drug,))
        if _raised(drug)
        else _both(_own_or_taken(RAS_BLOCKERS, drug, order, patient), _own_or_taken(DIURETICS, drug, order, patient))
    )
    if not isinstance(others, Present):
        return MissingData(others.gap) if isinstance(others, Unknown) else Satisfied()
    own_cards = nsaid.have_cards(patient, found.items)  # the card of the NSAID names the third drug
    named = (drug,) if own_cards else tuple(dict.fromkeys((drug, *others.items)))
    gaps = tuple(dict.fromkeys(found.gaps + others.gaps))
    return _advice(found.items, named, gaps, partners=_drafts(found.items), mirror=True)


def _own_or_taken(
    groups: tuple[DrugGroup, ...], drug: Medication, order: Order, patient: Patient
) -> Finding[Medication]:
    return Present((drug,)) if order.gives(*groups) else patient.takes(*groups, beside=order)


def _both(one: Finding[Medication], other: Finding[Medication]) -> Finding[Medication]:
    """One without the other is nothing; a fixed combination is both."""
    if isinstance(one, Absent) or isinstance(other, Absent):
        return Absent()
    if isinstance(one, Present) and isinstance(other, Present):
        return Present(one.items + other.items, one.gaps + other.gaps)
    return one if isinstance(one, Unknown) else other


def _raised(item: Medication) -> bool:
    """A drug whose level or toxicity an NSAID raises, given to the whole body."""
    if item.medicine.route is Route.LOCAL:
        return False
    return _measured(item) or METHOTREXATE in item.ingredients


def _measured(item: Medication) -> bool:
    return any(item.gives(group) for group in MEASURED)


def _advice(
    nsaids: tuple[Medication, ...],
    others: tuple[Medication, ...],
    gaps: tuple[Gap, ...],
    *,
    partners: tuple[str, ...],
    mirror: bool,
) -> Advice:
    levels = any(map(_raised, others))
    triple = not all(map(_raised, others))
    kidney = triple or any(METHOTREXATE in item.ingredients for item in others)
    tests = (
        *((Service.CREATININE_TEST,) if kidney else ()),
        *((Service.POTASSIUM_TEST,) if triple else ()),
        *((Service.DRUG_LEVEL_TEST,) if any(map(_measured, others)) else ()),
    )
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(*((TRIPLE,) if triple else ()), *((LEVELS,) if levels else ())),
        because=tuple(item.fact for item in (*nsaids, *others)),
        unchecked=gaps,
        proposals=tuple(map(Propose, tests)),
        partners=partners,
        mirror=mirror,
    )


def _drafts(medications: tuple[Medication, ...]) -> tuple[str, ...]:
    return tuple(item.reference for item in medications if item.standing is Standing.DRAFT)
