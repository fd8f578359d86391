"""BME-TB-05: edema syndrome that lasts longer than expected."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, an_event, an_mri, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-TB-05"
SUMMARY = "BMES has lasted longer than expected - consider repeat MRI and review of the diagnosis"
HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.KNEE, Side.LEFT)


def syndrome(days: int | None = 300, site: Site = HIP, **more: Any) -> Any:
    return a_problem(
        Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), "site": site, **more}
    )


def chart(*problems: Any, **more: Any) -> Any:
    return a_patient(**{"problems": problems or (syndrome(),), **more})


def ordered(site: Site = HIP, **more: Any) -> Any:
    return an_event(Concept.MRI_ANY, kind="ServiceRequest", site=site, **{"open": True, **more})


def studied(site: Site = HIP, **more: Any) -> Any:
    return an_event(Concept.MRI_ANY, kind="ImagingStudy", site=site, **{"when": days_ago(10), **more})


# -- When


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (270, satisfied(RULE)),
        (271, advice(RULE, "info", summary=SUMMARY, offers=["mri_hip", "orthopedic_referral"], unchecked=False)),
        (365, advice(RULE, "info")),
        (366, advice(RULE, "warning", summary=SUMMARY, because=[syndrome().fact.resource])),
    ],
)
def test_nine_months_inform_and_a_year_warns(days: int, expected: Any) -> None:
    spec(chart(syndrome(days)), expected)


def test_without_an_onset_the_day_of_the_record_counts() -> None:
    spec(chart(syndrome(None, recorded=days_ago(271))), advice(RULE, "info"))
    spec(chart(syndrome(None, recorded=None)), missing(RULE, Need.PROBLEMS, GapKind.NOT_RECORDED))


def test_every_late_place_is_named_and_may_be_imaged() -> None:
    late = (syndrome(300, id="hip"), syndrome(400, KNEE, id="knee"), syndrome(10, ANYWHERE, id="new"))
    offers = ["mri_hip", "mri_knee", "orthopedic_referral"]
    spec(chart(*late), advice(RULE, "warning", offers=offers, because=["Condition/hip", "Condition/knee"]))
    imaged = an_mri(site=KNEE, when=days_ago(10))
    spec(chart(*late, mri_reports=[imaged]), advice(RULE, "info", offers=["mri_hip", "orthopedic_referral"]))


def test_it_ends_with_the_syndrome() -> None:
    spec(a_patient(), not_applicable(RULE))
    spec(chart(syndrome(current=False)), not_applicable(RULE))


# -- Unless


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (an_mri(site=HIP, when=days_ago(90)), satisfied(RULE)),
        (an_mri(site=HIP, when=days_ago(91)), advice(RULE, "info")),
        (an_mri(Assertion.ABSENT, site=HIP), satisfied(RULE)),
        (an_mri(None, site=HIP, readable=False), satisfied(RULE)),
        (an_mri(site=HIP, preliminary=True), satisfied(RULE)),
        (an_mri(site=KNEE), advice(RULE, "info")),
        (an_mri(site=Site(Region.HIP, Side.RIGHT)), advice(RULE, "info")),
        (an_mri(site=ANYWHERE), satisfied(RULE)),
    ],
)
def test_a_recent_mri_of_the_site_is_enough(report: Any, expected: Any) -> None:
    spec(chart(mri_reports=[report]), expected)


def test_where_the_site_is_not_said_any_mri_may_be_of_it() -> None:
    spec(chart(syndrome(site=ANYWHERE), mri_reports=[an_mri(site=KNEE)]), satisfied(RULE))
    spec(chart(syndrome(site=ANYWHERE)), advice(RULE, "info", offers=["mri", "orthopedic_referral"]))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (ordered(), satisfied(RULE)),
        (ordered(ANYWHERE), satisfied(RULE)),
        (ordered(KNEE), advice(RULE, "info")),
        (ordered(open=False), advice(RULE, "info")),
    ],
)
def test_an_open_request_is_enough(order: Any, expected: Any) -> None:
    spec(chart(care=[order]), expected)


@pytest.mark.parametrize(
    ("study", "expected"),
    [
        (studied(when=days_ago(90)), satisfied(RULE)),
        (studied(when=days_ago(91)), advice(RULE, "info")),
        (studied(when=None), advice(RULE, "info")),
        (studied(ANYWHERE), satisfied(RULE)),
        (studied(KNEE), advice(RULE, "info")),
        (an_event(Concept.CT_ANY, kind="ImagingStudy", site=HIP, when=days_ago(10)), advice(RULE, "info")),
    ],
)
def test_an_mri_without_a_report_is_enough(study: Any, expected: Any) -> None:
    spec(chart(imaging_studies=[study]), expected)


# -- what could not be read


@pytest.mark.parametrize(
    ("field", "need"),
    [
        ("problems", Need.PROBLEMS),
        ("mri_reports", Need.MRI),
        ("imaging_studies", Need.IMAGING_STUDIES),
        ("care", Need.CARE),
    ],
)
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    spec(chart(**{field: cut_off(need)}), missing(RULE, need))


def test_an_mri_on_record_decides_whatever_else_failed() -> None:
    spec(chart(mri_reports=[an_mri(site=HIP)], care=cut_off(Need.CARE)), satisfied(RULE))
    spec(chart(problems=cut_off(Need.PROBLEMS, syndrome())), advice(RULE, "info", unchecked=True))
