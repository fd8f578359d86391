"""BME-DS-IMG-01: MRI contrast in pregnancy, severe kidney disease and gadolinium allergy."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Order, Reasons
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    UNREADABLE_REASON,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_allergy,
    an_mri,
    an_order,
    cut_off,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-IMG-01"
SUMMARY = "MRI contrast: pregnancy, severe kidney disease or contrast allergy - consider non-contrast first"
UNKNOWN = "Group I gadolinium agent and no recent eGFR - check kidney function or consider non-contrast first"
OFFER = "update ServiceRequest/draft: ask for an examination without contrast"
FOR_EDEMA = a_reason(Concept.EDEMA)
GROUP_I = a_draft("gadodiamide", selected=False)
WARN, CRITICAL = advice(RULE, "warning", arm="against"), advice(RULE, "critical", arm="against")


def mri(*concepts: Concept, reasons: Reasons = FOR_EDEMA) -> Order:
    return an_order(*(concepts or (Concept.MRI_ANY, Concept.MRI_WITH_CONTRAST)), reasons=reasons)


def imaged(*others: Order, draft: Order | None = None, **chart: Any) -> Patient:
    return a_patient(draft or mri(), *others, **chart)


def egfr(value: float, days: int = 1, *, at_most: bool = False) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days), at_most=at_most)


# -- When


def test_pregnancy() -> None:
    """Then: a warning that offers the examination without contrast."""
    patient = imaged(demographics=A_WOMAN, problems=(a_problem(Concept.PREGNANCY),))
    because = ["ServiceRequest/draft", "Condition/pregnancy"]
    expected = advice(RULE, "warning", summary=SUMMARY, offers=[OFFER], because=because, unchecked=False, arm="against")
    spec(patient, expected)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (egfr(29.9, 42), WARN),
        (egfr(30.0, 42), satisfied(RULE)),
        (egfr(29.9, 43), satisfied(RULE)),
        (egfr(30.0, at_most=True), WARN),
        (egfr(60.0, at_most=True), satisfied(RULE)),
    ],
)
def test_kidney_function(result: Result, expected: Expected) -> None:
    """When: eGFR below 30 in 42 days; missing or old it is silent with the usual agents."""
    spec(imaged(labs=(result,)), expected)


@pytest.mark.parametrize("failure", [Concept.ACUTE_KIDNEY_INJURY, Concept.DIALYSIS, Concept.END_STAGE_RENAL_DISEASE])
def test_kidney_failure(failure: Concept) -> None:
    spec(imaged(problems=(a_problem(failure),)), WARN)


@pytest.mark.parametrize(
    ("allergy", "expected"),
    [
        (an_allergy(Concept.GADOLINIUM_ALLERGY), WARN),
        (an_allergy("gadodiamide"), WARN),
        (an_allergy(Concept.GADOLINIUM_ALLERGY, severe=True), CRITICAL),
        (an_allergy(Concept.CONTRAST_MEDIA_ALLERGY, severe=True), satisfied(RULE)),
        (an_allergy(Concept.LATEX_ALLERGY), satisfied(RULE)),
    ],
)
def test_allergy(allergy: Any, expected: Expected) -> None:
    """When: to gadolinium, critical after a severe reaction; an allergy to iodinated contrast is another one."""
    spec(imaged(allergies=(allergy,)), expected)


def test_nothing_speaks_against_contrast() -> None:
    spec(imaged(), satisfied(RULE, remarked=False))


# -- the agent


def test_an_agent_of_group_i() -> None:
    """Then: critical in severe kidney disease; the drafted agent is shown. Pregnancy stays a warning."""
    agent = "MedicationRequest/draft-gadodiamide"
    spec(imaged(GROUP_I, labs=(egfr(20),)), advice(RULE, "critical", summary=SUMMARY, because=[agent]))
    spec(imaged(GROUP_I, labs=(egfr(90),)), satisfied(RULE))
    pregnant = imaged(GROUP_I, demographics=A_WOMAN, problems=(a_problem(Concept.PREGNANCY),))
    spec(pregnant, WARN)


def test_an_order_that_names_its_agent() -> None:
    """Then: as where the agent is drafted beside it; an agent of group II changes nothing."""
    contrast = (Concept.MRI_ANY, Concept.MRI_WITH_CONTRAST)
    group_1 = an_order(*contrast, reasons=FOR_EDEMA, agents=[DrugGroup.GADOLINIUM_GROUP_1])
    group_2 = an_order(*contrast, reasons=FOR_EDEMA, agents=[DrugGroup.GADOLINIUM_GROUP_2])
    spec(imaged(draft=group_1, labs=(egfr(20),)), advice(RULE, "critical", because=["ServiceRequest/draft"]))
    spec(imaged(draft=group_1), advice(RULE, "warning", summary=UNKNOWN, arm="missing"))
    spec(imaged(draft=group_2, labs=(egfr(20),)), WARN)
    spec(imaged(draft=group_2), satisfied(RULE))


def test_an_agent_of_group_i_and_no_recent_egfr() -> None:
    """Then: a warning in its own words, as nothing but the missing value was found."""
    agent = ["MedicationRequest/draft-gadodiamide"]
    expected = advice(RULE, "warning", summary=UNKNOWN, offers=[OFFER], because=agent, unchecked=False, arm="missing")
    spec(imaged(GROUP_I), expected)
    spec(imaged(GROUP_I, labs=(egfr(90, 43),)), expected)


@pytest.mark.parametrize(("others", "sentences"), [((), 1), ((GROUP_I,), 2)])
def test_the_agent_is_told(others: tuple[Order, ...], sentences: int) -> None:
    verdict = judge(RULE, imaged(*others, labs=(egfr(20),)))
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == sentences


# -- whom it concerns

ALLERGIC = (an_allergy(Concept.GADOLINIUM_ALLERGY),)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (mri(Concept.DYNAMIC_CONTRAST_MRI), WARN),
        (mri(Concept.MRI_ANY), not_applicable(RULE)),
        (mri(Concept.MRI_ANY, Concept.MRI_WITHOUT_CONTRAST), not_applicable(RULE)),
        (mri(Concept.CT_ANY, Concept.MRI_WITH_CONTRAST), not_applicable(RULE)),
        (mri(reasons=a_reason(Concept.PAIN_HIP)), WARN),
        (mri(reasons=a_reason(Concept.BACK_PAIN)), not_applicable(RULE)),
        (mri(reasons=Reasons()), not_applicable(RULE)),
    ],
)
def test_drafts(draft: Order, expected: Expected) -> None:
    """When: an MRI with contrast that asks for marrow edema or bone pain."""
    spec(imaged(draft=draft, allergies=ALLERGIC), expected)


def test_a_patient_with_marrow_edema() -> None:
    """When: whatever the MRI asks, with edema on MRI or on the problem list."""
    other = mri(reasons=a_reason(Concept.BACK_PAIN))
    spec(imaged(draft=other, allergies=ALLERGIC, problems=(a_problem(Concept.EDEMA),)), WARN)
    spec(imaged(draft=other, allergies=ALLERGIC, mri_reports=(an_mri(),)), WARN)


# -- what could not be read


def test_out_of_reach() -> None:
    spec(imaged(allergies=cut_off(Need.ALLERGIES)), missing(RULE, Need.ALLERGIES))
    spec(imaged(labs=cut_off(Need.KIDNEY_FUNCTION)), missing(RULE, Need.KIDNEY_FUNCTION))
    spec(imaged(GROUP_I, labs=cut_off(Need.KIDNEY_FUNCTION)), missing(RULE, Need.KIDNEY_FUNCTION))
    unread = imaged(labs=cut_off(Need.KIDNEY_FUNCTION), allergies=ALLERGIC)
    spec(unread, advice(RULE, "warning", unchecked=True))
    unasked = mri(reasons=a_reason(Concept.BACK_PAIN))
    spec(imaged(draft=unasked, mri_reports=cut_off(Need.MRI), allergies=ALLERGIC), missing(RULE, Need.MRI))
    spec(imaged(draft=unasked, mri_reports=cut_off(Need.MRI)), satisfied(RULE))
    spec(imaged(draft=mri(reasons=UNREADABLE_REASON), allergies=ALLERGIC), missing(RULE, Need.PROBLEMS))


def test_results_that_could_not_be_used_are_remarked() -> None:
    remark = Gap(Need.KIDNEY_FUNCTION, GapKind.UNUSABLE, "an eGFR is dated in the future", Concept.EGFR)
    unusable: Listing[Result] = Listing((), remarks=(remark,))
    spec(imaged(labs=unusable), satisfied(RULE, remarked=True))
    spec(imaged(labs=unusable, allergies=ALLERGIC), advice(RULE, "warning", remarked=True))
    low: Listing[Result] = Listing((egfr(90),), remarks=(remark,))
    spec(imaged(labs=low), satisfied(RULE, remarked=True))
