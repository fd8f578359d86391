"""BME-DX-08: where cancer or destructive imaging stands beside a marrow edema, a tumor should be ruled out."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_sign, an_event, an_mri, cut_off
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-DX-08"
SUMMARY = "Marrow edema with cancer history or destructive imaging - rule out tumor or metastasis"
HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.KNEE, Side.LEFT)
EDEMA = an_mri(site=HIP)
CANCER = a_problem(Concept.MALIGNANCY)
FIRES = advice(RULE, "warning")


def seen(**chart: Any) -> Patient:
    return a_patient(**{"mri_reports": (EDEMA,), "problems": (CANCER,), **chart})


def test_cancer_on_record() -> None:
    """Then: a warning that offers a referral and a CT of the site."""
    because = ["DiagnosticReport/mri", "Condition/malignancy"]
    offers = ["oncology_referral", "ct_hip"]
    spec(seen(), advice(RULE, "warning", summary=SUMMARY, offers=offers, because=because, unchecked=False))


@pytest.mark.parametrize(
    "cancer",
    [
        *(Concept.MALIGNANCY_HISTORY, Concept.LEUKEMIA, Concept.LYMPHOMA, Concept.MULTIPLE_MYELOMA),
        *(Concept.BONE_METASTASIS, Concept.PRIMARY_BONE_TUMOR, Concept.NEOPLASTIC_FRACTURE),
    ],
)
def test_what_counts_as_cancer(cancer: Concept) -> None:
    """When: also provisional, only considered, in remission or over: all but refuted."""
    spec(seen(problems=(a_problem(cancer),)), FIRES)
    spec(seen(problems=(a_problem(cancer, current=False),)), FIRES)
    spec(seen(problems=(a_problem(cancer, provisional=True),)), FIRES)
    considered = a_problem(cancer, provisional=True, differential=True)
    spec(seen(problems=(), differentials=(considered,)), FIRES)


@pytest.mark.parametrize(
    "problem",
    [
        a_problem(Concept.MALIGNANCY, Concept.SKIN_CANCER_NOT_MELANOMA),
        a_problem(Concept.MGUS),
        a_problem(Concept.BENIGN_BONE_TUMOR),
    ],
)
def test_what_does_not(problem: Any) -> None:
    spec(seen(problems=(problem,)), satisfied(RULE))


@pytest.mark.parametrize("finding", [Seen.MASS, Seen.DESTRUCTION, Seen.PERIOSTEAL_REACTION])
@pytest.mark.parametrize(
    ("said", "expected"),
    [(Assertion.PRESENT, FIRES), (Assertion.UNCERTAIN, FIRES), (Assertion.ABSENT, satisfied(RULE))],
)
def test_destructive_wording(finding: Seen, said: Assertion, expected: Expected) -> None:
    """When: the report asserts or suspects it; denied wording does not count."""
    report = an_mri(Assertion.PRESENT, a_sign(finding, said, site=HIP), site=HIP)
    spec(seen(problems=(), mri_reports=(report,)), expected)


@pytest.mark.parametrize(
    ("sign", "report", "expected"),
    [
        (Site(Region.SACROILIAC), "mri", FIRES),
        (Site(Region.SHOULDER), "shoulder", satisfied(RULE)),
        (HIP, "later", FIRES),
    ],
)
def test_whose_wording_counts(sign: Site, report: str, expected: Expected) -> None:
    """When: in the report of the edema, wherever; in another one only at the same site."""
    mass = a_sign(Seen.MASS, site=sign, report=report)
    reports = (
        (an_mri(Assertion.PRESENT, mass, site=HIP),) if report == "mri" else (EDEMA, an_mri(None, mass, id=report))
    )
    spec(seen(problems=(), mri_reports=reports), expected)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (a_problem(Concept.WEIGHT_LOSS, onset=days_ago(90)), FIRES),
        (a_problem(Concept.WEIGHT_LOSS, onset=days_ago(91)), satisfied(RULE)),
        (a_problem(Concept.WEIGHT_LOSS, recorded=None), satisfied(RULE)),
        (a_problem(Concept.WEIGHT_LOSS, current=False), satisfied(RULE)),
    ],
)
def test_weight_loss(loss: Any, expected: Expected) -> None:
    spec(seen(problems=(loss,)), expected)


WORK_UP = [
    {"care": (an_event(Concept.CT_ANY, when=days_ago(30)),)},
    {"care": (an_event(Concept.CT_ANY, when=days_ago(30), site=HIP),)},
    {"care": (an_event(Concept.BONE_BIOPSY, when=days_ago(1)),)},
    {"care": (an_event(Concept.REFERRAL_ONCOLOGY, when=days_ago(1), site=KNEE),)},
    {"care": (an_event(Concept.REFERRAL_ONCOLOGY, when=None),)},
    {"appointments": (an_event(Concept.REFERRAL_ONCOLOGY, when=days_ago(-5)),)},
    {"procedures": (an_event(Concept.BONE_BIOPSY, when=days_ago(1)),)},
]


@pytest.mark.parametrize("chart", WORK_UP)
def test_it_is_looked_for(chart: dict[str, Any]) -> None:
    """Unless: CT, biopsy or oncology was asked for on the day of the report or since."""
    spec(seen(**chart), satisfied(RULE))


@pytest.mark.parametrize(
    "event",
    [
        an_event(Concept.CT_ANY, when=days_ago(31)),
        an_event(Concept.CT_ANY, when=days_ago(1), site=KNEE),
        an_event(Concept.REFERRAL_ORTHOPEDICS, when=days_ago(1)),
    ],
)
def test_what_is_no_work_up_of_it(event: Any) -> None:
    spec(seen(care=(event,)), FIRES)


def test_one_edema_of_two_is_looked_at() -> None:
    reports = (EDEMA, an_mri(site=KNEE, id="knee"))
    patient = seen(mri_reports=reports, care=(an_event(Concept.CT_ANY, site=HIP, when=days_ago(1)),))
    offers = ["oncology_referral", "ct_knee"]
    spec(patient, advice(RULE, "warning", offers=offers, because=["DiagnosticReport/knee"]))


@pytest.mark.parametrize("report", [an_mri(Assertion.ABSENT, site=HIP), an_mri(site=HIP, preliminary=True)])
def test_no_edema(report: Any) -> None:
    spec(seen(mri_reports=(report,)), satisfied(RULE))


def test_out_of_reach() -> None:
    spec(seen(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(seen(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(seen(problems=cut_off(Need.PROBLEMS, CANCER)), advice(RULE, "warning", unchecked=True))
    spec(seen(mri_reports=cut_off(Need.MRI, EDEMA)), advice(RULE, "warning", unchecked=True))
    spec(seen(care=cut_off(Need.CARE)), missing(RULE, Need.CARE))
    spec(seen(appointments=cut_off(Need.APPOINTMENTS)), missing(RULE, Need.APPOINTMENTS))
    spec(seen(procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    spec(seen(problems=(), care=cut_off(Need.CARE)), satisfied(RULE))
    unreadable = an_mri(None, site=KNEE, readable=False, id="knee")
    spec(seen(problems=(), mri_reports=(EDEMA, unreadable)), missing(RULE, Need.MRI))
