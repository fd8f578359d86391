"""Which drugs a medicine holds, how sure that is, and how it is given."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.snapshot.from_fhir.naming import named as named_drugs
from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.model import Absent, Present
from cds_hooks.snapshot.vocabulary import Certainty, DrugGroup, Route
from mappings import load
from tests.builders.fhir import (
    ATC,
    RXNORM,
    SNOMED,
    WARFARIN,
    Json,
    coded,
    fhir_draft,
    fhir_medication_request,
    fhir_statement,
    named,
)
from tests.unit.cds_hooks.snapshot.reading import LOOKUPS, REPORTS, medicine, read

LOCAL = "http://hospital.example/drugs"


def names(text: str) -> tuple[list[str], list[str], list[str]]:
    """Given, stopped and denied."""
    found = named_drugs([text], LOOKUPS)
    given, stopped, denied = (
        [entry.ingredient for entry in part] for part in (found.given, found.stopped, found.denied)
    )
    return given, stopped, denied


# -- certainty


@pytest.mark.parametrize(
    ("concept", "certainty"),
    [
        (WARFARIN, Certainty.CODE),
        (coded(ATC, "B01AB", "Heparin group"), Certainty.CLASS),
        (coded(ATC, "B01AB77", "new heparin"), Certainty.CLASS),
        (named("Coumadin 5 mg"), Certainty.NAME),
        (coded(RXNORM, "99999999", "warfarin sodium 7 MG Oral Tablet"), Certainty.NAME),
        (named("blood thinner"), Certainty.UNCERTAIN),
        (named("warfarin - stopped"), Certainty.UNCERTAIN),
    ],
)
def test_how_sure_a_recognition_is(concept: Json, certainty: Certainty) -> None:
    assert [drug.certainty for drug in medicine(concept).drugs] == [certainty]


def test_a_fixed_combination_is_named_by_the_drug_that_is_measured() -> None:
    """Acetaminophen beside an opioid stands behind it."""
    found = medicine(named("acetaminophen 325 mg / oxycodone 5 mg oral tablet"))

    assert [drug.group for drug in found.drugs] == [DrugGroup.OPIOID, DrugGroup.ANALGESIC_OTHER]


def test_an_ingredient_tells_what_an_unknown_product_holds() -> None:
    found = medicine(coded(LOCAL, "77", "house mix"), ingredients=[WARFARIN])

    assert [(drug.ingredient, drug.certainty) for drug in found.drugs] == [("warfarin", Certainty.CLASS)]
    assert found.name == "house mix"


def test_every_coding_is_read() -> None:
    codings = [{"system": LOCAL, "code": "1"}, *WARFARIN["coding"], *coded(ATC, "B01AC11")["coding"]]

    assert {drug.group for drug in medicine({"coding": codings}).drugs} == {
        DrugGroup.ANTICOAGULANT,
        DrugGroup.PROSTACYCLIN,
    }


@pytest.mark.parametrize(
    ("concept", "words"),
    [
        (coded(ATC, "B01AB", "heparins"), "recognized from its class"),
        (named("Coumadin"), "recognized from free text"),
        (named("warfarin (stopped)"), "its text says that it was stopped; recognized from free text"),
    ],
)
def test_the_fact_says_how_it_was_recognized(concept: Json, words: str) -> None:
    found = read([fhir_medication_request(concept)]).medications.items

    assert found[0].fact.value.endswith(words)


def test_the_fact_says_that_an_ingredient_told_it() -> None:
    product = {
        "resourceType": "Medication",
        "id": "mix",
        "code": named("mix"),
        "ingredient": [{"itemCodeableConcept": WARFARIN}],
    }
    order = fhir_medication_request(contained=[product], medicationReference={"reference": "#mix"})

    assert "recognized from its ingredients" in read([order]).medications.items[0].fact.value


# -- words around a name


@pytest.mark.parametrize(
    "text",
    [
        "warfarin 5 mg",
        "warfarin no refills",
        "warfarin not stopped",
        "warfarin, to be stopped before surgery",
        "take warfarin until stopped by the clinic",
        "warfarin 5 mg, aspirin stopped",
        "aspirin stopped, warfarin 5 mg",
        "continue warfarin, discontinued aspirin",
        "stopped aspirin start warfarin",
        "allergies: penicillin. Warfarin 5 mg",
        "allergic to aspirin takes warfarin",
        "d/c meds: warfarin",
        "warfarin, once completed see clinic",
    ],
)
def test_a_name_that_is_given(text: str) -> None:
    given, stopped, denied = names(text)

    assert "warfarin" in given
    assert "warfarin" not in [*stopped, *denied]


@pytest.mark.parametrize(
    "text",
    [
        "warfarin - stopped",
        "warfarin stopped",
        "Warfarin (stopped 3/2024)",
        "warfarin, discontinued due to bleeding",
        "warfarin: discontinued",
        "warfarin. Stopped.",
        "warfarin d/c'd",
        "warfarin held",
        "warfarin on hold",
        "d/c warfarin",
        "stopped: warfarin",
        "on hold: warfarin",
        "no longer on warfarin",
        "no longer taking warfarin",
        "stopped warfarin",
        "patient refused warfarin",
        "Warfarin abgesetzt",
        "warfarine arrêtée",
        "warfarina suspendida",
        "warfarina - sospesa",
    ],
)
def test_a_name_that_was_stopped_is_uncertain(text: str) -> None:
    assert names(text) == ([], ["warfarin"], [])


@pytest.mark.parametrize(
    "text",
    [
        *("no warfarin", "not on warfarin", "never on warfarin", "denies warfarin", "kein Warfarin"),
        *(
            "allergy: warfarin",
            "allergy to warfarin",
            "warfarin allergy",
            "warfarin: allergic",
            "warfarin - intolerance",
        ),
        *("warfarin: no", "warfarin - none", "contraindicated: warfarin"),
    ],
)
def test_a_name_that_is_denied(text: str) -> None:
    assert names(text) == ([], [], ["warfarin"])


def test_two_medicines_in_one_text() -> None:
    assert names("apixaban 5 mg (stopped warfarin)") == (["apixaban"], ["warfarin"], [])
    assert names("warfarin stopped, apixaban started") == (["apixaban"], ["warfarin"], [])
    assert names("allergic to heparin, on fondaparinux") == (["fondaparinux"], [], ["heparin"])


def test_one_text_can_put_another_in_doubt() -> None:
    concept = {"text": "warfarin (stopped)", "coding": [{"system": LOCAL, "code": "1", "display": "Warfarin 5 mg"}]}
    denied = {"text": "allergy: warfarin", "coding": [{"system": LOCAL, "code": "1", "display": "Warfarin 5 mg"}]}

    for each in (concept, denied):
        assert [drug.certainty for drug in medicine(each).drugs] == [Certainty.UNCERTAIN]


@given(st.text(), st.sampled_from(["stopped", "allergy", "no", "d/c", ":", ";", "warfarin", "apixaban"]))
def test_no_mention_is_lost(text: str, word: str) -> None:
    """Whatever stands around it, a medicine that is named is given, stopped or denied."""
    given, stopped, denied = names(f"{word} {text} warfarin")

    assert "warfarin" in [*given, *stopped, *denied]


# -- where it stands


def test_a_stopped_name_on_an_active_order_does_not_count_as_taken() -> None:
    patient = read([fhir_medication_request(named("warfarin - stopped"))])

    assert isinstance(patient.takes(DrugGroup.ANTICOAGULANT), Absent)
    assert patient.on_file(DrugGroup.ANTICOAGULANT, Standing.UNCERTAIN)


def test_a_stopped_name_on_a_stopped_order_is_a_stopped_order() -> None:
    patient = read([fhir_medication_request(named("warfarin - stopped"), status="stopped")])

    assert patient.on_file(DrugGroup.ANTICOAGULANT, Standing.ENDED)


def test_in_a_draft_every_name_counts() -> None:
    patient = read(drafts=[fhir_draft(named("warfarin - stopped"))])

    assert isinstance(patient.takes(DrugGroup.ANTICOAGULANT), Present)


def test_a_denied_name_is_no_drug_and_no_riddle() -> None:
    patient = read([fhir_medication_request(named("no warfarin"))])

    assert isinstance(patient.takes(DrugGroup.ANTICOAGULANT), Absent)
    assert patient.unrecognized_medications == ()


# -- what no table knows


def test_unknown_medicines_are_listed() -> None:
    patient = read(
        [
            fhir_medication_request(named("foobarizumab 5 mg"), id="text"),
            fhir_medication_request(named("old mixture"), id="old", status="stopped"),
            fhir_medication_request(WARFARIN, id="known"),
            fhir_statement(named("secret tea"), id="tea"),
        ],
        drafts=[fhir_draft(named("moon dust"))],
    )

    found = patient.unrecognized_medications
    assert [item.medicine.name for item in found] == ["foobarizumab 5 mg", "secret tea", "moon dust"]
    assert [item.reference for item in patient.medications.items if item.medicine.drugs] == ["MedicationRequest/known"]
    assert found[0].fact.kind == "active order"


@pytest.mark.parametrize("system", [LOCAL, RXNORM, ATC, SNOMED])
def test_an_unknown_code_without_a_name_cannot_be_read(system: str) -> None:
    """Tables are never complete: what neither they nor any word names may be any drug."""
    patient = read([fhir_medication_request(coded(system, "99999999"))])

    assert patient.medications.gap is not None
    assert patient.medications.gap is not None


def test_a_code_of_a_set_that_is_off_tells_nothing() -> None:
    """With SNOMED CT switched off its code is unreadable, and does not make an unknown name another medicine."""
    mixture = coded(SNOMED, "99999999", "house mixture")
    assert medicine(mixture).recognized
    assert not medicine(mixture, lookups=Lookups(load(without=("snomed_ct",)), REPORTS)).recognized


def test_the_order_of_the_parts_does_not_matter() -> None:
    """A coded part keeps all that its code stands for, whichever part came before it."""
    parts = [coded(RXNORM, code) for code in ("5224", "1362062")]
    assert medicine(named("bag"), ingredients=parts).drugs == medicine(named("bag"), ingredients=parts[::-1]).drugs


# -- route and form


@pytest.mark.parametrize(
    ("concept", "dosages", "form", "route"),
    [
        (coded(ATC, "B01AC11", "iloprost"), [{"route": named("inhalation")}], named("tablet"), Route.INHALATION),
        (coded(ATC, "B01AC11", "iloprost"), [{"text": "inhale 6 times daily"}], named("tablet"), Route.INHALATION),
        (coded(ATC, "B01AC11", "iloprost"), [{}], named("tablet"), Route.ORAL),
        (coded(ATC, "B01AC11", "iloprost"), [], None, Route.UNKNOWN),
        (coded(RXNORM, "2680303"), [], None, Route.PARENTERAL),
        (coded(RXNORM, "2680303"), [{"route": coded(SNOMED, "26643006", "Oral route")}], None, Route.ORAL),
        (coded(RXNORM, "99999999", "iloprost 0.02 MG/ML Inhalation Solution"), [], None, Route.INHALATION),
        (coded(RXNORM, "99999999", "warfarin sodium 7 MG Oral Tablet"), [], None, Route.ORAL),
        (named("iloprost infusion"), [], None, Route.PARENTERAL),
        (named("iloprost"), [{"text": "into the moon"}], None, Route.UNKNOWN),
    ],
)
def test_the_first_source_that_names_a_route_decides(
    concept: Json, dosages: list[Json], form: Json | None, route: Route
) -> None:
    assert medicine(concept, dosages, form).route is route


@pytest.mark.parametrize(
    "found",
    [
        medicine(named("heparin gel")),
        medicine(named("heparin 5000 units"), [{"route": named("topical")}]),
        medicine(coded(RXNORM, "99999999", "heparin sodium 100 UNT/MG Topical Gel")),
        medicine(named("heparin"), form=named("eye drops")),
    ],
)
def test_a_local_anticoagulant_is_none(found: object) -> None:
    assert found.drugs == ()  # type: ignore[attr-defined]
    assert found.recognized  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("heparin lock flush 10 unit/mL", DrugGroup.ANTICOAGULANT_FLUSH),
        ("heparin lock flush 1,000 unit/mL", DrugGroup.ANTICOAGULANT),
        ("heparin 5000 units", DrugGroup.ANTICOAGULANT),
        ("heparin flush - stopped", DrugGroup.ANTICOAGULANT_FLUSH),
    ],
)
def test_a_flush_is_told_from_treatment(text: str, group: DrugGroup) -> None:
    assert [drug.group for drug in medicine(named(text)).drugs] == [group]


def test_the_dose_form() -> None:
    assert medicine(WARFARIN, form=named("Tablet")).form == "Tablet"
    assert medicine(coded(RXNORM, "99999999", "warfarin sodium 7 MG Oral Tablet")).form == "Oral Tablet"
    assert medicine(named("warfarin")).form == ""


def test_a_regular_name_is_read_by_its_ingredients() -> None:
    """What stands in the brand is no ingredient."""
    found = medicine(coded(RXNORM, "99999999", "apixaban 5 MG Oral Tablet [No Warfarin Heparin]"))

    assert [drug.ingredient for drug in found.drugs] == ["apixaban"]


@given(st.lists(st.text(), max_size=3), st.text(), st.text())
def test_recognition_never_fails(texts: list[str], code: str, dosage: str) -> None:
    codings = [{"system": RXNORM, "code": code, "display": text} for text in texts]
    medicine({"coding": codings, "text": dosage}, [{"text": dosage}], named(dosage))


# -- rows of the list


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "draft"])
@pytest.mark.parametrize("kind", [fhir_medication_request, fhir_statement])
def test_an_order_that_does_not_count_hides_none_behind_it(kind: Callable[..., Json], status: str) -> None:
    """Rule specification 0.1: it is passed over; the warfarin that comes after it in the list is active."""
    passed_over = kind(coded(RXNORM, "5224", "heparin"), id="first", status=status)
    patient = read([passed_over, kind(WARFARIN, id="second")])
    taken = patient.takes(DrugGroup.ANTICOAGULANT)
    assert isinstance(taken, Present)
    assert [item.reference.partition("/")[2] for item in taken.items] == ["second"]
