"""BME-ON-04: sickle cell disease and glucocorticoids."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_medication,
    a_patient,
    a_problem,
    an_encounter,
    an_event,
    an_mri,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-ON-04"
SUMMARY = "Risk factor for bone infarction present - weigh osteonecrosis before BMES"
HIP, OTHER_HIP = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
SICKLE = a_problem(Concept.SICKLE_CELL_DISEASE)
MRI = an_mri(site=HIP)
SAY = advice(RULE, "info", summary=SUMMARY, offers=["mri_both_sides"])
SILENT = satisfied(RULE)


def a_steroid(days: int = 30, **order: Any) -> Any:
    return a_medication("prednisone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC, **{"written": days_ago(days), **order})


def at_risk(*problems: Any, **chart: Any) -> Patient:
    return a_patient(**{"problems": problems, "mri_reports": (MRI,), **chart})


def test_sickle_cell_disease() -> None:
    """Then: the factor is named, and an MRI of both sides offered."""
    because = ["Condition/sickle_cell_disease", "DiagnosticReport/mri"]
    spec(at_risk(SICKLE), SAY, advice(RULE, "info", because=because, says=["Sickle cell disease"], unchecked=False))


def test_a_glucocorticoid() -> None:
    """Then: the medicine is named."""
    expected = advice(RULE, "info", because=["MedicationRequest/prednisone"], says=["glucocorticoid for a month"])
    spec(at_risk(medications=(a_steroid(),)), SAY, expected)


@pytest.mark.parametrize(
    ("medicine", "expected"),
    [
        (a_steroid(29), SILENT),
        (a_steroid(written=None), SILENT),
        (a_steroid(route=Route.INHALATION), SILENT),
        (a_steroid(route=Route.LOCAL), SILENT),
        (a_steroid(460, standing=Standing.ENDED, stopped=days_ago(365)), SAY),
        (a_steroid(460, standing=Standing.ENDED, stopped=days_ago(366)), SILENT),
        (a_steroid(100, standing=Standing.ENDED, stopped=days_ago(71)), SILENT),
        (a_medication("triamcinolone", written=days_ago(100)), SILENT),
    ],
)
def test_other_courses(medicine: Any, expected: Expected) -> None:
    """When: 30 days or more of a systemic glucocorticoid, in use or stopped in the last year."""
    spec(at_risk(medications=(medicine,)), expected)


@pytest.mark.parametrize(
    "problem",
    [a_problem(Concept.SICKLE_CELL_TRAIT), a_problem(Concept.SICKLE_CELL_DISEASE, current=False)],
)
def test_no_risk(problem: Any) -> None:
    """When: the trait does not count."""
    spec(at_risk(problem), SILENT)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (Site(Region.HIP), SAY),
        (Site(Region.KNEE, Side.LEFT), SAY),
        (Site(Region.SHOULDER), SAY),
        (Site(Region.ANKLE_FOOT), SILENT),
        (ANYWHERE, SILENT),
    ],
)
def test_the_site(site: Site, expected: Expected) -> None:
    """When: edema of hip, knee or shoulder, on MRI or on the problem list."""
    spec(at_risk(SICKLE, mri_reports=(an_mri(site=site),)), expected)
    for concept in (Concept.EDEMA, Concept.EDEMA_SYNDROME):
        spec(at_risk(SICKLE, a_problem(concept, site=site), mri_reports=()), expected)


def test_no_edema() -> None:
    """When: without edema a risk factor says nothing."""
    spec(at_risk(SICKLE, mri_reports=(an_mri(Assertion.ABSENT, site=HIP),)), SILENT)


@pytest.mark.parametrize(("days", "expected"), [(365, SILENT), (366, SAY)])
def test_orthopedics(days: int, expected: Expected) -> None:
    """Unless: orthopedics was visited or asked in the last year."""
    spec(at_risk(SICKLE, encounters=(an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=days_ago(days)),)), expected)
    spec(at_risk(SICKLE, care=(an_event(Concept.REFERRAL_ORTHOPEDICS, when=days_ago(days)),)), expected)


@pytest.mark.parametrize(
    ("site", "expected"), [(HIP, SILENT), (Site(Region.HIP), SILENT), (ANYWHERE, SILENT), (OTHER_HIP, SAY)]
)
def test_dynamic_contrast_mri(site: Site, expected: Expected) -> None:
    """Unless: a dynamic contrast MRI of the site was made or is ordered."""
    dynamic = an_event(Concept.DYNAMIC_CONTRAST_MRI, site=site, open=True)
    spec(at_risk(SICKLE, imaging_studies=(dynamic,)), expected)
    spec(at_risk(SICKLE, care=(dynamic,)), expected)
    spec(at_risk(SICKLE, imaging_studies=(an_event(Concept.MRI_ANY, site=site),)), SAY)


def test_dynamic_contrast_mri_among_orders_and_reports() -> None:
    """Unless: the report itself is of such a study; an order that is closed says nothing."""
    closed = an_event(Concept.DYNAMIC_CONTRAST_MRI, site=HIP)
    spec(at_risk(SICKLE, care=(closed,)), SAY)
    for site, expected in ((HIP, SILENT), (OTHER_HIP, SAY)):
        dynamic = an_mri(None, site=site, concepts=[Concept.DYNAMIC_CONTRAST_MRI], when=days_ago(60), id="dynamic")
        spec(at_risk(SICKLE, mri_reports=(MRI, dynamic)), expected)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"mri_reports": cut_off(Need.MRI), "problems": ()}, SILENT),
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": ()}, missing(RULE, Need.PROBLEMS)),
        ({"problems": (), "medications": cut_off(Need.MEDICATIONS)}, missing(RULE, Need.MEDICATIONS)),
        (
            {"problems": (), "administrations_gap": out_of_reach(Need.STOPPED_MEDICATIONS)},
            missing(RULE, Need.STOPPED_MEDICATIONS),
        ),
        ({"encounters": cut_off(Need.ENCOUNTERS)}, missing(RULE, Need.ENCOUNTERS)),
        ({"care": cut_off(Need.CARE)}, missing(RULE, Need.CARE)),
        ({"imaging_studies": cut_off(Need.IMAGING_STUDIES)}, missing(RULE, Need.IMAGING_STUDIES)),
        ({"medications": cut_off(Need.MEDICATIONS)}, advice(RULE, "info", summary=SUMMARY, unchecked=True)),
        ({"mri_reports": cut_off(Need.MRI, MRI)}, advice(RULE, "info", summary=SUMMARY, unchecked=True)),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """Without a risk factor the edema need not be known, and the other way round."""
    spec(a_patient(**{"problems": (SICKLE,), "mri_reports": (MRI,), **chart}), expected)
