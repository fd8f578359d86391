"""A prostacyclin together with an antiplatelet, a systemic NSAID or a thrombolytic adds to the risk of bleeding.

When    a systemic prostacyclin is ordered that does not treat pulmonary hypertension
  and   one of these is active, or is another draft of the session; or the other way round
Then    warn; offer to put a drafted NSAID on hold for the infusion days, or to remove it where it is the order at hand.
        Antiplatelets are never touched, and active orders are left to a review
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ILOPROST_HOSPITAL_GUIDE, ILOPROST_INTERACTIONS, Evidence
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
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot import prostacyclin
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Finding, Gap, Present, Unknown, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route, Service

NSAIDS = (DrugGroup.NSAID_SYSTEMIC, DrugGroup.COX2_INHIBITOR)
PARTNERS = (DrugGroup.ANTIPLATELET, *NSAIDS, DrugGroup.THROMBOLYTIC)
SEROTONERGIC = (DrugGroup.SSRI, DrugGroup.SNRI)

RULE = Rule(
    id="BME-DS-ILO-04",
    version=1,
    title="Iloprost with antiplatelet or systemic NSAID",
    check="antiplatelets and NSAIDs with a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN, *PARTNERS),
    needs=(Need.MEDICATIONS, Need.PROBLEMS, Need.OPEN_ORDERS),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    evidence=(
        Evidence(ILOPROST_HOSPITAL_GUIDE, "bleeding with anticoagulants and antiplatelets"),
        Evidence(ILOPROST_INTERACTIONS, "inhibitors of platelet aggregation"),
    ),
    limits="The labels ask for monitoring; the combination is not contraindicated.",
)

SUMMARY = "Iloprost plus antiplatelet or NSAID - added bleeding risk, monitor"
WHY = (
    "Prostacyclins inhibit platelets, which adds to the bleeding risk of these medicines. It is not a contraindication."
)
PAUSE = "Consider a pause of the NSAID during the infusion days if it is not needed then."
SEROTONIN = "The SSRI or SNRI in the list adds to the bleeding risk as well."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None:
        return NOT_APPLICABLE
    if drug.gives(DrugGroup.PROSTACYCLIN):
        return _prostacyclin_ordered(drug, order, patient)
    return _partner_ordered(drug, order, patient) if _inhibits_clotting(drug) else NOT_APPLICABLE


def _inhibits_clotting(drug: Medication) -> bool:
    """A prostacyclin is not its own partner, whatever class it is filed under; nor is an NSAID for the skin."""
    partner = any(drug.gives(group) for group in PARTNERS) and not drug.gives(DrugGroup.PROSTACYCLIN)
    return partner and drug.medicine.route is not Route.LOCAL


def _is_nsaid(drug: Medication) -> bool:
    """Aspirin counts as an antiplatelet."""
    return any(drug.gives(group) for group in NSAIDS) and not drug.gives(DrugGroup.ANTIPLATELET)


def _prostacyclin_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    concern = prostacyclin.of_concern(drug, patient)
    if isinstance(concern, Absent):
        return NOT_APPLICABLE
    if isinstance(concern, Unknown):
        return MissingData(concern.gap)
    match only(patient.takes(*PARTNERS, beside=order), _inhibits_clotting):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            nsaids = tuple(item for item in found.items if _is_nsaid(item))
            gaps = (*found.gaps, *concern.gaps)
            return _advice((drug, *found.items), order, gaps, patient, _pauses(nsaids), _drafts(found.items))


def _partner_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    match prostacyclin.given(patient, order):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            delete = DeleteDraft(order.reference, "Remove the draft order of the NSAID")
            offers = (delete,) if _is_nsaid(drug) and not found.gaps else ()
            medicines = (*found.items, drug)
            return _advice(medicines, order, found.gaps, patient, offers, _drafts(found.items), mirror=True)


def _pauses(nsaids: tuple[Medication, ...]) -> tuple[Proposal, ...]:
    """Drafts may be put on hold; no active order is changed by us."""
    drafts = _drafts(nsaids)
    review = (Propose(Service.PHARMACIST_REVIEW),) if len(drafts) < len(nsaids) else ()
    return (*(UpdateDraft(each, Change.ON_HOLD) for each in drafts), *review)


def _drafts(medications: tuple[Medication, ...]) -> tuple[str, ...]:
    return tuple(item.reference for item in medications if item.standing is Standing.DRAFT)


def _advice(
    medicines: tuple[Medication, ...],
    order: Order,
    gaps: tuple[Gap, ...],
    patient: Patient,
    offers: tuple[Proposal, ...],
    partners: tuple[str, ...],
    *,
    mirror: bool = False,
) -> Advice:
    serotonergic: Finding[Medication] = patient.takes(*SEROTONERGIC, beside=order)
    added = serotonergic.items if isinstance(serotonergic, Present) else ()
    nsaid = any(_is_nsaid(item) for item in medicines)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(WHY, *((PAUSE,) if nsaid else ()), *((SEROTONIN,) if added else ())),
        because=tuple(item.fact for item in (*medicines, *added)),
        unchecked=tuple(dict.fromkeys((*gaps, *gaps_of(serotonergic)))),
        proposals=offers,
        partners=partners,
        mirror=mirror,
    )
