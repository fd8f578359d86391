"""BME-DX-02: unexplained bone pain of hip, knee, ankle or foot deserves an MRI."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    a_patient,
    a_problem,
    a_result,
    an_event,
    an_mri,
    cut_off,
)
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-DX-02"
SUMMARY = "Unexplained foot/ankle/knee/hip bone pain without MRI - consider MRI (edema shows within days)"
FOOT, HIP = Site(Region.ANKLE_FOOT, Side.RIGHT), Site(Region.HIP, Side.LEFT)
FOOT_PAIN = a_problem(Concept.PAIN_FOOT, site=FOOT, onset=days_ago(60))
HIP_PAIN = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(60))
SEVERE = a_result(Concept.PAIN_NRS, 5.0)
FIRES = advice(RULE, "info", unchecked=False)
OLD_SYNDROME = a_problem(
    Concept.EDEMA_SYNDROME,
    current=False,
    onset=days_ago(400),
    ended=days_ago(100),
    site=Site(Region.KNEE, Side.RIGHT),
)


def in_pain(**chart: Any) -> Patient:
    return a_patient(**{"problems": (FOOT_PAIN,), **chart})


def test_pain_of_the_foot_without_mri() -> None:
    """Then: an MRI of the site is offered."""
    expected = advice(RULE, "info", summary=SUMMARY, offers=["mri_ankle"], because=["Condition/pain_foot"])
    spec(in_pain(), expected, FIRES)


def test_severe_pain_of_the_hip_shows_its_score() -> None:
    stands_on = ["Condition/pain_hip", "Observation/pain_nrs"]
    spec(in_pain(problems=(HIP_PAIN,), vitals=(SEVERE,)), advice(RULE, "info", offers=["mri_hip"], because=stands_on))


def test_two_pains_make_one_card() -> None:
    both = in_pain(problems=(FOOT_PAIN, HIP_PAIN), vitals=(SEVERE,))
    spec(both, advice(RULE, "info", offers=["mri_ankle", "mri_hip"]))


@pytest.mark.parametrize(
    "chart",
    [
        {"problems": (a_problem(Concept.PAIN_FOOT, site=FOOT, onset=days_ago(41)),)},
        {"problems": (HIP_PAIN,), "vitals": (a_result(Concept.PAIN_NRS, 4.9),)},
        {"problems": (a_problem(Concept.PAIN_FOOT, onset=days_ago(60)),)},
        {"problems": (FOOT_PAIN, a_problem(Concept.STRESS_FRACTURE, site=FOOT))},
        {"care": (an_event(Concept.MRI_ANY, site=FOOT, open=True),)},
        {"mri_reports": (an_mri(None, site=FOOT, when=days_ago(60)),)},
        {"imaging_studies": (an_event(Concept.MRI_ANY, site=FOOT, when=days_ago(60)),)},
        {"imaging_studies": (an_event(Concept.MRI_ANY, site=FOOT, when=None),)},
    ],
    ids=["short", "mild", "no site", "explained", "requested", "MRI", "MRI without report", "undated MRI"],
)
def test_silent(chart: dict[str, Any]) -> None:
    spec(in_pain(**chart), satisfied(RULE))


@pytest.mark.parametrize(
    "chart",
    [
        {"mri_reports": (an_mri(None, site=FOOT, when=days_ago(61)),)},
        {"mri_reports": (an_mri(None, site=HIP),)},
        {"imaging_studies": (an_event(Concept.MRI_ANY, site=FOOT, when=days_ago(61)),)},
        {"imaging_studies": (an_event(Concept.MRI_ANY, site=HIP),)},
        {"imaging_studies": (an_event(Concept.CT_ANY, site=FOOT),)},
    ],
    ids=["MRI before", "MRI elsewhere", "study before", "study elsewhere", "CT"],
)
def test_what_is_no_mri_of_the_pain(chart: dict[str, Any]) -> None:
    spec(in_pain(**chart), FIRES)


# -- Unless another rule says more


def test_pain_at_a_second_site_is_left_to_its_rule() -> None:
    """Unless: the pain began after an edema syndrome elsewhere (BME-DX-11)."""
    spec(in_pain(problems=(FOOT_PAIN, OLD_SYNDROME)), satisfied(RULE), advice("BME-DX-11", "info"))


DUE = a_result(Concept.DELIVERY_DATE, days_ago(-100))  # 25w5d
EARLY = a_result(Concept.DELIVERY_DATE, days_ago(-141))  # 19w6d
AT_20_WEEKS = a_result(Concept.DELIVERY_DATE, days_ago(-140))


@pytest.mark.parametrize(
    ("evidence", "began", "expected"),
    [
        (DUE, 60, satisfied(RULE)),
        (DUE, 180, satisfied(RULE)),
        (DUE, 181, FIRES),
        (AT_20_WEEKS, 60, satisfied(RULE)),
        (EARLY, 60, FIRES),
    ],
)
def test_pain_in_pregnancy_is_left_to_its_rule(evidence: Any, began: int, expected: Expected) -> None:
    """Unless: it began in this pregnancy, of 20 weeks or more (BME-SP-01)."""
    pain = a_problem(Concept.PAIN_FOOT, site=FOOT, onset=days_ago(began))
    spec(in_pain(problems=(pain,), demographics=A_WOMAN, pregnancy_results=(evidence,)), expected)


@pytest.mark.parametrize(("began", "expected"), [(308, satisfied(RULE)), (309, FIRES)])
def test_a_pregnancy_of_unknown_age(began: int, expected: Expected) -> None:
    pain = a_problem(Concept.PAIN_FOOT, site=FOOT, onset=days_ago(began))
    pregnancy = a_problem(Concept.PREGNANCY, recorded=days_ago(5))
    spec(in_pain(problems=(pain, pregnancy), demographics=A_WOMAN), expected)


def test_pain_where_the_syndrome_of_a_pregnant_patient_is() -> None:
    """Unless: the syndrome of the same site is that rule's; pain of another site is not."""
    pregnancy = a_problem(Concept.PREGNANCY, recorded=days_ago(5))
    old = a_problem(Concept.PAIN_FOOT, site=FOOT, onset=days_ago(400))
    syndrome = a_problem(Concept.EDEMA_SYNDROME, site=FOOT, onset=days_ago(400))
    pregnant = in_pain(problems=(old, syndrome, pregnancy), demographics=A_WOMAN)
    spec(pregnant, satisfied(RULE))
    spec(in_pain(problems=(old, syndrome)), FIRES)


# -- what could not be read


def test_out_of_reach() -> None:
    spec(a_patient(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(in_pain(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(in_pain(imaging_studies=cut_off(Need.IMAGING_STUDIES)), missing(RULE, Need.IMAGING_STUDIES))
    spec(in_pain(care=cut_off(Need.CARE)), missing(RULE, Need.CARE))
    spec(in_pain(problems=(HIP_PAIN,), vitals=cut_off(Need.PAIN)), missing(RULE, Need.PAIN))


def test_one_pain_of_two_out_of_reach() -> None:
    half = in_pain(problems=(FOOT_PAIN, HIP_PAIN), vitals=cut_off(Need.PAIN))
    spec(half, advice(RULE, "info", offers=["mri_ankle"], unchecked=True))
