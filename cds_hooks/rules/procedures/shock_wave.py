"""Shock wave therapy should not be given in pregnancy, infection or tumor, and not without care where it may bleed.

When    shock wave therapy is ordered
  and   the patient is pregnant, or an infection or a malignant tumor lies in the field; or, unless the order says low
        energy, an anticoagulant or a clotting problem is known; or growth plates that may be open, an implanted
        electronic device or a recent steroid injection
Then    warn, critically for pregnancy, infection and tumor, and offer to remove the draft; where the patient may become
        pregnant and no recent test is on record, say so
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ESWT_CONSENSUS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import age, procedures
from cds_hooks.snapshot.injections import Injection, earlier_injections
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, GapKind, Present, Unknown, any_of, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

OURS = "ours, awaiting a clinical board"
GROWTH_PLATE_AGE = Threshold(
    name="open-growth-plate-age", unit="a", default=16, low=14, high=18, source="usual closure of growth plates; ours"
)
INJECTION_DAYS = Threshold(
    name="shock-wave-after-injection-days", unit="d", default=42, low=14, high=90, source="ESWT consensus"
)
TEST_DAYS = Threshold(
    name="shock-wave-pregnancy-test-window", unit="d", default=14, low=1, high=28, source="ours, as in BME-CI-03"
)

RULE = Rule(
    id="BME-DS-ESW-01",
    version=2,
    title="Shock wave therapy: contraindications",
    check="contraindications of shock wave therapy",
    hooks=ORDER_HOOKS,
    orders=(Concept.ESWT,),
    gate=Gate.EDEMA,
    needs=(
        Need.PREGNANCY,
        Need.CHILDBEARING,
        Need.DEMOGRAPHICS,
        Need.PROBLEMS,
        Need.INFLAMMATION,
        Need.TEMPERATURE,
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
        Need.INR,
        Need.PLATELETS,
        Need.DEVICES,
        Need.PROCEDURES,
    ),
    evidence=(Evidence(ESWT_CONSENSUS, "contraindications"),),
    limits="Consensus of users; radial low-energy devices are less critical. An order that does not say its energy "
    "counts as one of high energy.",
    thresholds=(GROWTH_PLATE_AGE, INJECTION_DAYS, TEST_DAYS, *procedures.CLOTTING),
)

RISK = "ESWT: pregnancy, infection, tumor or bleeding risk present"
OTHER = "ESWT: open growth plates, an implanted device or a recent steroid injection - check before treatment"
UNKNOWN = "ESWT: pregnancy status not known - exclude pregnancy before treatment"
DEVICE = "Radial low-energy devices are less critical: check the energy and the device manual."
YOUNG = "Growth plates may be open at this age."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.ESWT):
        return NOT_APPLICABLE
    grave = any_of(patient.pregnancy, patient.infection(order.site), procedures.malignancy_at(patient, order.site))
    bleeding, other, young = _bleeding(order, patient), _other(order, patient), _young(patient)
    found = any_of(grave, bleeding, other, young)
    if isinstance(found, Present):
        return _advice(order, found, grave, bleeding, other, young)
    if isinstance(found, Unknown) and found.gap.kind is GapKind.OUT_OF_REACH:
        return MissingData(found.gap)
    potential = _may_be_pregnant(patient)
    if isinstance(potential, Present):
        return _ask(order, potential, found)
    return MissingData(found.gap) if isinstance(found, Unknown) else Satisfied(found.remarks)


def _bleeding(order: Order, patient: Patient) -> Finding[Factual]:
    """A matter of high energy; an order that does not say its energy counts as such."""
    if order.asks_for(Concept.LOW_ENERGY_SHOCK_WAVE):
        return Absent()
    return any_of(
        patient.takes(DrugGroup.ANTICOAGULANT, beside=order),
        procedures.coagulopathy(patient),
        patient.has(Concept.BLEEDING_DISORDER),
    )


def _other(order: Order, patient: Patient) -> Finding[Factual]:
    return any_of(procedures.electronic_implant(patient), _injected(order, patient))


def _injected(order: Order, patient: Patient) -> Finding[Injection]:
    """Injected here lately, or at a joint that is not said."""
    earlier = earlier_injections(patient, patient.policy[INJECTION_DAYS])
    if not isinstance(earlier, Present):
        return earlier
    return finding(tuple(item for item in earlier.items if item.site.may_be(order.site)), earlier.gaps)


def _young(patient: Patient) -> Finding[Fact]:
    """A birth date that is not recorded is silent here; a patient record that could not be read is not."""
    found = age.under(patient, patient.policy[GROWTH_PLATE_AGE])
    return Absent() if isinstance(found, Unknown) and found.gap.kind is GapKind.NOT_RECORDED else found


def _may_be_pregnant(patient: Patient) -> Finding[Fact]:
    """May become pregnant, and nothing recent says that she is not."""
    match patient.not_pregnant_by_test(patient.policy[TEST_DAYS]):
        case Present():
            return Absent()
        case Unknown() as unread:
            return unread
        case _:
            return patient.childbearing_potential


def _advice(
    order: Order,
    found: Present[Factual],
    grave: Finding[Factual],
    bleeding: Finding[Factual],
    other: Finding[Factual],
    young: Finding[Fact],
) -> Advice:
    critical = isinstance(grave, Present)
    # Bleeding counts for high energy only, growth plates by age alone: neither is sure enough to offer a removal.
    sure = critical or isinstance(other, Present)
    delete = (DeleteDraft(order.reference, "Remove the draft order of shock wave therapy"),) if sure else ()
    return Advice(
        indicator="critical" if critical else "warning",
        summary=RISK if critical or isinstance(bleeding, Present) else OTHER,
        detail=(DEVICE, *((YOUNG,) if isinstance(young, Present) else ())),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=delete,
    )


def _ask(order: Order, potential: Present[Fact], found: Absent | Unknown) -> Advice:
    return Advice(
        indicator="info",
        summary=UNKNOWN,
        detail=("No pregnancy status and no recent test is on record.",),
        because=(order.fact, *potential.facts),
        unchecked=(*gaps_of(found), *potential.gaps),
        remarks=found.remarks if isinstance(found, Absent) else (),
        arm="missing",
    )
