"""BME-DS-BIS-05: a bisphosphonate in pregnancy, while breastfeeding, twice, too early, after a femur fracture."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.rules.antiresorptive.bisphosphonate_special_situations import RULE as STATED
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import GapKind, Listing
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago, days_ahead, on
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
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-BIS-05"
PREGNANT = "Bisphosphonate in pregnancy - not advised (off-label, skeletal retention for years)"
BREASTFEEDING = "Bisphosphonate while breastfeeding - not advised"
TOO_EARLY = "Bisphosphonate dose earlier than the label interval"
FEMUR = "Atypical femur fracture on record - bisphosphonate needs specialist review"
DUPLICATE = "Second antiresorptive with a bisphosphonate - duplicate therapy"
NOT_EXCLUDED = "Pregnancy status not known - consider it before a bisphosphonate"
IBANDRONATE = a_draft("ibandronate", route=Route.PARENTERAL)
DELETE = "delete MedicationRequest/draft-ibandronate"
POSITIVE = a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)
NEGATIVE = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(14))
LACTATION = a_problem(Concept.LACTATION)
FRACTURE = a_problem(Concept.ATYPICAL_FEMUR_FRACTURE)
EARLY = advice(RULE, "warning", summary=TOO_EARLY, arm="interval")
TWICE = advice(RULE, "warning", summary=DUPLICATE, arm="duplicate")


def given(ingredient: str, days: int, **overrides: object) -> Medication:
    """A completed order of so many days ago."""
    stated = {"route": Route.PARENTERAL, "written": days_ago(days), "standing": Standing.ENDED} | overrides
    return a_medication(ingredient, **stated)  # type: ignore[arg-type]


def test_pregnancy_is_critical() -> None:
    """Then: critical, the draft may be removed."""
    spec(
        a_patient(IBANDRONATE, demographics=A_WOMAN, pregnancy_results=[POSITIVE]),
        advice(
            RULE,
            "critical",
            summary=PREGNANT,
            offers=[DELETE],
            because=["MedicationRequest/draft-ibandronate", POSITIVE.fact.resource],
            unchecked=False,
            arm="pregnancy",
        ),
    )


@pytest.mark.parametrize(
    ("problem", "summary", "arm"),
    [(LACTATION, BREASTFEEDING, "lactation"), (FRACTURE, FEMUR, "femur")],
)
def test_breastfeeding_and_femur_fracture(problem: object, summary: str, arm: str) -> None:
    """When: breastfeeding now, or an atypical femur fracture ever."""
    patient = a_patient(IBANDRONATE, problems=[problem])  # type: ignore[list-item]
    spec(patient, advice(RULE, "warning", summary=summary, offers=[DELETE], unchecked=False, mirror=False, arm=arm))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.group is None
    assert [fact.value for fact in verdict.because[1:]] == [problem.fact.value]  # type: ignore[attr-defined]


def test_what_is_over() -> None:
    """When: breastfeeding that ended does not count, a fracture that healed does."""
    spec(a_patient(IBANDRONATE, problems=[a_problem(Concept.LACTATION, current=False)]), satisfied(RULE))
    healed = a_problem(Concept.ATYPICAL_FEMUR_FRACTURE, current=False)
    spec(a_patient(IBANDRONATE, problems=[healed]), advice(RULE, "warning", summary=FEMUR))


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (given("ibandronate", 89), EARLY),
        (given("ibandronate", 90), satisfied(RULE)),
        (given("ibandronate", 89, route=Route.UNKNOWN), EARLY),
        (given("ibandronate", 10, route=Route.ORAL), satisfied(RULE)),
        (given("ibandronate", 300, last_given=days_ago(40)), EARLY),
        (given("ibandronate", 40, last_given=days_ago(95)), satisfied(RULE)),
        (given("zoledronic acid", 364), EARLY),
        (given("zoledronic acid", 365), satisfied(RULE)),
        (given("zoledronic acid", 364, route=Route.UNKNOWN), EARLY),
        (given("zoledronic acid", 364, strength_mg=5.0), EARLY),
        (given("zoledronic acid", 30, strength_mg=4.0), satisfied(RULE)),
        (given("pamidronate", 10), satisfied(RULE)),
        (given("ibandronate", 40, standing=Standing.UNCERTAIN), EARLY),
        (given("ibandronate", 0, written=None, stopped=days_ago(40)), EARLY),
        (given("ibandronate", 0, written=on("2025")), EARLY),
        (given("denosumab", 10, group=DrugGroup.DENOSUMAB), satisfied(RULE)),
    ],
)
def test_the_interval_since_the_last_dose(earlier: Medication, expected: Expected) -> None:
    """When: intravenous ibandronate less than 90 days ago, zoledronate 5 mg less than a year ago, since it was given,
    else since it was ordered."""
    spec(a_patient(IBANDRONATE, medications=[earlier]), expected)


def test_the_card_shows_the_day_of_the_dose() -> None:
    """Then: when the last dose was, and whether that is the administration or the order."""
    known = given("ibandronate", 60, last_given=days_ago(40))
    for earlier, words, when in ((known, "last given", 40), (given("ibandronate", 60), "no administration", 60)):
        verdict = judge(RULE, a_patient(IBANDRONATE, medications=[earlier]))
        assert isinstance(verdict, Advice)
        assert words in verdict.because[1].value
        assert verdict.because[1].when == days_ago(when)


def test_a_renewal_is_no_duplicate_but_may_be_too_early() -> None:
    """Unless: the active order is the one that the draft renews; the day of its dose still counts."""
    renewal = a_draft("ibandronate", route=Route.PARENTERAL, replaces="MedicationRequest/ibandronate")
    old = given("ibandronate", 100, standing=Standing.ACTIVE)
    spec(a_patient(renewal, medications=[old]), satisfied(RULE))
    spec(a_patient(IBANDRONATE, medications=[old]), TWICE)
    spec(a_patient(renewal, medications=[given("ibandronate", 50, standing=Standing.ACTIVE)]), EARLY)


def test_a_second_bisphosphonate() -> None:
    """When: another bisphosphonate is active or drafted; denosumab is another rule's business."""
    active = a_patient(IBANDRONATE, medications=[a_medication("alendronate")])
    spec(active, advice(RULE, "warning", summary=DUPLICATE, offers=[DELETE], because=["MedicationRequest/alendronate"]))
    spec(a_patient(IBANDRONATE, medications=[a_medication("denosumab")]), satisfied(RULE))
    spec(a_patient(IBANDRONATE, medications=[a_medication("alendronate", standing=Standing.ENDED)]), satisfied(RULE))


