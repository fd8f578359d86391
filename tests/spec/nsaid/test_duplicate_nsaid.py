"""BME-DS-NSA-06: two systemic NSAIDs should not be taken at the same time."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose, Medication, Standing
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, an_order, cut_off
from tests.builders.verdicts import Expected, advice, cards, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-06"
SUMMARY = "Two systemic NSAIDs at the same time"
DELETE, REVIEW = "delete MedicationRequest/draft-ibuprofen", "pharmacist_review"
DUPLICATE = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE, REVIEW], mirror=False, unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
NSAID, NAPROXEN = a_draft("ibuprofen"), a_draft("naproxen")
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


# -- When another systemic NSAID is active


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (a_medication("naproxen"), DUPLICATE),
        (a_medication("ibuprofen"), DUPLICATE),
        (a_medication("naproxen", as_needed=True), DUPLICATE),
        (a_medication("celecoxib", group=DrugGroup.COX2_INHIBITOR), DUPLICATE),
        (a_medication("aspirin", per_day=Dose(mg=326)), DUPLICATE),
        (a_medication("aspirin", per_day=Dose(mg=325)), CLEAR),
        (a_medication("naproxen", standing=Standing.UNCERTAIN), CLEAR),
        (a_medication("naproxen", standing=Standing.ENDED), CLEAR),
        (a_medication("diclofenac", route=Route.LOCAL), CLEAR),
        (a_medication("diclofenac", group=DrugGroup.NSAID_TOPICAL), CLEAR),
        (a_medication("oxycodone"), CLEAR),
    ],
)
def test_another_on_file(other: Medication, expected: Expected) -> None:
    """When: active, of the same or another substance, also as needed; topical and low-dose aspirin do not count."""
    spec(a_patient(NSAID, medications=[other]), expected)


def test_the_active_order_is_left_to_a_person() -> None:
    """Then: the draft may be removed; the card names both, and says in words what may be done about the other."""
    verdict = judge(RULE, a_patient(NSAID, medications=[a_medication("naproxen")]))
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == [
        "MedicationRequest/draft-ibuprofen",
        "MedicationRequest/naproxen",
    ]
    assert len(verdict.detail) == 3
    assert any("ending the active order is an option" in sentence for sentence in verdict.detail)


def test_a_renewal() -> None:
    """Unless: the draft replaces the other order."""
    renewal = a_draft("ibuprofen", replaces="MedicationRequest/naproxen")
    spec(a_patient(renewal, medications=[a_medication("naproxen")]), CLEAR)


# -- or is another draft


def test_two_drafts_give_one_card() -> None:
    """Then: the first draft has the card, and no active order is spoken of."""
    patient = a_patient(NSAID, NAPROXEN, problems=[SYNDROME])
    spec(patient, advice(RULE, "warning", offers=[DELETE], mirror=False))
    second = advice(RULE, "warning", offers=["delete MedicationRequest/draft-naproxen"], mirror=True)
    spec(patient, second, of=NAPROXEN)
    assert cards(RULE, patient) == ["MedicationRequest/draft-ibuprofen"]
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 2
    assert not any("active order" in sentence for sentence in verdict.detail)


def test_a_draft_that_is_not_selected_has_no_card() -> None:
    """Then: the other draft has it."""
    patient = a_patient(a_draft("ibuprofen", selected=False), NAPROXEN, problems=[SYNDROME])
    assert cards(RULE, patient) == ["MedicationRequest/draft-naproxen"]


def test_each_draft_beside_an_active_one_has_its_card() -> None:
    """Then: a draft that also meets an active order keeps its own card."""
    patient = a_patient(NSAID, NAPROXEN, medications=[a_medication("ketorolac")], problems=[SYNDROME])
    assert cards(RULE, patient) == ["MedicationRequest/draft-ibuprofen", "MedicationRequest/draft-naproxen"]
    spec(patient, advice(RULE, "warning", offers=[DELETE, REVIEW]))


# -- Unless the draft is none


def test_what_is_no_systemic_nsaid() -> None:
    """Unless: topical (BME-DS-NSA-09), low-dose aspirin, another kind of order."""
    for order in (a_draft("diclofenac", route=Route.LOCAL), a_draft("aspirin", per_day=Dose(mg=100)), an_order()):
        spec(a_patient(order, medications=[a_medication("naproxen")]), SILENT)


# -- what could not be read


def test_a_failed_query_is_never_no_other() -> None:
    """It could not be checked; what arrived counts."""
    spec(a_patient(NSAID, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    arrived = cut_off(Need.MEDICATIONS, a_medication("diclofenac", route=Route.LOCAL))
    spec(a_patient(NSAID, medications=arrived), missing(RULE, Need.MEDICATIONS))
    found = cut_off(Need.MEDICATIONS, a_medication("naproxen"))
    spec(a_patient(NSAID, medications=found), advice(RULE, "warning", unchecked=True))
