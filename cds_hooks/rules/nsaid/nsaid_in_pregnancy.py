"""An NSAID should be avoided in pregnancy from 20 weeks on, and not be given in the third trimester.

When    an NSAID is ordered
  and   the patient is pregnant
Unless  it is aspirin in a low dose, or a topical NSAID before 28 weeks
Then    warn, critically from 28 weeks or when the gestational age is not known, mildly before 20 weeks; a topical NSAID
        is a warning from 28 weeks
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import FDA_NSAID_PREGNANCY, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import nsaid
from cds_hooks.snapshot.gestation import UNKNOWN, Gestation
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.wire.card import Indicator

DAYS_AVOID = Threshold(
    name="nsaid-gestation-avoid", unit="d", default=140, low=98, high=196, source="FDA 2020: from 20 weeks"
)
DAYS_CONTRAINDICATED = Threshold(
    name="nsaid-gestation-contraindicated",
    unit="d",
    default=196,
    low=168,
    high=210,
    source="EU labels: third trimester; FDA: from 30 weeks",
)

RULE = Rule(
    id="BME-DS-NSA-04",
    version=1,
    title="NSAID in pregnancy",
    check="pregnancy and gestational age before an NSAID",
    hooks=ORDER_HOOKS,
    orders=nsaid.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.DEMOGRAPHICS, Need.PROBLEMS, Need.PREGNANCY, Need.CHILDBEARING),
    evidence=(Evidence(FDA_NSAID_PREGNANCY, "from 20 weeks on; UK labels: third trimester"),),
    limits="The US text says 30 weeks, the EU labels the third trimester; the stricter of both is used.",
    speaks={Hook.ORDER_SIGN: frozenset({"critical", "warning"})},
    thresholds=(nsaid.LOW_DOSE_ASPIRIN, DAYS_AVOID, DAYS_CONTRAINDICATED),
)

SUMMARY = "NSAID in pregnancy - avoid from 20 weeks, contraindicated in the third trimester"
KIDNEY = "From 20 weeks on an NSAID can harm the kidney of the fetus, and the amniotic fluid becomes less."
DUCT = (
    "From 28 to 30 weeks on the arterial duct can close too early. The US text says 30 weeks, the EU third trimester."
)
EARLY = "Before 20 weeks the shortest course in the lowest dose is described, and only where it is needed."
AGE_UNKNOWN = "The gestational age is not known: the strictest case is assumed."
TOPICAL = "A topical NSAID reaches the body very little; in the third trimester it should not be used all the same."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None:
        return NOT_APPLICABLE
    topical = nsaid.is_topical(drug)
    if not topical and not nsaid.is_systemic_in_pregnancy(drug, patient):
        return NOT_APPLICABLE
    pregnancy = patient.pregnancy
    match pregnancy:
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case _ if topical:
            return _topical(pregnancy, order, patient)
        case _:
            return _systemic(pregnancy, order, patient)


def _systemic(pregnancy: Present[Fact], order: Order, patient: Patient) -> Verdict:
    age = patient.gestation
    indicator, detail = _severity(age, patient)
    return _advice(indicator, detail, pregnancy, age, order)


def _severity(age: Gestation | None, patient: Patient) -> tuple[Indicator, tuple[str, ...]]:
    if age is None:
        return "critical", (AGE_UNKNOWN, KIDNEY, DUCT)
    if age.compared >= patient.policy[DAYS_CONTRAINDICATED]:
        return "critical", (KIDNEY, DUCT)
    return ("warning", (KIDNEY, DUCT)) if age.compared >= patient.policy[DAYS_AVOID] else ("info", (EARLY, KIDNEY))


def _topical(pregnancy: Present[Fact], order: Order, patient: Patient) -> Verdict:
    """Asked from 28 weeks on; an age that is not recorded says nothing."""
    age = patient.gestation
    if age is None:
        return MissingData(next(iter(pregnancy.gaps), UNKNOWN))
    if age.compared < patient.policy[DAYS_CONTRAINDICATED]:
        return Satisfied((*pregnancy.remarks, *age.remarks))
    return _advice("warning", (TOPICAL,), pregnancy, age, order)


def _advice(
    indicator: Indicator, detail: tuple[str, ...], pregnancy: Present[Fact], age: Gestation | None, order: Order
) -> Advice:
    remarks: tuple[Gap, ...] = (*pregnancy.remarks, *(age.remarks if age else ()))
    unclear = pregnancy.gaps or pregnancy.remarks
    return Advice(
        indicator=indicator,
        summary=SUMMARY,
        detail=detail,
        because=(order.fact, *pregnancy.facts, *((age.fact,) if age else ())),
        unchecked=pregnancy.gaps,
        remarks=remarks,
        proposals=() if unclear else (DeleteDraft(order.reference, "Remove the draft order of the NSAID"),),
    )
