"""BME-DS-COR-04: a steroid injection into a joint with osteonecrosis or a subchondral fracture."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.snapshot import a_draft, a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-COR-04"
SUMMARY = "Steroid injection into a joint with osteonecrosis or subchondral fracture - reconsider"
HIP, OTHER_HIP = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
WARN = advice(RULE, "warning")


def injected(*problems: Any, draft: Order | None = None) -> Patient:
    return a_patient(draft or an_order(Concept.JOINT_INJECTION, site=HIP), problems=problems)


def test_the_card() -> None:
    """Then: a warning that offers to remove the draft."""
    because = ["ServiceRequest/draft", "Condition/osteonecrosis"]
    offers = ["delete ServiceRequest/draft"]
    expected = advice(RULE, "warning", summary=SUMMARY, offers=offers, because=because, unchecked=False)
    spec(injected(a_problem(Concept.OSTEONECROSIS, site=HIP)), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.SUBCHONDRAL_FRACTURE, site=HIP), WARN),
        (a_problem(Concept.INSUFFICIENCY_FRACTURE, site=HIP), WARN),
        (a_problem(Concept.OSTEONECROSIS, site=Site(Region.HIP)), WARN),
        (a_problem(Concept.OSTEONECROSIS, site=OTHER_HIP), satisfied(RULE)),
        (a_problem(Concept.OSTEONECROSIS), satisfied(RULE)),
        (a_problem(Concept.OSTEONECROSIS, site=HIP, current=False), satisfied(RULE)),
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP), satisfied(RULE)),
    ],
)
def test_the_same_joint(problem: Any, expected: Expected) -> None:
    spec(injected(problem), expected)


def test_a_draft_without_a_joint_may_go_to_any() -> None:
    spec(injected(a_problem(Concept.OSTEONECROSIS, site=HIP), draft=an_order(Concept.JOINT_INJECTION)), WARN)


def test_a_draft_whose_reason_names_the_joint() -> None:
    """When: the draft names no joint, the place of its reason is the joint."""
    of_hip = an_order(Concept.JOINT_INJECTION, reasons=a_reason(Concept.EDEMA_SYNDROME, sites=[HIP]))
    spec(injected(a_problem(Concept.OSTEONECROSIS, site=HIP), draft=of_hip), WARN)
    spec(injected(a_problem(Concept.OSTEONECROSIS, site=OTHER_HIP), draft=of_hip), satisfied(RULE))


def test_local_injections_alone() -> None:
    depot = a_draft("triamcinolone", route=Route.PARENTERAL)
    spec(injected(a_problem(Concept.OSTEONECROSIS, site=HIP), draft=depot), not_applicable(RULE))


def test_out_of_reach() -> None:
    draft = an_order(Concept.JOINT_INJECTION, site=HIP)
    spec(a_patient(draft, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    elsewhere = cut_off(Need.PROBLEMS, a_problem(Concept.OSTEONECROSIS, site=OTHER_HIP))
    spec(a_patient(draft, problems=elsewhere), missing(RULE, Need.PROBLEMS))
    here = cut_off(Need.PROBLEMS, a_problem(Concept.OSTEONECROSIS, site=HIP))
    spec(a_patient(draft, problems=here), advice(RULE, "warning", unchecked=True))
