"""Names of clinical drugs by the form that RxNorm gives them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.rxnorm_names import parse


@pytest.mark.parametrize(
    ("name", "ingredients", "form", "route"),
    [
        ("warfarin sodium 5 MG Oral Tablet [Coumadin]", ("warfarin sodium",), "Oral Tablet", "oral"),
        (
            "0.4 ML enoxaparin sodium 100 MG/ML Prefilled Syringe",
            ("enoxaparin sodium",),
            "Prefilled Syringe",
            "parenteral",
        ),
        (
            "250 ML heparin sodium, porcine 100 UNT/ML Injection",
            ("heparin sodium, porcine",),
            "Injection",
            "parenteral",
        ),
        ("1 ML iloprost 0.01 MG/ML Inhalation Solution", ("iloprost",), "Inhalation Solution", "inhalation"),
        (
            "12 HR aspirin 25 MG / dipyridamole 200 MG Extended Release Oral Capsule",
            ("aspirin", "dipyridamole"),
            "Extended Release Oral Capsule",
            "oral",
        ),
        ("Abuse-Deterrent 12 HR oxycodone 10 MG Extended Release Oral Tablet", ("oxycodone",), None, "oral"),
        ("diclofenac sodium 0.01 MG/MG Topical Gel", ("diclofenac sodium",), "Topical Gel", "topical"),
        ("diclofenac sodium 1 MG/ML Ophthalmic Solution", ("diclofenac sodium",), "Ophthalmic Solution", "ophthalmic"),
        ("nitroglycerin 0.4 MG/ACTUAT Mucosal Spray", ("nitroglycerin",), "Mucosal Spray", "oromucosal"),
        ("72 HR fentanyl 0.025 MG/HR Transdermal System", ("fentanyl",), "Transdermal System", "transdermal"),
        (
            "vitamin A / vitamin B12 / vitamin B6 Chewable Tablet",
            ("vitamin A", "vitamin B12", "vitamin B6"),
            None,
            "oral",
        ),
        ("Flurbiprofen Rectal Suppository", ("Flurbiprofen",), "Rectal Suppository", "rectal"),
        (
            "{16 (treprostinil 0.032 MG Inhalation Powder) / 16 (treprostinil 0.048 MG Inhalation Powder) } Pack",
            ("treprostinil",),
            "Inhalation Powder",
            "inhalation",
        ),
        (
            "{1 (4000 MG) (hydrocortisone 25 MG/ML Rectal Cream) / 6 (pramoxine 10 MG/ML Medicated Pad) } Pack",
            ("hydrocortisone", "pramoxine"),
            "",
            "unspecified",
        ),
        ("apixaban 5 MG", ("apixaban",), "", "unspecified"),
    ],
)
def test_a_regular_name(name: str, ingredients: tuple[str, ...], form: str | None, route: str) -> None:
    found = parse(name)

    assert found is not None
    assert found.ingredients == ingredients
    assert form is None or found.dose_form == form
    assert found.route == route


def test_the_brand_stands_in_brackets() -> None:
    found = parse("apixaban 5 MG Oral Tablet [Eliquis]")

    assert found is not None
    assert found.brand == "Eliquis"


@pytest.mark.parametrize(
    "name", ["", " ", "Eliquis", "blood thinner", "INFLIXIMAB IV INFUSION", "{} Pack", "{1 () } Pack"]
)
def test_other_names_are_not_regular(name: str) -> None:
    assert parse(name) is None


@given(st.text())
def test_no_name_makes_it_fail(name: str) -> None:
    parse(name)
