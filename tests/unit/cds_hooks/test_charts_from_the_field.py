"""Charts as they are written in the field: what once passed in silence, or alarmed for nothing."""

from __future__ import annotations

import pytest

from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor, topics_for
from tests.builders.fhir import (
    ATC,
    ICD10CM,
    ILOPROST,
    INTRAVENOUS,
    NEGATIVE,
    PREGNANCY,
    PREGNANCY_TEST,
    RXNORM,
    WARFARIN,
    Json,
    coded,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    fhir_procedure,
    named,
)
from tests.builders.moment import day

WOMAN = fhir_patient(gender="female", birthDate="1990-01-10")
PULMONARY = coded(ICD10CM, "I27.0", "Primary pulmonary hypertension")


def told(*chart: Json, draft: Json | None = None) -> list[str]:
    return topics_for("order-sign", [draft or fhir_draft()], chart)


def dosed(medicine: Json, directions: str, **dosage: object) -> Json:
    return fhir_medication_request(medicine, dosageInstruction=[{"text": directions, **dosage}])


# -- heparin is treatment unless it surely is a flush


@pytest.mark.parametrize(
    ("medicine", "directions"),
    [
        ("heparin 25,000 units/250 mL (100 units/mL) infusion", "18 units/kg/h; flush line before start"),
        ("Heparin 25.000 IE/50 ml Perfusor", "1000 IE/h, Spülung mit NaCl 0,9 %"),
        ("Heparin-Natrium 25.000 I.E./5 ml", "500 IE/h; Spülung der Leitung"),
        ("heparin 5000 units/mL", "intracatheter"),
        ("heparin lock flush 100 units/mL", "5000 units subcutaneously twice daily"),
    ],
)
def test_treatment_is_no_flush(medicine: str, directions: str) -> None:
    assert told(dosed(named(medicine), directions)) == ["BME-CI-01"]


@pytest.mark.parametrize(
    ("medicine", "directions"),
    [
        ("heparin lock flush 10 unit/mL", "5 mL as needed for line patency"),
        ("Heparin 100 I.E./ml", "Port spülen"),
        ("heparin lock flush 100 units/mL", "5 mL into the subcutaneous port after use"),
        ("Heparin 500 IE/5 ml", "zum Blocken des Ports"),
        ("heparin 2 units/mL in saline", "pressure bag of the A-line"),
        ("heparin 30000 IE Gel", "lokal auftragen"),
    ],
)
def test_a_flush_is_no_treatment(medicine: str, directions: str) -> None:
    assert told(dosed(named(medicine), directions)) == []


@pytest.mark.parametrize(
    ("medicine", "directions"),
    [
        (coded(RXNORM, "854235", "enoxaparin"), "inject 40 mg to the skin of the abdomen once daily"),
        (coded(RXNORM, "1364445", "apixaban 5 MG Oral Tablet"), "1 tab bid, topical cream as before"),
        (coded(RXNORM, "855332", "warfarin"), "1 Tbl abends; Salbe lokal weiter"),
    ],
)
def test_a_word_in_the_directions_makes_no_local_product(medicine: Json, directions: str) -> None:
    assert told(dosed(medicine, directions)) == ["BME-CI-01"]


# -- what no table and no word names


@pytest.mark.parametrize("code", [(RXNORM, "99999999"), (ATC, "X99ZZ99"), ("http://hl7.org/fhir/sid/ndc", "3089421")])
def test_a_code_that_no_table_holds_is_not_another_medicine(code: tuple[str, str]) -> None:
    """Without a word beside it, it may be any drug: on file and as the draft."""
    assert told(fhir_medication_request(coded(*code))) == ["BME-SYS-01"]
    assert told(WOMAN and fhir_medication_request(), draft=fhir_draft(coded(*code))) == ["BME-SYS-01"]


@pytest.mark.parametrize(
    "name", ["Phenpro-ratiopharm 3 mg", "Roteas 60 mg", "certoparin", "Coumadin", "Liquemine 5000"]
)
def test_names_of_other_countries(name: str) -> None:
    assert told(fhir_medication_request(named(name))) == ["BME-CI-01"]


@pytest.mark.parametrize("name", ["HBPM", "antivitamine K", "bloodthinners", "Blutverdünnungsmittel"])
def test_class_words_of_other_countries(name: str) -> None:
    assert told(fhir_medication_request(named(name))) == ["BME-CI-04"]


# -- why it is given


