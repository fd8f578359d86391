"""BME-DS-NSA-08: an NSAID should not be given to a patient with a recorded hypersensitivity to it or its class."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.medication import CLASS, Dose, Drug, Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from tests.builders.snapshot import a_draft, a_patient, a_problem, an_allergy, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-08"
SUMMARY = "Recorded NSAID/aspirin hypersensitivity"
DELETE = "delete MedicationRequest/draft-ibuprofen"
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
NSAID = a_draft("ibuprofen")


def to_drug(name: str, group: DrugGroup = DrugGroup.NSAID_SYSTEMIC, *, severe: bool = False) -> Allergy:
    return replace(an_allergy(severe=severe), drugs=(Drug(group, name, Certainty.CODE),))


# -- When an allergy to the same substance or to the class is recorded


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (an_allergy("ibuprofen"), CRITICAL),
        (an_allergy("ibuprofen", by_text=True), CRITICAL),
        (an_allergy("ibuprofen", intolerance=True), CRITICAL),
        (an_allergy("ibuprofen", intolerance=True, stomach_only=True), WARNING),
        (an_allergy("ibuprofen", stomach_only=True), WARNING),
        (an_allergy("ibuprofen", stomach_only=True, severe=True), CRITICAL),
        (an_allergy(Concept.NSAID_HYPERSENSITIVITY), CRITICAL),
        (an_allergy(Concept.NSAID_HYPERSENSITIVITY, stomach_only=True), WARNING),
        (an_allergy(Concept.ASPIRIN_EXACERBATED_RESPIRATORY_DISEASE), CRITICAL),
        (to_drug(CLASS), CRITICAL),
        (to_drug("dexibuprofen"), CRITICAL),
        (to_drug("ibuprofen", DrugGroup.NSAID_TOPICAL), CRITICAL),
        (an_allergy("naproxen"), CLEAR),
        (an_allergy("naproxen", severe=True), CRITICAL),
        (an_allergy("aspirin"), CLEAR),
        (an_allergy("aspirin", severe=True), CRITICAL),
        (to_drug("celecoxib", DrugGroup.COX2_INHIBITOR, severe=True), CRITICAL),
        (an_allergy("clopidogrel", severe=True), CLEAR),
        (an_allergy("oxycodone", severe=True), CLEAR),
        (an_allergy(Concept.LATEX_ALLERGY, severe=True), CLEAR),
    ],
)
def test_records(record: Allergy, expected: Expected) -> None:
    """When: the same substance, the class, or a severe reaction to another; the stomach alone is a warning."""
    spec(a_patient(NSAID, allergies=[record]), expected)


@pytest.mark.parametrize("concept", [Concept.NSAID_HYPERSENSITIVITY, Concept.ASPIRIN_EXACERBATED_RESPIRATORY_DISEASE])
def test_on_the_problem_list(concept: Concept) -> None:
    """When: aspirin-exacerbated disease, or the hypersensitivity itself, is a current problem."""
    spec(a_patient(NSAID, problems=[a_problem(concept)]), CRITICAL)
    spec(a_patient(NSAID, problems=[a_problem(concept, current=False)]), CLEAR)


def test_the_card_shows_every_record_once() -> None:
    """Then: substance, reaction and date stand in the table."""
    allergy, upset = an_allergy("ibuprofen"), an_allergy("ibuprofen", "naproxen", stomach_only=True)
    verdict = judge(RULE, a_patient(NSAID, allergies=[allergy, upset]))
    assert isinstance(verdict, Advice)
    assert verdict.indicator == "critical"
    assert verdict.because == (NSAID.fact, allergy.fact, upset.fact)
    assert "aspirin-exacerbated" in verdict.detail[0]
    stomach = judge(RULE, a_patient(NSAID, allergies=[upset]))
    assert isinstance(stomach, Advice)
    assert "stomach alone" in stomach.detail[0]


# -- of which drafts


@pytest.mark.parametrize(
    ("order", "record", "found"),
    [
        (a_draft("diclofenac", route=Route.LOCAL), an_allergy("diclofenac"), True),
        (a_draft("diclofenac", group=DrugGroup.NSAID_TOPICAL), an_allergy("diclofenac"), True),
        (a_draft("celecoxib", group=DrugGroup.COX2_INHIBITOR), an_allergy("aspirin", severe=True), True),
        (a_draft("dexketoprofen", group=DrugGroup.NSAID_SYSTEMIC), to_drug("ketoprofen"), True),
        (a_draft("aspirin", per_day=Dose(mg=100)), an_allergy("aspirin"), True),
        (a_draft(CLASS, group=DrugGroup.NSAID_SYSTEMIC), an_allergy("naproxen"), True),
        (a_draft(CLASS, group=DrugGroup.NSAID_SYSTEMIC), an_allergy("clopidogrel"), False),
    ],
)
def test_drafts(order: Order, record: Allergy, found: bool) -> None:
    """When: topical too, aspirin in any dose, and a draft that names only the class may be any of them."""
    verdict = judge(RULE, a_patient(order, allergies=[record]))
    assert isinstance(verdict, Advice) is found


def test_what_is_no_nsaid() -> None:
    """When: other drugs and kinds of orders are not its business."""
    for order in (a_draft("clopidogrel"), a_draft("oxycodone"), an_order()):
        spec(a_patient(order, allergies=[an_allergy("clopidogrel", "ibuprofen", severe=True)]), SILENT)


# -- what could not be read


def test_a_failed_query_is_never_no_allergy() -> None:
    """It could not be checked; what arrived counts."""
    spec(a_patient(NSAID, allergies=cut_off(Need.ALLERGIES)), missing(RULE, Need.ALLERGIES))
    spec(a_patient(NSAID, allergies=cut_off(Need.ALLERGIES, an_allergy("naproxen"))), missing(RULE, Need.ALLERGIES))
    spec(a_patient(NSAID, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    upset = an_allergy("ibuprofen", stomach_only=True)
    spec(a_patient(NSAID, allergies=cut_off(Need.ALLERGIES, upset)), advice(RULE, "warning", unchecked=True))
    spec(a_patient(NSAID, allergies=[upset], problems=cut_off(Need.PROBLEMS)), advice(RULE, "warning", unchecked=True))


def test_an_unusable_record_is_remarked() -> None:
    """A record that could not be used is named."""
    remark = Gap(Need.ALLERGIES, GapKind.UNUSABLE, "an allergy names no substance")
    unusable: Listing[Allergy] = Listing((), remarks=(remark,))
    spec(a_patient(NSAID, allergies=unusable), satisfied(RULE, remarked=True))
    beside: Listing[Allergy] = Listing((an_allergy("ibuprofen"),), remarks=(remark,))
    spec(a_patient(NSAID, allergies=beside), advice(RULE, "critical", remarked=True))
