"""BME-DX-14: where the newest MRI of the site shows no edema, a treatment of edema has no ground in imaging."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    an_mri,
    an_order,
    cut_off,
    unusable,
)
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DX-14"
SUMMARY = "Latest MRI shows no marrow edema - BME-specific treatment is not supported"
HIP, OTHER_HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT), Site(Region.KNEE, Side.LEFT)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME, site=HIP)
NEGATIVE = an_mri(Assertion.ABSENT, site=HIP)
FOR_EDEMA = a_draft("ibandronate", reasons=a_reason(Concept.EDEMA))
DELETE = "delete MedicationRequest/draft-ibandronate"
WARN = advice(RULE, "warning")


def treated(*reports: ImagingReport, draft: Order = FOR_EDEMA, **chart: Any) -> Patient:
    return a_patient(draft, **{"mri_reports": reports or (NEGATIVE,), "problems": (SYNDROME,), **chart})


def test_the_card() -> None:
    """Then: a warning that offers to remove the draft, and a specialist's review."""
    because = ["MedicationRequest/draft-ibandronate", "DiagnosticReport/mri"]
    offers = [DELETE, "specialist_review"]
    spec(treated(), advice(RULE, "warning", summary=SUMMARY, offers=offers, because=because, unchecked=False))


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        (Assertion.ABSENT, WARN),
        (Assertion.HISTORICAL, WARN),
        (Assertion.UNCERTAIN, satisfied(RULE)),
        (Assertion.PRESENT, satisfied(RULE)),
        (None, satisfied(RULE)),
    ],
)
def test_what_the_report_says(assertion: Assertion | None, expected: Expected) -> None:
    spec(treated(an_mri(assertion, site=HIP)), expected)


@pytest.mark.parametrize(("days", "expected"), [(183, WARN), (184, satisfied(RULE))])
def test_an_old_report_is_silent(days: int, expected: Expected) -> None:
    """When: the report is not older than six months; the site may set it."""
    old = an_mri(Assertion.ABSENT, site=HIP, when=days_ago(days))
    spec(treated(old), expected)
    spec(treated(old, policy={"negative-mri-days": 365}), WARN)


@pytest.mark.parametrize(
    "report",
    [
        an_mri(Assertion.ABSENT, site=OTHER_HIP),
        an_mri(Assertion.ABSENT, site=KNEE),
        an_mri(Assertion.ABSENT),
        an_mri(Assertion.ABSENT, site=HIP, preliminary=True),
    ],
    ids=["other side", "other region", "unknown place", "preliminary"],
)
def test_reports_that_say_nothing_of_the_site(report: ImagingReport) -> None:
    spec(treated(report), satisfied(RULE, remarked=False))


def test_the_newest_report_decides() -> None:
    newer = an_mri(site=HIP, when=days_ago(5))
    spec(treated(NEGATIVE, newer), satisfied(RULE))
    spec(treated(NEGATIVE, an_mri(site=HIP, when=days_ago(40))), WARN)


# -- which site is treated


def test_the_site_of_the_draft_comes_first() -> None:
    """When: the draft says where it goes; else the sites of the recorded edema."""
    at_knee = an_order(Concept.ESWT, reasons=a_reason(Concept.EDEMA), site=KNEE)
    spec(treated(draft=at_knee), satisfied(RULE))
    spec(treated(an_mri(Assertion.ABSENT, site=KNEE), draft=at_knee), WARN)


@pytest.mark.parametrize(
    "draft",
    [
        an_order(Concept.SYMPATHETIC_BLOCK, reasons=a_reason(Concept.EDEMA), site=Site(Region.SPINE)),
        replace(FOR_EDEMA, site=Site(Region.SHOULDER)),
    ],
    ids=["nerves that are blocked", "arm that is injected"],
)
def test_where_nothing_is_treated(draft: Order) -> None:
    """When: nerves are blocked or a medicine is injected elsewhere; the edema is what it treats."""
    spec(treated(draft=draft), WARN)


def test_the_site_of_the_reason_comes_next() -> None:
    """When: the draft's reason names the place; edema elsewhere is not what it treats."""
    draft = a_draft("ibandronate", reasons=a_reason(Concept.EDEMA, sites=[HIP]))
    at_knee = an_mri(site=KNEE, id="knee")
    both = (SYNDROME, a_problem(Concept.EDEMA_SYNDROME, site=KNEE, id="knee"))
    spec(treated(NEGATIVE, at_knee, draft=draft, problems=both), WARN)
    spec(treated(NEGATIVE, at_knee, problems=both), satisfied(RULE))
    spec(treated(NEGATIVE, draft=draft, problems=()), WARN)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.EDEMA, site=HIP), WARN),
        (a_problem(Concept.EDEMA_SYNDROME, site=Site(Region.HIP)), WARN),
        (a_problem(Concept.EDEMA_SYNDROME, site=ANYWHERE), satisfied(RULE)),
        (a_problem(Concept.EDEMA_SYNDROME, site=HIP, current=False), satisfied(RULE)),
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP), satisfied(RULE)),
    ],
)
def test_the_sites_of_the_recorded_edema(problem: Any, expected: Expected) -> None:
    spec(treated(problems=(problem,)), expected)


def test_edema_at_another_treated_site() -> None:
    """Unless: the medicine treats two sites, and one of them shows edema."""
    knee = a_problem(Concept.EDEMA, site=KNEE)
    both = (SYNDROME, knee)
    spec(treated(problems=both), WARN)
    spec(treated(NEGATIVE, an_mri(site=KNEE), problems=both), satisfied(RULE))
    two = a_problem(Concept.EDEMA_SYNDROME, site=Site(Region.HIP, Side.BOTH))
    spec(treated(NEGATIVE, an_mri(site=OTHER_HIP), problems=(two,)), satisfied(RULE))


# -- whom it concerns


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (a_draft("ibandronate"), WARN),
        (a_draft("ibandronate", reasons=a_reason(Concept.OSTEOPOROSIS)), not_applicable(RULE)),
        (a_draft("ibuprofen", reasons=a_reason(Concept.EDEMA)), not_applicable(RULE)),
        (an_order(Concept.PHYSIOTHERAPY, reasons=a_reason(Concept.EDEMA)), not_applicable(RULE)),
    ],
)
def test_drafts(draft: Order, expected: Expected) -> None:
    spec(treated(draft=draft), expected)


def test_a_procedure_is_not_removed() -> None:
    """Then: only a drafted medicine is offered to be removed."""
    draft = an_order(Concept.ESWT, reasons=a_reason(Concept.EDEMA))
    spec(treated(draft=draft), advice(RULE, "warning", offers=["specialist_review"]))


# -- what could not be read


def test_out_of_reach() -> None:
    spec(treated(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    partly = treated(mri_reports=cut_off(Need.MRI, NEGATIVE))
    spec(partly, advice(RULE, "warning", offers=["specialist_review"], unchecked=True))
    spec(treated(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(treated(an_mri(None, site=HIP, readable=False)), missing(RULE, Need.MRI))


def test_a_reason_that_cannot_be_read() -> None:
    draft = a_draft("ibandronate", reasons=UNREADABLE_REASON)
    spec(treated(draft=draft), missing(RULE, Need.PROBLEMS))
    spec(treated(an_mri(site=HIP), draft=draft), satisfied(RULE))


def test_an_undated_report_is_remarked() -> None:
    undated: Listing[ImagingReport] = Listing((), remarks=(unusable(Need.MRI),))
    spec(treated(mri_reports=undated), satisfied(RULE, remarked=True))
