"""BME-DS-ORT-01: safety of platelet-rich plasma and cell products."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, a_result, an_order, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ORT-01"
SUMMARY = "PRP/stem cells: unapproved product or safety issue"
KNEE, HIP = Site(Region.KNEE), Site(Region.HIP)
PLASMA = an_order(Concept.PLATELET_RICH_PLASMA, site=KNEE)
CELLS = an_order(Concept.CELL_THERAPY, site=KNEE)
BOTH = an_order(Concept.CELL_THERAPY, Concept.PLATELET_RICH_PLASMA, site=KNEE)
DELETE = "delete ServiceRequest/draft"
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False)
FEW = [a_result(Concept.PLATELETS, 90.0)]


def test_which_orders() -> None:
    """When: a cell product is unapproved by itself, plasma is not."""
    spec(a_patient(an_order(Concept.JOINT_INJECTION)), not_applicable(RULE))
    spec(a_patient(CELLS), WARNING)
    spec(a_patient(BOTH), WARNING)
    spec(a_patient(PLASMA), satisfied(RULE))


@pytest.mark.parametrize("order", [PLASMA, CELLS])
def test_infection_or_tumor_at_the_site(order: Any) -> None:
    """When: infection or malignancy there. Then: critical."""
    for problem in (a_problem(Concept.SEPTIC_ARTHRITIS, site=KNEE), a_problem(Concept.MALIGNANCY, site=KNEE)):
        spec(a_patient(order, problems=[problem]), CRITICAL)
    elsewhere = [a_problem(Concept.SEPTIC_ARTHRITIS, site=HIP), a_problem(Concept.MALIGNANCY, site=HIP)]
    spec(a_patient(order, problems=elsewhere), WARNING if order is CELLS else satisfied(RULE))


@pytest.mark.parametrize(
    ("value", "age", "fires"),
    [(99.9, 1, True), (100.0, 1, False), (99.9, 30, True), (99.9, 31, False)],
)
def test_platelets(value: float, age: int, fires: bool) -> None:
    """When: plasma with platelets below 100 in the last 30 days."""
    labs = [a_result(Concept.PLATELETS, value, when=days_ago(age))]
    spec(a_patient(PLASMA, labs=labs), WARNING if fires else satisfied(RULE))


def test_an_anticoagulant() -> None:
    """When: plasma with an anticoagulant, active or drafted."""
    spec(a_patient(PLASMA, medications=[a_medication()]), WARNING)
    spec(a_patient(PLASMA, a_draft("apixaban")), WARNING)


def test_what_concerns_plasma_alone() -> None:
    """When: platelets and anticoagulant are not asked for a cell product, unless plasma is in the order as well."""
    because = ["ServiceRequest/draft", "Observation/platelets", "MedicationRequest/apixaban"]
    spec(a_patient(CELLS, labs=cut_off(Need.PLATELETS), medications=cut_off(Need.MEDICATIONS)), WARNING)
    spec(a_patient(BOTH, labs=FEW, medications=[a_medication()]), advice(RULE, "warning", because=because))


@pytest.mark.parametrize(
    ("chart", "about"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, Need.PROBLEMS),
        ({"screening_labs": cut_off(Need.INFLAMMATION)}, Need.INFLAMMATION),
        ({"medications": cut_off(Need.MEDICATIONS)}, Need.MEDICATIONS),
        ({"labs": cut_off(Need.PLATELETS)}, Need.PLATELETS),
    ],
)
def test_out_of_reach(chart: Any, about: Need) -> None:
    """A failed query is never "safe"; beside a finding it is named."""
    spec(a_patient(PLASMA, **chart), missing(RULE, about))
    spec(a_patient(BOTH, **chart), advice(RULE, "warning", unchecked=True))


def test_unusable_results_are_remarked() -> None:
    """Recorded data that could not be used are named."""
    labs: Any = Listing(remarks=(Gap(Need.PLATELETS, GapKind.UNUSABLE, "unit", Concept.PLATELETS),))
    spec(a_patient(PLASMA, labs=labs), satisfied(RULE, remarked=True))
    spec(a_patient(PLASMA, labs=labs, medications=[a_medication()]), advice(RULE, "warning", remarked=True))
