"""A medicine should not be given to a patient with a recorded allergy to it or to its class.

When    a bisphosphonate, denosumab, prostacyclin, vitamin D, dihydropyridine, glucocorticoid, TNF inhibitor or opioid
        is ordered
  and   an allergy or intolerance to the substance or its class is recorded; or an allergy to latex, and the syringe of
        the medicine may have a needle cap of latex
Unless  the medicine is none for the bone, and bone marrow edema is not documented (this is no general checker)
Then    warn critically; with an intolerance or a record known by its words alone, warn; with latex, inform
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import (
    ADALIMUMAB_SMPC,
    COLECALCIFEROL_SMPC,
    ILOPROST_SMPC,
    NIFEDIPINE_SMPC,
    PROLIA_LABEL,
    Evidence,
)
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.medication import Drug, Medication, Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, Present, Unknown, any_of, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

FOR_THE_BONE = (DrugGroup.PROSTACYCLIN, DrugGroup.BISPHOSPHONATE, DrugGroup.DENOSUMAB)
CLASSES: dict[DrugGroup, tuple[DrugGroup, ...]] = {
    **{group: (group,) for group in FOR_THE_BONE},
    **dict.fromkeys((DrugGroup.VITAMIN_D, DrugGroup.CALCIUM_VITAMIN_D_COMBINATION), (DrugGroup.VITAMIN_D,)),
    DrugGroup.CALCIUM_CHANNEL_BLOCKER: (DrugGroup.CALCIUM_CHANNEL_BLOCKER,),
    DrugGroup.TNF_INHIBITOR: (DrugGroup.TNF_INHIBITOR,),
    DrugGroup.OPIOID: (DrugGroup.OPIOID,),
    **dict.fromkeys(
        (DrugGroup.GLUCOCORTICOID_SYSTEMIC, DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION),
        (
            DrugGroup.GLUCOCORTICOID_SYSTEMIC,
            DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION,
            DrugGroup.GLUCOCORTICOID_LOCAL,
        ),
    ),
}
"""The groups of a draft, and those in which an allergy to its class is recorded."""
OTHER_CALCIUM_CHANNEL_BLOCKERS = frozenset({"verapamil", "diltiazem"})
IN_PREFILLED_SYRINGES = frozenset({"denosumab", "adalimumab", "etanercept", "golimumab", "certolizumab pegol"})

RULE = Rule(
    id="BME-DS-ALG-01",
    version=2,
    title="Allergy to the ordered medicine",
    check="allergies to the ordered medicine",
    hooks=ORDER_HOOKS,
    orders=tuple(CLASSES),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    needs=(Need.ALLERGIES, Need.PROBLEMS, Need.MRI),
    evidence=(
        Evidence(PROLIA_LABEL, "contraindications: hypersensitivity; needle cap"),
        Evidence(ILOPROST_SMPC, "4.3 Contraindications"),
        Evidence(COLECALCIFEROL_SMPC, "4.3 Contraindications"),
        Evidence(NIFEDIPINE_SMPC, "4.3 Contraindications"),
        Evidence(ADALIMUMAB_SMPC, "4.3 Contraindications"),
    ),
    limits="As the chart records it. Whether members of a class cross-react differs; excipients are not looked at.",
    overrides=(OverrideReason("tolerated-since", "Tolerated since"),),
)

SUMMARY = "Recorded allergy to the ordered medicine"
LATEX = "Recorded latex allergy - the needle cap of the ordered medicine may contain latex"
LABEL = "The label of each product names hypersensitivity as a contraindication."
BY_WORDS = "The record was recognized from its words alone: check what it means."
INSTEAD = "Consider another option of the pathway."
CAP = "Some prefilled syringes have a needle cap with latex: check the presentation of the product."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not _counted(drug.medicine.drugs) or not _in_scope(order, patient):
        return NOT_APPLICABLE
    allergies, latex = _allergies(drug, patient), _latex(drug, patient)
    gaps = tuple(dict.fromkeys(gaps_of(allergies) + gaps_of(latex)))
    if isinstance(allergies, Present):
        return _advice(allergies, gaps, order)
    if isinstance(latex, Present):
        return _about_latex(latex, gaps, order)
    if isinstance(allergies, Unknown):
        return MissingData(allergies.gap)
    return MissingData(gaps[0]) if gaps else Satisfied(allergies.remarks)


def _in_scope(order: Order, patient: Patient) -> bool:
    return order.gives(*FOR_THE_BONE) or not isinstance(patient.edema_context(order), Absent)


def _counted(drugs: tuple[Drug, ...]) -> tuple[Drug, ...]:
    """The drugs that this rule speaks of: of calcium channel blockers only the dihydropyridines."""
    return tuple(
        drug for drug in drugs if drug.group in CLASSES and drug.ingredient not in OTHER_CALCIUM_CHANNEL_BLOCKERS
    )


def _allergies(drug: Medication, patient: Patient) -> Finding[Allergy]:
    groups = {group for each in _counted(drug.medicine.drugs) for group in CLASSES[each.group]}
    return only(
        patient.allergic(*sorted(groups)),
        lambda record: any(
            to.group in groups and to.ingredient not in OTHER_CALCIUM_CHANNEL_BLOCKERS for to in record.drugs
        ),
    )


def _latex(drug: Medication, patient: Patient) -> Finding[Factual]:
    if drug.ingredients.isdisjoint(IN_PREFILLED_SYRINGES):
        return Absent()
    return any_of(patient.allergic(Concept.LATEX_ALLERGY), patient.has(Concept.LATEX_ALLERGY))


def _advice(allergies: Present[Allergy], gaps: tuple[Gap, ...], order: Order) -> Advice:
    critical = any(_is_allergy(record) for record in allergies.items)
    coded = not all(record.by_text for record in allergies.items)
    delete = DeleteDraft(order.reference, "Remove the draft order of this medicine")
    return Advice(
        indicator="critical" if critical else "warning",
        summary=SUMMARY,
        detail=(LABEL if coded else BY_WORDS, INSTEAD),
        because=(order.fact, *allergies.facts),
        unchecked=gaps,
        remarks=allergies.remarks,
        proposals=(delete,) if coded else (),
    )


def _is_allergy(record: Allergy) -> bool:
    """Coded, and no intolerance by its type; anaphylaxis is none, whatever the type says."""
    return not record.by_text and (record.anaphylaxis or not record.intolerance)


def _about_latex(latex: Present[Factual], gaps: tuple[Gap, ...], order: Order) -> Advice:
    return Advice(
        indicator="info",
        summary=LATEX,
        detail=(CAP,),
        because=(order.fact, *latex.facts),
        unchecked=gaps,
        remarks=latex.remarks,
        arm="latex",
    )
