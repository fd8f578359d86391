"""BME-DS-COR-01: no steroid into a joint that may be infected; a prosthetic joint is the surgeon's."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.snapshot import a_draft, a_patient, a_problem, a_result, an_event, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-COR-01"
INFECTION = "Possible infection at the joint - steroid injection should wait until infection is excluded"
PROSTHESIS = "Prosthetic joint at the injection site - a steroid injection there needs the surgeon's decision"
KNEE, OTHER_KNEE, HIP = Site(Region.KNEE, Side.LEFT), Site(Region.KNEE, Side.RIGHT), Site(Region.HIP, Side.LEFT)
DELETE = "delete ServiceRequest/draft"
CRITICAL = advice(RULE, "critical", arm="infection")
WARN = advice(RULE, "warning", arm="prosthesis")


def injected(draft: Order | None = None, **chart: Any) -> Patient:
    return a_patient(draft or an_order(Concept.JOINT_INJECTION, site=KNEE), **chart)


def test_a_possible_infection() -> None:
    """Then: a critical card that offers to remove the draft."""
    septic = a_problem(Concept.SEPTIC_ARTHRITIS, site=KNEE, provisional=True)
    because = ["ServiceRequest/draft", "Condition/septic_arthritis"]
    expected = advice(
        RULE, "critical", summary=INFECTION, offers=[DELETE], because=because, unchecked=False, arm="infection"
    )
    spec(injected(problems=(septic,)), expected)


def test_a_prosthetic_joint() -> None:
    """Then: a warning in its own words, which names no infection that was not found."""
    implant = a_problem(Concept.ARTIFICIAL_JOINT, site=KNEE)
    because = ["Condition/artificial_joint"]
    spec(injected(problems=(implant,)), advice(RULE, "warning", summary=PROSTHESIS, offers=[DELETE], because=because))
    verdict = judge(RULE, injected(problems=(implant,)))
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 1
    assert "infection to the implant" in verdict.detail[0]


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.OSTEOMYELITIS, site=KNEE), CRITICAL),
        (a_problem(Concept.CELLULITIS, site=KNEE), CRITICAL),
        (a_problem(Concept.CELLULITIS, site=HIP), satisfied(RULE)),
        (a_problem(Concept.SEPSIS), CRITICAL),
        (a_problem(Concept.ARTIFICIAL_JOINT, site=Site(Region.KNEE)), WARN),
        (a_problem(Concept.JOINT_REPLACEMENT, site=KNEE), WARN),
        (a_problem(Concept.ARTIFICIAL_JOINT, site=OTHER_KNEE), satisfied(RULE)),
        (a_problem(Concept.ARTIFICIAL_JOINT, site=ANYWHERE), satisfied(RULE)),
        (a_problem(Concept.ARTIFICIAL_JOINT, site=KNEE, current=False), satisfied(RULE)),
        (a_problem(Concept.OSTEOARTHRITIS, site=KNEE), satisfied(RULE)),
    ],
)
def test_problems(problem: Any, expected: Expected) -> None:
    spec(injected(problems=(problem,)), expected)


def test_the_operation_or_the_device_tells_of_the_prosthesis() -> None:
    spec(injected(procedures=(an_event(Concept.JOINT_REPLACEMENT, site=KNEE),)), WARN)
    spec(injected(devices=(an_event(Concept.ARTIFICIAL_JOINT, site=KNEE, kind="Device"),)), WARN)
    spec(injected(procedures=(an_event(Concept.JOINT_REPLACEMENT, site=HIP),)), satisfied(RULE))
    spec(injected(procedures=(an_event(Concept.JOINT_INJECTION, site=KNEE),)), satisfied(RULE))


def test_a_draft_without_a_joint_may_go_to_any() -> None:
    unsaid = an_order(Concept.JOINT_INJECTION)
    spec(injected(unsaid, problems=(a_problem(Concept.ARTIFICIAL_JOINT, site=HIP),)), WARN)
    spec(injected(unsaid, problems=(a_problem(Concept.CELLULITIS, site=HIP),)), CRITICAL)


def test_a_high_crp() -> None:
    spec(injected(screening_labs=(a_result(Concept.CRP, 50.0),)), CRITICAL)
    spec(injected(screening_labs=(a_result(Concept.CRP, 49.0),)), satisfied(RULE))


def test_both() -> None:
    """Then: infection leads; both are shown, what is found twice once."""
    both = (a_problem(Concept.PROSTHETIC_JOINT_INFECTION, Concept.ARTIFICIAL_JOINT, site=KNEE),)
    verdict = judge(RULE, injected(problems=both))
    assert isinstance(verdict, Advice)
    assert verdict.indicator == "critical"
    assert verdict.summary == INFECTION
    assert len(verdict.detail) == 2
    assert len(verdict.because) == 2


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (a_draft("triamcinolone", route=Route.LOCAL), CRITICAL),
        (a_draft("prednisolone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC, route=Route.LOCAL), CRITICAL),
        (a_draft("triamcinolone", route=Route.PARENTERAL), not_applicable(RULE)),
        (a_draft("prednisolone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC, route=Route.ORAL), not_applicable(RULE)),
        (a_draft("ibuprofen", route=Route.LOCAL), not_applicable(RULE)),
    ],
)
def test_local_injections_alone(draft: Order, expected: Expected) -> None:
    """When: into or around a joint; an intramuscular depot is none."""
    spec(injected(draft, problems=(a_problem(Concept.SEPSIS),)), expected)


def test_out_of_reach() -> None:
    spec(injected(screening_labs=cut_off(Need.INFLAMMATION)), missing(RULE, Need.INFLAMMATION))
    spec(injected(procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    spec(injected(devices=cut_off(Need.DEVICES)), missing(RULE, Need.DEVICES))
    implant = a_problem(Concept.ARTIFICIAL_JOINT, site=KNEE)
    unread = injected(problems=(implant,), screening_labs=cut_off(Need.INFLAMMATION))
    spec(unread, advice(RULE, "warning", unchecked=True))
    blind = injected(problems=(a_problem(Concept.SEPSIS),), devices=cut_off(Need.DEVICES))
    spec(blind, advice(RULE, "critical", unchecked=True))
    spec(injected(problems=cut_off(Need.PROBLEMS, a_problem(Concept.SEPSIS))), advice(RULE, "critical", unchecked=True))


def test_results_that_could_not_be_used_are_remarked() -> None:
    remark = Gap(Need.INFLAMMATION, GapKind.UNUSABLE, "a CRP is dated in the future", Concept.CRP)
    unusable: Listing[Result] = Listing((), remarks=(remark,))
    spec(injected(screening_labs=unusable), satisfied(RULE, remarked=True))
    spec(
        injected(screening_labs=unusable, problems=(a_problem(Concept.SEPSIS),)),
        advice(RULE, "critical", remarked=True),
    )
