"""Whether a product gives off its drug at once or over hours."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Medicine
from cds_hooks.snapshot.release import Release, release


@pytest.mark.parametrize(
    "form",
    [
        "Extended Release Oral Tablet",
        "Prolonged-release capsule",
        "Modified release tablet",
        "Sustained-Release Oral Capsule",
        "controlled release tablet",
        "Slow release tablet",
        "Retardtablette",
        "Retardkapsel",
        "comprimé à libération prolongée",
        "comprimé à libération modifiée",
        "compressa a rilascio prolungato",
        "compressa a rilascio modificato",
        "comprimido de liberación prolongada",
        "comprimido de liberacion modificada",
        "Transdermal System",
        "dispositif transdermique",
        "Patch",
        "Matrixpflaster",
        "cerotto",
        "parche",
        "Drug Implant",
        "Depot injection",
    ],
)
def test_forms_of_extended_release(form: str) -> None:
    """By the form, and by a name that says the same."""
    assert release(Medicine(name="opioid", form=form)) is Release.EXTENDED
    assert release(Medicine(name=f"opioid {form}")) is Release.EXTENDED


@pytest.mark.parametrize(
    "name",
    [
        *("Ultram ER", "oxycodone XR", "Procardia XL", "tramadol SR", "Afeditab CR", "Coracten MR", "Adalat LA"),
        *("Adalat CC", "Adalate LP", "fentanyl TTS 25", "Adalat OROS", "OxyContin", "MS Contin"),
        f"MST {'contin'}us",
    ],
)
def test_abbreviations_and_brands(name: str) -> None:
    """They win over a plain form."""
    assert release(Medicine(name=name)) is Release.EXTENDED
    assert release(Medicine(name=name, form="Tablet")) is Release.EXTENDED


@pytest.mark.parametrize(
    "form",
    [
        *(
            "Oral Tablet",
            "Oral Capsule",
            "Oral Solution",
            "Oral Suspension",
            "Disintegrating Oral Tablet",
            "Oral drops",
        ),
        *("Filmtablette", "Weichkapsel", "Lösung", "Tropfen", "comprimé", "gélule", "compressa", "capsula", "cápsula"),
        *("soluzione", "solución"),
    ],
)
def test_plain_forms_release_at_once(form: str) -> None:
    """A form that says no more."""
    assert release(Medicine(name="nifedipine", form=form)) is Release.IMMEDIATE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nifedipine 10 mg oral capsule", Release.IMMEDIATE),
        ("Nifedipin Kapseln 10 mg", Release.IMMEDIATE),
        ("gélules de nifédipine", Release.IMMEDIATE),
        ("nifedipina cápsulas", Release.IMMEDIATE),
        ("nifedipina capsula", Release.IMMEDIATE),
        ("nifedipine immediate-release", Release.IMMEDIATE),
        ("oxycodone Immediate Release", Release.IMMEDIATE),
        ("oxycodone IR 5 mg", Release.IMMEDIATE),
        ("nifedipine 30 mg tablet", None),
        ("nifedipine", None),
        ("nifedipina da prendere la sera", None),
        ("continue nifedipine", None),
    ],
)
def test_a_name_without_a_form(name: str, expected: Release | None) -> None:
    """A word or a capsule says it; a tablet may be short for one of extended release."""
    assert release(Medicine(name=name)) is expected


@pytest.mark.parametrize("form", ["Oral Product", "Pill"])
def test_forms_that_do_not_say(form: str) -> None:
    """Neither one nor the other, whatever the name says of its shape."""
    assert release(Medicine(name="nifedipine capsule", form=form)) is None
    assert release(Medicine(name="nifedipine IR", form=form)) is Release.IMMEDIATE