def test_one_card_for_two_drafts() -> None:
    """When: two drafts meet, the first one has the card, the second one its mirror."""
    second = a_draft("alendronate")
    patient = a_patient(IBANDRONATE, second)
    spec(patient, advice(RULE, "warning", mirror=False, because=["MedicationRequest/draft-alendronate"]))
    spec(patient, advice(RULE, "warning", mirror=True, because=["MedicationRequest/draft-ibandronate"]), of=second)
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.partners == ("MedicationRequest/draft-alendronate",)
    third = a_draft("risedronate")
    spec(a_patient(a_draft("iloprost"), IBANDRONATE, third), advice(RULE, "warning", mirror=True), of=third)
    spec(a_patient(medications=[a_medication()]), satisfied(RULE), of=third)
    spec(a_patient(medications=[a_medication("alendronate")]), advice(RULE, "warning", mirror=False), of=third)
    on_file = judge(RULE, a_patient(IBANDRONATE, medications=[a_medication("alendronate")]))
    assert isinstance(on_file, Advice)
    assert on_file.partners == ()


def test_several_reasons_share_a_card() -> None:
    """Then: the gravest gives the summary, all are explained; an order that is twice and too early stands there
    once, with its day."""
    old = given("ibandronate", 40, standing=Standing.ACTIVE)
    patient = a_patient(
        IBANDRONATE,
        demographics=A_WOMAN,
        medications=[old],
        problems=[LACTATION, FRACTURE],
        pregnancy_results=[POSITIVE],
    )
    spec(patient, advice(RULE, "critical", summary=PREGNANT, arm="pregnancy"))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 5
    resources = [fact.resource for fact in verdict.because]
    assert len(set(resources)) == len(resources) == 5
    assert any("no administration" in fact.value for fact in verdict.because)
    spec(a_patient(IBANDRONATE, medications=[old]), EARLY)
    spec(a_patient(IBANDRONATE, medications=[old], problems=[LACTATION]), advice(RULE, "warning", arm="lactation"))
    two = a_patient(IBANDRONATE, medications=[a_medication("alendronate")], problems=[FRACTURE])
    spec(two, advice(RULE, "warning", arm="femur"))


