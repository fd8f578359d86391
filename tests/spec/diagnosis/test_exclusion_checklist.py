"""BME-DX-06: edema syndrome is a diagnosis of exclusion: what is open, or contradicts it, should be settled."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    a_sign,
    an_encounter,
    an_event,
    an_mri,
    cut_off,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DX-06"
SUMMARY = "BMES is a diagnosis of exclusion - the record still has open or conflicting alternatives"
HIP, OTHER_HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT), Site(Region.KNEE, Side.LEFT)
EDEMA = an_mri(site=HIP, when=days_ago(400))
CRP = a_result(Concept.CRP, 2.0, when=days_ago(41))
OPEN = advice(RULE, "info", arm="open", group=Group.WORK_UP)
CONFLICT = advice(RULE, "warning", arm="conflict")
PROVISIONAL = "provisional Condition/bone_marrow_edema_syndrome"


def syndrome(site: Site = HIP, **said: Any) -> Problem:
    return a_problem(Concept.EDEMA_SYNDROME, site=site, **said)


def chart(*beside: Problem, **rest: Any) -> Patient:
    """Edema was seen long ago, so that no rule on a current MRI speaks; CRP is known."""
    return a_patient(**{"problems": (syndrome(), *beside), "mri_reports": (EDEMA,), "screening_labs": (CRP,), **rest})


def said(patient: Patient) -> tuple[str, ...]:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return verdict.detail


def test_nothing_is_open() -> None:
    spec(chart(), satisfied(RULE))


# -- (a) no MRI that shows it


def test_no_mri_shows_the_edema() -> None:
    """Then: it is listed, and the diagnosis may be marked as provisional."""
    because = ["Condition/bone_marrow_edema_syndrome"]
    expected = advice(
        RULE,
        "info",
        summary=SUMMARY,
        offers=[PROVISIONAL],
        because=because,
        unchecked=False,
        arm="open",
        group=Group.WORK_UP,
    )
    spec(chart(mri_reports=()), expected)
    assert "no MRI" in said(chart(mri_reports=()))[0]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ((EDEMA, an_mri(Assertion.ABSENT, site=HIP, id="newer")), satisfied(RULE)),
        ((an_mri(Assertion.ABSENT, site=HIP),), OPEN),
        ((an_mri(Assertion.UNCERTAIN, site=HIP),), OPEN),
        ((an_mri(site=KNEE),), OPEN),
        ((an_mri(site=OTHER_HIP),), OPEN),
        ((an_mri(site=HIP, preliminary=True),), OPEN),
    ],
    ids=["an earlier positive report closes it", "negative", "uncertain", "knee", "other side", "preliminary"],
)
def test_which_mri_closes_it(reports: Any, expected: Expected) -> None:
    spec(chart(mri_reports=reports), expected)


@pytest.mark.parametrize("site", [ANYWHERE, Site(Region.OTHER)])
def test_a_syndrome_without_a_known_site(site: Site) -> None:
    """Any report that shows edema closes it."""
    spec(chart(problems=(syndrome(site),)), satisfied(RULE))
    spec(chart(problems=(syndrome(site),), mri_reports=()), OPEN)


# -- (b) no blood tests


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (a_result(Concept.CRP, 2.0, when=days_ago(90)), satisfied(RULE)),
        (a_result(Concept.ESR, 6.0, when=days_ago(90)), satisfied(RULE)),
        (a_result(Concept.CRP, 2.0, when=days_ago(91)), OPEN),
    ],
)
def test_crp_or_esr(result: Any, expected: Expected) -> None:
    spec(chart(screening_labs=(result,)), expected)


def test_missing_blood_tests_are_offered() -> None:
    spec(chart(screening_labs=()), advice(RULE, "info", offers=["crp_test", "esr_test", PROVISIONAL]))
    assert "no CRP or ESR" in said(chart(screening_labs=()))[0]


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [(days_ago(90), OPEN), (days_ago(91), satisfied(RULE)), (None, OPEN)],
    ids=["90 days", "91 days", "no date: it may just be made"],
)
def test_only_while_it_is_new(recorded: Any, expected: Expected) -> None:
    spec(chart(problems=(syndrome(recorded=recorded),), mri_reports=(), screening_labs=()), expected)


# -- (c) conflicting diagnoses

AT_THE_SITE = [
    *(Concept.FRACTURE, Concept.STRESS_FRACTURE, Concept.SUBCHONDRAL_FRACTURE, Concept.PATHOLOGICAL_FRACTURE),
    *(Concept.VERTEBRAL_FRACTURE, Concept.LOWER_LIMB_FRACTURE, Concept.OSTEONECROSIS, Concept.CRPS),
    *(Concept.OSTEOMYELITIS, Concept.SEPTIC_ARTHRITIS, Concept.PROSTHETIC_JOINT_INFECTION),
]
OF_THE_BODY = [
    *(Concept.BONE_METASTASIS, Concept.PRIMARY_BONE_TUMOR, Concept.LEUKEMIA, Concept.NEOPLASTIC_FRACTURE),
    *(Concept.RHEUMATOID_ARTHRITIS, Concept.AXIAL_SPONDYLOARTHRITIS, Concept.PSORIATIC_ARTHRITIS),
    Concept.JUVENILE_ARTHRITIS,
]


@pytest.mark.parametrize("other", [*AT_THE_SITE, *OF_THE_BODY])
def test_another_diagnosis_of_the_site(other: Concept) -> None:
    """Then: a warning that shows it, also where the syndrome is old; blood tests are not offered."""
    because = ["Condition/bone_marrow_edema_syndrome", f"Condition/{other}"]
    old = chart(problems=(syndrome(recorded=days_ago(300)), a_problem(other, site=HIP)))
    expected = advice(RULE, "warning", offers=[PROVISIONAL], because=because, unchecked=False, arm="conflict")
    spec(old, expected)
    verdict = judge(RULE, old)
    assert isinstance(verdict, Advice)
    assert verdict.group is None
    spec(chart(a_problem(other, site=HIP, provisional=True)), CONFLICT)
    spec(chart(a_problem(other, site=HIP, current=False)), satisfied(RULE))
    spec(chart(a_problem(other, site=KNEE)), satisfied(RULE))


@pytest.mark.parametrize("other", [*AT_THE_SITE, *OF_THE_BODY])
def test_another_diagnosis_without_a_site(other: Concept) -> None:
    """When: a tumor of bone or an arthritis counts all the same."""
    spec(chart(a_problem(other)), CONFLICT if other in OF_THE_BODY else satisfied(RULE))


@pytest.mark.parametrize(
    "other", [Concept.GOUT, Concept.OSTEOARTHRITIS, Concept.MALIGNANCY, Concept.LYMPHOMA, Concept.CONTUSION]
)
def test_what_is_no_conflict(other: Concept) -> None:
    spec(chart(a_problem(other, site=HIP)), satisfied(RULE))


def test_a_differential_is_no_diagnosis() -> None:
    other = a_problem(Concept.OSTEONECROSIS, site=HIP, provisional=True, differential=True)
    spec(chart(differentials=(other,)), satisfied(RULE))


def test_open_and_conflicting() -> None:
    """Then: one card with the higher indicator, still of the work-up group."""
    patient = chart(a_problem(Concept.CRPS, site=HIP), mri_reports=())
    spec(patient, advice(RULE, "warning", arm="conflict", group=Group.WORK_UP))
    assert ["Conflict" in each for each in said(patient)[:2]] == [False, True]
    assert "Conflict" not in " ".join(said(chart(mri_reports=())))


def test_each_syndrome_by_itself() -> None:
    """Then: the second one is shown, and only it."""
    second = syndrome(KNEE, id="second", provisional=True)
    verdict = judge(RULE, chart(second))
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == ["Condition/second"]
    spec(chart(second), advice(RULE, "info", offers=[]))


# -- Unless another rule carries it

CURRENT = an_mri(site=HIP)


def carried(other: Problem, *, by: Patient | None = None, **rest: Any) -> None:
    """The alternative is a conflict without a current MRI; with one it is another rule's."""
    spec(chart(other), CONFLICT)
    spec(by or chart(other, **{"mri_reports": (CURRENT,), **rest}), satisfied(RULE))


