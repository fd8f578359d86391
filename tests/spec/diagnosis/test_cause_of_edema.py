"""BME-DX-01: the cause of a marrow edema should be looked for before it is treated."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_mri,
    an_order,
    cut_off,
    unusable,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DX-01"
SUMMARY = "Bone marrow edema on MRI without a recorded cause - establish etiology before treatment"
FOOT = Site(Region.ANKLE_FOOT, Side.RIGHT)
EDEMA = an_mri(site=FOOT)
CONDITION, CRP, ESR = "edema_under_investigation", "crp_test", "esr_test"
PROMPT = advice(RULE, "info", arm="chart")
FOR_EDEMA = a_draft("ibandronate", reasons=a_reason(Concept.EDEMA))


def seen(*drafts: Order, **chart: Any) -> Patient:
    return a_patient(*drafts, **{"mri_reports": (EDEMA,), **chart})


# -- When


def test_the_chart_is_opened() -> None:
    """Then: a prompt that offers the diagnosis to be worked up, and the tests of inflammation that are missing."""
    offers = [CONDITION, CRP, ESR]
    stands_on = ["DiagnosticReport/mri"]
    expected = advice(RULE, "info", summary=SUMMARY, offers=offers, because=stands_on, unchecked=False, arm="chart")
    spec(seen(), expected)


def test_a_treatment_is_ordered() -> None:
    """Then: a warning, as treatment is about to start without a cause. Nothing is removed."""
    because = ["MedicationRequest/draft-ibandronate", "DiagnosticReport/mri"]
    expected = advice(RULE, "warning", summary=SUMMARY, offers=[CONDITION, CRP, ESR], because=because, arm="order")
    spec(seen(FOR_EDEMA), expected)


@pytest.mark.parametrize(
    "draft",
    [
        a_draft("iloprost", reasons=a_reason(Concept.EDEMA)),
        a_draft("denosumab", reasons=a_reason(Concept.EDEMA)),
        a_draft("nifedipine", reasons=a_reason(Concept.EDEMA)),
        a_draft("adalimumab", reasons=a_reason(Concept.EDEMA_SYNDROME)),
        an_order(Concept.ESWT, reasons=a_reason(Concept.EDEMA)),
        an_order(Concept.PEMF, reasons=a_reason(Concept.EDEMA)),
        an_order(Concept.CORE_DECOMPRESSION, reasons=a_reason(Concept.EDEMA)),
        an_order(Concept.SYMPATHETIC_BLOCK, reasons=a_reason(Concept.EDEMA)),
        an_order(Concept.PLATELET_RICH_PLASMA, reasons=a_reason(Concept.EDEMA)),
        an_order(Concept.CELL_THERAPY, reasons=a_reason(Concept.EDEMA)),
    ],
)
def test_therapies_of_edema(draft: Order) -> None:
    """When: vs-bme-therapy."""
    spec(seen(draft), advice(RULE, "warning"))


@pytest.mark.parametrize(
    "draft",
    [
        a_draft("ibandronate", reasons=a_reason(Concept.OSTEOPOROSIS)),
        a_draft("ibuprofen", reasons=a_reason(Concept.EDEMA)),
        a_draft("amlodipine", group=a_draft("nifedipine").medication.medicine.drugs[0].group),  # type: ignore[union-attr]
        an_order(Concept.PHYSIOTHERAPY, reasons=a_reason(Concept.EDEMA)),
    ],
    ids=["another reason", "NSAID", "another calcium channel blocker", "physiotherapy"],
)
def test_other_orders_are_not_its_business(draft: Order) -> None:
    spec(seen(draft), not_applicable(RULE))


@pytest.mark.parametrize("draft", [a_draft("iloprost"), a_draft("ibandronate"), an_order(Concept.ESWT)])
def test_no_reason_is_stated(draft: Order) -> None:
    """When: nothing else is known that it could be for."""
    spec(seen(draft), advice(RULE, "warning"))


def test_no_reason_is_stated_and_another_indication_is_on_the_problem_list() -> None:
    """Unless: another usual indication of the medicine is on the problem list."""
    spec(seen(a_draft("ibandronate"), problems=(a_problem(Concept.OSTEOPOROSIS),)), not_applicable(RULE))


@pytest.mark.parametrize("name", ["amlodipine", "nifedipine"])
def test_of_calcium_channel_blockers_only_nifedipine(name: str) -> None:
    group = a_draft("nifedipine").medication.medicine.drugs[0].group  # type: ignore[union-attr]
    draft = a_draft(name, group=group, reasons=a_reason(Concept.EDEMA))
    spec(seen(draft), advice(RULE, "warning") if name == "nifedipine" else not_applicable(RULE))


@pytest.mark.parametrize(
    "report",
    [
        an_mri(Assertion.ABSENT, site=FOOT),
        an_mri(Assertion.UNCERTAIN, site=FOOT),
        an_mri(site=FOOT, preliminary=True),
        an_mri(site=FOOT, when=days_ago(366)),
    ],
)
def test_no_edema_on_mri(report: Any) -> None:
    """Unless: the finding is missing, uncertain, preliminary or too old."""
    spec(a_patient(mri_reports=(report,)), satisfied(RULE, remarked=False))
    spec(a_patient(FOR_EDEMA, mri_reports=(report,)), satisfied(RULE))


# -- Unless a cause is known

CAUSES = [
    *(Concept.STRESS_FRACTURE, Concept.FRACTURE, Concept.SUBCHONDRAL_FRACTURE, Concept.PATHOLOGICAL_FRACTURE),
    *(Concept.VERTEBRAL_FRACTURE, Concept.LOWER_LIMB_FRACTURE, Concept.CONTUSION, Concept.OSTEOCHONDRAL_LESION),
    *(Concept.OSTEOARTHRITIS, Concept.DEGENERATIVE_SPINE, Concept.RHEUMATOID_ARTHRITIS),
    *(Concept.AXIAL_SPONDYLOARTHRITIS, Concept.PSORIATIC_ARTHRITIS, Concept.JUVENILE_ARTHRITIS, Concept.MALIGNANCY),
    *(Concept.LEUKEMIA, Concept.LYMPHOMA, Concept.MULTIPLE_MYELOMA, Concept.BONE_METASTASIS),
    *(Concept.PRIMARY_BONE_TUMOR, Concept.NEOPLASTIC_FRACTURE, Concept.OSTEONECROSIS, Concept.CRPS),
    *(Concept.SICKLE_CELL_DISEASE, Concept.OSTEOMYELITIS, Concept.SEPTIC_ARTHRITIS, Concept.CHARCOT),
    *(Concept.PROSTHETIC_JOINT_INFECTION, Concept.CRYSTAL_ARTHROPATHY, Concept.GOUT, Concept.RADIOTHERAPY_HISTORY),
    Concept.CHRONIC_NONBACTERIAL_OSTEOMYELITIS,
]


@pytest.mark.parametrize("cause", CAUSES)
def test_a_recorded_cause(cause: Concept) -> None:
    """Unless: vs-bme-cause is on the problem list and current."""
    spec(seen(problems=(a_problem(cause),)), satisfied(RULE))
    spec(seen(problems=(a_problem(cause, current=False),)), PROMPT)


def test_a_cause_anywhere_counts() -> None:
    """Unless: the rule asks for a recorded cause, not for one of the same site."""
    spec(seen(problems=(a_problem(Concept.OSTEOARTHRITIS, site=Site(Region.KNEE)),)), satisfied(RULE))


@pytest.mark.parametrize("problem", [Concept.DIABETES, Concept.EDEMA, Concept.PAIN_FOOT, Concept.SICKLE_CELL_TRAIT])
def test_what_is_no_cause(problem: Concept) -> None:
    spec(seen(problems=(a_problem(problem),)), PROMPT)


def test_a_suspected_cause_is_listed_to_be_confirmed() -> None:
    """Then: a provisional or differential cause silences nothing and is shown."""
    provisional = a_problem(Concept.RHEUMATOID_ARTHRITIS, provisional=True)
    differential = a_problem(Concept.OSTEONECROSIS, provisional=True, differential=True)
    over = a_problem(Concept.GOUT, provisional=True, current=False)
    facts = ["Condition/rheumatoid_arthritis", "Condition/osteonecrosis"]
    patient = seen(problems=(provisional, over), differentials=(differential,))
    spec(patient, advice(RULE, "info", because=facts))
    assert len(said(patient)) == len(said(seen())) + 1
    assert "confirm or exclude it" in said(patient)[1]


def said(patient: Patient) -> tuple[str, ...]:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return verdict.detail


def test_what_the_card_says() -> None:
    """Then: the groups of causes, that the cause is what is treated, and whether the patient fits the usual picture."""
    pattern, treatment, typical = said(seen())
    assert "men of 30 to 60" in typical
    assert len(said(seen(demographics=Demographics()))) == 2
    assert "traumatic, degenerative, inflammatory" in pattern
    assert "Treat the cause" in treatment


# -- Unless the syndrome was named


@pytest.mark.parametrize(("ended", "expected"), [(31, PROMPT), (30, satisfied(RULE)), (29, satisfied(RULE))])
def test_a_syndrome_resolved_since_the_report(ended: int, expected: Expected) -> None:
    """Unless: a syndrome is active, or was resolved on or after the day of the report."""
    over = a_problem(Concept.EDEMA_SYNDROME, current=False, ended=days_ago(ended))
    spec(seen(problems=(over,)), expected)
    spec(seen(problems=(a_problem(Concept.EDEMA_SYNDROME),)), satisfied(RULE))


def test_another_problem_that_ended_since_explains_nothing() -> None:
    spec(seen(problems=(a_problem(Concept.PAIN_FOOT, current=False, ended=days_ago(1)),)), PROMPT)


def test_an_undated_end_says_nothing() -> None:
    over = a_problem(Concept.EDEMA_SYNDROME, current=False, recorded=None)
    spec(seen(problems=(over,)), PROMPT)


def test_a_syndrome_explains_only_older_reports() -> None:
    over = a_problem(Concept.EDEMA_SYNDROME, current=False, ended=days_ago(40))
    newer = an_mri(site=Site(Region.KNEE), when=days_ago(5), id="knee")
    older = an_mri(site=FOOT, when=days_ago(50))
    spec(seen(problems=(over,), mri_reports=(older, newer)), advice(RULE, "info", because=["DiagnosticReport/knee"]))


# -- what is offered


@pytest.mark.parametrize(
    ("concept", "days", "offers"),
    [
        (Concept.CRP, 90, [CONDITION]),
        (Concept.ESR, 90, [CONDITION]),
        (Concept.CRP, 91, [CONDITION, CRP, ESR]),
    ],
)
def test_tests_of_inflammation_that_are_done_are_not_offered(concept: Concept, days: int, offers: list[str]) -> None:
    patient = seen(screening_labs=(a_result(concept, 2.0, when=days_ago(days)),))
    spec(patient, advice(RULE, "info", offers=offers, unchecked=False))


def test_tests_that_could_not_be_read_are_not_offered() -> None:
    patient = seen(screening_labs=cut_off(Need.INFLAMMATION))
    spec(patient, advice(RULE, "info", offers=[CONDITION], unchecked=True))


# -- what could not be read


def test_reports_or_problems_out_of_reach() -> None:
    for drafts in ((), (FOR_EDEMA,)):
        spec(a_patient(*drafts, mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
        spec(seen(*drafts, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
        partly = seen(*drafts, mri_reports=cut_off(Need.MRI, EDEMA))
        spec(partly, advice(RULE, "warning" if drafts else "info", unchecked=True))


def test_part_of_the_problem_list_may_be_enough() -> None:
    """A cause that arrived silences the rule, whatever else was cut off; so does a syndrome that ended since."""
    spec(seen(problems=cut_off(Need.PROBLEMS, a_problem(Concept.GOUT))), satisfied(RULE))
    over = a_problem(Concept.EDEMA_SYNDROME, current=False, ended=days_ago(1))
    spec(seen(problems=cut_off(Need.PROBLEMS, over)), satisfied(RULE))


def test_a_reason_that_cannot_be_read() -> None:
    draft = a_draft("ibandronate", reasons=UNREADABLE_REASON)
    spec(seen(draft), missing(RULE, Need.PROBLEMS))
    spec(seen(draft, problems=(a_problem(Concept.GOUT),)), satisfied(RULE))


def test_an_undated_report_is_remarked() -> None:
    undated: Listing[ImagingReport] = Listing((), remarks=(unusable(Need.MRI),))
    spec(a_patient(mri_reports=undated), satisfied(RULE, remarked=True))
