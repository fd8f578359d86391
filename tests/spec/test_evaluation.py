"""Asking the rules and weighing what they say: order, pairs of drafts, isolation of what breaks, and the notices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.evidence import PROJECT, Evidence
from cds_hooks.authoring.rule import AnyRule, ChartRule, Hook, OrderRule, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Satisfied, Verdict
from cds_hooks.cards.notices import BROKE
from cds_hooks.decision import Failure, Outcome
from cds_hooks.evaluation.evaluate import Failed, Judged, asked_at, evaluate
from cds_hooks.evaluation.merge import Spoken
from cds_hooks.evaluation.triage import Fate, Triage, triage
from cds_hooks.rules import CATALOG, contraindications
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from cds_hooks.wire.card import Indicator
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor, topics
from tests.builders.fhir import (
    APIXABAN,
    INR,
    PREGNANCY_TEST,
    an_outcome,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    named,
)
from tests.builders.moment import AS_OF
from tests.builders.snapshot import (
    A_WOMAN,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_order,
    cut_off,
    out_of_reach,
    unreadable_draft,
    unusable,
)

ONLY_CONTRAINDICATIONS = the_advisor().with_rules(contraindications.RULES)
ADVICE_01 = ("BME-CI-01", "MedicationRequest/draft-iloprost")
APIXABAN_DRAFT = fhir_draft(APIXABAN, id="draft-2", dosageInstruction=[])


def judged(patient: Patient, hook: Hook = Hook.ORDER_SIGN) -> Triage:
    return triage(evaluate(asked_at(contraindications.RULES, hook).concerned(patient.drafts), patient), hook)


def shown(triaged: Triage) -> list[tuple[str, str]]:
    """The cards in order: rule and draft."""
    return [(each.rule.id, each.order.reference if each.order else "") for each in leads(triaged)]


def leads(triaged: Triage) -> list[Spoken]:
    return [card.lead for card in triaged.cards]


def merged(triaged: Triage) -> list[str | None]:
    """The drafts whose advice another card carries."""
    return [about for (_, about), fate in triaged.fates.items() if fate is Fate.MERGED]


def a_rule(number: int, verdict: Verdict | Exception, hook: Hook = Hook.ORDER_SIGN) -> AnyRule:
    """A rule that says what it is told to say about every prostacyclin draft, or about the chart."""
    chart = hook is Hook.PATIENT_VIEW
    rule = Rule(
        id=f"BME-X-{number:02}",
        version=number,
        title=f"Rule {number}",
        check=f"check {number}",
        hooks=frozenset({hook}),
        needs=(Need.MEDICATIONS,),
        evidence=(Evidence(PROJECT, "a test"),),
        limits="None.",
        orders=() if chart else (DrugGroup.PROSTACYCLIN,),
    )

    def of_order(order: Order, patient: Patient) -> Verdict:
        return of_chart(patient)

    def of_chart(patient: Patient) -> Verdict:
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    return ChartRule(rule, of_chart) if chart else OrderRule(rule, of_order)


def some_advice(indicator: Indicator, **overrides: object) -> Advice:
    plain = Advice(indicator=indicator, summary=f"{indicator} advice", detail=("A sentence.",), because=())
    return replace(plain, **overrides)  # type: ignore[arg-type]


# -- which rules are asked


CONTRAINDICATIONS = [rule for rule in CATALOG if rule.rule.id.startswith("BME-CI-")]


def test_only_rules_that_a_draft_concerns_are_asked() -> None:
    """A draft that no rule concerns asks nothing; an anticoagulant asks for its mirror arm alone."""
    assert asked_at(CATALOG, Hook.ORDER_SIGN).concerned([a_draft("levothyroxine"), an_order()]) == ()
    mirrored = asked_at(CONTRAINDICATIONS, Hook.ORDER_SIGN).concerned([a_draft("warfarin")])
    assert [rule.rule.id for rule in mirrored] == ["BME-CI-01"]
    asked = asked_at(CONTRAINDICATIONS, Hook.ORDER_SELECT).concerned([a_draft()])
    assert [rule.rule.id for rule in asked] == ["BME-CI-01", "BME-CI-02", "BME-CI-03", "BME-CI-04"]


def test_a_draft_that_is_not_selected_asks_nothing() -> None:
    """At order-select only the selected drafts are judged."""
    assert asked_at(CATALOG, Hook.ORDER_SELECT).concerned([a_draft(selected=False)]) == ()


def test_the_chart_is_asked_without_drafts() -> None:
    """At patient-view the rules about the chart are asked, and no other."""
    assert [rule.rule.id for rule in asked_at(CONTRAINDICATIONS, Hook.PATIENT_VIEW).concerned(())] == ["BME-CI-05"]


def test_what_is_not_applicable_leaves_no_trace() -> None:
    """Satisfied is recorded, not applicable is not."""
    rules = [a_rule(1, NOT_APPLICABLE), a_rule(2, SATISFIED)]
    assert [each.rule.id for each in evaluate(rules, a_patient(a_draft()))] == ["BME-X-02"]


# -- order


def test_most_urgent_first_then_in_the_order_of_the_rules() -> None:
    """Critical before warning before info; within one urgency the catalog decides."""
    spoken: list[Indicator] = ["info", "warning", "critical", "info", "critical", "warning"]
    rules = [a_rule(number, some_advice(indicator)) for number, indicator in enumerate(spoken)]
    order = [each.rule.version for each in leads(triage(evaluate(rules, a_patient(a_draft())), Hook.ORDER_SIGN))]
    assert order == [2, 4, 1, 5, 0, 3]


def test_a_contraindication_stands_before_a_missing_test() -> None:
    """A woman with iloprost and apixaban: first the contraindication, then the unknown pregnancy status."""
    patient = a_patient(a_draft(), medications=[a_medication()], demographics=A_WOMAN)
    assert [rule for rule, _ in shown(judged(patient))] == ["BME-CI-01", "BME-CI-03"]


# -- one card per pair of drafts


def test_two_drafts_that_meet_give_one_card() -> None:
    """Both directions are judged; the anticoagulant's side is carried by the prostacyclin's card, and recorded."""
    for drafts in ((a_draft(), a_draft("warfarin")), (a_draft("warfarin"), a_draft())):
        triaged = judged(a_patient(*drafts))
        assert shown(triaged) == [ADVICE_01]
        assert merged(triaged) == ["MedicationRequest/draft-warfarin"]


def test_the_selected_side_speaks() -> None:
    """With one draft selected the card is about that draft, whichever side it is."""
    assert shown(judged(a_patient(a_draft(), a_draft("warfarin", selected=False)), Hook.ORDER_SELECT)) == [ADVICE_01]
    mirrored = judged(a_patient(a_draft(selected=False), a_draft("warfarin")), Hook.ORDER_SELECT)
    assert shown(mirrored) == [("BME-CI-01", "MedicationRequest/draft-warfarin")]
    assert merged(mirrored) == []


def test_two_prostacyclins_with_one_anticoagulant() -> None:
    """Each prostacyclin has its card; both carry the anticoagulant."""
    triaged = judged(a_patient(a_draft(), a_draft("treprostinil"), a_draft("warfarin")))
    assert shown(triaged) == [ADVICE_01, ("BME-CI-01", "MedicationRequest/draft-treprostinil")]


def test_one_prostacyclin_with_two_anticoagulants() -> None:
    """One card that names both."""
    triaged = judged(a_patient(a_draft(), a_draft("warfarin"), a_draft("enoxaparin")))
    assert shown(triaged) == [ADVICE_01]
    assert len(merged(triaged)) == 2


def test_a_draft_and_an_active_prostacyclin() -> None:
    """The active prostacyclin has no card of its own, so the anticoagulant's card is shown beside the other."""
    active = a_medication("treprostinil")
    triaged = judged(a_patient(a_draft(), a_draft("warfarin"), medications=[active]))
    assert shown(triaged) == [ADVICE_01, ("BME-CI-01", "MedicationRequest/draft-warfarin")]