@pytest.mark.parametrize("other", [Concept.OSTEOMYELITIS, Concept.SEPTIC_ARTHRITIS, Concept.PROSTHETIC_JOINT_INFECTION])
def test_an_infection_that_the_red_flag_carries(other: Concept) -> None:
    """Unless: BME-DX-07 speaks, also of a preliminary report."""
    problem = a_problem(other, site=HIP)
    carried(problem)
    spec(chart(problem, mri_reports=(CURRENT,)), advice("BME-DX-07", "warning"))
    carried(problem, mri_reports=(EDEMA, an_mri(site=HIP, preliminary=True, id="new")))


def test_a_tumor_that_the_red_flag_carries() -> None:
    """Unless: BME-DX-08 speaks; with a work-up since, it does not."""
    tumor = a_problem(Concept.BONE_METASTASIS)
    carried(tumor)
    known = chart(tumor, mri_reports=(CURRENT,), care=(an_event(Concept.REFERRAL_ONCOLOGY, when=days_ago(1)),))
    spec(known, CONFLICT, satisfied("BME-DX-08"))


def test_myeloma_is_always_left_to_its_rule() -> None:
    """Unless: BME-SP-02 speaks beside any edema syndrome."""
    spec(chart(a_problem(Concept.MULTIPLE_MYELOMA)), satisfied(RULE))


