"""BME-RF-02: the options of refractory edema syndrome, as the safety rules judge them (BME-RF-06 within)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.evaluation.evaluate import Judged, evaluate
from cds_hooks.evaluation.offers import all_needs
from cds_hooks.evaluation.options import Fit, LaidOut, laid_out, settled
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Treatment
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import A_WOMAN, a_medication, a_patient, a_problem, a_result, an_event, cut_off
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-RF-02"
SUMMARY = "BMES still painful after 12 weeks - options to discuss, safety-checked for this patient (all off-label)"
BLOCKED = "BMES still painful after 12 weeks - a safety finding against each advanced option: specialist referral"
HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.KNEE, Side.LEFT)
ALWAYS = [Treatment.ILOPROST, Treatment.IBANDRONATE, Treatment.DENOSUMAB, Treatment.PEMF]


def syndrome(days: int | None = 120, site: Site = HIP, **more: Any) -> Any:
    return a_problem(
        Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), "site": site, **more}
    )


def nrs(value: float = 6, days: int = 5) -> Any:
    return a_result(Concept.PAIN_NRS, value, when=days_ago(days))


CRUTCHES = an_event(Concept.CRUTCHES, kind="DeviceRequest", when=days_ago(90))


def chart(*problems: Any, **more: Any) -> Patient:
    return a_patient(**{"problems": problems or (syndrome(),), "vitals": [nrs()], "care": [CRUTCHES], **more})


def options(patient: Patient) -> list[Treatment]:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return [option.treatment for option in verdict.options]


def table(patient: Patient) -> dict[Treatment, LaidOut]:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return {each.option.treatment: each for each in laid_out(verdict.options, CATALOG, patient)}


def shown(patient: Patient) -> Any:
    own = next(rule.rule for rule in CATALOG if rule.rule.id == RULE)
    (found,) = settled([Judged(own, None, judge(RULE, patient))], CATALOG, patient)
    return found.verdict


# -- When


def test_the_options_are_laid_out_and_only_a_referral_is_offered() -> None:
    facts = [syndrome().fact.resource, nrs().fact.resource, CRUTCHES.fact.resource]
    card = advice(RULE, "info", summary=SUMMARY, offers=["specialist_review"], because=facts, unchecked=False)
    spec(chart(), card, advice(RULE, "info", group=Group.REFRACTORY))
    verdict = judge(RULE, chart())
    assert isinstance(verdict, Advice)
    assert verdict.all_blocked == BLOCKED


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        (chart(syndrome(83)), not_applicable(RULE)),
        (chart(syndrome(84)), advice(RULE, "info")),
        (chart(syndrome(None, recorded=days_ago(84))), advice(RULE, "info")),
        (chart(syndrome(None, recorded=None)), missing(RULE, Need.PROBLEMS, GapKind.NOT_RECORDED)),
        (chart(vitals=[nrs(4.9)]), satisfied(RULE)),
        (chart(vitals=[nrs(5, 30)]), advice(RULE, "info")),
        (chart(vitals=[nrs(5, 31)]), satisfied(RULE)),
        (chart(care=()), satisfied(RULE)),
        (chart(care=(), medications=[a_medication("ibuprofen", written=days_ago(90))]), advice(RULE, "info")),
        (chart(demographics=Demographics(birth_date=born(17))), not_applicable(RULE)),
        (chart(demographics=Demographics(birth_date=born(18))), advice(RULE, "info")),
        (chart(demographics=Demographics()), missing(RULE, Need.DEMOGRAPHICS, GapKind.NOT_RECORDED)),
        (a_patient(vitals=[nrs()], care=[CRUTCHES]), not_applicable(RULE)),
    ],
)
def test_twelve_weeks_documented_care_and_pain(patient: Patient, expected: Any) -> None:
    spec(patient, expected)


@pytest.mark.parametrize("site", [KNEE, ANYWHERE])
def test_shock_waves_are_an_option_at_the_hip(site: Site) -> None:
    assert options(chart(syndrome(site=site))) == ALWAYS
    assert options(chart(syndrome(site=site, id="a"), syndrome(id="b"))) == [*ALWAYS[:3], Treatment.ESWT, ALWAYS[3]]


# -- what the safety rules make of the options


def test_an_anticoagulant_blocks_iloprost_with_the_reason_of_its_rule() -> None:
    found = table(chart(medications=[a_medication("apixaban")]))[Treatment.ILOPROST]
    assert found.fit is Fit.MUST_NOT
    assert found.name == "Iloprost"
    assert len(found.reasons) == 1
    assert found.reasons[0].endswith("(BME-CI-01).")
    assert found.gaps == ()


def test_what_is_missing_must_be_checked_first() -> None:
    """Calcium and kidney function are not on record, or the query failed."""
    found = table(chart(allergies=cut_off(Need.ALLERGIES)))
    assert found[Treatment.DENOSUMAB].fit is Fit.CHECK_FIRST
    assert any("BME-DS-ALG-01" in reason for reason in found[Treatment.DENOSUMAB].reasons)
    assert Need.ALLERGIES in [gap.fact for gap in found[Treatment.DENOSUMAB].gaps]


def test_what_no_rule_speaks_against_may_be_discussed() -> None:
    found = table(chart())[Treatment.PEMF]
    assert found.fit is Fit.MAY
    assert found.reasons == ("No safety rule speaks against it.", "Sources disagree; only after standard care.")


def test_a_pregnancy_blocks_all_and_leaves_the_referral() -> None:
    pregnant = a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)
    patient = chart(demographics=A_WOMAN, pregnancy_results=[pregnant])
    fits = {treatment: each.fit for treatment, each in table(patient).items()}
    verdict = shown(patient)
    blocked = all(fit is Fit.MUST_NOT for fit in fits.values())
    assert fits[Treatment.ILOPROST] is Fit.MUST_NOT
    assert verdict.summary == (BLOCKED if blocked else SUMMARY)
    assert len(verdict.options) == 5
    assert shown(chart()).summary == SUMMARY


def test_what_the_options_are_tried_with_is_read_as_well() -> None:
    own = next(rule.rule for rule in CATALOG if rule.rule.id == RULE)
    assert set(own.proposes) == {Treatment.ESWT, *ALWAYS}
    assert {Need.CALCIUM, Need.KIDNEY_FUNCTION, Need.ALLERGIES, Need.PREGNANCY, Need.DEVICES} <= set(
        all_needs(own, CATALOG)
    )


# -- beside other rules


def test_the_symptom_options_are_a_line_of_it() -> None:
    rules = [rule for rule in CATALOG if rule.rule.id in (RULE, "BME-TB-07")]
    (card,) = triage(evaluate(rules, chart()), Hook.PATIENT_VIEW).cards
    assert [each.rule.id for each in card.members] == [RULE, "BME-TB-07"]


# -- what could not be read


@pytest.mark.parametrize(("field", "need"), [("problems", Need.PROBLEMS), ("vitals", Need.PAIN), ("care", Need.CARE)])
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    failed: Any = {field: cut_off(need)}
    spec(replace(chart(), **failed), missing(RULE, need))


@pytest.mark.parametrize("read", [(), (a_medication("apixaban"),)])
def test_without_the_medication_orders_no_option_can_be_called_safe(read: Any) -> None:
    """Failed or cut off; an order that only could not be understood is named beside the options instead."""
    spec(chart(medications=cut_off(Need.MEDICATIONS, *read)), missing(RULE, Need.MEDICATIONS))
    unclear = Gap(Need.MEDICATIONS, GapKind.UNUSABLE, "an order could not be read")
    spec(chart(medications=Listing(read, unclear)), advice(RULE, "info"))


def test_what_was_cut_off_is_named() -> None:
    spec(chart(care=cut_off(Need.CARE, CRUTCHES)), advice(RULE, "info", unchecked=True))