def test_an_active_anticoagulant_beside_a_drafted_one() -> None:
    """The prostacyclin's card names both, the active and the drafted one."""
    triaged = judged(a_patient(a_draft(), a_draft("warfarin"), medications=[a_medication("apixaban")]))
    assert shown(triaged) == [ADVICE_01]
    named = {fact.resource for fact in leads(triaged)[0].advice.because}
    assert {"MedicationRequest/apixaban", "MedicationRequest/draft-warfarin"} <= named


def test_a_prostacyclin_that_is_not_selected_is_no_carrier() -> None:
    """Of two drafted prostacyclins only one is selected: the anticoagulant's card names the other, and stays."""
    drafts = (a_draft(), a_draft("treprostinil", selected=False), a_draft("warfarin"))
    triaged = judged(a_patient(*drafts), Hook.ORDER_SELECT)
    assert shown(triaged) == [ADVICE_01, ("BME-CI-01", "MedicationRequest/draft-warfarin")]


def test_drafts_without_ids_give_one_card() -> None:
    """Drafts may come without ids; the pair is still one card."""
    triaged = judged(a_patient(a_draft(reference=""), a_draft("warfarin", reference="")))
    assert [each.order.medication.medicine.name for each in leads(triaged) if each.order and each.order.medication] == [
        "iloprost"
    ]


