"""BME-DS-ILO-05: a prostacyclin adds to the effect of medicines that lower blood pressure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice
from cds_hooks.rules.iloprost import with_vasodilator
from cds_hooks.snapshot.medication import Drug, Medication
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_order,
    cut_off,
)
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ILO-05"
SUMMARY = "Iloprost adds to blood-pressure lowering drugs - plan monitoring"
ILOPROST = a_medication("iloprost")
FOR_LUNGS = a_reason(Concept.PULMONARY_HYPERTENSION)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[], unchecked=False, says=["infusion days"])
INFO = advice(RULE, "info", summary=SUMMARY, offers=[], mirror=False, unchecked=False)
VASODILATORS = [
    ("nifedipine", DrugGroup.CALCIUM_CHANNEL_BLOCKER),
    ("nitroglycerin", DrugGroup.NITRATE),
    ("sildenafil", DrugGroup.PDE5_INHIBITOR),
    ("riociguat", DrugGroup.PAH_VASODILATOR),
]
OTHERS = [
    ("ramipril", DrugGroup.ACE_INHIBITOR),
    ("candesartan", DrugGroup.ARB),
    ("sacubitril", DrugGroup.ARNI),
    ("bisoprolol", DrugGroup.BETA_BLOCKER),
    ("amlodipine", DrugGroup.CALCIUM_CHANNEL_BLOCKER),
    ("hydrochlorothiazide", DrugGroup.DIURETIC_THIAZIDE),
    ("torsemide", DrugGroup.DIURETIC_LOOP),
    ("spironolactone", DrugGroup.DIURETIC_POTASSIUM_SPARING),
    ("clonidine", DrugGroup.ALPHA_BLOCKER_OTHER_ANTIHYPERTENSIVE),
]
RAMIPRIL = a_medication("ramipril", group=DrugGroup.ACE_INHIBITOR)
BISOPROLOL = a_medication("bisoprolol", group=DrugGroup.BETA_BLOCKER)


def systolic(value: float, days: int = 1) -> Result:
    return a_result(Concept.SYSTOLIC_BP, value, when=days_ago(days))


def combined(first: Medication, *others: Drug) -> Medication:
    return replace(first, medicine=replace(first.medicine, drugs=(*first.medicine.drugs, *others)))


@pytest.mark.parametrize(("ingredient", "group"), VASODILATORS)
def test_one_vasodilator_is_enough(ingredient: str, group: DrugGroup) -> None:
    """When: active or drafted beside the prostacyclin, or drafted while a prostacyclin is active."""
    active = a_medication(ingredient, group=group)
    because = ["MedicationRequest/draft-iloprost", f"MedicationRequest/{ingredient}"]
    spec(
        a_patient(a_draft(), medications=[active]),
        advice(RULE, "warning", summary=SUMMARY, offers=[], because=because, mirror=False, unchecked=False),
    )
    drafted = judge(RULE, a_patient(a_draft(), a_draft(ingredient, group=group, selected=False)))
    assert isinstance(drafted, Advice)
    assert (drafted.mirror, drafted.partners) == (False, (f"MedicationRequest/draft-{ingredient}",))
    draft = a_draft(ingredient, group=group)
    because = ["MedicationRequest/iloprost", f"MedicationRequest/draft-{ingredient}"]
    spec(a_patient(draft, medications=[ILOPROST]), advice(RULE, "warning", because=because, mirror=True, offers=[]))
    spec(a_patient(draft), satisfied(RULE))
    mirrored = judge(RULE, a_patient(draft, a_draft(selected=False)))
    assert isinstance(mirrored, Advice)
    assert (mirrored.mirror, mirrored.partners) == (True, ("MedicationRequest/draft-iloprost",))


@pytest.mark.parametrize(("ingredient", "group"), OTHERS)
def test_two_other_antihypertensives(ingredient: str, group: DrugGroup) -> None:
    """When: one alone is silent, two inform; they do not speak from their own side."""
    one = a_medication(ingredient, group=group)
    methyldopa = a_medication("methyldopa", group=DrugGroup.ALPHA_BLOCKER_OTHER_ANTIHYPERTENSIVE)
    spec(a_patient(a_draft(), medications=[one]), satisfied(RULE))
    spec(a_patient(a_draft(), medications=[one, methyldopa]), INFO)
    drafted = a_draft(ingredient, group=group, selected=False)
    spec(a_patient(a_draft(), drafted, medications=[methyldopa]), INFO)
    spec(a_patient(a_draft(ingredient, group=group), medications=[ILOPROST, methyldopa]), not_applicable(RULE))


def test_substances_are_counted_not_orders() -> None:
    """When: a fixed combination counts with each, two orders of the same drug count once."""
    hydrochlorothiazide = Drug(DrugGroup.DIURETIC_THIAZIDE, "hydrochlorothiazide", Certainty.CODE)
    spec(a_patient(a_draft(), medications=[combined(RAMIPRIL, hydrochlorothiazide)]), INFO)
    again = a_medication("ramipril", group=DrugGroup.ACE_INHIBITOR, reference="MedicationRequest/again")
    spec(a_patient(a_draft(), medications=[RAMIPRIL, again]), satisfied(RULE))


def test_nifedipine_is_not_counted_among_the_others() -> None:
    """When: nifedipine with one antihypertensive is one vasodilator and one other."""
    spec(a_patient(a_draft(), medications=[a_medication("nifedipine"), RAMIPRIL]), WARNING)
    verdict = judge(RULE, a_patient(a_draft(), medications=[a_medication("nifedipine"), RAMIPRIL]))
    assert isinstance(verdict, Advice)
    assert "MedicationRequest/ramipril" not in {fact.resource for fact in verdict.because}


def test_one_antihypertensive_at_a_low_pressure() -> None:
    """When: below 110 mmHg in the last 7 days."""
    for value, days, expected in ((109, 7, INFO), (110, 1, satisfied(RULE)), (109, 8, satisfied(RULE))):
        spec(a_patient(a_draft(), medications=[RAMIPRIL], vitals=[systolic(value, days)]), expected)
    because = ["MedicationRequest/ramipril", "Observation/systolic_bp"]
    low = [systolic(100)]
    spec(a_patient(a_draft(), medications=[RAMIPRIL], vitals=low), advice(RULE, "info", because=because))
    spec(a_patient(a_draft(), vitals=low), satisfied(RULE))


def test_thresholds_are_the_sites_choice() -> None:
    """How many, how low and how old may be set."""
    policy = {"iloprost-antihypertensives": 3.0}
    spec(a_patient(a_draft(), medications=[RAMIPRIL, BISOPROLOL], policy=policy), satisfied(RULE))
    policy = {"iloprost-systolic-with-antihypertensive": 120.0}
    spec(a_patient(a_draft(), medications=[RAMIPRIL], vitals=[systolic(119)], policy=policy), INFO)


def test_what_does_not_lower_blood_pressure() -> None:
    """Unless: ointments and eye drops, and other medicines for pulmonary hypertension."""
    for ingredient, group in (("nifedipine", DrugGroup.CALCIUM_CHANNEL_BLOCKER),):
        skin = a_medication(ingredient, group=group, route=Route.LOCAL)
        spec(a_patient(a_draft(), medications=[skin, RAMIPRIL]), satisfied(RULE))
        spec(
            a_patient(a_draft(ingredient, group=group, route=Route.LOCAL), medications=[ILOPROST]), not_applicable(RULE)
        )
    drops = a_medication("timolol", group=DrugGroup.BETA_BLOCKER, route=Route.LOCAL)
    bosentan = a_medication("bosentan", group=DrugGroup.PAH_VASODILATOR)
    spec(a_patient(a_draft(), medications=[drops, RAMIPRIL, bosentan]), satisfied(RULE))
    spec(a_patient(a_draft("bosentan", group=DrugGroup.PAH_VASODILATOR), medications=[ILOPROST]), not_applicable(RULE))


def test_which_orders() -> None:
    """Unless: it treats pulmonary hypertension, or is inhaled and not for edema; or another medicine is ordered."""
    nifedipine = a_medication("nifedipine")
    for order in (
        a_draft(reasons=FOR_LUNGS),
        a_draft(route=Route.INHALATION),
        a_draft("morphine"),
        an_order(),
        an_order(kind="MedicationRequest"),
    ):
        spec(a_patient(order, medications=[nifedipine]), not_applicable(RULE))
    lungs = a_medication("iloprost", reasons=FOR_LUNGS)
    spec(a_patient(a_draft("nifedipine"), medications=[lungs]), satisfied(RULE))
    hypertension = a_problem(Concept.PULMONARY_HYPERTENSION)
    spec(a_patient(a_draft(), medications=[nifedipine], problems=[hypertension]), not_applicable(RULE))


def test_only_the_warning_speaks_when_the_order_is_signed() -> None:
    """Then: the note about antihypertensives belongs to the selection of the order."""
    assert with_vasodilator.RULE.speaks == {Hook.ORDER_SIGN: frozenset({"warning"})}


def test_what_could_not_be_read() -> None:
    """A failed list is a check not done; beside a vasodilator it is named on the card."""
    spec(a_patient(a_draft(), medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(a_draft("nifedipine"), medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    one_of_more = cut_off(Need.MEDICATIONS, RAMIPRIL)
    spec(a_patient(a_draft(), medications=one_of_more), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(a_draft(), medications=one_of_more, vitals=[systolic(100)]), advice(RULE, "info", unchecked=True))
    nifedipine = cut_off(Need.MEDICATIONS, a_medication("nifedipine"))
    spec(a_patient(a_draft(), medications=nifedipine), advice(RULE, "warning", unchecked=True))
    no_pressure = a_patient(a_draft(), medications=[RAMIPRIL], vitals=cut_off(Need.BLOOD_PRESSURE))
    spec(no_pressure, missing(RULE, Need.BLOOD_PRESSURE))
    spec(a_patient(a_draft(), vitals=cut_off(Need.BLOOD_PRESSURE)), satisfied(RULE))


def test_the_use_of_the_prostacyclin_is_unknown() -> None:
    """By vein the card stands and says so; inhaled it cannot be said whether it counts."""
    nifedipine = a_medication("nifedipine")
    by_vein = a_patient(a_draft(reasons=UNREADABLE_REASON), medications=[nifedipine])
    spec(by_vein, advice(RULE, "warning", unchecked=True))
    inhaled = a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(inhaled, medications=[nifedipine]), missing(RULE, Need.PROBLEMS))
    on_file = a_medication("iloprost", route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(a_draft("nifedipine"), medications=[on_file]), missing(RULE, Need.PROBLEMS))
