"""Nifedipine should not be combined with strong inducers or inhibitors of CYP3A4.

When    nifedipine is ordered
  and   an inducer (rifampicin, another rifamycin, carbamazepine, phenytoin, phenobarbital, St John's wort), an azole or
        a strong inhibitor (clarithromycin, protease inhibitor) is active, or is another draft; or the other way round
Then    warn critically with rifampicin, warn with the others, and offer to remove the draft of nifedipine
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import NIFEDIPINE_SMPC, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot.blood_pressure import is_nifedipine
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Gap, Unknown, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route

INDUCERS = (DrugGroup.CYP3A4_INDUCER_STRONG, DrugGroup.CYP3A4_INDUCER_MODERATE)
INHIBITORS = (DrugGroup.CYP3A4_INHIBITOR_STRONG,)
PARTNERS = (*INDUCERS, *INHIBITORS)
MAY_BE_AZOLES = (DrugGroup.CYP3A4_INHIBITOR_MODERATE,)
AZOLES = frozenset({"fluconazole", "isavuconazole"})
"""Moderate inhibitors; the rule specification and labels name azoles as a class."""
RIFAMPICIN = "rifampin"

RULE = Rule(
    id="BME-DS-NIF-02",
    version=1,
    title="Nifedipine and CYP3A4",
    check="CYP3A4 inducers and inhibitors with nifedipine",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.CALCIUM_CHANNEL_BLOCKER, *PARTNERS, *MAY_BE_AZOLES),
    needs=(Need.MEDICATIONS,),
    gate=Gate.EDEMA,
    evidence=(Evidence(NIFEDIPINE_SMPC, "4.3 Contraindications: rifampicin, 4.5 Interactions: CYP3A4"),),
    limits="Label. Of moderate inhibitors only azoles are looked at; grapefruit is not.",
)

SUMMARY = "Nifedipine with a CYP3A4 inducer or inhibitor"
INDUCER = "An inducer lowers the level of nifedipine so far that it may have no effect."
INHIBITOR = "An azole or another strong inhibitor raises the level of nifedipine: blood pressure may fall."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not (is_nifedipine(drug) or _acts_on_cyp3a4(drug)):
        return NOT_APPLICABLE
    ordered = is_nifedipine(drug)
    if ordered:
        found = only(patient.takes(*PARTNERS, *MAY_BE_AZOLES, beside=order), _acts_on_cyp3a4)
    else:
        found = only(patient.takes(DrugGroup.CALCIUM_CHANNEL_BLOCKER, beside=order), is_nifedipine)
    match found:
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case _:
            nifedipine, partners = ((drug,), found.items) if ordered else (found.items, (drug,))
            return _advice(nifedipine, partners, found.gaps, _drafts(found.items), mirror=not ordered)


def _acts_on_cyp3a4(drug: Medication) -> bool:
    """By the whole body: a cream with an azole does not."""
    acts = any(drug.gives(group) for group in INDUCERS) or _inhibits(drug)
    return acts and drug.medicine.route is not Route.LOCAL


def _inhibits(drug: Medication) -> bool:
    return any(drug.gives(group) for group in INHIBITORS) or not drug.ingredients.isdisjoint(AZOLES)


def _drafts(medications: tuple[Medication, ...]) -> tuple[str, ...]:
    return tuple(item.reference for item in medications if item.standing is Standing.DRAFT)


def _advice(
    nifedipine: tuple[Medication, ...],
    partners: tuple[Medication, ...],
    gaps: tuple[Gap, ...],
    drafts: tuple[str, ...],
    *,
    mirror: bool,
) -> Advice:
    induced = any(item.gives(group) for item in partners for group in INDUCERS)
    inhibited = any(map(_inhibits, partners))
    rifampicin = any(RIFAMPICIN in item.ingredients for item in partners)
    delete = (DeleteDraft(each, "Remove the draft order of nifedipine") for each in _drafts(nifedipine))
    return Advice(
        indicator="critical" if rifampicin else "warning",
        summary=SUMMARY,
        detail=(*((INDUCER,) if induced else ()), *((INHIBITOR,) if inhibited else ())),
        because=tuple(item.fact for item in (*nifedipine, *partners)),
        unchecked=gaps,
        proposals=tuple(delete),
        partners=drafts,
        mirror=mirror,
    )