def test_the_pair_in_a_call() -> None:
    """As an EHR sends it: one card at order-sign, and one for the selected side at order-select."""
    drafts = [APIXABAN_DRAFT, fhir_draft()]
    chart = full_prefetch(the_advisor(), "order-sign")
    assert topics(cards_in(answer_of("order-sign", a_request("order-sign", drafts, chart)))) == ["BME-CI-01"]
    for selected in ("MedicationRequest/draft-1", "MedicationRequest/draft-2", "draft-1"):
        body = a_request("order-select", drafts, chart, selections=[selected])
        assert topics(cards_in(answer_of("order-select", body))) == ["BME-CI-01"]


# -- a rule that breaks


BROKEN = ValueError("the name of a patient")


def test_a_rule_that_breaks_silences_no_other() -> None:
    """The others speak; the broken one is undone, with no gap to name."""
    rules = [a_rule(1, BROKEN), a_rule(2, some_advice("info")), a_rule(3, BROKEN), a_rule(4, some_advice("critical"))]
    found = evaluate(rules, a_patient(a_draft()))
    assert [each.verdict for each in found if isinstance(each.verdict, Failed)] == [Failed(BROKEN), Failed(BROKEN)]
    triaged = triage(found, Hook.ORDER_SIGN)
    assert [each.rule.version for each in leads(triaged)] == [4, 2]
    assert [(check.rule.version, check.gap) for check in triaged.undone] == [(1, None), (3, None)]


@pytest.mark.parametrize("hook", ["order-sign", "patient-view"])
def test_a_broken_rule_is_reported_and_recorded(hook: str) -> None:
    """The call is answered with BME-SYS-01 that quotes nothing, and the record holds the error itself."""
    broken = a_rule(7, BROKEN, Hook(hook))
    advisor = the_advisor().with_rules((broken, *CATALOG))
    drafts = [] if hook == "patient-view" else [fhir_draft()]
    chart = full_prefetch(the_advisor(), hook, [fhir_medication_request()])
    answer = answer_of(hook, a_request(hook, drafts, chart), advisor=advisor)
    cards = cards_in(answer)
    assert topics(cards)[-1] == "BME-SYS-01"
    assert cards[-1]["summary"] == "Check not done: check 7"
    assert BROKE in cards[-1]["detail"]
    assert b"the name of a patient" not in answer.body
    assert answer.decision.failures == (Failure("BME-X-07", 7, BROKEN),)
    about = None if hook == "patient-view" else "MedicationRequest/draft-1"
    assert Outcome("BME-X-07", 7, "failed", about, None) in answer.decision.outcomes
    assert topics(cards)[:-1] == ([] if hook == "patient-view" else ["BME-CI-01"])


# -- BME-SYS-01


def test_one_notice_for_everything_that_could_not_be_checked() -> None:
    """Several gaps, one warning: it names each check with its reason."""
    chart = full_prefetch(the_advisor(), "order-sign") | {"medications": an_outcome(), "conditions": an_outcome()}
    answer = answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart), advisor=ONLY_CONTRAINDICATIONS)
    (notice,) = cards_in(answer)
    assert notice["source"]["topic"]["code"] == "BME-SYS-01"
    assert notice["indicator"] == "warning"
    for rule in ("BME-CI-01", "BME-CI-02", "BME-CI-04"):
        assert rule in notice["detail"]
    assert "medication orders: the EHR answered with an error" in notice["detail"]
    assert "problem list: the EHR answered with an error" in notice["detail"]
    assert {outcome.rule for outcome in answer.decision.outcomes if outcome.verdict == "missing"} == {
        "BME-CI-01",
        "BME-CI-02",
        "BME-CI-04",
    }


def test_the_same_gap_of_the_same_check_is_named_once() -> None:
    """Two drafts that one rule could not judge for one reason give one line."""
    patient = a_patient(a_draft(), a_draft("treprostinil"), medications=cut_off(Need.MEDICATIONS))
    undone = [check.rule.id for check in judged(patient).undone]
    assert undone == ["BME-CI-01", "BME-CI-04"]


