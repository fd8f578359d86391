"""A systemic NSAID beside an anticoagulant should give way to another analgesic: both raise the risk of bleeding.

When    a systemic NSAID is ordered
  and   an anticoagulant is active, is another draft of the session, or is unclear (on hold, of unknown status, past its
        end, or only a class word); or the other way round
Unless  the NSAID is topical or low-dose aspirin, or the heparin only keeps a line open
Then    warn, critically where age, an earlier bleeding, an antiplatelet, few platelets or poor kidney function add to
        the risk, and offer a topical NSAID instead; where the anticoagulant is unclear, ask to verify it
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import NSAID_LABEL, NSAID_PRECAUTIONS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    Change,
    DeleteDraft,
    MissingData,
    Proposal,
    Propose,
    Satisfied,
    Treat,
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot import age, anticoagulation, nsaid
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Fact, Factual, Finding, Gap, Present, Unknown, any_of, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service, Treatment

HIGH_AGE = Threshold(
    name="nsaid-anticoagulant-age", unit="a", default=75, low=60, high=85, source="ours, awaiting a clinical board"
)
PLATELETS_LOW = Threshold(
    name="nsaid-platelets", unit="10*9/L", default=100, low=50, high=150, source="ours, awaiting a clinical board"
)
PLATELETS_DAYS = Threshold(
    name="nsaid-platelets-window", unit="d", default=30, low=7, high=90, source="ours, as for iloprost"
)

RULE = Rule(
    id="BME-DS-NSA-01",
    version=1,
    title="Systemic NSAID with an anticoagulant",
    check="anticoagulant with an NSAID",
    hooks=ORDER_HOOKS,
    orders=(*nsaid.ORDERS, DrugGroup.ANTICOAGULANT, DrugGroup.ANTICOAGULANT_VAGUE),
    gate=Gate.EDEMA,
    needs=(
        Need.MEDICATIONS,
        Need.PROBLEMS,
        Need.DEMOGRAPHICS,
        Need.PLATELETS,
        Need.KIDNEY_FUNCTION,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(NSAID_LABEL, "warnings and interactions: anticoagulants"),
        Evidence(NSAID_PRECAUTIONS, "bleeding"),
    ),
    limits="Label texts; the age and the platelet count that make the card critical are assumptions of this project.",
    proposes=(Treatment.TOPICAL_NSAID,),
    thresholds=(
        *(HIGH_AGE, PLATELETS_LOW, PLATELETS_DAYS),
        *(nsaid.ANALGESIC_ASPIRIN, nsaid.EGFR_SEVERE, nsaid.EGFR_DAYS),
    ),
)

SUMMARY = "NSAID with anticoagulant - bleeding risk; consider another analgesic"
VERIFY = "NSAID: anticoagulation unclear - verify it; with an anticoagulant the bleeding risk is high"
WHY = "An NSAID irritates the stomach and inhibits platelets; with an anticoagulant the risk of bleeding adds up."
WORSE = "The further findings in the table raise that risk."
INSTEAD = "Acetaminophen (paracetamol) or a topical NSAID are options."
PAUSE = "Pausing the NSAID (status on-hold) is an option for whoever ordered it."
ASK = "Ask the patient and the pharmacy whether an anticoagulant is taken now."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None:
        return NOT_APPLICABLE
    if nsaid.is_systemic(drug, patient):
        return _nsaid_ordered(drug, order, patient)
    if order.gives(DrugGroup.ANTICOAGULANT, DrugGroup.ANTICOAGULANT_VAGUE):
        return _anticoagulant_ordered(drug, order, patient)
    return NOT_APPLICABLE


def _nsaid_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    active = patient.takes(DrugGroup.ANTICOAGULANT, beside=order)
    if isinstance(active, Present):
        offers = (DeleteDraft(order.reference, "Remove the draft order of the NSAID"),)
        facts = (drug.fact, *active.facts)
        return _advice(facts, _aggravating(order, patient), active, offers, partners=_drafts(active.items))
    unclear = anticoagulation.unclear_orders(patient, order)
    match unclear:
        case Present(items):
            return _verify((drug.fact, *unclear.facts), unclear.gaps, partners=_drafts(items), mirror=False)
        case Unknown(gap):
            return MissingData(gap)
        case _:
            return Satisfied()


def _anticoagulant_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    found = nsaid.taken(patient, beside=order)
    if isinstance(found, Unknown):
        return MissingData(found.gap)
    if not isinstance(found, Present):
        return Satisfied()
    facts, partners = (drug.fact, *found.facts), _drafts(found.items)
    if not drug.gives(DrugGroup.ANTICOAGULANT):
        return _verify(facts, found.gaps, partners=partners, mirror=True)
    worse = _aggravating(order, patient)
    shown = only(worse, lambda _: not nsaid.have_cards(patient, found.items))  # the card of the NSAID names them
    return _advice(facts, shown, found, _pause(found.items), partners=partners, mirror=True)


def _aggravating(order: Order, patient: Patient) -> Finding[Factual]:
    """What makes a bleeding more likely still."""
    limit = patient.policy[PLATELETS_LOW]
    platelets = patient.newest(Concept.PLATELETS, patient.policy[PLATELETS_DAYS])
    few = only(platelets, lambda result: result.surely_below(limit))
    return any_of(
        age.aged(patient, patient.policy[HIGH_AGE]),
        patient.ever_had(Concept.GI_BLEEDING, Concept.GI_BLEEDING_HISTORY),
        nsaid.antiplatelets(patient, order),
        few,
        nsaid.severely_reduced_egfr(patient),
    )


def _advice(
    facts: tuple[Fact, ...],
    worse: Finding[Factual],
    pair: Present[Medication],
    offers: tuple[Proposal, ...],
    *,
    partners: tuple[str, ...],
    mirror: bool = False,
) -> Advice:
    critical = isinstance(worse, Present)
    return Advice(
        indicator="critical" if critical else "warning",
        summary=SUMMARY,
        detail=(WHY, *((WORSE,) if critical else ()), INSTEAD, *((PAUSE,) if mirror else ())),
        because=(*facts, *(worse.facts if isinstance(worse, Present) else ())),
        unchecked=tuple(dict.fromkeys((*pair.gaps, *gaps_of(worse)))),
        proposals=(*offers, Treat(Treatment.TOPICAL_NSAID)),
        partners=partners,
        mirror=mirror,
    )


def _verify(facts: tuple[Fact, ...], gaps: tuple[Gap, ...], *, partners: tuple[str, ...], mirror: bool) -> Advice:
    return Advice(
        indicator="warning",
        summary=VERIFY,
        detail=(ASK, WHY, INSTEAD),
        because=facts,
        unchecked=gaps,
        proposals=(Treat(Treatment.TOPICAL_NSAID),),
        partners=partners,
        mirror=mirror,
        arm="verify",
    )


def _pause(found: tuple[Medication, ...]) -> tuple[Proposal, ...]:
    """A drafted NSAID may be put on hold; an active order is left to a person."""
    drafts = tuple(UpdateDraft(reference, Change.ON_HOLD) for reference in _drafts(found))
    return drafts if len(drafts) == len(found) else (*drafts, Propose(Service.PHARMACIST_REVIEW))


def _drafts(medications: tuple[Medication, ...]) -> tuple[str, ...]:
    return tuple(item.reference for item in medications if item.standing is Standing.DRAFT)