RIM = an_mri(Assertion.PRESENT, a_sign(Seen.RIM_SIGN, site=HIP), site=HIP)


@pytest.mark.parametrize(
    ("report", "rest", "expected"),
    [
        (RIM, {}, satisfied(RULE)),
        (an_mri(Assertion.PRESENT, a_sign(Seen.OSTEONECROSIS_SIGN, site=HIP), site=HIP), {}, satisfied(RULE)),
        (an_mri(Assertion.PRESENT, a_sign(Seen.RIM_SIGN, Assertion.ABSENT, site=HIP), site=HIP), {}, CONFLICT),
        (an_mri(Assertion.PRESENT, a_sign(Seen.RIM_SIGN, site=OTHER_HIP), site=HIP), {}, CONFLICT),
        (RIM, {"encounters": (an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=days_ago(30)),)}, CONFLICT),
        (RIM, {"encounters": (an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=days_ago(31)),)}, satisfied(RULE)),
    ],
    ids=["rim", "crescent", "denied", "other hip", "orthopedics since", "orthopedics before"],
)
def test_osteonecrosis_that_its_signs_carry(report: Any, rest: Any, expected: Expected) -> None:
    """Unless: BME-ON-01 speaks about the site."""
    necrosis = a_problem(Concept.OSTEONECROSIS, site=HIP)
    spec(chart(necrosis, mri_reports=(EDEMA, report), **rest), expected)


RECENT, LATE = an_mri(site=HIP, when=days_ago(27)), an_mri(site=HIP, when=days_ago(28))


def dmard(group: Any) -> dict[str, Any]:
    return {"medications": (a_medication("a biologic", group=group),)}


@pytest.mark.parametrize(
    "arthritis", [Concept.RHEUMATOID_ARTHRITIS, Concept.AXIAL_SPONDYLOARTHRITIS, Concept.PSORIATIC_ARTHRITIS]
)
def test_an_arthritis_that_its_rule_carries(arthritis: Concept) -> None:
    """Unless: BME-IA-01 speaks; a suspected one is none of its."""
    carried(a_problem(arthritis))
    spec(chart(a_problem(arthritis, provisional=True), mri_reports=(CURRENT,)), CONFLICT)
    spec(chart(a_problem(arthritis), mri_reports=(an_mri(site=HIP, when=days_ago(184)),)), CONFLICT)
    spec(chart(a_problem(arthritis), mri_reports=(an_mri(site=HIP, when=days_ago(183)),)), satisfied(RULE))
    elsewhere = (EDEMA, an_mri(site=Site(Region.OTHER)))
    spec(chart(a_problem(arthritis), mri_reports=elsewhere), CONFLICT)


