"""How much a product holds, as its name states it."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Strength
from tests.builders.fhir import ATC, RXNORM, Json, coded, named
from tests.unit.cds_hooks.snapshot.reading import medicine

DENOSUMAB = coded(ATC, "M05BX04", "denosumab")
SUBCUTANEOUS = named("Subcutaneous")


@pytest.mark.parametrize(
    ("name", "milligrams"),
    [
        ("denosumab 60 mg/mL prefilled syringe", 60),
        ("1 ML denosumab 60 MG/ML Prefilled Syringe", 60),
        ("denosumab 120 mg/1.7 mL injection", 120),
        ("1.7 ML denosumab 70 MG/ML Injection", 120),  # 119 by the numbers, 120 on the label
        ("Xgeva", 120),
        ("Jubereq", 120),
        ("Prolia Fertigspritze", 60),
        ("zoledronic acid 5 mg/100 mL intravenous infusion", 5),
        ("zoledronic acid 5 mg / 100 mL", 5),
        ("100 ML zoledronic acid 0.05 MG/ML Injection", 5),
        ("5 ML zoledronic acid 0.8 MG/ML Injection", 4),
        ("Aclasta", 5),
        ("ibandronate 3 mg/3 mL intravenous injection", 3),
        ("alendronate 70 mg oral tablet", 70),
        ("alendronate 70 mg/tablet", 70),
        ("oxycodone hydrochloride 10 mg 12 hour extended release oral tablet", 10),
        ("acetaminophen 325 mg / oxycodone 5 mg oral tablet", 5),
        ("acetaminophen 500 mg oral tablet", 500),
        ("prednisolone 0,005 g", 5),
        ("iloprost 0.1 mg/mL intravenous infusion", None),
        ("denosumab", None),
        ("25 MCG/HR fentanyl patch", None),
        ("oxycodone 5 mg/0 mL", None),
        ("oxycodone 1.2.3 mg", None),
        ("diclofenac sodium 0.01 MG/MG Topical Gel", None),
        ("Prolia or Xgeva", None),
        ("lisinopril 20 mg / hydrochlorothiazide 12.5 mg oral tablet", None),
    ],
)
def test_the_strength_that_a_name_states(name: str, milligrams: float | None) -> None:
    assert medicine(named(name)).strength_mg == milligrams


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        ("cholecalciferol 1000 unit (0.025 mg) oral tablet", Strength(units=1000)),
        ("Dekristol 20.000 I.E. Vitamin D3", Strength(units=20000)),
        ("calcium carbonate 1500 MG / cholecalciferol 800 UNT Oral Tablet", Strength(units=800)),
        ("heparin sodium 25,000 unit/250 mL infusion", Strength(units=25000, units_per_ml=100)),
        ("250 ML heparin sodium, porcine 100 UNT/ML Injection", Strength(units=25000, units_per_ml=100)),
        ("1.x ML heparin 100 UNT/ML", Strength(units_per_ml=100)),
    ],
)
def test_a_strength_in_international_units(name: str, strength: Strength) -> None:
    assert medicine(named(name)).strength == strength


@pytest.mark.parametrize(
    ("name", "micrograms"),
    [
        ("25 MCG/HR fentanyl patch", 25),
        ("72 HR fentanyl 0.025 MG/HR Transdermal System", 25),
        ("Fentanyl 600 mcg/24 h Pflaster", 25),
        ("fentanyl 25 mcg/0 h", None),
        ("heparin 1000 units/hour", None),
        ("fentanyl 100 mcg tablet", None),
    ],
)
def test_the_rate_of_a_transdermal_system(name: str, micrograms: float | None) -> None:
    """What it gives off in an hour is no amount of one unit."""
    assert medicine(named(name)).strength.mcg_per_hour == micrograms


def test_the_first_name_with_an_amount_counts() -> None:
    """The chart's own text comes before the display of a code."""
    written: Json = {"text": "denosumab", "coding": [{"system": RXNORM, "code": "993452", "display": "Prolia 60 mg"}]}

    assert medicine(written).strength_mg == 60


def test_the_dose_of_an_injection_whose_name_states_none() -> None:
    """ATC names the substance only: what is given tells the product for bone metastases from the one for bone loss."""
    given = {"route": SUBCUTANEOUS, "doseAndRate": [{"doseQuantity": {"value": 120, "unit": "mg"}}]}
    other = {"route": SUBCUTANEOUS, "doseAndRate": [{"doseQuantity": {"value": 60, "unit": "mg"}}]}

    assert medicine(DENOSUMAB, [given]).strength_mg == 120
    assert medicine(DENOSUMAB, [given, other]).strength_mg is None
    assert medicine(coded(ATC, "M05BA04", "alendronate"), [given | {"route": named("oral")}]).strength_mg is None


def test_a_medicine_that_no_table_knows_has_none() -> None:
    assert not medicine(named("loratadine 10 mg")).strength.stated
