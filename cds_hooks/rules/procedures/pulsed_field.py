"""Electromagnetic field therapy should not be used near implanted electronics, and with care in pregnancy.

When    electromagnetic field therapy or bone stimulation is ordered
  and   an implanted electronic device, a pregnancy, an active bleeding or a malignant tumor at the site is on record
Then    warn, critically for a device that is in use, and offer to remove the draft; a device of unclear status is
        asked about
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PEMF_INSTRUCTIONS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import procedures
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.vocabulary import Concept, Need

RULE = Rule(
    id="BME-DS-PEM-01",
    version=1,
    title="Electromagnetic field therapy: implanted electronics, pregnancy",
    check="contraindications of electromagnetic field therapy",
    hooks=ORDER_HOOKS,
    orders=(Concept.PEMF,),
    gate=Gate.EDEMA,
    needs=(
        Need.DEVICES,
        Need.PROBLEMS,
        Need.PREGNANCY,
        Need.CHILDBEARING,
        Need.DEMOGRAPHICS,
    ),
    evidence=(Evidence(PEMF_INSTRUCTIONS, "contraindications"),),
    limits="Instructions of vendors; the quality of the source is low.",
)

DEVICE_OR_PREGNANCY = "Electromagnetic field therapy with implanted electronic device or pregnancy"
DOUBTFUL = "Electromagnetic field therapy: implanted device on record with unclear status - check first"
BLEEDING_OR_TUMOR = "Electromagnetic field therapy with an active bleeding or a tumor at the site"
WHY = "Fields may disturb an implanted electronic device. Metal plates without electronics are not a reason."
QUALITY = "The quality of the source is low."
BLEEDING = (Concept.ACTIVE_BLEEDING, Concept.GI_BLEEDING, Concept.INTRACRANIAL_HEMORRHAGE)


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.PEMF):
        return NOT_APPLICABLE
    implants = procedures.electronic_implant(patient)
    pregnancy = patient.pregnancy
    other = any_of(patient.has(*BLEEDING), procedures.malignancy_at(patient, order.site))
    match any_of(implants, pregnancy, other):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return _advice(order, found, _in_use(implants), isinstance(pregnancy, Present), isinstance(other, Present))


def _in_use(implants: Finding[Factual]) -> bool:
    found = implants.items if isinstance(implants, Present) else ()
    return any(not (isinstance(item, Event) and item.uncertain) for item in found)


def _advice(order: Order, found: Present[Factual], in_use: bool, pregnant: bool, other: bool) -> Advice:
    sure = in_use or pregnant or other
    delete = DeleteDraft(order.reference, "Remove the draft order of electromagnetic field therapy")
    return Advice(
        indicator="critical" if in_use else "warning",
        summary=DEVICE_OR_PREGNANCY if in_use or pregnant else BLEEDING_OR_TUMOR if other else DOUBTFUL,
        detail=(WHY, QUALITY),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(delete,) if sure else (),
    )
