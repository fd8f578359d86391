"""A prostacyclin analog should not be given together with an anticoagulant: both raise the risk of bleeding.

When    a systemic prostacyclin is ordered
  and   an anticoagulant is active, or is another draft of the session; or the other way round
Unless  the heparin only keeps a line open, or the prostacyclin is inhaled and not for bone marrow edema
Then    warn critically and offer to remove the prostacyclin draft; in pulmonary hypertension, where the combination is
        usual and stopping is dangerous, ask to confirm it instead
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ILOPROST_SMPC, ILOPROST_US_LABEL, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

RULE = Rule(
    id="BME-CI-01",
    version=1,
    title="Prostacyclin analog with an anticoagulant",
    check="anticoagulant with a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN, DrugGroup.ANTICOAGULANT),
    needs=(Need.MEDICATIONS, Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Treatment / Management"),
        Evidence(ILOPROST_SMPC, "4.4 Special warnings, 4.5 Interactions: bleeding, close monitoring"),
        Evidence(ILOPROST_US_LABEL, "no contraindication named"),
    ),
    limits="Review article; the labels are less strict: the UK SmPC asks for close monitoring for bleeding, "
    "the US label names no contraindication.",
    overrides=(OverrideReason("anticoagulant-stopped-washout-done", "Anticoagulant stopped, washout done"),),
)

CONTRAINDICATED = (
    "Prostacyclin plus anticoagulant: contraindicated per BMES literature (bleeding) - consider another option"
)
CONFIRM = "Prostacyclin plus anticoagulant: added bleeding risk - confirm that the combination is intended"
WHY = "Prostacyclins inhibit platelets; together with an anticoagulant the risk of bleeding adds up."
INSTEAD = (
    "If the prostacyclin is meant for bone marrow edema, consider an option without this conflict "
    "(a bisphosphonate, or denosumab after its checks)."
)
IN_PULMONARY_HYPERTENSION = (
    "The prostacyclin treats pulmonary hypertension, where the combination is usual and an abrupt stop is dangerous."
)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None:
        return NOT_APPLICABLE
    if drug.gives(DrugGroup.PROSTACYCLIN):
        return _prostacyclin_ordered(drug, order, patient)
    return _anticoagulant_ordered(drug, order, patient) if drug.gives(DrugGroup.ANTICOAGULANT) else NOT_APPLICABLE


def _prostacyclin_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    systemic = patient.systemic(drug)
    if isinstance(systemic, Absent):
        return NOT_APPLICABLE
    match patient.takes(DrugGroup.ANTICOAGULANT, beside=order):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            if isinstance(systemic, Unknown):
                return MissingData(systemic.gap)
            partners = _drafts(found.items)
            return _advice((drug,), found.items, found.gaps, patient, partners=partners, mirror=False)


def _anticoagulant_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    match patient.takes(DrugGroup.PROSTACYCLIN, beside=order):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            asked = [(item, patient.systemic(item)) for item in found.items]
            systemic = tuple(item for item, verdict in asked if isinstance(verdict, Present))
            unclear = [verdict.gap for _, verdict in asked if isinstance(verdict, Unknown)]
            if not systemic:
                undone = (*unclear, *found.gaps)
                return MissingData(undone[0]) if undone else Satisfied()
            return _advice(systemic, (drug,), found.gaps, patient, partners=_drafts(systemic), mirror=True)


def _advice(
    prostacyclins: tuple[Medication, ...],
    anticoagulants: tuple[Medication, ...],
    gaps: tuple[Gap, ...],
    patient: Patient,
    *,
    partners: tuple[str, ...],
    mirror: bool,
) -> Advice:
    uses = [(item, patient.for_pulmonary_hypertension(item)) for item in prostacyclins]
    for_hypertension = all(isinstance(use, Present) for _, use in uses)
    unclear = tuple(use.gap for _, use in uses if isinstance(use, Unknown))
    removable = tuple(item for item, use in uses if isinstance(use, Absent))
    return Advice(
        indicator="warning" if for_hypertension else "critical",
        summary=CONFIRM if for_hypertension else CONTRAINDICATED,
        detail=(WHY, IN_PULMONARY_HYPERTENSION if for_hypertension else INSTEAD),
        because=tuple(item.fact for item in (*prostacyclins, *anticoagulants)),
        unchecked=(*gaps, *unclear),
        proposals=(*map(_delete, _drafts(removable)), Propose(Service.HEMATOLOGY_CONSULT)),
        partners=partners,
        mirror=mirror,
    )


def _drafts(medications: tuple[Medication, ...]) -> tuple[str, ...]:
    return tuple(item.reference for item in medications if item.standing is Standing.DRAFT)


def _delete(prostacyclin: str) -> DeleteDraft:
    return DeleteDraft(prostacyclin, "Remove the draft order of the prostacyclin")
