"""Morphine equivalents, long-acting forms, and what was taken lately."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.snapshot import opioids
from cds_hooks.snapshot.medication import Dose, Drug, Medication, Standing
from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.vocabulary import Certainty, DrugGroup, Need, Route
from tests.builders.moment import AS_OF, days_ago, days_ahead
from tests.builders.snapshot import a_medication, a_patient, cut_off

GROUP = DrugGroup.OPIOID


def an_opioid(ingredient: str = "morphine", mg: float | None = None, **overrides: object) -> Medication:
    dose = None if mg is None else Dose(mg=mg)
    return a_medication(ingredient, group=GROUP, per_day=dose, **overrides)  # type: ignore[arg-type]


# -- morphine equivalents


@pytest.mark.parametrize(
    ("ingredient", "expected"),
    [
        ("codeine", 6.0),
        ("hydrocodone", 40.0),
        ("hydromorphone", 200.0),
        ("methadone", 188.0),
        ("morphine", 40.0),
        ("oxycodone", 60.0),
        ("oxymorphone", 120.0),
        ("tapentadol", 16.0),
        ("tramadol", 8.0),
    ],
)
def test_forty_milligrams_a_day(ingredient: str, expected: float) -> None:
    """CDC guideline 2022, oral morphine milligram equivalents."""
    assert opioids.morphine_equivalents(an_opioid(ingredient, 40)) == expected


@pytest.mark.parametrize("ingredient", ["buprenorphine", "tilidine", "(class)", "fentanyl", "levomethadone"])
def test_an_opioid_without_a_factor(ingredient: str) -> None:
    """Unknown, never zero."""
    assert opioids.morphine_equivalents(an_opioid(ingredient, 40)) is None


def test_a_dose_that_is_not_known() -> None:
    """Not structured, not in milligrams, or of another medicine."""
    assert opioids.morphine_equivalents(an_opioid("morphine")) is None
    assert opioids.morphine_equivalents(a_medication("morphine", per_day=Dose(units=5))) is None
    assert opioids.morphine_equivalents(a_medication("ibuprofen", per_day=Dose(mg=1200))) is None


def test_two_opioids_in_one_product() -> None:
    """Whose milligrams they are is not known."""
    morphine = an_opioid("morphine", 40)
    drugs = (*morphine.medicine.drugs, Drug(GROUP, "codeine", Certainty.CODE))
    assert opioids.morphine_equivalents(replace(morphine, medicine=replace(morphine.medicine, drugs=drugs))) is None


def test_a_fentanyl_patch() -> None:
    """2.4 a day for each microgram an hour; other fentanyl has no factor."""
    assert opioids.morphine_equivalents(an_opioid("fentanyl", mcg_per_hour=25)) == 60.0
    assert opioids.morphine_equivalents(an_opioid("fentanyl", 2.4, route=Route.PARENTERAL)) is None
    assert opioids.morphine_equivalents(an_opioid("buprenorphine", mcg_per_hour=35)) is None


# -- long-acting forms


@pytest.mark.parametrize(
    ("medication", "expected"),
    [
        (an_opioid("oxycodone", form="Extended Release Oral Tablet"), True),
        (an_opioid("oxycodone", form="Oral Tablet"), False),
        (an_opioid("oxycodone"), False),
        (an_opioid("methadone", form="Oral Tablet"), True),
        (an_opioid("levomethadone"), True),
        (an_opioid("fentanyl", form="Transdermal System"), True),
        (an_opioid("morphine", name="Kadian 20 mg"), True),
        (an_opioid("morphine", name="MST 10 mg"), True),
        (an_opioid("oxycodone", name="Targin 10/5"), True),
        (an_opioid("oxycodone", name="Targiniq 10/5"), True),
        (an_opioid("oxycodone", name="Oxynorm 5 mg"), False),
    ],
)
def test_long_acting(medication: Medication, expected: bool) -> None:
    """By form, by name, or by the drug itself."""
    assert opioids.is_long_acting(medication) is expected


# -- what was taken lately


@pytest.mark.parametrize(
    ("medication", "last"),
    [
        (an_opioid(written=days_ago(100)), 0),
        (an_opioid(written=None), 0),
        (an_opioid(written=days_ago(20), supply_days=6), 15),
        (an_opioid(written=days_ago(20), supply_days=5.5), 15),
        (an_opioid(written=days_ago(2), supply_days=30), 0),
        (an_opioid(written=days_ago(20), last_given=days_ago(4)), 4),
        (an_opioid(standing=Standing.ENDED, written=days_ago(90), stopped=days_ago(12), last_given=days_ago(13)), 12),
        (an_opioid(standing=Standing.ENDED, written=days_ago(90), stopped=days_ahead(3)), 0),
        (an_opioid(standing=Standing.ENDED, written=days_ago(9)), 9),
        (an_opioid(standing=Standing.UNCERTAIN, written=days_ago(50), supply_days=10), 41),
    ],
)
def test_the_last_day(medication: Medication, last: int) -> None:
    """Stopped, last given, or supply used up; an active order without any of them is taken today."""
    patient = a_patient(medications=[medication])
    assert opioids.taken(patient, last) == Present((medication,))
    if last:
        assert opioids.taken(patient, last - 1) == Absent()


def test_an_order_that_ended_nobody_knows_when() -> None:
    """It is no evidence of recent use."""
    for standing in (Standing.ENDED, Standing.UNCERTAIN):
        patient = a_patient(medications=[an_opioid(standing=standing, written=None)])
        assert opioids.taken(patient, 9999) == Absent()


def test_only_opioids_are_counted_and_an_unread_list_is_unknown() -> None:
    """Another medicine says nothing."""
    assert opioids.taken(a_patient(medications=[a_medication("ibuprofen")]), 30) == Absent()
    assert isinstance(opioids.taken(a_patient(medications=cut_off(Need.MEDICATIONS)), 30), Unknown)


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([], 0),
        ([an_opioid(written=days_ago(0))], 1),
        ([an_opioid(written=days_ago(9))], 10),
        ([an_opioid(written=days_ago(100))], 30),
        ([an_opioid(written=days_ago(20), supply_days=5)], 5),
        ([an_opioid(written=days_ago(20), supply_days=5), an_opioid(written=days_ago(18), supply_days=5)], 7),
        ([an_opioid(written=days_ago(32), supply_days=5)], 2),
        ([an_opioid(written=None)], 0),
        ([an_opioid(standing=Standing.ENDED, written=None, stopped=days_ago(3))], 0),
        ([an_opioid(standing=Standing.ENDED, written=None)], 0),
        ([an_opioid(standing=Standing.ENDED, written=days_ago(90), stopped=days_ago(60))], 0),
    ],
)
def test_days_taken(courses: list[Medication], expected: int) -> None:
    """Of the last 30 days, each counted once; a course without a begin counts with none."""
    assert opioids.days_taken(courses, AS_OF, 30) == expected
