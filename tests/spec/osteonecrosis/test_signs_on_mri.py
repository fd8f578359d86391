"""BME-ON-01: signs of osteonecrosis on MRI."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Finding, Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_sign, an_encounter, an_event, an_mri, cut_off, unusable
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-ON-01"
SUMMARY = "MRI wording suggests osteonecrosis rather than transient BMES - orthopedic opinion advised"
HIP, OTHER_HIP = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
RIM = a_sign(Finding.RIM_SIGN, site=HIP)
REFER = "orthopedic_referral_urgent"
WARN = advice(RULE, "warning", summary=SUMMARY, offers=[REFER])


def seen(*signs: Any, **chart: Any) -> Patient:
    return a_patient(**{"mri_reports": (an_mri(Assertion.PRESENT, *(signs or (RIM,)), site=HIP),), **chart})


@pytest.mark.parametrize(
    ("finding", "said", "expected"),
    [
        (Finding.RIM_SIGN, Assertion.PRESENT, WARN),
        (Finding.OSTEONECROSIS_SIGN, Assertion.PRESENT, WARN),
        (Finding.RIM_SIGN, Assertion.ABSENT, satisfied(RULE)),
        (Finding.RIM_SIGN, Assertion.UNCERTAIN, satisfied(RULE)),
        (Finding.OSTEONECROSIS_SIGN, Assertion.HISTORICAL, satisfied(RULE)),
        (Finding.OSTEONECROSIS, Assertion.PRESENT, satisfied(RULE)),
        (Finding.SUBCHONDRAL_FRACTURE, Assertion.PRESENT, satisfied(RULE)),
    ],
)
def test_the_wording(finding: Finding, said: Assertion, expected: Expected) -> None:
    """When: a sign that is asserted; the name of the disease alone is none."""
    spec(seen(a_sign(finding, said, site=HIP)), expected)


def test_the_sentence_is_shown() -> None:
    """Then: the sentence that decided stands on the card; edema itself is not needed."""
    report = an_mri(None, RIM, site=HIP)
    spec(a_patient(mri_reports=(report,)), advice(RULE, "warning", because=["DiagnosticReport/mri"], unchecked=False))


def test_nothing_on_mri() -> None:
    """When: no report, or one without a sign."""
    spec(a_patient(), satisfied(RULE))
    spec(a_patient(mri_reports=(an_mri(site=HIP),)), satisfied(RULE))


@pytest.mark.parametrize(
    ("days", "expected"), [(30, satisfied(RULE)), (0, satisfied(RULE)), (31, WARN), (None, satisfied(RULE))]
)
def test_orthopedics_since_the_report(days: int | None, expected: Expected) -> None:
    """Unless: a visit, a referral or an appointment since the day of the report, which is 30 days old."""
    when = None if days is None else days_ago(days)
    spec(seen(encounters=(an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=when),)), expected)
    spec(seen(care=(an_event(Concept.REFERRAL_ORTHOPEDICS, when=when),)), expected)
    spec(seen(encounters=(an_encounter(Concept.SPECIALTY_RHEUMATOLOGY, when=when),)), WARN)


@pytest.mark.parametrize(
    ("problem", "offered"),
    [
        (a_problem(Concept.EDEMA_SYNDROME, site=HIP), True),
        (a_problem(Concept.EDEMA_SYNDROME), True),
        (a_problem(Concept.EDEMA_SYNDROME, site=OTHER_HIP), False),
        (a_problem(Concept.EDEMA_SYNDROME, site=HIP, provisional=True), False),
        (a_problem(Concept.EDEMA_SYNDROME, site=HIP, current=False), False),
        (a_problem(Concept.EDEMA, site=HIP), False),
    ],
)
def test_the_label(problem: Any, offered: bool) -> None:
    """Then: a confirmed syndrome of the site may be set to provisional; it is never refuted."""
    label = f"provisional {problem.fact.resource}"
    because = [problem.fact.resource] if offered else []
    spec(
        seen(problems=(problem,)),
        advice(RULE, "warning", offers=[REFER, *([label] if offered else [])], because=because),
    )


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"encounters": cut_off(Need.ENCOUNTERS)}, missing(RULE, Need.ENCOUNTERS)),
        ({"care": cut_off(Need.CARE)}, missing(RULE, Need.CARE)),
        ({"appointments": cut_off(Need.APPOINTMENTS)}, missing(RULE, Need.APPOINTMENTS)),
        ({"problems": cut_off(Need.PROBLEMS)}, advice(RULE, "warning", offers=[REFER], unchecked=True)),
        ({"mri_reports": cut_off(Need.MRI, an_mri(None, RIM, site=HIP))}, advice(RULE, "warning", unchecked=True)),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """A referral that may exist is not asked for again."""
    spec(seen(**chart), expected)


def test_reports_that_could_not_be_used_are_remarked() -> None:
    """Remarks of the reports stay on the card, and beside the silence."""
    report = an_mri(Assertion.PRESENT, RIM, site=HIP)
    spec(a_patient(mri_reports=Listing((report,), None, (unusable(Need.MRI),))), advice(RULE, "warning", remarked=True))
    spec(a_patient(mri_reports=Listing((), None, (unusable(Need.MRI),))), satisfied(RULE, remarked=True))
