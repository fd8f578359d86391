"""A systemic NSAID should be avoided with a gastrointestinal ulcer or bleeding, and protected where risks add up.

When    a systemic NSAID is ordered
  and   a peptic ulcer or gastrointestinal bleeding is active, or was there before
        or a P2Y12 inhibitor or two antiplatelets are taken
        or two of these are there without a proton pump inhibitor: age of 65 or more, a systemic corticosteroid, an
        SSRI or SNRI, low-dose aspirin
Unless  the NSAID is topical or low-dose aspirin
Then    warn, critically with an active lesion, and offer gastric protection where there is none yet
"""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.authoring.evidence import NSAID_LABEL, NSAID_PRECAUTIONS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Treat, Verdict
from cds_hooks.snapshot import age, nsaid
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route, Treatment

RISK_AGE = Threshold(name="nsaid-gi-age", unit="a", default=65, low=50, high=80, source="NSAID label: elderly patients")
MINOR_FACTORS = Threshold(
    name="nsaid-gi-minor-factors", unit="1", default=2, low=1, high=4, source="ours, awaiting a clinical board"
)
P2Y12_INHIBITORS = frozenset({"clopidogrel", "prasugrel", "ticagrelor", "ticlopidine", "cangrelor"})

RULE = Rule(
    id="BME-DS-NSA-03",
    version=1,
    title="NSAID and gastrointestinal bleeding or ulcer",
    check="ulcer, bleeding and stomach protection before an NSAID",
    hooks=ORDER_HOOKS,
    orders=nsaid.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.MEDICATIONS, Need.PROBLEMS, Need.DEMOGRAPHICS),
    evidence=(
        Evidence(NSAID_LABEL, "contraindications and warnings: gastrointestinal"),
        Evidence(NSAID_PRECAUTIONS, "gastrointestinal risk"),
    ),
    limits="Label texts. H. pylori status is not looked at.",
    proposes=(Treatment.PPI,),
    thresholds=(nsaid.ANALGESIC_ASPIRIN, RISK_AGE, MINOR_FACTORS),
)

ACTIVE = "NSAID with active ulcer or GI bleeding - avoid (label contraindication)"
HISTORY = "NSAID with previous ulcer or GI bleeding - consider another analgesic or gastric protection"
ANTIPLATELET = "NSAID with antiplatelet therapy - bleeding risk; consider another analgesic"
MINOR = "NSAID with two or more GI risk factors and no PPI - consider gastric protection"
LESION = "With an active lesion no NSAID should be given."
PREFER = (
    "Another analgesic is to be preferred; else a coxib or an NSAID with a proton pump inhibitor, by local protocol "
    "and H. pylori status."
)
PROTECT = "A proton pump inhibitor lowers the risk of an ulcer while the NSAID is taken."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not nsaid.is_systemic(drug, patient):
        return NOT_APPLICABLE
    active, history = _active(patient), _history(patient)
    antiplatelets, minor = _antiplatelets(order, patient), _minor(order, patient)
    found = any_of(active, history, antiplatelets)
    if isinstance(found, Present):
        return (
            _lesion(found, order, patient) if isinstance(active, Present) else _warning(found, history, order, patient)
        )
    if isinstance(minor, Present):
        return _minor_advice(minor, found, order, patient)
    gaps = gaps_of(found) + gaps_of(minor)
    return MissingData(gaps[0]) if gaps else Satisfied()


# -- what is looked for


def _active(patient: Patient) -> Finding[Factual]:
    return patient.has(Concept.PEPTIC_ULCER, Concept.GI_BLEEDING)


def _history(patient: Patient) -> Finding[Factual]:
    """A lesion that is over, or of which the record says that it was."""
    before = patient.ever_had(
        Concept.PEPTIC_ULCER, Concept.GI_BLEEDING, Concept.PEPTIC_ULCER_HISTORY, Concept.GI_BLEEDING_HISTORY
    )
    current = patient.has(Concept.PEPTIC_ULCER, Concept.GI_BLEEDING)
    known = current.items if isinstance(current, Present) else ()
    return only(before, lambda item: item not in known)


def _antiplatelets(order: Order, patient: Patient) -> Finding[Medication]:
    """A P2Y12 inhibitor, or two drugs of the class."""
    found = nsaid.antiplatelets(patient, order)
    drugs = {drug for item in found.items for drug in _platelet_drugs(item)} if isinstance(found, Present) else set()
    enough = bool(drugs & P2Y12_INHIBITORS) or len(drugs) > 1
    return only(found, lambda _: enough)


def _platelet_drugs(item: Medication) -> Iterator[str]:
    return (drug.ingredient for drug in item.medicine.of(DrugGroup.ANTIPLATELET))


def _minor(order: Order, patient: Patient) -> Finding[Factual]:
    """Enough minor factors without protection. What could not be read may be one more of them."""
    protection = _protection(order, patient)
    if isinstance(protection, Present):
        return Absent()
    factors = _factors(order, patient)
    present = sum(isinstance(factor, Present) for factor in factors)
    needed = patient.policy[MINOR_FACTORS]
    if present >= needed:
        return any_of(*factors, protection)
    unknown = [factor for factor in factors if isinstance(factor, Unknown)]
    return unknown[0] if present + len(unknown) >= needed else Absent()


def _factors(order: Order, patient: Patient) -> tuple[Finding[Factual], ...]:
    steroids = patient.takes(DrugGroup.GLUCOCORTICOID_SYSTEMIC, beside=order)
    aspirin = nsaid.antiplatelets(patient, order)
    return (
        age.aged(patient, patient.policy[RISK_AGE]),
        only(steroids, lambda item: item.medicine.route is not Route.LOCAL),
        patient.takes(DrugGroup.SSRI, DrugGroup.SNRI, beside=order),
        only(aspirin, lambda item: nsaid.ASPIRIN in item.ingredients),
    )


def _protection(order: Order, patient: Patient) -> Finding[Factual]:
    """A proton pump inhibitor, also one in the same tablet."""
    return Present((order,)) if order.gives(DrugGroup.PPI) else patient.takes(DrugGroup.PPI, beside=order)


# -- what is said


def _lesion(found: Present[Factual], order: Order, patient: Patient) -> Advice:
    return Advice(
        indicator="critical",
        summary=ACTIVE,
        detail=(LESION,),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        proposals=(DeleteDraft(order.reference, "Remove the draft order of the NSAID"), *_protect(order, patient)),
        arm="active",
    )


def _warning(found: Present[Factual], history: Finding[Factual], order: Order, patient: Patient) -> Advice:
    before = isinstance(history, Present)
    return Advice(
        indicator="warning",
        summary=HISTORY if before else ANTIPLATELET,
        detail=(PREFER,),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        proposals=_protect(order, patient),
        arm="history" if before else "antiplatelet",
    )


def _minor_advice(minor: Present[Factual], found: Finding[Factual], order: Order, patient: Patient) -> Advice:
    return Advice(
        indicator="info",
        summary=MINOR,
        detail=(PROTECT,),
        because=(order.fact, *minor.facts),
        unchecked=tuple(dict.fromkeys(gaps_of(found) + minor.gaps)),
        proposals=_protect(order, patient),
        arm="minor",
    )


def _protect(order: Order, patient: Patient) -> tuple[Treat, ...]:
    return (Treat(Treatment.PPI),) if isinstance(_protection(order, patient), Absent) else ()
