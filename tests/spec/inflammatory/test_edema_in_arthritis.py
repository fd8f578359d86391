"""BME-IA-01: disease control of an inflammatory arthritis with marrow edema."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_medication, a_patient, a_problem, an_encounter, an_event, an_mri, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-IA-01"
SUMMARY = "Inflammatory arthritis with marrow edema predicts erosion - consider review of disease-modifying therapy"
CARD = advice(
    RULE, "warning", summary=SUMMARY, offers=["rheumatology_referral"], unchecked=False, says=["0.75 to 0.82"]
)
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
WRIST = Site(Region.WRIST_HAND)
METHOTREXATE = a_medication("methotrexate", group=DrugGroup.DMARD_OTHER)
RA = a_problem(Concept.RHEUMATOID_ARTHRITIS, recorded=days_ago(1000))


def seen(days: int, **more: Any) -> Any:
    return an_encounter(Concept.SPECIALTY_RHEUMATOLOGY, when=days_ago(days), **more)


def chart(days: int = 28, **given: Any) -> Patient:
    return a_patient(**{"problems": [RA], "mri_reports": [an_mri(site=WRIST, when=days_ago(days))], **given})


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (RA, CARD),
        (a_problem(Concept.AXIAL_SPONDYLOARTHRITIS), CARD),
        (a_problem(Concept.PSORIATIC_ARTHRITIS), CARD),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, provisional=True), NOT_ASKED),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, current=False), NOT_ASKED),
        (a_problem(Concept.GOUT), NOT_ASKED),
    ],
)
def test_which_arthritis(problem: Any, expected: Any) -> None:
    """When: confirmed; one that is only suspected belongs to BME-IA-03."""
    spec(chart(problems=[problem]), expected)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (an_mri(site=WRIST, when=days_ago(183)), CARD),
        (an_mri(site=WRIST, when=days_ago(184)), NOTHING),
        (an_mri(site=Site(Region.SPINE)), CARD),
        (an_mri(site=Site(Region.SACROILIAC)), CARD),
        (an_mri(site=ANYWHERE), NOTHING),
        (an_mri(site=Site(Region.OTHER)), NOTHING),
        (an_mri(Assertion.ABSENT, site=WRIST), NOTHING),
    ],
)
def test_which_edema(report: Any, expected: Any) -> None:
    """When: at a joint, the spine or the sacroiliac joints, on an MRI of six months."""
    spec(chart(mri_reports=[report]), expected)


@pytest.mark.parametrize(
    ("days", "given", "expected"),
    [
        (27, {}, CARD),
        (27, {"medications": [METHOTREXATE]}, NOTHING),
        (28, {"medications": [METHOTREXATE]}, CARD),
        (28, {"medications": [METHOTREXATE], "encounters": [seen(28)]}, NOTHING),
        (28, {"medications": [METHOTREXATE], "encounters": [seen(29)]}, CARD),
        (28, {"encounters": [seen(3)]}, CARD),
        (27, {"medications": [a_medication("adalimumab")]}, NOTHING),
        (27, {"medications": [a_medication("naproxen")]}, CARD),
        (28, {"medications": [METHOTREXATE], "encounters": [an_encounter(Concept.SPECIALTY_PAIN)]}, CARD),
        (
            28,
            {"medications": [METHOTREXATE], "care": [an_event(Concept.REFERRAL_RHEUMATOLOGY, when=days_ago(2))]},
            NOTHING,
        ),
    ],
)
def test_what_is_missing(days: int, given: Any, expected: Any) -> None:
    """When: no disease-modifying drug, or four weeks since the MRI without contact to rheumatology."""
    spec(chart(days, **given), expected)


def test_what_it_stands_on() -> None:
    spec(chart(), advice(RULE, "warning", because=["Condition/rheumatoid_arthritis", "DiagnosticReport/mri"]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": []}, NOTHING),
        ({"medications": cut_off(Need.MEDICATIONS), "encounters": [seen(2)]}, missing(RULE, Need.MEDICATIONS)),
        ({"medications": [METHOTREXATE], "encounters": cut_off(Need.ENCOUNTERS)}, missing(RULE, Need.ENCOUNTERS)),
        ({"medications": cut_off(Need.MEDICATIONS)}, advice(RULE, "warning", unchecked=True)),
        ({"problems": cut_off(Need.PROBLEMS, RA)}, advice(RULE, "warning", unchecked=True)),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)
