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
from cds_hooks.snapshot.queries import BONE_LABS, IMMUNOLOGY, PREGNANCY, SCORES, SCREENING_LABS, VITALS
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire import fhir
from tests.builders.fhir import (
    EGFR,
    INR,
    LOINC,
    PREGNANCY_TEST_AMOUNT,
    SNOMED,
    Json,
    a_quantity,
    an_outcome,
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
    found = only(hcg(**value))
    assert (found.concept, found.answer) == (Concept.HCG_QUANTITATIVE, answer)


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


# -- the other listings

VITAMIN_D = coded(LOINC, "62292-8", "25-hydroxyvitamin D")
CALCIUM = coded(LOINC, "17861-6", "Calcium")
CRP = coded(LOINC, "1988-5", "C reactive protein")
TEMPERATURE = coded(LOINC, "8310-5", "Body temperature")
PRESSURE = coded(LOINC, "85354-9", "Blood pressure panel")
SYSTOLIC, DIASTOLIC = coded(LOINC, "8480-6"), coded(LOINC, "8462-4")
SCALE = coded(LOINC, "38214-3", "Pain severity Score Visual analog score")
SKIN_TEST = coded(LOINC, "1648-5", "Tuberculin skin test")
HBSAG = coded(LOINC, "5196-1", "Hepatitis B virus surface Ag")


def bone(code: Json, **value: Any) -> Listing[Result]:
    return read([fhir_observation(code, **value)], observations_under=BONE_LABS).bone_labs


def screening(code: Json, **value: Any) -> Listing[Result]:
    return read([fhir_observation(code, **value)], observations_under=SCREENING_LABS).screening_labs


def vitals(code: Json, **value: Any) -> Listing[Result]:
    return read([fhir_observation(code, **value)], observations_under=VITALS).vitals


def test_each_listing_holds_its_own_kinds() -> None:
    """A result that stands under another query is not looked at there."""
    assert only(bone(VITAMIN_D, valueQuantity=a_quantity(26, "nmol/L"))).number == pytest.approx(10.417, abs=0.001)
    assert only(screening(CRP, valueQuantity=a_quantity(1.2, "mg/dL"))).number == 12
    assert only(vitals(TEMPERATURE, valueQuantity=a_quantity(101.3, "[degF]"))).number == pytest.approx(38.5)
    assert bone(CRP, valueQuantity=a_quantity(12, "mg/L")).items == ()


def test_the_listings_of_failed_queries() -> None:
    failed = read(boneLabs=an_outcome(), screeningLabs=an_outcome(), vitals=an_outcome())

    assert [listing.gap is None for listing in (failed.bone_labs, failed.screening_labs, failed.vitals)] == [False] * 3
    assert read().vitals.gap is None


def test_a_blood_pressure_panel() -> None:
    """The panel has no value of its own; of its parts the systolic pressure counts, also where the panel is malformed
    elsewhere."""
    high = {"code": SYSTOLIC, "valueQuantity": a_quantity(128, "mm[Hg]") | {"unit": "mmHg"}}
    low = {"code": DIASTOLIC, "valueQuantity": a_quantity(78, "mm[Hg]")}

    assert only(vitals(PRESSURE, component=[high, low])).number == 128
    assert vitals(PRESSURE, component=[low]).items == ()
    assert vitals(PRESSURE, component=[{**high, "dataAbsentReason": named("refused")}]).items == ()
    assert vitals(PRESSURE, component=[high, {"valueQuantity": "x"}]).gap is not None


@pytest.mark.parametrize(
    ("quantity", "score"),
    [(a_quantity(64, "mm"), 6.4), (a_quantity(6.4, "cm"), 6.4), ({"value": 64}, 6.4), ({"value": 6}, None)],
)
def test_pain_on_a_visual_analog_scale(quantity: Json, score: float | None) -> None:
    """By its unit, never by its size; without one only what exceeds the scale is in millimeters (0.2, NRS)."""
    found = vitals(SCALE, valueQuantity=quantity)

    assert [item.number for item in found.items] == ([] if score is None else [score])
    assert len(found.remarks) == (score is None)


@pytest.mark.parametrize(
    ("value", "nyha"),
    [
        ({"valueCodeableConcept": coded(SNOMED, "420300004")}, "nyha_1"),
        ({"valueCodeableConcept": named("Class II")}, "nyha_2"),
        ({"valueString": "NYHA III"}, "nyha_3"),
        ({"valueString": "IV"}, "nyha_4"),
        ({"valueInteger": 2}, "nyha_2"),
        ({"valueQuantity": {"value": 3}}, "nyha_3"),
    ],
)
def test_the_class_of_a_heart_failure(value: Json, nyha: str) -> None:
    """By code, by words with or without "NYHA", or by its number."""
    [found] = vitals(coded(LOINC, "88020-3", "Functional capacity NYHA"), **value).items
    assert found.concept == nyha


@pytest.mark.parametrize("value", [{"valueString": "reduced"}, {"valueString": "NYHA II, NYHA III"}])
def test_a_class_that_is_none(value: Json) -> None:
    """What names no class, or several, is remarked."""
    found = vitals(coded(LOINC, "88020-3"), **value)
    assert found.items == ()
    assert [remark.text for remark in found.remarks] == ["NYHA class: a result names no class; it was not used"]


def test_numbers_as_text() -> None:
    """EHRs write numbers as strings."""
    assert only(bone(CALCIUM, valueQuantity=a_quantity(9.4, "mg/dL") | {"value": "9.4"})).number == 9.4
    assert bone(CALCIUM, valueQuantity=a_quantity(9.4, "mg/dL") | {"value": "NaN"}).items == ()


# -- reference ranges


@pytest.mark.parametrize(
    ("ranges", "limits"),
    [
        ([{"low": a_quantity(8.5, "mg/dL"), "high": a_quantity(10.5, "mg/dL")}], (8.5, 10.5)),
        ([{"low": a_quantity(2.0, "mmol/L")}], (8.01603206, None)),
        ([{"low": {"value": 8.5}, "high": {"value": 10.5}}], (8.5, 10.5)),
        ([{"high": {"value": 10.5}, "type": {"coding": [{"code": "normal"}]}}], (None, 10.5)),
        ([{"high": {"value": 10.5}, "type": {"coding": [{"code": "treatment"}]}}], (None, None)),
        ([{"high": {"value": 10.5}, "age": {"low": {"value": 60, "unit": "a"}}}], (None, None)),
        ([{"high": {"value": 10.5}, "appliesTo": [named("pregnant")]}], (None, None)),
        ([{"high": {"value": 10.5}}, {"high": {"value": 11.5}, "age": {}}], (None, 10.5)),
        ([{"high": {"value": 10.5}}, {"high": {"value": 11.5}}], (None, None)),
        ([{"high": {"value": 10.5}}, {"text": "8.5 to 10.5"}], (None, 10.5)),
        ([{"high": {"unit": "mg/dL"}}], (None, None)),
        ([{"high": a_quantity(10.5, "moons")}], (None, None)),
        ("8.5-10.5", (None, None)),
        ([], (None, None)),
    ],
)
def test_the_laboratorys_own_limits(ranges: Any, limits: tuple[float | None, float | None]) -> None:
    """Converted as the value is; what holds only for some patients, or in words, says nothing."""
    found = only(bone(CALCIUM, valueQuantity=a_quantity(9.4, "mg/dL"), referenceRange=ranges))

    assert (found.low, found.high) == limits


def test_limits_without_a_unit_have_that_of_the_value() -> None:
    in_moles = {"valueQuantity": a_quantity(2.3, "mmol/L"), "referenceRange": [{"high": {"value": 2.5}}]}
    both = [fhir_observation(CALCIUM, id=f"o{number}", **in_moles) for number in range(2)]
    found = read(both, observations_under=BONE_LABS).bone_labs.items

    assert [item.high for item in found] == [10.0200401] * 2
    text = bone(CALCIUM, valueString="9.4 mg/dL", referenceRange=[{"high": a_quantity(10.5, "mg/dL")}])
    assert only(text).high == 10.5


# -- preliminary results


def test_preliminary_results_count_only_where_they_are_asked_for() -> None:
    """CRP and temperature may speak of an infection before they are final; nothing else may."""
    early = fhir_observation(CRP, status="preliminary", valueQuantity=a_quantity(80, "mg/L"))
    final = fhir_observation(CRP, id="o2", effectiveDateTime="2025-06-10", valueQuantity=a_quantity(4, "mg/L"))
    patient = read([early, final], observations_under=SCREENING_LABS)

    def value(finding: Any) -> list[float]:
        return [item.number for item in finding.items]

    assert value(patient.newest(Concept.CRP, 30)) == [4]
    assert value(patient.newest(Concept.CRP, 30, preliminary=True)) == [80]
    assert isinstance(patient.infection(), Present)
    assert vitals(TEMPERATURE, status="preliminary", valueQuantity=a_quantity(39, "Cel")).items[0].preliminary
    assert bone(CALCIUM, status="preliminary", valueQuantity=a_quantity(9, "mg/dL")) == Listing()
    assert screening(CRP, status="preliminary", valueString="high").remarks != ()


# -- answers


@pytest.mark.parametrize(
    ("value", "answer", "shown"),
    [
        ({"valueQuantity": a_quantity(12, "mm")}, Answer.POSITIVE, "12"),
        ({"valueQuantity": a_quantity(1, "cm")}, Answer.POSITIVE, "10"),
        ({"valueQuantity": a_quantity(9.5, "mm")}, Answer.UNDECIDED, "9.5"),
        ({"valueQuantity": a_quantity(5, "mm")}, Answer.UNDECIDED, "5"),
        ({"valueQuantity": a_quantity(4, "mm")}, Answer.NEGATIVE, "4"),
        ({"valueString": " 11 mm "}, Answer.POSITIVE, "11"),
        ({"valueCodeableConcept": named("Negative")}, Answer.NEGATIVE, "Negative"),
        ({"valueString": "see note"}, Answer.UNDECIDED, "see note"),
    ],
)
def test_a_tuberculin_skin_test(value: Json, answer: Answer, shown: str) -> None:
    """10 mm and more are positive, 5 to below 10 undecided."""
    found = only(screening(SKIN_TEST, **value))

    assert (found.answer, found.fact.value) == (answer, shown)


@pytest.mark.parametrize("quantity", [{"value": 12}, a_quantity(12, "mm", comparator=">"), a_quantity(12, "inch")])
def test_a_wheal_that_cannot_be_measured(quantity: Json) -> None:
    found = screening(SKIN_TEST, valueQuantity=quantity)

    assert (found.items, len(found.remarks)) == ((), 1)


def interpreted(code: str) -> list[Json]:
    return [{"coding": [{"code": code}]}]


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ({"valueCodeableConcept": named("Negative")}, Answer.NEGATIVE),
        ({"valueString": "Positive"}, Answer.POSITIVE),
        ({"valueQuantity": {"value": 0.3}, "interpretation": interpreted("NEG")}, Answer.NEGATIVE),
        ({"valueQuantity": {"value": 9}, "interpretation": interpreted("POS")}, Answer.POSITIVE),
        ({"interpretation": interpreted("IND")}, Answer.UNDECIDED),
        ({"valueString": "see note", "interpretation": interpreted("NR")}, Answer.NEGATIVE),
        ({"valueString": "Positive", "interpretation": interpreted("NEG")}, Answer.POSITIVE),
        ({"valueString": "see note", "interpretation": interpreted("N") + interpreted("H")}, Answer.UNDECIDED),
        ({"valueString": "see note", "interpretation": [*interpreted("POS"), *interpreted("NEG")]}, Answer.UNDECIDED),
    ],
)
def test_an_answer_by_value_or_by_what_the_laboratory_makes_of_it(value: Json, answer: Answer) -> None:
    """The value decides; the interpretation speaks where the value says neither yes nor no."""
    assert only(screening(HBSAG, **value)).answer is answer


