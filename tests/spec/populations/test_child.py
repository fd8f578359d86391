"""BME-SP-04: in children with marrow edema the drug pathways of adults do not apply."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot import age
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Unknown
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import born, on
from tests.builders.snapshot import (
    A_MAN,
    UNREADABLE_REASON,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    an_mri,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import advice, judge, missing, not_applicable, spec

RULE = "BME-SP-04"
SUMMARY = "Child with marrow edema - adult drug pathways do not apply; pediatric specialist advised"
VERIFY = "Age not known - verify age: adult drug pathways for marrow edema do not apply to children"
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)
REFERRAL = "pediatric_referral"
BOY = Demographics(gender="male", birth_date=born(11))
SEVENTEEN, EIGHTEEN = Demographics(birth_date=born(17, 1)), Demographics(birth_date=born(17, 0))
UNREAD = Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))
NO_BIRTH_DATE, NEAR_18 = Demographics(gender="male"), Demographics(birth_date=on("2007"))
NIFEDIPINE = a_draft("nifedipine", group=DrugGroup.CALCIUM_CHANNEL_BLOCKER)


# -- the chart


def test_at_the_chart() -> None:
    """When: a child with edema by problem or MRI. Then: info with a referral; the gate asks for the edema."""
    card = advice(RULE, "info", summary=SUMMARY, offers=[REFERRAL], unchecked=False)
    spec(a_patient(demographics=BOY, problems=[SYNDROME]), card)
    by_mri = a_patient(demographics=BOY, mri_reports=[an_mri(Assertion.PRESENT)])
    spec(by_mri, advice(RULE, "info", because=["DiagnosticReport/mri"]))
    spec(a_patient(demographics=BOY), card)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (SEVENTEEN, advice(RULE, "info")),
        (EIGHTEEN, not_applicable(RULE)),
        (A_MAN, not_applicable(RULE)),
        (NO_BIRTH_DATE, not_applicable(RULE)),
        (NEAR_18, not_applicable(RULE)),
        (Demographics(birth_date=on("2008")), advice(RULE, "info")),
        (UNREAD, missing(RULE, Need.DEMOGRAPHICS)),
    ],
)
def test_ages_at_the_chart(person: Demographics, expected: Any) -> None:
    """When: surely under 18; a birth date that does not tell is silent, a record that could not be read is not."""
    spec(a_patient(demographics=person, problems=[SYNDROME]), expected)


# -- orders


@pytest.mark.parametrize(
    "order",
    [a_draft("iloprost"), a_draft("ibandronate"), a_draft("denosumab"), a_draft("adalimumab"), NIFEDIPINE],
)
def test_adult_drugs(order: Order) -> None:
    """When: each drug of the adult pathways. Then: a warning with referral and removal."""
    offered = [REFERRAL, f"delete {order.reference}"]
    because = [order.reference, "Condition/bone_marrow_edema_syndrome"]
    card = advice(RULE, "warning", summary=SUMMARY, offers=offered, because=because, unchecked=False)
    spec(a_patient(order, demographics=BOY, problems=[SYNDROME]), card)
    spec(a_patient(order, demographics=A_MAN, problems=[SYNDROME]), not_applicable(RULE))


@pytest.mark.parametrize(
    "order",
    [
        a_draft("amlodipine", group=DrugGroup.CALCIUM_CHANNEL_BLOCKER),
        a_draft("ibuprofen"),
        an_order(Concept.ESWT),
    ],
)
def test_other_orders(order: Order) -> None:
    """When: another calcium channel blocker, an NSAID or a procedure is none of them."""
    spec(a_patient(order, demographics=BOY, problems=[SYNDROME]), not_applicable(RULE))


def test_what_it_is_ordered_for() -> None:
    """When: for bone marrow edema alone."""
    stated = a_draft("adalimumab", reasons=a_reason(Concept.JUVENILE_ARTHRITIS))
    spec(a_patient(stated, demographics=BOY, problems=[SYNDROME]), not_applicable(RULE))
    spec(a_patient(a_draft("iloprost"), demographics=BOY), not_applicable(RULE))
    by_reason = a_draft("iloprost", reasons=a_reason(Concept.EDEMA))
    spec(a_patient(by_reason, demographics=BOY), advice(RULE, "warning"))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (SEVENTEEN, advice(RULE, "warning", summary=SUMMARY)),
        (EIGHTEEN, not_applicable(RULE)),
        (NO_BIRTH_DATE, advice(RULE, "warning", summary=VERIFY, offers=[], arm="missing", unchecked=False)),
        (NEAR_18, advice(RULE, "warning", summary=VERIFY, offers=[], arm="missing")),
        (UNREAD, missing(RULE, Need.DEMOGRAPHICS)),
    ],
)
def test_ages_at_an_order(person: Demographics, expected: Any) -> None:
    """When: surely under 18; a birth date that does not tell asks to verify the age and removes nothing."""
    spec(a_patient(a_draft("iloprost"), demographics=person, problems=[SYNDROME]), expected)


def test_a_missing_birth_date_without_edema() -> None:
    """When: for something else nobody is asked."""
    for person in (NO_BIRTH_DATE, UNREAD):
        spec(a_patient(a_draft("iloprost"), demographics=person), not_applicable(RULE))


def test_the_reason_is_out_of_reach() -> None:
    """It cannot be said what the drug is for."""
    unreadable = a_draft("iloprost", reasons=UNREADABLE_REASON)
    for person in (BOY, NO_BIRTH_DATE):
        spec(a_patient(unreadable, demographics=person), missing(RULE, Need.PROBLEMS))
    spec(a_patient(a_draft("iloprost"), demographics=BOY, problems=cut_off(Need.PROBLEMS)), missing(RULE))
    spec(a_patient(unreadable, demographics=A_MAN), not_applicable(RULE))


def test_what_is_missing_is_said() -> None:
    """Then: a gap says whether the birth date is missing or partial."""
    for person, told in ((NO_BIRTH_DATE, "is not recorded"), (NEAR_18, "only in part")):
        found = age.child(a_patient(demographics=person))
        assert isinstance(found, Unknown)
        assert told in found.gap.text


@pytest.mark.parametrize("order", [None, a_draft("iloprost")])
def test_the_age_is_shown(order: Order | None) -> None:
    """Then: the card shows the age in years; of a partial birth date the lower one."""
    born_in_2010 = Demographics(birth_date=on("2010"))
    for person, years in ((BOY, "11"), (born_in_2010, "14")):
        verdict = judge(RULE, a_patient(*([order] if order else []), demographics=person, problems=[SYNDROME]))
        assert isinstance(verdict, Advice)
        assert [(fact.value, fact.unit) for fact in verdict.because if fact.name == "age"] == [(years, "years")]
