"""BME-DX-03: a normal radiograph of the first weeks does not rule out marrow edema."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.imaging import Modality
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_sign, an_event, an_mri, cut_off
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-DX-03"
SUMMARY = "X-ray can be normal for 1-2 months in bone marrow edema syndrome - it does not rule it out"
HIP = Site(Region.HIP, Side.LEFT)
PAIN = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(50))


def xray(days: int = 35, *signs: Any, site: Site = HIP, **changed: Any) -> Any:
    return an_mri(None, *signs, site=site, when=days_ago(days), modality=Modality.RADIOGRAPH, id="xray", **changed)


def with_xray(**chart: Any) -> Patient:
    return a_patient(**{"problems": (PAIN,), "radiographs": (xray(),), **chart})


FIRES = advice(RULE, "info")


def test_a_normal_early_radiograph() -> None:
    """Then: it is said, and an MRI offered."""
    because = ["Condition/pain_hip", "DiagnosticReport/xray"]
    spec(with_xray(), advice(RULE, "info", summary=SUMMARY, offers=["mri_hip"], because=because, unchecked=False))


@pytest.mark.parametrize(
    ("began", "taken", "expected"),
    [(100, 40, FIRES), (100, 39, satisfied(RULE)), (50, 50, FIRES), (50, 51, satisfied(RULE))],
)
def test_how_early(began: int, taken: int, expected: Expected) -> None:
    """When: it was taken from the onset to its 60th day."""
    pain = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(began))
    spec(with_xray(problems=(pain,), radiographs=(xray(taken),)), expected)


@pytest.mark.parametrize(
    "chart",
    [
        {"radiographs": ()},
        {"radiographs": (xray(35, a_sign(Seen.FRACTURE, site=HIP)),)},
        {"radiographs": (xray(35, a_sign(Seen.OSTEOPENIA, site=HIP)),)},
        {"radiographs": (xray(site=Site(Region.KNEE)),)},
        {"mri_reports": (an_mri(None, site=HIP, when=days_ago(400)),)},
        {"imaging_studies": (an_event(Concept.MRI_ANY, site=HIP),)},
        {"care": (an_event(Concept.MRI_ANY, site=HIP, open=True),)},
        {"problems": (PAIN, a_problem(Concept.OSTEOARTHRITIS, site=HIP))},
        {"problems": (PAIN, a_problem(Concept.EDEMA_SYNDROME, site=Site(Region.KNEE), onset=days_ago(300)))},
    ],
    ids=["none", "fracture", "osteopenia", "elsewhere", "MRI", "study", "requested", "explained", "second site"],
)
def test_silent(chart: dict[str, Any]) -> None:
    spec(with_xray(**chart), satisfied(RULE))


def test_out_of_reach() -> None:
    spec(a_patient(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(with_xray(radiographs=cut_off(Need.RADIOGRAPHS)), missing(RULE, Need.RADIOGRAPHS))
    spec(with_xray(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    knee = a_problem(Concept.PAIN_KNEE, site=Site(Region.KNEE), onset=days_ago(50))
    spec(
        with_xray(problems=(PAIN, knee), radiographs=cut_off(Need.RADIOGRAPHS, xray())),
        advice(RULE, "info", offers=["mri_hip"], unchecked=True),
    )


@pytest.mark.parametrize("changed", [{"readable": False}, {"complete": False}], ids=["report", "results"])
def test_a_radiograph_that_could_not_be_read_is_not_a_normal_one(changed: Any) -> None:
    """It may show a fracture: missing, unless its words say that it does, or another radiograph is normal."""
    spec(with_xray(radiographs=(xray(**changed),)), missing(RULE, Need.RADIOGRAPHS))
    spec(with_xray(radiographs=(xray(61, **changed),)), satisfied(RULE))
    spec(with_xray(radiographs=(xray(35, **changed), xray(30))), advice(RULE, "info", unchecked=True))


def test_what_a_radiograph_says_counts_whatever_its_results() -> None:
    fracture = a_sign(Seen.FRACTURE, site=HIP)
    denied = a_sign(Seen.FRACTURE, Assertion.ABSENT, site=HIP)
    spec(with_xray(radiographs=(xray(35, fracture, complete=False),)), satisfied(RULE))
    spec(with_xray(radiographs=(xray(35, denied, complete=False),)), FIRES)