@pytest.mark.parametrize(
    "reason", ["WHO Group 1 PAH, FC III", "idiopathic PAH", "IPAH", "PAH Klasse III", "pulmonary HTN"]
)
def test_pulmonary_hypertension_as_it_is_written(reason: str) -> None:
    """The combination is confirmed, and the drug is never offered for removal."""
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request(WARFARIN)])
    draft = fhir_draft(reasonCode=[named(reason)])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [draft], chart)))
    assert card["indicator"] == "warning"
    assert "delete" not in str(card["suggestions"])


def test_a_reason_that_is_not_recognized_keeps_the_drug() -> None:
    """Beside pulmonary hypertension on the problem list the reason may be that: critical, but no offer to remove."""
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request(WARFARIN), fhir_condition(PULMONARY)])
    draft = fhir_draft(reasonCode=[named("see notes")])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [draft], chart)))
    assert card["indicator"] == "critical"
    assert "delete" not in str(card["suggestions"])
    assert "was not recognized" in card["detail"]


# -- parts by reference


def test_the_parts_of_an_infusion_bag() -> None:
    """Ingredients by reference, contained or sent along, and a sibling of another shape that hides none of them."""
    bag = {"resourceType": "Medication", "id": "bag", "code": named("IV infusion 500 mL")}
    contained = [
        {"resourceType": "PractitionerRole", "id": "r", "code": [named("pharmacist")]},
        {**bag, "ingredient": [{"itemReference": {"reference": "#s"}}]},
        {"resourceType": "Substance", "id": "s", "code": ILOPROST},
    ]
    draft = {key: value for key, value in fhir_draft().items() if key != "medicationCodeableConcept"}
    draft |= {"medicationReference": {"reference": "#bag"}, "contained": contained}
    assert told(fhir_medication_request(), draft=draft) == ["BME-CI-01"]


def test_a_part_that_came_along_after_parts_that_did_not() -> None:
    """One ingredient is nowhere, one has no code; the third is heparin and counts."""
    parts = [{"itemReference": {"reference": f"Substance/{part}"}} for part in ("nowhere", "codeless", "heparin")]
    bag = {"resourceType": "Medication", "id": "bag", "code": named("IV infusion 500 mL"), "ingredient": parts}
    order = {key: value for key, value in fhir_medication_request().items() if key != "medicationCodeableConcept"}
    order |= {"medicationReference": {"reference": "#bag"}, "contained": [bag]}
    chart = full_prefetch(the_advisor(), "order-sign", [order]) | {
        "codeless": {"resourceType": "Substance", "id": "codeless"},
        "heparin": {"resourceType": "Substance", "id": "heparin", "code": coded(RXNORM, "5224", "heparin")},
    }
    cards = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))
    assert [card["source"]["topic"]["code"] for card in cards] == ["BME-CI-01"]


def test_a_part_of_a_coded_product_counts() -> None:
    """A bag coded as one drug, with another among its ingredients."""
    parts = [{"itemCodeableConcept": coded(RXNORM, "5224", "heparin")}]
    bag = {"resourceType": "Medication", "id": "bag", "code": coded(RXNORM, "5640", "ibuprofen"), "ingredient": parts}
    order = {key: value for key, value in fhir_medication_request().items() if key != "medicationCodeableConcept"}
    order |= {"medicationReference": {"reference": "#bag"}, "contained": [bag]}
    assert told(order) == ["BME-CI-01"]


def test_an_ordinary_drug_by_reference_is_no_gap() -> None:
    """What a reference is displayed as is its name, as the same words would be in a text."""
    order = {key: value for key, value in fhir_medication_request().items() if key != "medicationCodeableConcept"}
    order["medicationReference"] = {"reference": "Medication/9", "display": "Metformin 500 mg tablet"}
    assert told(order) == []


# -- dates and records


@pytest.mark.parametrize(("date", "expected"), [("2025", ["BME-CI-03"]), ("2025-06", []), (day(5), [])])
def test_a_test_with_a_partial_date(date: str, expected: list[str]) -> None:
    """The first day of the span counts: a test of this year, without a month, is no recent one."""
    negative = fhir_observation(PREGNANCY_TEST, valueCodeableConcept=NEGATIVE, effectiveDateTime=date)
    assert told(WOMAN, negative) == expected


def test_an_old_miscarriage_entered_today_ends_nothing() -> None:
    """The day of the event counts, not the day on which the history was written down."""
    old = coded(ICD10CM, "O03.9", "Miscarriage") | {"text": "Miscarriage 2019"}
    history = fhir_condition(old, id="c2", onsetDateTime="2019-03-01", recordedDate=day(5))
    assert told(WOMAN, fhir_condition(PREGNANCY, recordedDate=day(20)), history) == ["BME-CI-02"]


