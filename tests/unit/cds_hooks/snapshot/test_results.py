"""Observations as results."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.snapshot.from_fhir.results import quantity_of, written
from cds_hooks.snapshot.model import Listing, Present
from cds_hooks.snapshot.problem import Answer, Result
from cds_hooks.snapshot.quantity import Quantity, Refusal
from cds_hooks.snapshot.queries import PREGNANCY
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire import fhir
from tests.builders.fhir import (
    EGFR,
    INR,
    LOINC,
    PREGNANCY_TEST_AMOUNT,
    Json,
    a_quantity,
    coded,
    fhir_observation,
    named,
)
from tests.unit.cds_hooks.snapshot.reading import LOOKUPS, read


def labs(code: Json, **value: Any) -> Listing[Result]:
    return read([fhir_observation(code, **value)]).labs


def only(listing: Listing[Result]) -> Result:
    assert len(listing.items) == 1, listing
    return listing.items[0]


def hcg(**value: Any) -> Listing[Result]:
    return read([fhir_observation(PREGNANCY_TEST_AMOUNT, **value)], observations_under=PREGNANCY).pregnancy_results


def test_an_amount_is_shown_as_the_chart_wrote_it() -> None:
    found = only(labs(EGFR, valueQuantity=a_quantity(0.9, "mL/s/{1.73_m2}", comparator=">")))

    assert found.number == 54
    assert found.quantity is not None
    assert found.quantity.at_least
    assert (found.fact.value, found.fact.unit) == (">0.9", "mL/s/{1.73_m2}")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ({"valueQuantity": {"value": 2.1, "code": "1"}}, 2.1),
        ({"valueInteger": 2, "valueQuantity": {"code": "{ratio}"}}, 2),
        ({"valueString": " 2,1 INR"}, 2.1),
        ({"valueString": "<1.5 {INR}"}, 1.5),
        ({"valueQuantity": {"unit": "INR"}, "valueString": "2.4"}, 2.4),
    ],
)
def test_an_inr_however_it_is_written(value: Json, number: float) -> None:
    assert only(labs(INR, **value)).number == number


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"valueQuantity": {"value": 60}}, "has no unit or an unknown one"),
        ({"valueQuantity": a_quantity(60, "mL/min")}, "has no unit or an unknown one"),
        ({"valueQuantity": a_quantity(600, "mL/min/1.73m2")}, "is outside what is plausible"),
        ({"valueQuantity": a_quantity(60, "mL/min/1.73m2", comparator="~")}, "has an unknown comparator"),
        ({"valueQuantity": a_quantity(60, "mL/min/1.73m2"), "status": "odd"}, "has no readable status"),
        ({"valueString": "see report"}, "holds no readable value"),
        ({"valueCodeableConcept": named("normal")}, "holds no readable value"),
        ({"valueQuantity": a_quantity(60, "mL/min/1.73m2"), "effectiveDateTime": "2031-01-01"}, "dated in the future"),
    ],
)
def test_what_cannot_be_used_is_remarked(value: Json, why: str) -> None:
    found = labs(EGFR, **value)

    assert found.items == ()
    assert [why in remark.text for remark in found.remarks] == [True]
    assert found.remarks[0].fact == "eGFR"


def test_the_components_of_a_panel() -> None:
    parts = [
        {"code": INR, "valueQuantity": a_quantity(2.2, "{INR}")},
        {"code": named("other"), "valueString": "x"},
        {"code": INR, "dataAbsentReason": named("error")},
    ]

    found = only(labs(named("coagulation panel"), component=parts))
    assert found.number == 2.2
    assert found.fact.resource == "Observation/observation-1"
    assert only(labs(INR, component=parts[:1])).number == 2.2
    assert len(labs(INR, valueQuantity=a_quantity(2.4, "{INR}"), component=parts[:1]).items) == 2


def test_components_that_cannot_be_read_leave_a_gap() -> None:
    found = labs(named("panel"), component=[{"code": 5}])

    assert found.gap is not None


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ({"valueQuantity": a_quantity(5, "mIU/mL", comparator="<")}, Answer.NEGATIVE),
        ({"valueQuantity": a_quantity(5, "mIU/mL", comparator="<=")}, Answer.UNDECIDED),
        ({"valueQuantity": a_quantity(4, "m[IU]/mL")}, Answer.NEGATIVE),
        ({"valueQuantity": a_quantity(12, "IU/L")}, Answer.UNDECIDED),
        ({"valueQuantity": a_quantity(25, "[IU]/L")}, Answer.POSITIVE),
        ({"valueString": "< 5 mIU/mL"}, Answer.NEGATIVE),
        ({"valueString": "see report"}, Answer.UNDECIDED),
        ({"valueBoolean": True}, Answer.POSITIVE),
    ],
)
def test_a_pregnancy_test_by_amount(value: Json, answer: Answer) -> None:
    assert only(hcg(**value)).answer is answer


def test_an_amount_of_hcg_in_an_unknown_unit_answers_nothing() -> None:
    found = hcg(valueQuantity=a_quantity(3, "ng/mL"))

    assert found.items == ()
    assert "unknown one" in found.remarks[0].text


def part(**value: Any) -> fhir.Component:
    found = fhir.decode(json.dumps(value).encode(), fhir.Component)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"valueQuantity": a_quantity(50, "nmol/L")}, ("50 nmol/L (20 ng/mL)", "")),
        ({"valueQuantity": a_quantity(20, "ng/mL", comparator="<")}, ("<20 ng/mL (<49.9 nmol/L)", "")),
        ({"valueQuantity": a_quantity(20, "ug/L")}, ("20 ng/mL (49.9 nmol/L)", "")),
        ({"valueString": "< 8 ng/mL"}, ("< 8 ng/mL", "")),
    ],
)
def test_vitamin_d_is_shown_in_both_units(value: Json, shown: tuple[str, str]) -> None:
    quantity = quantity_of(part(**value), "vitamin_d", LOOKUPS)

    assert isinstance(quantity, Quantity)
    assert written(part(**value), "vitamin_d", quantity) == shown


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ({"valueString": "34w2d"}, 240),
        ({"valueString": "34 weeks"}, 238),
        ({"valueQuantity": a_quantity(34, "wk")}, 238),
        ({"valueQuantity": a_quantity(240, "d")}, 240),
        ({"valueString": "99w2d"}, Refusal.IMPLAUSIBLE),
        ({"valueInteger": 34}, Refusal.UNIT),
    ],
)
def test_a_gestational_age(value: Json, days: object) -> None:
    found = quantity_of(part(**value), "gestational_age", LOOKUPS)

    assert (found.value if isinstance(found, Quantity) else found) == days


def test_of_a_race_specific_pair_the_lower_value_counts() -> None:
    pair = [
        fhir_observation(coded(LOINC, code), id=code, valueQuantity=a_quantity(value, "mL/min/1.73m2"))
        for code, value in (("48642-3", 52), ("48643-1", 61))
    ]
    patient = read(pair)

    found = patient.newest(Concept.EGFR, 30)
    assert isinstance(found, Present)
    assert [item.number for item in found.items] == [52]
    other = fhir_observation(coded(LOINC, "98979-8"), valueQuantity=a_quantity(58, "mL/min/1.73m2"))
    found = read([*pair, other]).newest(Concept.EGFR, 30)
    assert isinstance(found, Present)
    assert [item.number for item in found.items] == [58]


VALUES = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.dictionaries(
        st.sampled_from(["value", "unit", "code", "comparator"]),
        st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.text()),
    ),
)


@given(
    st.dictionaries(
        st.sampled_from(["valueQuantity", "valueString", "valueInteger", "valueBoolean", "component"]), VALUES
    )
)
def test_reading_never_fails(value: Json) -> None:
    read([fhir_observation(INR, **value)])
