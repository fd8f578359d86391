"""BME-DX-11: bone pain at a new site after an edema syndrome deserves imaging of that site."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, an_event, an_mri, cut_off
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-DX-11"
SUMMARY = "New site after BMES - migratory or bilateral disease is frequent; image the new site"
LEFT, RIGHT, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT), Site(Region.KNEE, Side.LEFT)
FIRES = advice(RULE, "info")


def syndrome(site: Site = RIGHT, **said: Any) -> Problem:
    return a_problem(Concept.EDEMA_SYNDROME, **{"site": site, "onset": days_ago(200), **said})


def pain(site: Site = LEFT, began: int = 30, **said: Any) -> Problem:
    return a_problem(Concept.PAIN_HIP, **{"site": site, "onset": days_ago(began), **said})


def chart(*problems: Problem, **rest: Any) -> Patient:
    return a_patient(**{"problems": problems or (syndrome(), pain()), **rest})


def test_the_other_hip_begins_to_hurt() -> None:
    """Then: an MRI of the new site is offered."""
    because = ["Condition/pain_hip"]
    spec(chart(), advice(RULE, "info", summary=SUMMARY, offers=["mri_hip"], because=because, unchecked=False))


@pytest.mark.parametrize(("ended", "expected"), [(730, FIRES), (731, satisfied(RULE)), (None, satisfied(RULE))])
def test_a_resolved_syndrome(ended: int | None, expected: Expected) -> None:
    """When: it was resolved in the last 24 months."""
    began = days_ago(1500)
    over = syndrome(current=False, onset=began, recorded=None, ended=None if ended is None else days_ago(ended))
    spec(chart(over, pain()), expected)


@pytest.mark.parametrize(
    ("where", "hurts", "expected"),
    [
        (RIGHT, KNEE, FIRES),
        (RIGHT, RIGHT, satisfied(RULE)),
        (Site(Region.HIP), LEFT, satisfied(RULE)),
        (RIGHT, Site(Region.HIP), satisfied(RULE)),
        (Site(), LEFT, satisfied(RULE)),
        (Site(Region.HIP, Side.BOTH), LEFT, satisfied(RULE)),
    ],
)
def test_another_site_or_side(where: Site, hurts: Site, expected: Expected) -> None:
    """When: without a side the same region is the same site; without a site there is no other one."""
    spec(chart(syndrome(where), pain(hurts)), expected)


def test_a_site_of_one_of_two_syndromes() -> None:
    first = syndrome(LEFT, id="first")
    spec(chart(first, syndrome(id="second"), pain()), satisfied(RULE))


@pytest.mark.parametrize(
    ("hurts", "expected"),
    [
        (pain(began=199), FIRES),
        (pain(began=200), satisfied(RULE)),
        (pain(began=201), satisfied(RULE)),
        (pain(onset=None, recorded=None), satisfied(RULE)),
        (pain(onset=None, recorded=days_ago(10)), FIRES),
        (pain(onset=on("2024")), satisfied(RULE)),
    ],
)
def test_the_pain_is_newer(hurts: Problem, expected: Expected) -> None:
    spec(chart(syndrome(), hurts), expected)


def test_a_syndrome_without_a_date() -> None:
    spec(chart(syndrome(onset=None, recorded=None), pain()), satisfied(RULE))


@pytest.mark.parametrize("other", [Concept.EDEMA, Concept.OSTEONECROSIS])
def test_only_an_edema_syndrome(other: Concept) -> None:
    spec(chart(a_problem(other, site=RIGHT, onset=days_ago(200)), pain()), satisfied(RULE))


@pytest.mark.parametrize(
    ("imaged", "expected"),
    [
        ({"mri_reports": (an_mri(None, site=LEFT, when=days_ago(30)),)}, satisfied(RULE)),
        ({"mri_reports": (an_mri(None, site=LEFT, when=days_ago(31)),)}, FIRES),
        ({"mri_reports": (an_mri(None, site=RIGHT, when=days_ago(5)),)}, FIRES),
        ({"imaging_studies": (an_event(Concept.MRI_ANY, site=LEFT, when=days_ago(5)),)}, satisfied(RULE)),
    ],
)
def test_an_mri_of_the_new_site(imaged: dict[str, Any], expected: Expected) -> None:
    """Unless: it was made since the pain began."""
    spec(chart(**imaged), expected)


def test_out_of_reach() -> None:
    spec(a_patient(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(problems=cut_off(Need.PROBLEMS, syndrome())), missing(RULE, Need.PROBLEMS))
    spec(a_patient(problems=cut_off(Need.PROBLEMS, pain())), missing(RULE, Need.PROBLEMS))
    spec(a_patient(problems=cut_off(Need.PROBLEMS, syndrome(), pain())), advice(RULE, "info", unchecked=True))
    spec(chart(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(chart(syndrome(), mri_reports=cut_off(Need.MRI)), satisfied(RULE))