@pytest.mark.parametrize(
    ("status", "expected"), [("completed", []), ("on-hold", ["BME-CI-03"]), ("stopped", ["BME-CI-03"])]
)
def test_an_operation_that_was_not_finished(status: str, expected: list[str]) -> None:
    operation = fhir_procedure(named("Total abdominal hysterectomy"), status=status, performedDateTime=day(400))
    assert told(WOMAN, operation) == expected


@pytest.mark.parametrize("name", ["Cesarean section", "Spontaneous vaginal delivery", "Kaiserschnitt", "Fehlgeburt"])
def test_the_end_of_a_pregnancy_by_name(name: str) -> None:
    """A delivery or abortion without a code ends the pregnancy that was recorded before."""
    pregnant = fhir_condition(coded(ICD10CM, "Z33.1", "Pregnant state"), recordedDate=day(200))
    ended = fhir_procedure(named(name), performedDateTime=day(10))
    assert told(WOMAN, pregnant) == ["BME-CI-02"]
    assert told(WOMAN, pregnant, ended) == ["BME-CI-03"]
    planned = fhir_condition(named(f"Plans for {name}"), recordedDate=day(10))
    assert told(WOMAN, pregnant, planned) == ["BME-CI-02"]


def test_female_in_any_field() -> None:
    """One recorded sex that says female keeps the question of pregnancy open, in whichever order the fields come."""
    base = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
    sexes = [{"url": f"{base}sex", "valueCode": "248153007"}, {"url": f"{base}birthsex", "valueCode": "F"}]
    assert told(fhir_patient(gender="male", birthDate="1990-01-10", extension=sexes)) == ["BME-CI-03"]


def test_a_number_beyond_belief() -> None:
    """A supply that nobody can have been given does not end an order, and does not break the call."""
    supply = {"expectedSupplyDuration": {"value": 30, "code": "d"}, "numberOfRepeatsAllowed": 10**320}
    assert told(fhir_medication_request(authoredOn=day(300), dispenseRequest=supply)) == ["BME-CI-01"]


# -- what the cards say


def test_drafts_without_ids_get_cards_of_their_own() -> None:
    """Feedback is told by the card's id: no two cards of a response share it."""
    nameless = {key: value for key, value in fhir_draft().items() if key != "id"}
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    cards = cards_in(answer_of("order-sign", a_request("order-sign", [nameless, nameless], chart)))
    assert len({card["uuid"] for card in cards}) == 2


def test_a_draft_without_an_id_is_not_selected_by_another_type() -> None:
    nameless = {key: value for key, value in fhir_draft().items() if key != "id"}
    chart = full_prefetch(the_advisor(), "order-select", [fhir_medication_request()])
    body = a_request("order-select", [nameless], chart, selections=["ServiceRequest/1"])
    assert cards_in(answer_of("order-select", body)) == []


def test_why_anticoagulation_is_unclear() -> None:
    """The card names what is unclear about each order, and the date that is known."""
    stopped = fhir_medication_request(WARFARIN, status="stopped", authoredOn=day(30))
    ended = fhir_medication_request(named("apixaban"), id="o2", status="completed", authoredOn=day(90))
    ended["dosageInstruction"] = [{"timing": {"repeat": {"boundsPeriod": {"end": day(2)}}}, "route": INTRAVENOUS}]
    chart = full_prefetch(the_advisor(), "order-sign", [stopped, ended])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))
    assert "stop date unknown" in card["detail"]
    assert "within its washout of 3 d" in card["detail"]
    assert day(30) in card["detail"]


# -- medicines that no list knows


def test_the_card_lists_what_it_did_not_recognize() -> None:
    """A medicine known by an unknown name alone may be any drug; one with a code of a drug terminology is another."""
    unknown = [fhir_medication_request(named(f"house *mixture* {number}"), id=f"u{number}") for number in range(7)]
    coded_other = fhir_medication_request(coded(RXNORM, "99999999", "metformin 500 MG Oral Tablet"), id="other")
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request(), *unknown, coded_other])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))
    [line] = [part for part in card["detail"].split("\n\n") if "Not recognized" in part]
    assert line.startswith("**Not recognized:** house \\*mixture\\* 0, ")
    assert "4 and 2 more. No list of Marrow knows these medicines" in line
    assert "metformin" not in card["detail"]
    assert "7 not recognized" in str(card["extension"])


def test_a_card_that_recognized_all_says_nothing_of_it() -> None:
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))
    assert "recognized" not in card["detail"]