@pytest.mark.parametrize("group", [DrugGroup.DMARD_OTHER, DrugGroup.TNF_INHIBITOR])
@pytest.mark.parametrize(
    ("report", "visit", "expected"),
    [
        (RECENT, None, CONFLICT),
        (LATE, None, satisfied(RULE)),
        (LATE, 28, CONFLICT),
        (LATE, 29, satisfied(RULE)),
    ],
    ids=["MRI of 27 days", "MRI of 28 days", "rheumatology since", "rheumatology before"],
)
def test_a_treated_arthritis(group: DrugGroup, report: Any, visit: int | None, expected: Expected) -> None:
    """Unless: with a disease-modifying drug BME-IA-01 speaks only where nobody has seen the edema."""
    visits = () if visit is None else (an_encounter(Concept.SPECIALTY_RHEUMATOLOGY, when=days_ago(visit)),)
    arthritis = a_problem(Concept.RHEUMATOID_ARTHRITIS)
    spec(chart(arthritis, mri_reports=(report,), encounters=visits, **dmard(group)), expected)


def test_juvenile_arthritis_has_no_other_rule() -> None:
    spec(chart(a_problem(Concept.JUVENILE_ARTHRITIS), mri_reports=(CURRENT,)), CONFLICT)


# -- lines of other rules


def test_who_usually_gets_it_is_context() -> None:
    """Then: a sentence at the end, also for a woman of 33; it changes no verdict (BME-DX-17)."""
    assert "men of 30 to 60" in said(chart(mri_reports=()))[-1]
    assert "women of 20 to 40" in said(chart(mri_reports=(), demographics=A_WOMAN))[-1]


@pytest.mark.parametrize(("level", "told"), [(19.9, False), (20.0, True), (29.9, True), (30.0, False)])
def test_vitamin_d_in_the_gray_zone_is_a_line(level: float, told: bool) -> None:
    """Then: the line of BME-TB-03, with the result."""
    result = a_result(Concept.VITAMIN_D_25_OH, level, id="level")
    patient = chart(mri_reports=(), bone_labs=(result,))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert any("Vitamin D" in each for each in verdict.detail) is told
    assert ("Observation/level" in [fact.resource for fact in verdict.because]) is told


# -- what does not apply, or could not be read


@pytest.mark.parametrize("problem", [a_problem(Concept.EDEMA), syndrome(current=False)])
def test_without_an_active_syndrome(problem: Problem) -> None:
    spec(a_patient(problems=(problem,)), not_applicable(RULE))


def test_out_of_reach() -> None:
    spec(a_patient(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(chart(problems=cut_off(Need.PROBLEMS, syndrome())), missing(RULE, Need.PROBLEMS))
    spec(chart(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(chart(screening_labs=cut_off(Need.INFLAMMATION)), missing(RULE, Need.INFLAMMATION))
    spec(chart(mri_reports=cut_off(Need.MRI), screening_labs=()), advice(RULE, "info", unchecked=True))


def test_an_old_syndrome_needs_neither_mri_nor_blood_tests() -> None:
    old = syndrome(recorded=days_ago(300))
    patient = chart(problems=(old,), mri_reports=cut_off(Need.MRI), screening_labs=cut_off(Need.INFLAMMATION))
    spec(patient, satisfied(RULE))


@pytest.mark.parametrize(
    "unread",
    [
        {"medications": cut_off(Need.MEDICATIONS), "mri_reports": (RECENT,)},
        {"encounters": cut_off(Need.ENCOUNTERS), "mri_reports": (LATE,), **dmard(DrugGroup.DMARD_OTHER)},
        {"mri_reports": cut_off(Need.MRI)},
    ],
    ids=["medicines", "visits", "reports"],
)
def test_a_conflict_is_shown_where_the_other_rule_cannot_speak(unread: dict[str, Any]) -> None:
    spec(chart(a_problem(Concept.RHEUMATOID_ARTHRITIS), **unread), CONFLICT)