ANTI_CCP = coded(LOINC, "33935-8", "Cyclic citrullinated peptide IgG Ab")
UP_TO_17 = [{"high": a_quantity(17, "U/mL")}]


@pytest.mark.parametrize(
    ("value", "answer", "shown"),
    [
        ({"valueQuantity": a_quantity(120, "U/mL"), "referenceRange": UP_TO_17}, Answer.POSITIVE, "120 U/mL"),
        ({"valueQuantity": a_quantity(17, "U/mL"), "referenceRange": UP_TO_17}, Answer.NEGATIVE, "17 U/mL"),
        (
            {"valueQuantity": a_quantity(7, "U/mL", comparator="<"), "referenceRange": UP_TO_17},
            Answer.NEGATIVE,
            "<7 U/mL",
        ),
        (
            {"valueQuantity": a_quantity(340, "U/mL", comparator=">"), "referenceRange": UP_TO_17},
            Answer.POSITIVE,
            ">340 U/mL",
        ),
        ({"valueQuantity": {"value": 120}, "referenceRange": [{"high": {"value": 17}}]}, Answer.POSITIVE, "120"),
        ({"valueQuantity": a_quantity(3, "U/mL"), "interpretation": interpreted("POS")}, Answer.POSITIVE, "3 U/mL"),
        ({"valueCodeableConcept": named("Negative"), "referenceRange": UP_TO_17}, Answer.NEGATIVE, "Negative"),
        ({"valueQuantity": a_quantity(45, "U/mL"), "interpretation": interpreted("H")}, Answer.POSITIVE, "45 U/mL"),
        ({"valueQuantity": a_quantity(4, "U/mL"), "interpretation": interpreted("N")}, Answer.NEGATIVE, "4 U/mL"),
    ],
)
def test_an_antibody(value: Json, answer: Answer, shown: str) -> None:
    """A number is judged by the laboratory's own limit, else by its flag."""
    found = only(read([fhir_observation(ANTI_CCP, **value)], observations_under=IMMUNOLOGY).immunology)

    assert (found.answer, found.fact.value) == (answer, shown)


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": a_quantity(120, "U/mL")},
        {"valueQuantity": a_quantity(20, "U/mL", comparator="<"), "referenceRange": UP_TO_17},
        {"valueQuantity": a_quantity(20, "mg/L"), "referenceRange": UP_TO_17},
        {"valueQuantity": a_quantity(20, "U/mL", comparator="~"), "referenceRange": UP_TO_17},
        {"valueQuantity": a_quantity(20, "U/mL"), "referenceRange": [*UP_TO_17, *UP_TO_17]},
        {"referenceRange": UP_TO_17},
    ],
)
def test_an_antibody_that_nothing_judges(value: Json) -> None:
    found = read([fhir_observation(ANTI_CCP, **value)], observations_under=IMMUNOLOGY).immunology

    assert (found.items, len(found.remarks)) == ((), 1)


