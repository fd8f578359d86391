"""BME-DS-OPI-02: opioids for the pain of marrow edema in a low dose, of immediate release, for a few days."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose, Medication, Order, Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    an_order,
    cut_off,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-OPI-02"
SUMMARY = "Opioid for marrow edema pain: keep dose low, immediate release, few days"
SHORTER = "update MedicationRequest/draft-oxycodone: limit the supply to a few days"
FOR_EDEMA = a_reason(Concept.EDEMA)
EXTENDED = a_draft("oxycodone", form="Extended Release Oral Tablet")
HIGH = advice(RULE, "warning", summary=SUMMARY, offers=[SHORTER, "naloxone"], arm="", unchecked=False)
FORM = advice(RULE, "warning", summary=SUMMARY, offers=[SHORTER], arm="", unchecked=False)
LONG = advice(RULE, "warning", summary=SUMMARY, offers=[SHORTER], arm="duration", unchecked=False)


def oxycodone(**overrides: Any) -> Order:
    return a_draft("oxycodone", **overrides)


def an_opioid(**overrides: Any) -> Medication:
    return a_medication("oxycodone", **overrides)


def said(order: Order, **chart: Any) -> str:
    verdict = judge(RULE, a_patient(order, **chart))
    assert isinstance(verdict, Advice)
    return " ".join(verdict.detail)


# -- dose


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        (Dose(mg=33.4), HIGH),
        (Dose(mg=33.3), satisfied(RULE)),
        (Dose(units=100), satisfied(RULE)),
        (None, satisfied(RULE)),
    ],
)
def test_morphine_equivalents(dose: Dose | None, expected: Expected) -> None:
    """When: 50 mg a day or more; a dose that cannot be computed is silent."""
    spec(a_patient(oxycodone(per_day=dose)), expected)


def test_the_limit_itself_counts() -> None:
    """When: exactly 50 mg of morphine by mouth."""
    patient = a_patient(a_draft("morphine", per_day=Dose(mg=50)))
    spec(patient, advice(RULE, "warning"))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    shown = {(fact.name, fact.value, fact.unit) for fact in verdict.because}
    assert ("oral morphine equivalents a day", "50", "mg") in shown
    spec(a_patient(a_draft("morphine", per_day=Dose(mg=49.9))), satisfied(RULE))


# -- form


def test_a_long_acting_form_for_a_patient_without_opioids() -> None:
    """When: extended release, and no opioid in the last 30 days."""
    spec(a_patient(EXTENDED), FORM)
    spec(a_patient(oxycodone(form="Oral Tablet")), satisfied(RULE))


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (an_opioid(written=days_ago(400)), satisfied(RULE)),
        (an_opioid(standing=Standing.ENDED, stopped=days_ago(30)), satisfied(RULE)),
        (an_opioid(standing=Standing.ENDED, stopped=days_ago(31)), FORM),
        (an_opioid(standing=Standing.ENDED, written=None), FORM),
        (a_medication("ibuprofen"), FORM),
    ],
)
def test_who_is_without_opioids(earlier: Medication, expected: Expected) -> None:
    """When: nothing in use, and nothing that ended in the last 30 days."""
    spec(a_patient(EXTENDED, medications=[earlier]), expected)


def test_the_order_that_is_replaced_is_earlier_use() -> None:
    """When: a switch from immediate to extended release is no first use."""
    switch = oxycodone(form="Extended Release Oral Tablet", replaces="MedicationRequest/oxycodone")
    spec(a_patient(switch, medications=[an_opioid()]), satisfied(RULE))


# -- duration


def test_a_long_supply_for_edema() -> None:
    """When: more than 7 days, for edema by reason or in the syndrome without one; not for another reason."""
    spec(a_patient(oxycodone(supply_days=7.5, reasons=FOR_EDEMA)), LONG)
    spec(a_patient(oxycodone(supply_days=7, reasons=FOR_EDEMA)), satisfied(RULE))
    spec(a_patient(oxycodone(reasons=FOR_EDEMA)), satisfied(RULE))
    syndrome = [a_problem(Concept.EDEMA_SYNDROME)]
    spec(a_patient(oxycodone(supply_days=8), problems=syndrome), LONG)
    spec(a_patient(oxycodone(supply_days=8, reasons=a_reason()), problems=syndrome), satisfied(RULE))
    spec(a_patient(oxycodone(supply_days=8)), satisfied(RULE))


@pytest.mark.parametrize("concept", [Concept.VERTEBRAL_FRACTURE, Concept.UNSTABLE_VERTEBRAL_FRACTURE])
def test_in_vertebral_fracture_another_rule_speaks_of_the_duration(concept: Concept) -> None:
    """Unless: a vertebral fracture is current; dose and form still speak."""
    fracture = [a_problem(concept)]
    long = oxycodone(supply_days=20, reasons=FOR_EDEMA)
    spec(a_patient(long, problems=fracture), satisfied(RULE))
    spec(a_patient(EXTENDED, problems=fracture), FORM)
    spec(a_patient(long, problems=[a_problem(concept, current=False)]), LONG)


# -- the card


def test_the_words_fit_what_was_found() -> None:
    """Then: dose and form have a sentence each."""
    high, form = said(oxycodone(per_day=Dose(mg=60))), said(EXTENDED)
    assert "From 50 oral morphine" in high
    assert "Extended-release" not in high
    assert "From 50 oral morphine" not in form
    assert "Extended-release" in form
    assert "stop date" in said(oxycodone(supply_days=8, reasons=FOR_EDEMA))


def test_all_that_was_found_is_on_one_card() -> None:
    """Then: dose, form and supply are its facts."""
    order = oxycodone(form="Extended Release Oral Tablet", per_day=Dose(mg=60), supply_days=30, reasons=FOR_EDEMA)
    spec(a_patient(order), HIGH)
    verdict = judge(RULE, a_patient(order))
    assert isinstance(verdict, Advice)
    assert {fact.resource for fact in verdict.because} == {order.reference}
    shown = [(fact.name, fact.value, fact.unit) for fact in verdict.because]
    assert shown[1:] == [
        ("oral morphine equivalents a day", "90", "mg"),
        ("form", "extended release or long-acting", ""),
        ("supply", "30", "d"),
    ]


def test_thresholds_are_the_sites_choice() -> None:
    """Dose, supply and days without opioids may be set."""
    policy = {"opioid-morphine-equivalents": 90.0, "opioid-supply": 10.0, "opioid-naive-days": 60.0}
    spec(a_patient(oxycodone(per_day=Dose(mg=59.9)), policy=policy), satisfied(RULE))
    assert "From 90 oral" in said(oxycodone(per_day=Dose(mg=60)), policy=policy)
    spec(a_patient(oxycodone(supply_days=10, reasons=FOR_EDEMA), policy=policy), satisfied(RULE))
    ended = an_opioid(standing=Standing.ENDED, stopped=days_ago(60))
    spec(a_patient(EXTENDED, medications=[ended], policy=policy), satisfied(RULE))


def test_other_orders_are_not_its_business() -> None:
    """When: an opioid is ordered."""
    for order in (a_draft("ibuprofen", supply_days=90, reasons=FOR_EDEMA), an_order()):
        spec(a_patient(order), not_applicable(RULE))


# -- what could not be read


def test_what_could_not_be_read() -> None:
    """Earlier use, reason and fracture must be known where they decide; a high dose stands alone."""
    unread: Listing[Medication] = cut_off(Need.MEDICATIONS)
    spec(a_patient(EXTENDED, medications=unread), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(oxycodone(form="Oral Tablet"), medications=unread), satisfied(RULE))
    spec(a_patient(EXTENDED, medications=cut_off(Need.MEDICATIONS, an_opioid())), satisfied(RULE))
    long = oxycodone(supply_days=8, reasons=FOR_EDEMA)
    spec(a_patient(long, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(oxycodone(supply_days=8), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    unreadable = oxycodone(supply_days=8, reasons=UNREADABLE_REASON)
    spec(a_patient(unreadable), missing(RULE, Need.PROBLEMS))
    fracture = a_problem(Concept.VERTEBRAL_FRACTURE)
    spec(a_patient(unreadable, problems=[fracture]), satisfied(RULE))
    high = oxycodone(supply_days=8, reasons=FOR_EDEMA, per_day=Dose(mg=60))
    spec(a_patient(high, problems=cut_off(Need.PROBLEMS)), advice(RULE, "warning", unchecked=True))


def test_a_patch() -> None:
    """When: a fentanyl patch of 25 micrograms an hour is 60 mg a day, and long-acting."""
    patch = a_draft("fentanyl", route=Route.UNKNOWN, form="Transdermal System", mcg_per_hour=25)
    shorter = "update MedicationRequest/draft-fentanyl: limit the supply to a few days"
    spec(a_patient(patch, medications=[an_opioid()]), advice(RULE, "warning", offers=[shorter, "naloxone"]))
    small = a_draft("fentanyl", form="Transdermal System", mcg_per_hour=12)
    spec(a_patient(small, medications=[an_opioid()]), satisfied(RULE))
    spec(a_patient(small), advice(RULE, "warning", offers=[shorter]))
