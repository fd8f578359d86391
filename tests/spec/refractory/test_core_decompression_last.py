"""BME-RF-08: core decompression is the last step in bone marrow edema syndrome."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.report_text.model import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    an_event,
    an_order,
    cut_off,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-RF-08"
SUMMARY = "Core decompression for BMES: reserve for difficult cases after other options failed"
LEFT, RIGHT = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
DRILLING = an_order(Concept.CORE_DECOMPRESSION, site=LEFT)
DELETE, OPINION = "delete ServiceRequest/draft", "second_opinion"
EARLY = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE, OPINION], unchecked=False)
UNTRIED = advice(RULE, "warning", summary=SUMMARY, offers=[OPINION], unchecked=False)


def syndrome(days: int | None, **more: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, onset=None if days is None else days_ago(days), **more)


LATE = syndrome(100)


def test_which_orders() -> None:
    """When: core decompression for bone marrow edema."""
    spec(a_patient(an_order(Concept.ESWT), problems=[syndrome(10)]), not_applicable(RULE))
    spec(a_patient(DRILLING), not_applicable(RULE))
    other = an_order(Concept.CORE_DECOMPRESSION, reasons=a_reason(Concept.SICKLE_CELL_DISEASE))
    spec(a_patient(other, problems=[syndrome(10)]), not_applicable(RULE))
    stated = an_order(Concept.CORE_DECOMPRESSION, reasons=a_reason(Concept.EDEMA))
    spec(a_patient(stated), UNTRIED)


@pytest.mark.parametrize(("days", "expected"), [(83, EARLY), (84, UNTRIED)])
def test_the_onset(days: int, expected: Any) -> None:
    """When: less than 84 days ago; later, when no advanced therapy is on record, which removes nothing."""
    spec(a_patient(DRILLING, problems=[syndrome(days)]), expected)


def test_the_onset_is_not_known() -> None:
    """When: unknown fires without a removal; the date of the record stands for it where it is long ago."""
    spec(a_patient(DRILLING, problems=[syndrome(None, recorded=None)]), UNTRIED)
    iloprost = a_medication("iloprost", standing=Standing.ACTIVE)
    spec(a_patient(DRILLING, problems=[syndrome(None, recorded=None)], medications=[iloprost]), UNTRIED)
    spec(a_patient(DRILLING, problems=[syndrome(None, recorded=days_ago(84))], medications=[iloprost]), satisfied(RULE))


@pytest.mark.parametrize(
    "medication",
    [
        a_medication("iloprost", standing=Standing.ENDED, stopped=days_ago(100)),
        a_medication("ibandronate", standing=Standing.ENDED, written=days_ago(400), last_given=days_ago(20)),
        a_medication("denosumab", standing=Standing.UNCERTAIN, written=days_ago(50)),
        a_medication("alendronate", written=days_ago(400)),
    ],
)
def test_a_medicine_was_tried(medication: Any) -> None:
    """When: an advanced medicine is taken now or was since the onset."""
    spec(a_patient(DRILLING, problems=[LATE], medications=[medication]), satisfied(RULE))
    spec(a_patient(DRILLING, problems=[syndrome(10)], medications=[medication]), EARLY)


@pytest.mark.parametrize(
    "medication",
    [
        a_medication("iloprost", standing=Standing.ENDED, stopped=days_ago(101), written=days_ago(120)),
        a_medication("iloprost", standing=Standing.ENDED, stopped=None, written=None),
        a_medication("ibuprofen"),
    ],
)
def test_a_medicine_of_another_time_or_kind(medication: Any) -> None:
    """When: before the onset, without a date, or no advanced therapy."""
    spec(a_patient(DRILLING, problems=[LATE], medications=[medication]), UNTRIED)


@pytest.mark.parametrize("concept", [Concept.ESWT, Concept.PEMF])
def test_shock_waves_or_fields_were_tried(concept: Concept) -> None:
    """When: as a procedure or an order of care since the onset."""
    spec(a_patient(DRILLING, problems=[LATE], procedures=[an_event(concept)]), satisfied(RULE))
    spec(a_patient(DRILLING, problems=[LATE], care=[an_event(concept, kind="DeviceRequest")]), satisfied(RULE))
    before = an_event(concept, when=days_ago(101))
    spec(a_patient(DRILLING, problems=[LATE], procedures=[before]), UNTRIED)
    spec(a_patient(DRILLING, problems=[LATE], procedures=[an_event(concept, when=None)]), UNTRIED)
    other = an_event(Concept.PHYSIOTHERAPY)
    spec(a_patient(DRILLING, problems=[LATE], procedures=[other]), UNTRIED)


def test_a_partial_onset() -> None:
    """When: an onset "in March" is no proof of a recent one."""
    spec(a_patient(DRILLING, problems=[a_problem(Concept.EDEMA_SYNDROME, onset=on("2025-03"))]), UNTRIED)


def test_a_partial_date_of_the_therapy() -> None:
    """When: "in March" may have been after an onset in March; the moment of the onset counts as after it."""
    moment = on("2025-03-07T10:00:00Z")
    sudden = a_problem(Concept.EDEMA_SYNDROME, onset=moment)
    at_once = an_event(Concept.ESWT, when=moment)
    spec(a_patient(DRILLING, problems=[sudden], procedures=[at_once]), satisfied(RULE))
    patient = a_patient(DRILLING, problems=[LATE], procedures=[an_event(Concept.ESWT, when=on("2025-03"))])
    spec(patient, satisfied(RULE))


def test_osteonecrosis() -> None:
    """Unless: osteonecrosis at the site or without a site, or as the reason."""
    here, anywhere = a_problem(Concept.OSTEONECROSIS, site=LEFT), a_problem(Concept.OSTEONECROSIS)
    for necrosis in (here, anywhere):
        spec(a_patient(DRILLING, problems=[syndrome(10), necrosis]), not_applicable(RULE))
    there = a_problem(Concept.OSTEONECROSIS, site=RIGHT)
    spec(a_patient(DRILLING, problems=[syndrome(10), there]), EARLY)
    both = an_order(Concept.CORE_DECOMPRESSION, reasons=a_reason(Concept.EDEMA, Concept.OSTEONECROSIS))
    spec(a_patient(both, problems=[syndrome(10)]), not_applicable(RULE))


def test_out_of_reach() -> None:
    """A failed query is never "for nothing else", nor "nothing was tried"."""
    spec(a_patient(DRILLING, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    unreadable = an_order(Concept.CORE_DECOMPRESSION, reasons=UNREADABLE_REASON)
    spec(a_patient(unreadable, problems=[syndrome(10)]), missing(RULE, Need.PROBLEMS))
    charts: tuple[dict[str, Any], ...] = (
        {"medications": cut_off(Need.MEDICATIONS)},
        {"procedures": cut_off(Need.PROCEDURES)},
        {"care": cut_off(Need.CARE)},
    )
    for chart in charts:
        spec(a_patient(DRILLING, problems=[LATE], **chart), missing(RULE))
        spec(a_patient(DRILLING, problems=[syndrome(10)], **chart), EARLY)


def test_a_problem_list_that_was_cut_off() -> None:
    """It may hold osteonecrosis: the warning says so and removes nothing."""
    stated = an_order(Concept.CORE_DECOMPRESSION, reasons=a_reason(Concept.EDEMA))
    patient = a_patient(stated, problems=cut_off(Need.PROBLEMS, syndrome(10)))
    spec(patient, advice(RULE, "warning", offers=[OPINION], unchecked=True))
