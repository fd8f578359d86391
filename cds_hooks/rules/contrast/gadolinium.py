"""In pregnancy, severe kidney disease or gadolinium allergy an MRI for marrow edema should be made without contrast
first.

When    an MRI with contrast is ordered for marrow edema or bone pain, or for a patient with marrow edema
  and   the patient is pregnant, the kidneys hardly work, or an allergy to gadolinium is recorded
Then    warn and offer an examination without contrast; critically after a severe reaction, and with an agent of group I
        in severe kidney disease
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ACR_GADOLINIUM, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    Change,
    MissingData,
    Satisfied,
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot import safety
from cds_hooks.snapshot.indication import MRI, asks_about_edema
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import (
    Absent,
    Fact,
    Factual,
    Finding,
    Present,
    Unknown,
    any_of,
    finding,
    gaps_of,
    remarks_of,
)
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.safety import GADOLINIUM_EGFR, GADOLINIUM_EGFR_DAYS
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from cds_hooks.wire.card import Indicator

RULE = Rule(
    id="BME-DS-IMG-01",
    version=1,
    title="Gadolinium: pregnancy, eGFR < 30 or contrast allergy",
    check="safety of MRI contrast",
    hooks=ORDER_HOOKS,
    orders=MRI,
    needs=(
        Need.PROBLEMS,
        Need.MRI,
        Need.DEMOGRAPHICS,
        Need.PREGNANCY,
        Need.CHILDBEARING,
        Need.KIDNEY_FUNCTION,
        Need.ALLERGIES,
    ),
    evidence=(Evidence(ACR_GADOLINIUM, "group I, II and III agents; pregnancy"),),
    limits="Society statements, read in secondary copies. Orders seldom name the agent: one of group II is assumed "
    "unless the order names another, or another is drafted beside the MRI.",
    thresholds=(GADOLINIUM_EGFR, GADOLINIUM_EGFR_DAYS),
)

AGAINST = "MRI contrast: pregnancy, severe kidney disease or contrast allergy - consider non-contrast first"
KIDNEYS_UNKNOWN = "Group I gadolinium agent and no recent eGFR - check kidney function or consider non-contrast first"
ENOUGH = "T1 and STIR show marrow edema without contrast; contrast is needed only for the question of osteonecrosis."
GROUP_I = "A gadolinium agent of group I is drafted: it carries a risk of nephrogenic systemic fibrosis."
AGENTS = (
    DrugGroup.GADOLINIUM_GROUP_1,
    DrugGroup.GADOLINIUM_GROUP_2,
    DrugGroup.GADOLINIUM_GROUP_3,
    DrugGroup.GADOLINIUM_UNCLASSIFIED,
)


def assess(order: Order, patient: Patient) -> Verdict:
    contrast = order.asks_for(*MRI) and order.asks_for(Concept.MRI_WITH_CONTRAST, Concept.DYNAMIC_CONTRAST_MRI)
    about = any_of(asks_about_edema(order, patient), patient.edema_context(order)) if contrast else Absent()
    if isinstance(about, Absent):
        return NOT_APPLICABLE
    verdict = _assess(order, patient)
    return MissingData(about.gap) if isinstance(about, Unknown) and isinstance(verdict, Advice) else verdict


def _assess(order: Order, patient: Patient) -> Verdict:
    agents = _group_1(order, patient)
    egfr = patient.egfr(patient.policy[GADOLINIUM_EGFR_DAYS])
    pregnancy, kidneys = patient.pregnancy, any_of(patient.has(*safety.KIDNEY_FAILURE), _low(egfr, patient))
    allergy = patient.allergic(Concept.GADOLINIUM_ALLERGY, *AGENTS)
    arms: tuple[Finding[Factual], ...] = (pregnancy, kidneys, allergy)
    if any(isinstance(each, Present) for each in arms):
        severe = isinstance(allergy, Present) and any(item.severe for item in allergy.items)
        indicator: Indicator = "critical" if severe or (agents and isinstance(kidneys, Present)) else "warning"
        return _advice(order, indicator, arms, agents)
    if unclear := [each.gap for each in arms if isinstance(each, Unknown)]:
        return MissingData(unclear[0])
    if agents and isinstance(egfr, Absent):
        return _advice(order, "warning", arms, agents)
    return Satisfied(remarks_of(*arms))


def _group_1(order: Order, patient: Patient) -> tuple[Fact, ...]:
    """The agents of group I: named by the order, or drafted beside it."""
    drafted = patient.drafted(DrugGroup.GADOLINIUM_GROUP_1, beside=order)
    named = (order.fact,) if DrugGroup.GADOLINIUM_GROUP_1 in order.agents else ()
    return (*named, *(item.fact for item in drafted))


def _low(egfr: Finding[Result], patient: Patient) -> Finding[Result]:
    if not isinstance(egfr, Present):
        return egfr
    limit = patient.policy[GADOLINIUM_EGFR]
    return finding(tuple(item for item in egfr.items if item.surely_below(limit)), egfr.gaps, egfr.remarks)


def _advice(order: Order, indicator: Indicator, arms: tuple[Finding[Factual], ...], agents: tuple[Fact, ...]) -> Advice:
    facts = tuple(fact for each in arms if isinstance(each, Present) for fact in each.facts)
    return Advice(
        indicator=indicator,
        summary=AGAINST if facts else KIDNEYS_UNKNOWN,
        detail=(ENOUGH, GROUP_I) if agents else (ENOUGH,),
        because=tuple(dict.fromkeys((order.fact, *agents, *facts))),
        unchecked=tuple(dict.fromkeys(gap for each in arms for gap in gaps_of(each))),
        remarks=remarks_of(*arms),
        proposals=(UpdateDraft(order.reference, Change.WITHOUT_CONTRAST),),
        arm="against" if facts else "missing",
    )
