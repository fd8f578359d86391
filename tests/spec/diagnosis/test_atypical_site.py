"""BME-DX-12: upper limb, spine, effusion and arthritis are unusual for an edema syndrome."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import a_patient, a_problem, cut_off
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DX-12"
SUMMARY = "Site or joint findings are unusual for BMES - reconsider the diagnosis"
KNEE, HIP = Site(Region.KNEE, Side.LEFT), Site(Region.HIP, Side.LEFT)
FIRES = advice(RULE, "info")
OFFERS = ["provisional Condition/bone_marrow_edema_syndrome", "rheumatology_referral"]


def syndrome(site: Site = KNEE, **said: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, site=site, **said)


@pytest.mark.parametrize(
    "region",
    [Region.SHOULDER, Region.ARM, Region.WRIST_HAND, Region.SPINE, Region.SACROILIAC, Region.TRUNK],
)
def test_an_unusual_site(region: Region) -> None:
    """When: of the upper limb or the trunk. Then: a prompt that offers to mark the diagnosis as provisional, and a
    referral."""
    because = ["Condition/bone_marrow_edema_syndrome"]
    expected = advice(RULE, "info", summary=SUMMARY, offers=OFFERS, because=because, unchecked=False)
    spec(a_patient(problems=(syndrome(Site(region)),)), expected)


@pytest.mark.parametrize("region", [Region.HIP, Region.KNEE, Region.ANKLE_FOOT, Region.OTHER, None])
def test_a_usual_site(region: Region | None) -> None:
    spec(a_patient(problems=(syndrome(Site(region)),)), satisfied(RULE))


def test_a_provisional_diagnosis_is_not_made_so_again() -> None:
    patient = a_patient(problems=(syndrome(Site(Region.SHOULDER), provisional=True),))
    spec(patient, advice(RULE, "info", offers=["rheumatology_referral"]))


@pytest.mark.parametrize("finding", [Concept.JOINT_EFFUSION, Concept.SYNOVITIS, Concept.POLYARTHRITIS])
@pytest.mark.parametrize(
    ("site", "where", "expected"),
    [(KNEE, KNEE, FIRES), (KNEE, HIP, satisfied(RULE)), (ANYWHERE, HIP, FIRES), (ANYWHERE, ANYWHERE, FIRES)],
)
def test_a_finding_of_the_joint(finding: Concept, site: Site, where: Site, expected: Expected) -> None:
    """When: it is of the same joint; of any, where the syndrome has no site."""
    spec(a_patient(problems=(syndrome(site), a_problem(finding, site=where))), expected)


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (a_problem(Concept.POLYARTHRITIS), FIRES),
        (a_problem(Concept.JOINT_EFFUSION), satisfied(RULE)),
        (a_problem(Concept.JOINT_EFFUSION, site=KNEE, current=False), satisfied(RULE)),
        (a_problem(Concept.LOCALIZED_SWELLING, site=KNEE), satisfied(RULE)),
    ],
    ids=["polyarthritis is of many joints", "effusion without a joint", "over", "swelling of the limb"],
)
def test_other_findings(finding: Any, expected: Expected) -> None:
    spec(a_patient(problems=(syndrome(), finding)), expected)


def test_the_finding_is_shown() -> None:
    effusion = a_problem(Concept.JOINT_EFFUSION, site=KNEE)
    usual = syndrome(HIP, id="hip")
    patient = a_patient(problems=(syndrome(), usual, effusion))
    expected = advice(RULE, "info", offers=OFFERS, because=["Condition/joint_effusion"])
    spec(patient, expected)


@pytest.mark.parametrize("problem", [a_problem(Concept.EDEMA), syndrome(Site(Region.SPINE), current=False)])
def test_without_an_active_syndrome(problem: Any) -> None:
    spec(a_patient(problems=(problem,)), not_applicable(RULE))


def test_out_of_reach() -> None:
    spec(a_patient(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(problems=cut_off(Need.PROBLEMS, syndrome())), missing(RULE, Need.PROBLEMS))
    atypical = cut_off(Need.PROBLEMS, syndrome(Site(Region.SPINE)))
    spec(a_patient(problems=atypical), advice(RULE, "info", unchecked=True))
