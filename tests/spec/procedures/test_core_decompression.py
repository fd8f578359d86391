"""BME-DS-CDE-01: infection, bleeding, clotting and pregnancy before core decompression."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.rules.procedures.core_decompression import RULE as STATED
from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text.model import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_order,
    blood_thinner,
    cut_off,
    unusable,
)
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-CDE-01"
PLAN = "Before core decompression: bleeding drugs, clotting or infection need a plan"
PREGNANT = "Core decompression in pregnancy: plan it with obstetrics and anesthesia"
LEFT_HIP = Site(Region.HIP, Side.LEFT)
DRILLING = an_order(Concept.CORE_DECOMPRESSION, site=LEFT_HIP)
TASK = "anticoagulation_plan"
BLEEDING = advice(RULE, "warning", summary=PLAN, offers=[TASK])
APIXABAN = a_medication("apixaban")
WOMAN: dict[str, Any] = {
    "demographics": A_WOMAN,
    "pregnancy_results": [a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)],
}


def test_where_it_speaks() -> None:
    """At order-select the critical arm alone."""
    assert STATED.speaks == {Hook.ORDER_SELECT: frozenset({"critical"})}


def test_other_orders_and_nothing() -> None:
    """When: only core decompression, and only with something on record."""
    spec(a_patient(an_order(Concept.ESWT)), not_applicable(RULE))
    spec(a_patient(DRILLING), satisfied(RULE))
    spec(a_patient(DRILLING, medications=[blood_thinner()]), satisfied(RULE))


@pytest.mark.parametrize("concept", [Concept.OSTEOMYELITIS, Concept.SEPTIC_ARTHRITIS, Concept.ABSCESS])
def test_infection_of_the_site(concept: Concept) -> None:
    """When: an infection of this hip. Then: critical, no plan for an anticoagulant that nobody takes."""
    infected = a_patient(DRILLING, problems=[a_problem(concept, site=LEFT_HIP)])
    spec(infected, advice(RULE, "critical", summary=PLAN, offers=[], unchecked=False))
    elsewhere = Site(Region.HIP, Side.RIGHT)
    spec(a_patient(DRILLING, problems=[a_problem(concept, site=elsewhere)]), satisfied(RULE))


def test_bleeding() -> None:
    """When: an anticoagulant or antiplatelet, active or drafted, aspirin included."""
    because = ["ServiceRequest/draft", "MedicationRequest/apixaban"]
    card = advice(RULE, "warning", summary=PLAN, offers=[TASK], because=because)
    spec(a_patient(DRILLING, medications=[APIXABAN]), card)
    for drug in ("aspirin", "clopidogrel"):
        spec(a_patient(DRILLING, medications=[a_medication(drug)]), BLEEDING)
    spec(a_patient(DRILLING, a_draft("apixaban")), BLEEDING)
    spec(a_patient(DRILLING, medications=[a_medication(standing=Standing.ENDED)]), satisfied(RULE))


@pytest.mark.parametrize(
    ("lab", "expected"),
    [
        (a_result(Concept.INR, 1.51), BLEEDING),
        (a_result(Concept.INR, 1.5), satisfied(RULE)),
        (a_result(Concept.PLATELETS, 49.9), BLEEDING),
        (a_result(Concept.PLATELETS, 50.0), satisfied(RULE)),
    ],
)
def test_clotting(lab: Any, expected: Any) -> None:
    """When: INR above 1.5, or platelets below 50."""
    spec(a_patient(DRILLING, labs=[lab]), expected)


def test_pregnancy() -> None:
    """When: pregnant. Then: a warning of its own."""
    spec(a_patient(DRILLING, **WOMAN), advice(RULE, "warning", summary=PREGNANT, offers=[]))
    spec(a_patient(DRILLING, medications=[APIXABAN], **WOMAN), BLEEDING)


def test_infection_with_an_anticoagulant() -> None:
    """Then: critical, with the plan."""
    patient = a_patient(DRILLING, problems=[a_problem(Concept.OSTEOMYELITIS)], medications=[APIXABAN])
    spec(patient, advice(RULE, "critical", summary=PLAN, offers=[TASK]))


@pytest.mark.parametrize(
    ("labs", "asks"),
    [
        ([], True),
        ([a_result(Concept.INR, 1.0)], True),
        ([a_result(Concept.PLATELETS, 200.0)], True),
        ([a_result(Concept.INR, 1.0, when=days_ago(30)), a_result(Concept.PLATELETS, 200.0, when=days_ago(30))], False),
        ([a_result(Concept.INR, 1.0, when=days_ago(31)), a_result(Concept.PLATELETS, 200.0)], True),
        ([a_result(Concept.INR, 1.0), a_result(Concept.PLATELETS, 200.0, when=days_ago(31))], True),
    ],
)
def test_clotting_not_tested_under_an_anticoagulant(labs: Any, asks: bool) -> None:
    """Then: the warning says that a recent INR and platelet count are missing."""
    assert _asks_for_tests(a_patient(DRILLING, medications=[APIXABAN], labs=labs)) == asks


def test_without_an_anticoagulant_no_test_is_asked_for() -> None:
    """Then: a warning about pregnancy alone asks for none."""
    assert not _asks_for_tests(a_patient(DRILLING, **WOMAN))


def _asks_for_tests(patient: Patient) -> bool:
    return any("test before the procedure" in line for line in getattr(judge(RULE, patient), "detail", ()))


@pytest.mark.parametrize(
    ("chart", "about"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, Need.PROBLEMS),
        ({"medications": cut_off(Need.MEDICATIONS)}, Need.MEDICATIONS),
        ({"labs": cut_off(Need.INR)}, Need.INR),
        ({"pregnancy_results": cut_off(Need.PREGNANCY)}, Need.PREGNANCY),
        ({"screening_labs": cut_off(Need.INFLAMMATION)}, Need.INFLAMMATION),
    ],
)
def test_out_of_reach(chart: Any, about: Need) -> None:
    """A failed query is never "no infection"; beside a finding it is named."""
    spec(a_patient(DRILLING, **chart), missing(RULE, about))
    if "medications" not in chart:
        spec(a_patient(DRILLING, medications=[APIXABAN], **chart), advice(RULE, "warning", unchecked=True))


def test_unusable_results_are_remarked() -> None:
    """Recorded data that could not be used are named."""
    results: Any = Listing(remarks=(unusable(Need.PREGNANCY),))
    spec(a_patient(DRILLING, pregnancy_results=results), satisfied(RULE, remarked=True))
    patient = a_patient(DRILLING, pregnancy_results=results, medications=[APIXABAN])
    spec(patient, advice(RULE, "warning", remarked=True))
