"""Observations of their own that measure what MR reports state: RAMRIS score, depth of edema."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.queries import IMAGING_MEASURES
from cds_hooks.snapshot.report_text import Finding, Region
from cds_hooks.snapshot.vocabulary import Need
from tests.builders.fhir import Json, a_quantity, coded, fhir_observation, named
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import read

SCORE = named("RAMRIS bone marrow edema score")
DEPTH = coded("http://hospital.example.org/obs", "SIJ-DEPTH", "SIJ lesion depth")
LEFT = {"bodySite": named("Left sacroiliac joint")}


def measures(code: Json, **more: Any) -> list[tuple[Finding, float | None]]:
    row = fhir_observation(code, **{"effectiveDateTime": day(20), **more})
    found = read([row], observations_under=IMAGING_MEASURES).imaging_measures.items
    return [(sign.finding, sign.mention.score or sign.mention.depth_mm) for sign in found]


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        (SCORE, {"valueQuantity": a_quantity(4, "{score}")}, [(Finding.RAMRIS_SCORE, 4)]),
        (SCORE, {"valueInteger": 4}, [(Finding.RAMRIS_SCORE, 4)]),
        (SCORE, {"valueString": "4 of 69"}, [(Finding.RAMRIS_SCORE, 4)]),
        (SCORE, {"valueString": "not scored"}, []),
        (named("RAMRIS synovitis score"), {"valueInteger": 4}, []),
        (named("Body mass index"), {"valueQuantity": a_quantity(24, "kg/m2")}, []),
        (DEPTH, {"valueQuantity": a_quantity(14, "mm")}, [(Finding.MARROW_EDEMA, 14)]),
        (DEPTH, {"valueQuantity": a_quantity(1.4, "cm")}, [(Finding.MARROW_EDEMA, 14)]),
        (DEPTH, {"valueQuantity": {"value": 14}}, []),
        (named("Lesion depth"), {"valueQuantity": a_quantity(14, "mm"), **LEFT}, [(Finding.MARROW_EDEMA, 14)]),
        (named("Lesion depth"), {"valueQuantity": a_quantity(14, "mm")}, []),
        (named("Sacroiliac joint space"), {"valueQuantity": a_quantity(14, "mm")}, []),
    ],
)
def test_by_its_name(code: Json, value: Json, expected: list[tuple[Finding, float]]) -> None:
    """No code is in use: the name, the place and the unit say what was measured."""
    assert measures(code, **value) == expected


def test_a_component() -> None:
    parts = [{"code": named("synovitis"), "valueInteger": 7}, {"code": named("bone edema"), "valueInteger": 3}]
    assert measures(named("RAMRIS"), component=parts) == [(Finding.RAMRIS_SCORE, 3)]


@pytest.mark.parametrize(
    "more",
    [
        {"status": "preliminary"},
        {"status": "entered-in-error"},
        {"effectiveDateTime": None},
        {"effectiveDateTime": day(-3)},
        {"dataAbsentReason": named("unknown")},
    ],
)
def test_what_does_not_count(more: Json) -> None:
    """Not final, without a date, dated ahead, or without a value by its own word."""
    assert measures(SCORE, valueInteger=4, **more) == []


def test_its_place_and_its_source() -> None:
    row = fhir_observation(DEPTH, valueQuantity=a_quantity(14, "mm"), effectiveDateTime=day(20), id="depth-1")
    (sign,) = read([row], observations_under=IMAGING_MEASURES).imaging_measures.items

    assert (sign.site.region, sign.fact.resource, sign.fact.value) == (
        Region.SACROILIAC,
        "Observation/depth-1",
        "14 mm",
    )


def test_a_query_that_failed() -> None:
    patient = read(imagingMeasures={"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]})

    assert [gap.fact for gap in patient.imaging_measures.gaps] == [Need.IMAGING_MEASURES]
