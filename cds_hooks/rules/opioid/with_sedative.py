"""An opioid should not be combined with a benzodiazepine or another sedative: breathing may fail.

When    an opioid is ordered
  and   a benzodiazepine, a Z-drug, a gabapentinoid, a sedating antihistamine or a muscle relaxant is active, or is
        another draft of the session; or the other way round
Then    warn critically with a benzodiazepine or Z-drug, warn with the others; offer to remove the draft of the opioid,
        and naloxone
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CDC_OPIOIDS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    DeleteDraft,
    MissingData,
    Satisfied,
    Treat,
    Verdict,
)
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Gap, Unknown, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route, Treatment

HYPNOTICS = (DrugGroup.BENZODIAZEPINE, DrugGroup.Z_DRUG)
SEDATIVES = (
    *HYPNOTICS,
    DrugGroup.GABAPENTINOID,
    DrugGroup.SEDATING_ANTIHISTAMINE,
    DrugGroup.MUSCLE_RELAXANT,
)

RULE = Rule(
    id="BME-DS-OPI-01",
    version=1,
    title="Opioid with benzodiazepine, gabapentinoid or other sedative",
    check="sedatives with an opioid",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.OPIOID, *SEDATIVES),
    needs=(Need.MEDICATIONS,),
    gate=Gate.EDEMA_OR_VERTEBRAL_FRACTURE,
    proposes=(Treatment.NALOXONE,),
    evidence=(
        Evidence(CDC_OPIOIDS, "opioids with benzodiazepines or other depressants of the central nervous system"),
        Evidence("US labels of opioids and benzodiazepines", "boxed warning on concomitant use"),
    ),
    limits="Guideline and boxed warning; which sedatives count as less grave follows the rule specification.",
)

SUMMARY = "Opioid with a benzodiazepine or sedative - respiratory depression"
WHY = "Opioids and sedatives together can stop breathing; the risk rises with each dose."
IF_NEEDED = "Where both are unavoidable, the lowest doses are advised, and naloxone at hand."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None:
        return NOT_APPLICABLE
    if drug.gives(DrugGroup.OPIOID):
        return _opioid_ordered(drug, order, patient)
    return _sedative_ordered(drug, order, patient) if _sedates(drug) else NOT_APPLICABLE


def _sedates(drug: Medication) -> bool:
    """A gel for the skin does not."""
    return any(drug.gives(group) for group in SEDATIVES) and drug.medicine.route is not Route.LOCAL


def _opioid_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    match only(patient.takes(*SEDATIVES, beside=order), _sedates):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return _advice((drug,), found.items, found.gaps, _drafts(found.items), mirror=False)


def _sedative_ordered(drug: Medication, order: Order, patient: Patient) -> Verdict:
    match patient.takes(DrugGroup.OPIOID, beside=order):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return _advice(found.items, (drug,), found.gaps, _drafts(found.items), mirror=True)


def _drafts(medications: tuple[Medication, ...]) -> tuple[str, ...]:
    return tuple(item.reference for item in medications if item.standing is Standing.DRAFT)


def _advice(
    opioids: tuple[Medication, ...],
    sedatives: tuple[Medication, ...],
    gaps: tuple[Gap, ...],
    partners: tuple[str, ...],
    *,
    mirror: bool,
) -> Advice:
    grave = any(item.gives(group) for item in sedatives for group in HYPNOTICS)
    delete = (DeleteDraft(each, "Remove the draft order of the opioid") for each in _drafts(opioids))
    return Advice(
        indicator="critical" if grave else "warning",
        summary=SUMMARY,
        detail=(WHY, IF_NEEDED),
        because=tuple(item.fact for item in (*opioids, *sedatives)),
        unchecked=gaps,
        proposals=(*delete, Treat(Treatment.NALOXONE)),
        partners=partners,
        mirror=mirror,
    )