def test_a_pregnancy_that_is_not_excluded() -> None:
    """Then: information in the basis group, at selection only; a negative test of the last 14 days ends it."""
    spec(
        a_patient(IBANDRONATE, demographics=A_WOMAN),
        advice(
            RULE,
            "info",
            summary=NOT_EXCLUDED,
            offers=[],
            unchecked=False,
            remarked=False,
            arm="unknown",
            group=Group.BISPHOSPHONATE_BASIS,
        ),
    )
    spec(a_patient(IBANDRONATE, demographics=A_WOMAN, pregnancy_results=[NEGATIVE]), satisfied(RULE))
    told = judge(RULE, a_patient(IBANDRONATE, demographics=A_WOMAN))
    assert isinstance(told, Advice)
    assert [fact.name for fact in told.because] == ["bisphosphonate", "sex and age"]
    older = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(15))
    asked = a_patient(IBANDRONATE, demographics=A_WOMAN, pregnancy_results=[older])
    spec(asked, advice(RULE, "info", summary=NOT_EXCLUDED))
    spec(a_patient(IBANDRONATE), satisfied(RULE))
    assert STATED.speaks == {Hook.ORDER_SIGN: frozenset({"critical", "warning"})}


def test_what_could_not_be_read() -> None:
    """A failed query is not an empty one; what was found is still said."""
    unread: Listing[Medication] = cut_off(Need.MEDICATIONS)
    spec(a_patient(IBANDRONATE, medications=unread), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(IBANDRONATE, medications=unread, problems=[LACTATION]), advice(RULE, "warning", unchecked=True))
    spec(a_patient(IBANDRONATE, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    woman = a_patient(IBANDRONATE, demographics=A_WOMAN, procedures=cut_off(Need.PROCEDURES))
    spec(woman, advice(RULE, "info", unchecked=True))
    nobody = a_patient(IBANDRONATE, demographics=type(A_WOMAN)(gap=out_of_reach(Need.DEMOGRAPHICS)))
    spec(nobody, missing(RULE, Need.DEMOGRAPHICS))


def test_doses_that_could_not_be_dated() -> None:
    """Without the administrations an older order may have been given lately; an order without a date proves
    nothing, nor does one dated ahead."""
    gap = out_of_reach(Need.STOPPED_MEDICATIONS)
    old = given("ibandronate", 200)
    undone = a_patient(IBANDRONATE, medications=[old], administrations_gap=gap)
    spec(undone, missing(RULE, Need.STOPPED_MEDICATIONS))
    spec(a_patient(IBANDRONATE, administrations_gap=gap), satisfied(RULE))
    early = a_patient(IBANDRONATE, medications=[given("ibandronate", 40)], administrations_gap=gap)
    spec(early, advice(RULE, "warning", unchecked=True))
    for written in (None, days_ahead(3)):
        undated = a_patient(IBANDRONATE, medications=[given("ibandronate", 0, written=written)])
        spec(undated, missing(RULE, Need.MEDICATIONS, GapKind.UNUSABLE))


def test_contradictions_are_remarked() -> None:
    """A pregnancy on the problem list of a man is data to check, not a pregnancy."""
    his = a_problem(Concept.PREGNANCY)
    spec(a_patient(IBANDRONATE, problems=[his]), satisfied(RULE, remarked=True))
    spec(a_patient(IBANDRONATE, problems=[his, LACTATION]), advice(RULE, "warning", remarked=True))
    spec(a_patient(IBANDRONATE, problems=[LACTATION]), advice(RULE, "warning", remarked=False))


def test_the_site_may_set_the_intervals() -> None:
    """When: the intervals and the days of a test are the site's choice."""
    policy = {"ibandronate-interval": 28.0, "zoledronate-interval": 180.0, "antiresorptive-pregnancy-test-days": 28.0}
    spec(a_patient(IBANDRONATE, medications=[given("ibandronate", 40)], policy=policy), satisfied(RULE))
    spec(a_patient(IBANDRONATE, medications=[given("zoledronic acid", 200)], policy=policy), satisfied(RULE))
    older = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(20))
    spec(a_patient(IBANDRONATE, demographics=A_WOMAN, pregnancy_results=[older], policy=policy), satisfied(RULE))


def test_other_orders() -> None:
    """The rule is about bisphosphonates alone."""
    spec(a_patient(a_draft("denosumab"), problems=[LACTATION]), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
