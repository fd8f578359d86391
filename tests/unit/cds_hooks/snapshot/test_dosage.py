"""The daily dose and the supply of an order: structured, or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Dose, Medication
from tests.builders.fhir import ATC, RXNORM, Json, coded, fhir_draft, fhir_medication_request, fhir_statement, named
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import read

OXYCODONE = named("oxycodone hydrochloride 5 mg oral tablet")
COMBINED = coded(RXNORM, "1049221", "acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet")
COLECALCIFEROL = coded(ATC, "A11CC05", "colecalciferol")
DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
UCUM = "http://unitsofmeasure.org"


def drafted(medicine: Json, *dosages: Any, **changed: Any) -> Medication:
    [order] = read(drafts=[fhir_draft(medicine, **{"dosageInstruction": list(dosages), **changed})]).drafts
    assert order.medication is not None
    return order.medication


def tablets(number: Any = 1, timing: Json | None = None, unit: str = "tablet", **changed: Any) -> Json:
    dose = {"doseAndRate": [{"doseQuantity": {"value": number, "unit": unit}}]}
    return {"timing": timing or DAILY, **dose, **changed}


def every(times: float, period: float, unit: str, **changed: Any) -> Json:
    return {"repeat": {"frequency": times, "period": period, "periodUnit": unit, **changed}}


def by_code(code: str) -> Json:
    return {"code": {"coding": [{"code": code}]}}


# -- how often


@pytest.mark.parametrize(
    ("timing", "milligrams"),
    [
        (every(3, 1, "d"), 15),
        (every(1, 6, "h"), 20),
        (every(1, 1, "wk"), 5 / 7),
        (every(1, 2, "d"), 2.5),
        (every(2, 1, "d", frequencyMax=4), 20),
        ({"repeat": {"period": 12, "periodUnit": "h"}}, 10),
        ({"repeat": {"frequency": 2, "periodUnit": "day"}}, 10),
        ({"repeat": {"timeOfDay": ["08:00:00", "20:00:00"]}}, 10),
        ({"repeat": {"when": ["MORN", "NOON", "EVE"]}}, 15),
        (every(1, 1, "d", when=["MORN", "EVE"]), 10),
        ({"repeat": {"dayOfWeek": ["mon", "thu"]}}, 10 / 7),
        (every(1, 1, "d", dayOfWeek=["mon"]), 5 / 7),
        (every(1, 1, "wk", dayOfWeek=["mon", "wed", "fri"]), 15 / 7),
        (every(3, 1, "wk", dayOfWeek=["mon", "wed", "fri"]), 15 / 7),
        (by_code("BID"), 10),
        (by_code("Q8H"), 15),
        ({"code": {"text": "qd"}}, 5),
    ],
)
def test_times_a_day(timing: Json, milligrams: float) -> None:
    """A tablet of 5 mg as often as the timing says at most."""
    found = drafted(OXYCODONE, tablets(timing=timing)).per_day

    assert found is not None
    assert found.mg == pytest.approx(milligrams)


@pytest.mark.parametrize(
    "timing",
    [
        {},
        {"repeat": {}},
        {"repeat": {"frequency": 3}},
        {"repeat": {"frequency": 3, "period": 0, "periodUnit": "d"}},
        {"repeat": {"frequency": 3, "period": 1, "periodUnit": "moon"}},
        {"repeat": {"frequency": 3, "period": "Infinity", "periodUnit": "d"}},
        {"repeat": {"frequency": "often", "period": 1, "periodUnit": "d"}},
        by_code("ODD"),
        {"code": {"text": "three times daily"}},
    ],
)
def test_a_timing_that_is_not_structured(timing: Json) -> None:
    """Free text, a part that is missing or malformed: unknown, never zero."""
    dosage = tablets() | {"timing": timing, "text": "1 tablet 3 times daily"}

    assert drafted(OXYCODONE, dosage).per_day is None


def test_no_dosage_at_all() -> None:
    assert drafted(OXYCODONE).per_day is None


# -- how much


@pytest.mark.parametrize(
    ("medicine", "amount", "dose"),
    [
        (OXYCODONE, {"value": 2, "unit": "tablet"}, Dose(mg=10)),
        (OXYCODONE, {"value": 2, "unit": "Tabletten"}, Dose(mg=10)),
        (OXYCODONE, {"value": "2", "unit": "TAB"}, Dose(mg=10)),
        (OXYCODONE, {"value": 7.5, "unit": "mg", "system": UCUM, "code": "mg"}, Dose(mg=7.5)),
        (OXYCODONE, {"value": 0.01, "code": "g"}, Dose(mg=10)),
        (OXYCODONE, {"value": 500, "unit": "\u00b5g"}, Dose(mg=0.5)),
        (OXYCODONE, {"value": 1, "code": "{tbl}", "unit": "odd"}, Dose(mg=5)),
        (OXYCODONE, {"value": 1, "code": "odd", "unit": "tablet"}, Dose(mg=5)),
        (COMBINED, {"value": 1, "unit": "tablet"}, Dose(mg=5)),
        (named("oxycodone 1 mg/mL oral solution"), {"value": 5, "unit": "mL"}, Dose(mg=5)),
        (named("heparin sodium 5,000 unit/mL vial"), {"value": 2, "unit": "mL"}, Dose(units=10000)),
        (COLECALCIFEROL, {"value": 5000, "unit": "IU", "code": "[iU]"}, Dose(mg=0.125, units=5000)),
        (COLECALCIFEROL, {"value": 25, "unit": "ug"}, Dose(mg=0.025, units=1000)),
        (named("Vitamin D3 20.000 I.E. Kapseln"), {"value": 1, "unit": "Kapsel"}, Dose(mg=0.5, units=20000)),
        (
            named("calcium carbonate 1500 mg / cholecalciferol 800 unit oral tablet"),
            {"value": 2, "unit": "tablet"},
            Dose(mg=0.04, units=1600),
        ),
    ],
)
def test_the_daily_dose(medicine: Json, amount: Json, dose: Dose) -> None:
    """In mg, or in international units; 1 microgram of vitamin D is 40 of them."""
    dosage = {"timing": DAILY, "doseAndRate": [{"doseQuantity": amount}]}

    assert drafted(medicine, dosage).per_day == dose


@pytest.mark.parametrize(
    ("medicine", "amount"),
    [
        (OXYCODONE, {"unit": "tablet"}),
        (OXYCODONE, {"value": None, "unit": "tablet"}),
        (OXYCODONE, {"value": "one", "unit": "tablet"}),
        (OXYCODONE, {"value": "NaN", "unit": "tablet"}),
        (OXYCODONE, {"value": -1, "unit": "tablet"}),
        (OXYCODONE, {"value": 0, "unit": "tablet"}),
        (OXYCODONE, {"value": 1, "unit": "spoon"}),
        (OXYCODONE, {"value": 1}),
        (OXYCODONE, {"value": 5, "unit": "mL"}),
        (COLECALCIFEROL, {"value": 5, "unit": "mL"}),
        (named("oxycodone"), {"value": 1, "unit": "tablet"}),
        (named("diclofenac sodium 1 % topical gel"), {"value": 1, "unit": "tablet"}),
        (named("calcium carbonate 1500 mg / cholecalciferol 800 unit oral tablet"), {"value": 1500, "unit": "mg"}),
    ],
)
def test_an_amount_that_tells_no_dose(medicine: Json, amount: Json) -> None:
    dosage = {"timing": DAILY, "doseAndRate": [{"doseQuantity": amount}]}

    assert drafted(medicine, dosage).per_day is None


def test_a_range_counts_at_its_upper_end() -> None:
    high = {"low": {"value": 1, "unit": "tablet"}, "high": {"value": 2, "unit": "tablet"}}
    up_to = {"timing": DAILY, "doseAndRate": [{"doseRange": high}]}
    open_range = {"timing": DAILY, "doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "tablet"}}}]}

    assert drafted(OXYCODONE, up_to).per_day == Dose(mg=10)
    assert drafted(OXYCODONE, open_range).per_day is None


def test_of_two_entries_for_one_dose_the_amount_of_substance_counts() -> None:
    """The same dose as ordered and as calculated is not two doses."""
    both = [{"doseQuantity": {"value": 1, "unit": "odd"}}, {"doseQuantity": {"value": 5, "unit": "mg"}}]

    assert drafted(OXYCODONE, {"timing": DAILY, "doseAndRate": both}).per_day == Dose(mg=5)
    assert drafted(OXYCODONE, {"timing": DAILY, "doseAndRate": [{"rateQuantity": {"value": 1}}]}).per_day is None


def test_several_instructions_are_added_up() -> None:
    morning, evening = tablets(1), tablets(2)

    assert drafted(OXYCODONE, morning, evening).per_day == Dose(mg=15)


@pytest.mark.parametrize("other", [{"text": "and one at night"}, 5, {"timing": "daily", "text": "at night"}])
def test_one_instruction_without_a_dose_leaves_the_whole_unknown(other: Any) -> None:
    found = drafted(OXYCODONE, tablets(), other)

    assert found.per_day is None
    assert found.medicine.drugs


def test_a_dose_that_cannot_be_read_leaves_the_schedule() -> None:
    """An amount written as a text hides neither the end of the order nor that it is taken as needed."""
    bounds = {"repeat": {"boundsPeriod": {"end": day(5)}}}
    odd = {"timing": bounds, "asNeededBoolean": True, "doseAndRate": [{"doseQuantity": "5 mg"}]}
    [found] = read([fhir_medication_request(OXYCODONE, status="stopped", dosageInstruction=[odd])]).medications.items

    assert (found.per_day, found.as_needed) == (None, True)
    assert found.stopped is not None
    assert found.stopped.day == day(5)


def test_instructions_in_different_measures_do_not_add_up() -> None:
    in_units = {"timing": DAILY, "doseAndRate": [{"doseQuantity": {"value": 5, "unit": "units"}}]}

    assert drafted(OXYCODONE, tablets(), in_units).per_day is None


def test_a_dosage_that_is_no_list() -> None:
    """One instruction in place of a list of them is read all the same; anything else is unknown."""
    assert drafted(OXYCODONE, dosageInstruction=tablets()).per_day == Dose(mg=5)
    assert drafted(OXYCODONE, dosageInstruction="daily").per_day is None


# -- as needed


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        ({"asNeededBoolean": True}, True),
        ({"asNeededCodeableConcept": {"text": "pain"}}, True),
        ({"asNeededBoolean": "true"}, True),
        ({"asNeededBoolean": False}, False),
        ({"text": "as needed"}, False),
    ],
)
def test_as_needed(said: Json, needed: bool) -> None:
    """What is taken as needed counts at its maximum."""
    found = drafted(OXYCODONE, tablets(timing=every(1, 6, "h"), **said))

    assert found.as_needed is needed
    assert found.per_day == Dose(mg=20)


@pytest.mark.parametrize(
    ("limit", "milligrams"),
    [
        ({"numerator": {"value": 3, "unit": "tablet"}, "denominator": {"value": 1, "unit": "d"}}, 15),
        ({"numerator": {"value": 60, "unit": "mg"}, "denominator": {"value": 1, "unit": "d"}}, 20),
        ({"numerator": {"value": 3, "unit": "tablet"}, "denominator": {"value": 0, "unit": "d"}}, 20),
        ({"numerator": {"value": 3, "unit": "tablet"}}, 20),
    ],
)
def test_no_more_than_the_stated_maximum(limit: Json, milligrams: float) -> None:
    dosage = tablets(timing=every(1, 6, "h"), maxDosePerPeriod=limit)

    assert drafted(OXYCODONE, dosage).per_day == Dose(mg=milligrams)


def test_the_maximum_alone_is_a_daily_dose() -> None:
    limit = {"numerator": {"value": 3, "unit": "tablet"}, "denominator": {"value": 24, "unit": "h"}}

    assert drafted(OXYCODONE, {"text": "for pain", "maxDosePerPeriod": limit}).per_day == Dose(mg=15)


def test_a_maximum_in_another_measure_does_not_hide_the_dose() -> None:
    limit = {"numerator": {"value": 3, "unit": "units"}, "denominator": {"value": 1, "unit": "d"}}

    assert drafted(OXYCODONE, tablets(maxDosePerPeriod=limit)).per_day == Dose(mg=5, units=3)


# -- supply


def supplied(dosage: Json, **dispense: Any) -> float | None:
    return drafted(OXYCODONE, dosage, dispenseRequest=dispense).supply_days


@pytest.mark.parametrize(
    ("dispense", "days"),
    [
        ({"expectedSupplyDuration": {"value": 5, "unit": "days", "code": "d"}}, 5),
        ({"expectedSupplyDuration": {"value": 2, "unit": "weeks"}, "numberOfRepeatsAllowed": 2}, 42),
        ({"expectedSupplyDuration": {"value": 2, "unit": "weeks"}, "numberOfRepeatsAllowed": -2}, 14),
        ({"expectedSupplyDuration": {"value": 5, "unit": "moons"}}, None),
        ({"expectedSupplyDuration": {"unit": "d"}}, None),
        ({"expectedSupplyDuration": {"value": 0, "unit": "d"}}, None),
        ({"expectedSupplyDuration": {"value": 90, "unit": "a"}}, None),
        ({"quantity": {"value": 20, "unit": "tablet"}}, 5),
        ({"quantity": {"value": 20, "unit": "tablet"}, "numberOfRepeatsAllowed": 1}, 10),
        ({"quantity": {"value": 100, "unit": "mg"}}, 5),
        ({"quantity": {"value": 20, "unit": "box"}}, None),
        ({"quantity": {"value": 20, "unit": "units"}}, None),
        ({}, None),
        ("soon", None),
    ],
)
def test_the_supply_in_days(dispense: Any, days: float | None) -> None:
    """As stated, with its refills; else the quantity by the daily dose, four tablets a day."""
    dosage = tablets(timing=every(1, 6, "h"))

    assert drafted(OXYCODONE, dosage, dispenseRequest=dispense).supply_days == days


def test_a_quantity_without_a_daily_dose_tells_no_supply() -> None:
    assert supplied({"text": "1 tablet as needed"}, quantity={"value": 20, "unit": "tablet"}) is None


def bound(**bounds: Any) -> Json:
    return {"timing": {"repeat": bounds}}


def lasting(start: str | None, end: str | None) -> Json:
    return bound(boundsPeriod={"start": start, "end": end})


@pytest.mark.parametrize(
    ("dosages", "days"),
    [
        ([lasting("2025-06-15", "2025-06-22")], 7),
        ([lasting("2025-06-15", "2025-06-23")], 8),
        ([lasting("2025-06-15", "2025-06-18"), lasting("2025-06-18", "2025-06-25")], 10),
        ([lasting("2025-06-15", None)], None),
        ([lasting(None, "2025-06-22")], None),
        ([lasting("2025-06-15", "2025-06-22"), {"text": "1 tablet as needed"}], None),
        ([lasting("2025-06-22", "2025-06-15")], None),
        ([bound(boundsDuration={"value": 5, "code": "d"})], 5),
        ([bound(boundsRange={"high": {"value": 2, "code": "wk"}})], 14),
        ([bound(frequency=1)], None),
        ([], None),
    ],
)
def test_how_long_the_instructions_last(dosages: list[Json], days: float | None) -> None:
    """Without a supply the order lasts as long as its instructions."""
    assert drafted(OXYCODONE, *dosages).supply_days == days
    stated = {"expectedSupplyDuration": {"value": 3, "unit": "d"}}
    assert drafted(OXYCODONE, *dosages, dispenseRequest=stated).supply_days == 3


# -- orders on file and statements


def test_orders_on_file_and_statements_have_doses_too() -> None:
    order = fhir_medication_request(OXYCODONE, dosageInstruction=[tablets(2)])
    statement = fhir_statement(OXYCODONE, dosage=[tablets(3, asNeededBoolean=True)])
    found = read([order, statement]).medications.items

    assert [item.per_day for item in found] == [Dose(mg=10), Dose(mg=15)]
    assert [item.as_needed for item in found] == [False, True]


def test_a_quantity_alone_does_not_end_an_order() -> None:
    """The status filter knows the stated supply only (0.1); an order with a quantity stays active."""
    quantity = {"quantity": {"value": 10, "unit": "tablet"}}
    old = fhir_medication_request(
        OXYCODONE, authoredOn=day(300), dosageInstruction=[tablets()], dispenseRequest=quantity
    )
    [found] = read([old]).medications.items

    assert (found.standing, found.supply_days) == ("active order", 10)
