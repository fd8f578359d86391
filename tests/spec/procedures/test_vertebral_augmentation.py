"""BME-DS-VAU-01: contraindications and open questions before vertebral augmentation."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.model import GapKind, Listing
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_allergy,
    an_mri,
    an_order,
    cut_off,
    unusable,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-VAU-01"
CONTRAINDICATED = "Vertebral augmentation: contraindication or open bleeding question"
NO_EDEMA = "Vertebral augmentation: the recent MRI shows no marrow edema - is the fracture still unhealed?"
UNTESTED = "Vertebral augmentation: no recent INR or platelet count on record - bleeding risk not checked"
SPINE, FOOT = Site(Region.SPINE), Site(Region.ANKLE_FOOT)
CEMENT = an_order(Concept.KYPHOPLASTY, Concept.VERTEBRAL_AUGMENTATION)
TESTED = [a_result(Concept.INR, 1.0), a_result(Concept.PLATELETS, 200.0)]
DELETE = "delete ServiceRequest/draft"
CRITICAL = advice(RULE, "critical", summary=CONTRAINDICATED, offers=[DELETE])
MISSING = advice(RULE, "info", summary=UNTESTED, offers=[], arm="missing", unchecked=False)


@pytest.mark.parametrize("concept", [Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY])
def test_which_orders(concept: Concept) -> None:
    """When: any way of augmentation."""
    spec(a_patient(an_order(concept), labs=TESTED), satisfied(RULE))
    spec(a_patient(an_order(Concept.CORE_DECOMPRESSION)), not_applicable(RULE))


@pytest.mark.parametrize(
    "concept",
    [
        Concept.OSTEOMYELITIS,
        Concept.SEPSIS,
        Concept.SERIOUS_INFECTION,
        Concept.UNSTABLE_VERTEBRAL_FRACTURE,
        Concept.MYELOPATHY,
        Concept.CAUDA_EQUINA,
    ],
)
def test_contraindications_on_the_problem_list(concept: Concept) -> None:
    """When: an active infection, an unstable fracture or the cord at risk. Then: critical."""
    spec(a_patient(CEMENT, labs=TESTED, problems=[a_problem(concept)]), CRITICAL)


@pytest.mark.parametrize("concept", [Concept.CELLULITIS, Concept.ABSCESS])
def test_an_infection_elsewhere(concept: Concept) -> None:
    """When: any active infection, wherever it is; an ulcer and a foreign joint count at the spine only."""
    spec(a_patient(CEMENT, labs=TESTED, problems=[a_problem(concept, site=FOOT)]), CRITICAL)
    spec(a_patient(CEMENT, labs=TESTED, problems=[a_problem(concept)]), CRITICAL)
    spec(a_patient(CEMENT, labs=TESTED, problems=[a_problem(Concept.FOOT_ULCER, site=FOOT)]), satisfied(RULE))
    lumbar = an_order(Concept.KYPHOPLASTY, site=SPINE)
    spec(a_patient(lumbar, labs=TESTED, problems=[a_problem(concept, site=FOOT)]), CRITICAL)


def test_cement_allergy() -> None:
    """When: an allergy to bone cement; another allergy is none."""
    spec(a_patient(CEMENT, labs=TESTED, allergies=[an_allergy(Concept.BONE_CEMENT_ALLERGY)]), CRITICAL)
    spec(a_patient(CEMENT, labs=TESTED, allergies=[an_allergy(Concept.LATEX_ALLERGY)]), satisfied(RULE))


@pytest.mark.parametrize(
    ("inr", "platelets", "expected"),
    [
        (a_result(Concept.INR, 1.51), TESTED[1], CRITICAL),
        (a_result(Concept.INR, 1.5), TESTED[1], satisfied(RULE)),
        (TESTED[0], a_result(Concept.PLATELETS, 49.9), CRITICAL),
        (TESTED[0], a_result(Concept.PLATELETS, 50.0), satisfied(RULE)),
        (a_result(Concept.INR, 1.9, when=days_ago(7)), TESTED[1], CRITICAL),
        (a_result(Concept.INR, 1.9, when=days_ago(8)), TESTED[1], MISSING),
        (TESTED[0], a_result(Concept.PLATELETS, 20.0, when=days_ago(7)), CRITICAL),
        (TESTED[0], a_result(Concept.PLATELETS, 20.0, when=days_ago(8)), MISSING),
        (a_result(Concept.INR, 1.6, at_most=True), TESTED[1], MISSING),
        (TESTED[0], a_result(Concept.PLATELETS, 40.0, at_least=True), MISSING),
        (a_result(Concept.INR, 1.9), None, CRITICAL),
        (None, TESTED[1], MISSING),
        (TESTED[0], None, MISSING),
    ],
)
def test_clotting(inr: Any, platelets: Any, expected: Any) -> None:
    """When: INR above 1.5 or platelets below 50 of the last 7 days; missing or undecided values are an info."""
    spec(a_patient(CEMENT, labs=[lab for lab in (inr, platelets) if lab]), expected)


def test_two_values_of_one_sample() -> None:
    """When: both must decide."""
    inr = [TESTED[0], a_result(Concept.INR, 1.6, at_most=True, id="other")]
    spec(a_patient(CEMENT, labs=[*inr, TESTED[1]]), MISSING)
    platelets = [TESTED[1], a_result(Concept.PLATELETS, 40.0, at_least=True, id="other")]
    spec(a_patient(CEMENT, labs=[TESTED[0], *platelets]), MISSING)


def test_an_anticoagulant() -> None:
    """When: active or drafted, a warning, before what is missing."""
    card = advice(RULE, "warning", summary=CONTRAINDICATED, offers=[DELETE])
    spec(a_patient(CEMENT, medications=[a_medication("apixaban")]), card)
    spec(a_patient(CEMENT, a_draft("apixaban")), card)
    ended = a_medication("apixaban", standing=Standing.ENDED)
    spec(a_patient(CEMENT, labs=TESTED, medications=[ended]), satisfied(RULE))


@pytest.mark.parametrize(
    ("mri", "expected"),
    [
        (an_mri(Assertion.ABSENT, site=SPINE, when=days_ago(90)), "warning"),
        (an_mri(Assertion.ABSENT, site=SPINE, when=days_ago(91)), None),
        (an_mri(Assertion.PRESENT, site=SPINE), None),
        (an_mri(None, site=SPINE), None),
        (an_mri(Assertion.ABSENT, site=FOOT), None),
    ],
)
def test_no_edema_on_the_mri(mri: Any, expected: Any) -> None:
    """When: the newest MRI of the spine, not older than 90 days, says that there is no edema."""
    patient = a_patient(CEMENT, labs=TESTED, mri_reports=[mri])
    spec(patient, advice(RULE, expected, summary=NO_EDEMA, offers=[DELETE]) if expected else satisfied(RULE))


def test_everything_on_one_card() -> None:
    """Then: critical with all that was found."""
    patient = a_patient(
        CEMENT,
        problems=[a_problem(Concept.MYELOPATHY)],
        medications=[a_medication("apixaban")],
        mri_reports=[an_mri(Assertion.ABSENT, site=SPINE)],
    )
    because = ["ServiceRequest/draft", "Condition/myelopathy", "MedicationRequest/apixaban", "DiagnosticReport/mri"]
    spec(patient, advice(RULE, "critical", summary=CONTRAINDICATED, because=because))
    patient = a_patient(
        CEMENT, medications=[a_medication("apixaban")], mri_reports=[an_mri(Assertion.ABSENT, site=SPINE)]
    )
    spec(patient, advice(RULE, "warning", summary=CONTRAINDICATED))


@pytest.mark.parametrize(
    ("chart", "about"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, Need.PROBLEMS),
        ({"medications": cut_off(Need.MEDICATIONS)}, Need.MEDICATIONS),
        ({"labs": cut_off(Need.INR)}, Need.INR),
        ({"allergies": cut_off(Need.ALLERGIES)}, Need.ALLERGIES),
        ({"mri_reports": cut_off(Need.MRI)}, Need.MRI),
        ({"screening_labs": cut_off(Need.INFLAMMATION)}, Need.INFLAMMATION),
    ],
)
def test_out_of_reach(chart: Any, about: Need) -> None:
    """A failed query is never "no contraindication"; it is named beside a finding, and no missing test hides it."""
    complete = {"labs": TESTED, **chart}
    spec(a_patient(CEMENT, **complete), missing(RULE, about))
    if "medications" not in chart:
        spec(a_patient(CEMENT, medications=[a_medication()], **complete), advice(RULE, "warning", unchecked=True))
    if "labs" not in chart:
        spec(a_patient(CEMENT, **chart), missing(RULE, about))


def test_what_could_not_be_used_beside_a_missing_test() -> None:
    """Then: the information card names it."""
    allergies: Any = Listing(gap=unusable(Need.ALLERGIES))
    spec(a_patient(CEMENT, allergies=allergies), advice(RULE, "info", unchecked=True))
    spec(a_patient(CEMENT, labs=TESTED, allergies=allergies), missing(RULE, Need.ALLERGIES, GapKind.UNUSABLE))


def test_results_that_cannot_be_used_are_not_missing() -> None:
    """Then: the check could not be made; nobody is asked for a test that may be there."""
    labs: Any = Listing(gap=unusable(Need.INR))
    spec(a_patient(CEMENT, labs=labs), missing(RULE, Need.INR, GapKind.UNUSABLE))


def test_a_cut_off_list_of_results() -> None:
    """One normal value arrived; the rest may hold a newer one."""
    labs: Any = cut_off(Need.INR, TESTED[0])
    spec(a_patient(CEMENT, labs=labs), missing(RULE, Need.INR))
    labs = cut_off(Need.INR, TESTED[1])
    spec(a_patient(CEMENT, labs=labs), missing(RULE, Need.INR))


def test_unusable_reports_are_remarked() -> None:
    """Recorded data that could not be used are named."""
    reports: Any = Listing(remarks=(unusable(Need.MRI),))
    spec(a_patient(CEMENT, labs=TESTED, mri_reports=reports), satisfied(RULE, remarked=True))
    spec(a_patient(CEMENT, mri_reports=reports), advice(RULE, "info", remarked=True))
    spec(a_patient(CEMENT, mri_reports=reports, medications=[a_medication()]), advice(RULE, "warning", remarked=True))