def test_what_is_not_recorded_is_no_notice() -> None:
    """Only what is out of reach is "not done"; what cannot be used is a matter of data quality."""
    unusable_gap = MissingData(unusable(Need.INR))
    triaged = triage(evaluate([a_rule(1, unusable_gap)], a_patient(a_draft())), Hook.ORDER_SIGN)
    assert triaged.undone == ()
    assert triaged.remarks == (unusable(Need.INR),)


def test_a_notice_stands_between_urgent_cards_and_information() -> None:
    """Critical and warning cards first, then what could not be checked, then info, then data quality."""
    rules = (
        a_rule(1, some_advice("info")),
        a_rule(2, MissingData(out_of_reach(Need.MEDICATIONS))),
        a_rule(3, some_advice("critical")),
        a_rule(4, Satisfied((unusable(Need.INR),))),
    )
    chart = full_prefetch(the_advisor(), "order-sign")
    body = a_request("order-sign", [fhir_draft()], chart)
    cards = cards_in(answer_of("order-sign", body, advisor=the_advisor().with_rules(rules)))
    assert topics(cards) == ["BME-X-03", "BME-SYS-01", "BME-X-01", "BME-SYS-02"]


def test_a_draft_that_cannot_be_read_may_be_any_drug() -> None:
    """Every rule of the hook is undone for it, and nothing is asked of the EHR on its behalf."""
    triaged = judged(a_patient(unreadable_draft()))
    undone = [check.rule.id for check in triaged.undone if check.rule.id.startswith("BME-CI-")]
    assert undone == ["BME-CI-01", "BME-CI-02", "BME-CI-03", "BME-CI-04"]
    broken = fhir_draft(medicationCodeableConcept="iloprost")
    consultation = the_advisor().consult("bme-order-sign", a_request("order-sign", [broken]), AS_OF)
    assert consultation.needs({}) == ()
    assert topics(cards_in(consultation.answer({}))) == ["BME-SYS-01"]


def test_a_draft_of_another_kind_asks_nothing() -> None:
    """Orders that no rule concerns get no card, whatever else is missing, and no call to the EHR."""
    for draft in (
        fhir_draft(named("levothyroxine")),
        fhir_draft() | {"status": "cancelled"},
        fhir_draft() | {"doNotPerform": True},
    ):
        answer = answer_of("order-sign", a_request("order-sign", [draft]))
        assert cards_in(answer) == []
        assert answer.decision.outcomes == ()


# -- BME-SYS-02


def test_remarks_of_advice_and_of_satisfied_rules_are_collected_once() -> None:
    """The same remark of two rules is named once."""
    remark, other = unusable(Need.INR), unusable(Need.PREGNANCY)
    rules = [a_rule(1, Satisfied((remark,))), a_rule(2, some_advice("warning", remarks=(other, remark)))]
    assert triage(evaluate(rules, a_patient(a_draft())), Hook.ORDER_SIGN).remarks == (remark, other)


def test_data_that_could_not_be_used_give_one_information() -> None:
    """A result of the future and one without a unit: one card that names both."""
    tomorrow = fhir_observation(PREGNANCY_TEST, valueBoolean=False, effectiveDateTime="2025-06-16")
    without_unit = fhir_observation(INR, valueQuantity={"value": 2.2}, id="observation-2")
    chart = full_prefetch(the_advisor(), "order-sign", [tomorrow, without_unit])
    (card,) = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))
    assert card["source"]["topic"]["code"] == "BME-SYS-02"
    assert card["indicator"] == "info"
    assert "is dated in the future" in card["detail"]
    assert "has no unit or an unknown one" in card["detail"]


def test_the_record_of_a_merged_card() -> None:
    """What another card carries is recorded as merged, what is shown as advice."""
    body = a_request("order-sign", [APIXABAN_DRAFT, fhir_draft()], full_prefetch(the_advisor(), "order-sign"))
    found = {(each.order, each.verdict) for each in answer_of("order-sign", body).decision.outcomes}
    assert ("MedicationRequest/draft-2", "merged") in found
    assert ("MedicationRequest/draft-1", "advice") in found


def test_judging_is_a_value() -> None:
    """The same snapshot gives the same judgments."""
    patient = a_patient(
        a_draft(),
        medications=[a_medication()],
        demographics=A_WOMAN,
        problems=[a_problem(Concept.PREGNANCY)],
        pregnancy_results=[a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)],
    )
    first, second = (evaluate(CATALOG[:4], patient) for _ in range(2))
    assert first == second
    assert all(isinstance(each, Judged) for each in first)
