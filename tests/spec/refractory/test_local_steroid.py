"""BME-RF-10: a local steroid injection relieves symptoms in some marrow edema and is no first choice."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Order, Reasons
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.snapshot import UNREADABLE_REASON, a_draft, a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-RF-10"
SUMMARY = "Intra-articular steroid relieves symptoms in some BME; it is not a first choice in BMES or osteonecrosis"
HIP, OTHER_HIP = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME, site=HIP)
FOR_EDEMA = a_reason(Concept.EDEMA)
TELL = advice(RULE, "info")


def injection(reasons: Reasons = FOR_EDEMA) -> Order:
    return an_order(Concept.JOINT_INJECTION, reasons=reasons, site=HIP)


def test_the_card() -> None:
    """Then: advice that proposes nothing and shows the diagnosis."""
    because = ["ServiceRequest/draft", "Condition/bone_marrow_edema_syndrome"]
    patient = a_patient(injection(), problems=(SYNDROME,))
    spec(patient, advice(RULE, "info", summary=SUMMARY, offers=[], because=because, unchecked=False))


@pytest.mark.parametrize("diagnosis", [Concept.OSTEONECROSIS, Concept.SUBCHONDRAL_FRACTURE])
def test_the_diagnosis_is_shown(diagnosis: Concept) -> None:
    patient = a_patient(injection(), problems=(a_problem(diagnosis, site=HIP),))
    spec(patient, advice(RULE, "info", because=[f"Condition/{diagnosis}"]))


def test_a_diagnosis_of_another_joint_is_not_shown() -> None:
    patient = a_patient(injection(), problems=(a_problem(Concept.OSTEONECROSIS, site=OTHER_HIP),))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == ["ServiceRequest/draft"]


def test_the_diagnosis_is_not_known() -> None:
    spec(a_patient(injection()), TELL)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP), satisfied(RULE)),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS), satisfied(RULE)),
        (a_problem(Concept.OSTEOARTHRITIS, site=OTHER_HIP), TELL),
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP, current=False), TELL),
    ],
)
def test_an_arthritis_of_the_joint(problem: Any, expected: Expected) -> None:
    """Unless: there the injection is usual."""
    spec(a_patient(injection(), problems=(problem,)), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.OSTEOARTHRITIS, site=OTHER_HIP), TELL),
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP), satisfied(RULE)),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS), satisfied(RULE)),
    ],
)
def test_an_injection_that_names_no_joint(problem: Any, expected: Expected) -> None:
    """Unless: the arthritis may be of the joint with the edema. Without a reason it may be any."""
    stated = a_draft("triamcinolone", route=Route.LOCAL, reasons=FOR_EDEMA)
    spec(a_patient(stated, problems=(SYNDROME, problem)), expected)
    bare = a_draft("triamcinolone", route=Route.LOCAL, reasons=Reasons())
    spec(a_patient(bare, problems=(SYNDROME, problem)), not_applicable(RULE))


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (injection(Reasons()), TELL),
        (injection(a_reason(Concept.OSTEOARTHRITIS)), not_applicable(RULE)),
        (a_draft("triamcinolone", route=Route.LOCAL, reasons=FOR_EDEMA), TELL),
        (a_draft("triamcinolone", route=Route.PARENTERAL, reasons=FOR_EDEMA), not_applicable(RULE)),
        (a_draft("ibandronate", reasons=FOR_EDEMA), not_applicable(RULE)),
    ],
)
def test_drafts(draft: Order, expected: Expected) -> None:
    """When: a local injection for marrow edema; without a reason, an active syndrome is the reason."""
    spec(a_patient(draft, problems=(SYNDROME,)), expected)


def test_what_could_not_be_read() -> None:
    spec(a_patient(injection(UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(injection(Reasons()), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(injection(), problems=cut_off(Need.PROBLEMS)), advice(RULE, "info", unchecked=True))
    arthritis = a_problem(Concept.OSTEOARTHRITIS, site=HIP)
    spec(a_patient(injection(UNREADABLE_REASON), problems=(arthritis,)), satisfied(RULE))