def test_scores_and_bone_density() -> None:
    rows = [
        fhir_observation(coded(LOINC, "44261-6", "PHQ-9 total"), valueInteger=12),
        fhir_observation(
            coded(LOINC, "38264-8", "DXA Hip T-score"), id="o2", valueQuantity=a_quantity(-1.4, "{score}")
        ),
    ]
    found = read(rows, observations_under=SCORES).scores.items

    assert [(item.concept, item.number) for item in found] == [(Concept.PHQ9_TOTAL, 12), (Concept.DXA_T_SCORE, -1.4)]
    assert read(scores=an_outcome(), immunologyLabs=an_outcome()).scores.gap is not None


@pytest.mark.parametrize(
    ("code", "number"), [("LA6568-5", 0), ("LA6569-3", 1), ("LA6570-1", 2), ("LA6571-9", 3), ("LA9999-9", None)]
)
def test_an_answer_of_the_phq_counts_as_its_number(code: str, number: int | None) -> None:
    item = fhir_observation(coded(LOINC, "44260-8", "PHQ-9 item 9"), valueCodeableConcept=coded(LOINC, code))
    found = read([item], observations_under=SCORES).scores

    assert [each.number for each in found.items] == ([] if number is None else [number])
    assert len(found.remarks) == (number is None)


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
        st.sampled_from(
            [
                *("valueQuantity", "valueString", "valueInteger", "valueBoolean"),
                *("component", "referenceRange", "interpretation"),
            ]
        ),
        VALUES,
    )
)
def test_reading_never_fails(value: Json) -> None:
    read([fhir_observation(INR, **value)])
