"""BME-ON-05: complex regional pain syndrome as alternative."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import a_patient, a_problem, an_mri, cut_off
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-ON-05"
SUMMARY = "Signs of complex regional pain syndrome - check Budapest criteria before labeling BMES"
FOOT, KNEE = Site(Region.ANKLE_FOOT, Side.LEFT), Site(Region.KNEE, Side.LEFT)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME, site=FOOT)
ALLODYNIA = a_problem(Concept.ALLODYNIA, site=FOOT)
COLOR = a_problem(Concept.SKIN_COLOR_ASYMMETRY)
ALGODYSTROPHY = a_problem(Concept.ALGONEURODYSTROPHY)
ASK = advice(RULE, "info", summary=SUMMARY, offers=["pain_clinic_referral"])
SILENT = satisfied(RULE)


def with_syndrome(*problems: Any, **chart: Any) -> Patient:
    return a_patient(problems=(SYNDROME, *problems), **chart)


def test_two_signs() -> None:
    """Then: a prompt with a pain clinic; syndrome and signs stand on the card."""
    because = ["Condition/bone_marrow_edema_syndrome", "Condition/allodynia", "Condition/skin_color_asymmetry"]
    spec(with_syndrome(ALLODYNIA, COLOR), ASK, advice(RULE, "info", because=because, unchecked=False))


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ((), SILENT),
        ((ALLODYNIA,), SILENT),
        ((ALLODYNIA, a_problem(Concept.ALLODYNIA, id="again")), SILENT),
        ((ALLODYNIA, a_problem(Concept.SWEATING_ASYMMETRY)), ASK),
        ((ALLODYNIA, a_problem(Concept.SKIN_TEMPERATURE_ASYMMETRY)), ASK),
        ((a_problem(Concept.SKIN_TEMPERATURE_ASYMMETRY, Concept.SKIN_COLOR_ASYMMETRY),), ASK),
        ((ALLODYNIA, a_problem(Concept.SKIN_COLOR_ASYMMETRY, site=KNEE)), SILENT),
        ((ALLODYNIA, a_problem(Concept.SKIN_COLOR_ASYMMETRY, current=False)), SILENT),
        ((ALLODYNIA, a_problem(Concept.LOCALIZED_SWELLING)), SILENT),
    ],
)
def test_signs(problems: Any, expected: Expected) -> None:
    """When: two different signs at the site of the syndrome, or without a site."""
    spec(with_syndrome(*problems), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.CRPS, site=FOOT, provisional=True), ASK),
        (a_problem(Concept.CRPS, provisional=True), ASK),
        (a_problem(Concept.CRPS, site=KNEE, provisional=True), SILENT),
        (a_problem(Concept.CRPS, site=FOOT, provisional=True, current=False), SILENT),
        (a_problem(Concept.CRPS, site=FOOT), SILENT),
        (a_problem(Concept.GOUT, site=FOOT, provisional=True), SILENT),
    ],
)
def test_suspected(problem: Any, expected: Expected) -> None:
    """When: it is suspected at the site; a confirmed one contradicts the label, which another rule says."""
    spec(with_syndrome(problem), expected)


def test_only_considered() -> None:
    """When: a differential diagnosis counts."""
    considered = a_problem(Concept.CRPS, site=FOOT, differential=True)
    spec(with_syndrome(differentials=(considered,)), ASK)


def test_no_syndrome() -> None:
    """When: without an edema syndrome signs say nothing here."""
    spec(a_patient(problems=(ALLODYNIA, COLOR)), SILENT)
    over = a_problem(Concept.EDEMA_SYNDROME, site=FOOT, current=False)
    spec(a_patient(problems=(over, ALLODYNIA, COLOR)), SILENT)


def test_one_of_two_syndromes() -> None:
    """When: the syndrome at whose site the signs are."""
    knee = a_problem(Concept.EDEMA_SYNDROME, site=KNEE, id="knee")
    signs = (ALLODYNIA, a_problem(Concept.SKIN_COLOR_ASYMMETRY, site=FOOT))
    spec(a_patient(problems=(knee, SYNDROME, *signs)), ASK)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"problems": (ALGODYSTROPHY,)}, SILENT),
        ({"problems": (ALGODYSTROPHY, SYNDROME)}, ASK),
        ({"problems": (ALGODYSTROPHY, a_problem(Concept.EDEMA))}, ASK),
        ({"problems": (ALGODYSTROPHY,), "mri_reports": (an_mri(site=FOOT),)}, ASK),
        ({"problems": (ALGODYSTROPHY,), "mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"mri_reports": (an_mri(site=FOOT),)}, SILENT),
        (
            {"problems": (a_problem(Concept.ALGONEURODYSTROPHY, current=False),), "mri_reports": (an_mri(site=FOOT),)},
            SILENT,
        ),
    ],
)
def test_algodystrophy(chart: Any, expected: Expected) -> None:
    """When: the word names either disease; with marrow edema it is reviewed."""
    spec(a_patient(**chart), expected)


def test_algodystrophy_on_the_card() -> None:
    """Then: the word and the edema stand on the card."""
    because = ["Condition/algoneurodystrophy", "DiagnosticReport/mri"]
    spec(
        a_patient(problems=(ALGODYSTROPHY,), mri_reports=(an_mri(site=FOOT),)),
        advice(RULE, "info", because=because, unchecked=False),
    )


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        (cut_off(Need.PROBLEMS), missing(RULE, Need.PROBLEMS)),
        (cut_off(Need.PROBLEMS, SYNDROME, ALLODYNIA), missing(RULE, Need.PROBLEMS)),
        (cut_off(Need.PROBLEMS, SYNDROME, ALLODYNIA, COLOR), advice(RULE, "info", summary=SUMMARY, unchecked=True)),
        (cut_off(Need.PROBLEMS, ALGODYSTROPHY), missing(RULE, Need.PROBLEMS)),
    ],
)
def test_out_of_reach(problems: Any, expected: Expected) -> None:
    """A second sign may stand in the part that could not be read."""
    spec(a_patient(problems=problems), expected)
