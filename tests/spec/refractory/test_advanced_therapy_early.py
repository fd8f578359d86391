"""BME-RF-01: advanced therapy follows conservative care, unless the pain is severe."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Order, Standing
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import born, days_ago, days_ahead, on
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_event,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-RF-01"
EARLY = "Advanced BMES therapy drafted before conservative care was tried - check indication"
UNDATED = "Advanced BMES therapy drafted, duration of conservative care not on record - document duration"
ILOPROST = a_draft("iloprost")
DELETE = "delete MedicationRequest/draft-iloprost"


def syndrome(days: int | None = 60, concept: Concept = Concept.EDEMA_SYNDROME, **more: Any) -> Any:
    return a_problem(concept, onset=None if days is None else days_ago(days), **more)


def crutches(days: int) -> Any:
    return an_event(Concept.CRUTCHES, kind="DeviceRequest", when=days_ago(days))


def pain(score: float, days: int = 1) -> Any:
    return a_result(Concept.PAIN_NRS, score, when=days_ago(days))


# -- When


@pytest.mark.parametrize(
    "order",
    [
        ILOPROST,
        a_draft("ibandronate"),
        a_draft("denosumab"),
        an_order(Concept.ESWT),
        an_order(Concept.PEMF),
        an_order(Concept.CORE_DECOMPRESSION),
    ],
)
def test_which_orders(order: Order) -> None:
    """When: every advanced therapy, by medicine or by procedure. Then: info, removal and physiotherapy."""
    patient = a_patient(order, problems=[syndrome()], care=[crutches(7)])
    offered = [f"delete {order.reference}", "physiotherapy"]
    because = [order.reference, "DeviceRequest/crutches"]
    spec(patient, advice(RULE, "info", summary=EARLY, offers=offered, because=because, unchecked=False, arm=""))


@pytest.mark.parametrize("order", [a_draft("ibuprofen"), a_draft("adalimumab"), an_order(Concept.SYMPATHETIC_BLOCK)])
def test_other_orders(order: Order) -> None:
    """When: other treatments are no advanced therapy."""
    spec(a_patient(order, problems=[syndrome()], care=[crutches(7)]), not_applicable(RULE))


def test_what_it_is_ordered_for() -> None:
    """When: for edema by its reason, as finding or syndrome, or by the syndrome and no other usual indication."""
    care = [crutches(7)]
    for concept in (Concept.EDEMA, Concept.EDEMA_SYNDROME):
        spec(a_patient(a_draft(reasons=a_reason(concept)), care=care), advice(RULE, "info"))
    spec(a_patient(ILOPROST, care=care), not_applicable(RULE))
    others = [syndrome(), a_problem(Concept.PULMONARY_HYPERTENSION)]
    spec(a_patient(ILOPROST, problems=others, care=care), not_applicable(RULE))


@pytest.mark.parametrize(("days", "fires"), [(0, True), (13, True), (14, False), (44, False)])
def test_the_start_of_care(days: int, fires: bool) -> None:
    """When: conservative care began less than 14 days ago."""
    patient = a_patient(ILOPROST, problems=[syndrome()], care=[crutches(days)])
    spec(patient, advice(RULE, "info") if fires else satisfied(RULE))


def test_the_earliest_care_counts() -> None:
    """When: of several kinds of care since two weeks before the onset; care of an earlier episode is none."""
    spec(
        a_patient(ILOPROST, problems=[syndrome()], care=[crutches(7)], medications=[a_medication("ibuprofen")]),
        satisfied(RULE),
    )
    long_ago = [crutches(400), an_event(Concept.PHYSIOTHERAPY, when=days_ago(7), kind="ServiceRequest")]
    spec(a_patient(ILOPROST, problems=[syndrome(20)], care=long_ago), advice(RULE, "info", summary=EARLY, arm=""))


def test_an_edema_without_the_syndrome_bounds_the_care_as_well() -> None:
    """When: the finding has an onset too: physiotherapy of years ago was not for it."""
    finding = syndrome(30, Concept.EDEMA)
    order = a_draft(reasons=a_reason(Concept.EDEMA))
    spec(a_patient(order, problems=[finding], care=[crutches(400), crutches(7)]), advice(RULE, "info", arm=""))
    spec(a_patient(order, problems=[finding], care=[crutches(44), crutches(7)]), satisfied(RULE))
    both = [syndrome(30, Concept.EDEMA), syndrome(10)]
    spec(a_patient(order, problems=both, care=[crutches(40), crutches(7)]), advice(RULE, "info", arm=""))


def test_a_partial_date_is_no_proof_of_a_new_start() -> None:
    """When: care "in June" may have begun on the first, 14 days ago."""
    june = an_event(Concept.CRUTCHES, when=on("2025-06"), kind="DeviceRequest")
    spec(a_patient(ILOPROST, problems=[syndrome()], care=[june]), satisfied(RULE))


def test_without_care_on_record() -> None:
    """When: the onset, else the date of the record, stands for it. Then: nothing is removed."""
    card = advice(RULE, "info", summary=EARLY, offers=["physiotherapy"], arm="no care")
    spec(a_patient(ILOPROST, problems=[syndrome(13)]), card)
    spec(a_patient(ILOPROST, problems=[syndrome(14)]), satisfied(RULE))
    spec(a_patient(ILOPROST, problems=[syndrome(None, recorded=days_ago(13))]), card)
    spec(a_patient(ILOPROST, problems=[syndrome(None, recorded=days_ago(14))]), satisfied(RULE))


def test_nothing_is_dated() -> None:
    """Then: document the duration."""
    card = advice(RULE, "info", summary=UNDATED, offers=["physiotherapy"], arm="missing")
    spec(a_patient(ILOPROST, problems=[syndrome(None, recorded=None)]), card)
    spec(a_patient(a_draft(reasons=a_reason(Concept.EDEMA))), card)


# -- Unless


@pytest.mark.parametrize(
    ("score", "fires"), [(pain(7), False), (pain(6), True), (pain(8, 30), False), (pain(8, 31), True)]
)
def test_severe_pain(score: Any, fires: bool) -> None:
    """Unless: a pain score of 7 or more in the last 30 days, whatever the care."""
    for care in ([crutches(7)], []):
        patient = a_patient(ILOPROST, problems=[syndrome(10)], care=care, vitals=[score])
        spec(patient, advice(RULE, "info") if fires else satisfied(RULE))


def test_two_scores_of_one_moment() -> None:
    """Unless: one of them is severe."""
    scores = [pain(6), a_result(Concept.PAIN_VAS, 8.0)]
    spec(a_patient(ILOPROST, problems=[syndrome(10)], vitals=scores), satisfied(RULE))


def test_children() -> None:
    """Unless: the patient is surely a child; an unknown age is named."""
    chart: dict[str, Any] = {"problems": [syndrome()], "care": [crutches(7)]}
    spec(a_patient(ILOPROST, demographics=Demographics(birth_date=born(17, 1)), **chart), not_applicable(RULE))
    spec(a_patient(ILOPROST, demographics=Demographics(birth_date=born(17, 0)), **chart), advice(RULE, "info"))
    spec(a_patient(ILOPROST, demographics=Demographics(), **chart), advice(RULE, "info", unchecked=True))


# -- what could not be read


def test_the_reason_is_out_of_reach() -> None:
    """It cannot be said whether it is for edema."""
    spec(a_patient(a_draft(reasons=UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(ILOPROST, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))


@pytest.mark.parametrize(
    "chart",
    [
        {"care": cut_off(Need.CARE)},
        {"procedures": cut_off(Need.PROCEDURES)},
        {"procedures": cut_off(Need.PROCEDURES), "medications": cut_off(Need.MEDICATIONS)},
    ],
)
def test_the_care_is_out_of_reach(chart: Any) -> None:
    """A failed query is never "no care", but severe pain decides alone."""
    patient = a_patient(ILOPROST, problems=[syndrome(10)], **chart)
    spec(patient, missing(RULE))
    severe = a_patient(ILOPROST, problems=[syndrome(10)], vitals=[pain(9)], **chart)
    spec(severe, satisfied(RULE))


@pytest.mark.parametrize(("days", "said"), [(13, True), (14, False), (None, False)])
def test_only_the_medicines_are_out_of_reach(days: int | None, said: bool) -> None:
    """Neither physiotherapy nor offloading is on record and the edema is new: the card says what could not be read.
    Otherwise an NSAID that was not read may have begun any day."""
    unread = a_patient(ILOPROST, problems=[syndrome(days)], medications=cut_off(Need.MEDICATIONS))
    text = "Neither physiotherapy nor offloading is on record; NSAID orders could not be read."
    spec(unread, advice(RULE, "info", says=[text], unchecked=True) if said else missing(RULE, Need.MEDICATIONS))


@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED])
def test_of_an_nsaid_the_day_of_the_order_counts(standing: Standing) -> None:
    """When: whatever became of it since, and on whatever day it ended."""
    for days, expected in ((13, advice(RULE, "info")), (14, satisfied(RULE))):
        for ended in (None, days_ago(3)):
            nsaid = a_medication("ibuprofen", standing=standing, written=days_ago(days), stopped=ended)
            spec(a_patient(ILOPROST, problems=[syndrome()], medications=[nsaid]), expected)


def test_care_that_lasted_counts_from_its_first_day() -> None:
    course = an_event(Concept.PHYSIOTHERAPY, began=days_ago(14), when=days_ago(2), unfinished=True)
    spec(a_patient(ILOPROST, problems=[syndrome()], procedures=[course]), satisfied(RULE))
    later = an_event(Concept.PHYSIOTHERAPY, began=days_ago(13), when=days_ago(2), unfinished=True)
    spec(a_patient(ILOPROST, problems=[syndrome()], procedures=[later]), advice(RULE, "info"))


def test_care_of_a_future_day_has_not_begun() -> None:
    ahead = an_event(Concept.PHYSIOTHERAPY, kind="ServiceRequest", when=days_ahead(2))
    spec(a_patient(ILOPROST, problems=[syndrome()], care=[ahead]), satisfied(RULE))


def test_what_is_no_nsaid_order() -> None:
    """A gel and low-dose aspirin are none, a coxib and aspirin for pain are."""
    gel = a_medication("diclofenac", route=Route.LOCAL, written=days_ago(5))
    spec(a_patient(ILOPROST, problems=[syndrome()], medications=[gel]), satisfied(RULE))
    coxib = a_medication("celecoxib", group=DrugGroup.COX2_INHIBITOR, written=days_ago(5))
    spec(a_patient(ILOPROST, problems=[syndrome()], medications=[coxib]), advice(RULE, "info"))
    for mg, expected in ((81, satisfied(RULE)), (1000, advice(RULE, "info"))):
        aspirin = a_medication("aspirin", group=DrugGroup.ANTIPLATELET, strength_mg=mg, written=days_ago(5))
        spec(a_patient(ILOPROST, problems=[syndrome()], medications=[aspirin]), expected)


@pytest.mark.parametrize(
    "chart",
    [
        {"care": cut_off(Need.CARE, crutches(7))},
        {"care": [crutches(7)], "vitals": cut_off(Need.PAIN)},
        {"care": [crutches(7)], "demographics": Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))},
        {"care": [crutches(7)], "problems": cut_off(Need.PROBLEMS, syndrome())},
    ],
)
def test_beside_what_was_found(chart: Any) -> None:
    """Then: the card names what could not be read, and removes nothing."""
    order = a_draft(reasons=a_reason(Concept.EDEMA))
    patient = a_patient(order, **{"problems": [syndrome()], **chart})
    if "problems" in chart:
        patient = a_patient(order, **{**chart, "procedures": cut_off(Need.PROCEDURES)})
    spec(patient, advice(RULE, "info", offers=["physiotherapy"], unchecked=True))


def test_the_pain_is_out_of_reach_without_care() -> None:
    """Then: named as well."""
    patient = a_patient(ILOPROST, problems=[syndrome(10)], vitals=cut_off(Need.PAIN))
    spec(patient, advice(RULE, "info", arm="no care", unchecked=True))
