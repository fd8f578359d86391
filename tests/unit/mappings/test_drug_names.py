"""Which medicines a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import Knowledge, load

KNOWLEDGE = load()


def named(knowledge: Knowledge, text: str) -> list[tuple[str, str]]:
    return [(drug.entry.group, drug.entry.ingredient) for drug in knowledge.drugs_named(text)]


APIXABAN = [("anticoagulant", "apixaban")]
WARFARIN = [("anticoagulant", "warfarin")]
ILOPROST = [("prostacyclin", "iloprost")]
FLUSH = [("anticoagulant_flush", "(class)")]
ACETAMINOPHEN = [("analgesic_other", "acetaminophen")]
VAGUE = [("anticoagulant_vague", "(class)")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eliquis 5 mg BD", APIXABAN),
        ("ELIQUIS® 5mg", APIXABAN),
        ("Eliquis™", APIXABAN),
        ("apix\u00adaban 5 mg", APIXABAN),
        ("warfarin5mg daily", WARFARIN),
        ("Coumadin", WARFARIN),
        ("dicumarol", [("anticoagulant", "dicumarol")]),
        ("Osvyrti", [("denosumab", "denosumab")]),
        ("Marcumar nach Plan", [("anticoagulant", "phenprocoumon")]),
        ("énoxaparine 4000 UI", [("anticoagulant", "enoxaparin")]),
        ("Heparin-Natrium 25000 IE", [("anticoagulant", "heparin")]),
        ("Ilomedin 20 µg i.v.", ILOPROST),
        ("iloprost 0.1 mg/mL intravenous infusion", ILOPROST),
        ("apixaban and iloprost", APIXABAN + ILOPROST),
        pytest.param("apixaban (Eliquis), apixaban", [*APIXABAN, *APIXABAN], id="each name once"),
        ("blood thinner", VAGUE),
        ("Blood thinners per clinic", VAGUE),
        ("anticoagulation clinic", VAGUE),
        ("Blutverdünner", VAGUE),
        ("Blutverduenner", VAGUE),
        ("Gerinnungshemmer", VAGUE),
        ("anticoagulante", VAGUE),
        ("oral anticoagulants", VAGUE),
        ("Paracétamol 1 g", ACETAMINOPHEN),
        ("acetaminophen 500 mg oral tablet", ACETAMINOPHEN),
    ],
)
def test_names_are_found_in_any_spelling(knowledge: Knowledge, text: str, expected: list[tuple[str, str]]) -> None:
    assert named(knowledge, text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "metformin 500 mg", "heparinoid cream", "Marcumarausweis", "warfarinlike", "Hirudoid", "🩸"],
)
def test_other_words_name_nothing(knowledge: Knowledge, text: str) -> None:
    assert named(knowledge, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "heparin lock flush 10 unit/mL, 5 mL",
        "Heparin-Spülung",
        "Heparin Spuelung",
        "hep-lock",
        "verrou d’héparine",
        "sello de heparina",
    ],
)
def test_a_heparin_flush_is_not_an_anticoagulant(knowledge: Knowledge, text: str) -> None:
    assert named(knowledge, text) == FLUSH


@pytest.mark.parametrize("text", ["heparin lock", "Spülung des Ports", "5 mL for line patency", "rinçage du cathéter"])
def test_words_of_flushing(knowledge: Knowledge, text: str) -> None:
    assert knowledge.says_flush(text)


@pytest.mark.parametrize("text", ["", "heparin 5000 units subcutaneous", "locked ward", "blocker"])
def test_words_that_are_not_of_flushing(knowledge: Knowledge, text: str) -> None:
    assert not knowledge.says_flush(text)


@pytest.mark.parametrize(
    "text",
    [
        "no warfarin",
        "Not on warfarin or apixaban",
        "denies warfarin",
        "allergic to heparin",
        "history of warfarin use",
        "stopped apixaban",
        "kein Marcumar",
        "sans anticoagulant",
        "no toma warfarina",
    ],
)
def test_a_negated_name_is_left_out(knowledge: Knowledge, text: str) -> None:
    assert named(knowledge, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("no aspirin, apixaban 5 mg", APIXABAN, id="comma"),
        pytest.param("no known allergies. warfarin 5 mg", WARFARIN, id="full stop"),
        pytest.param("no aspirin but warfarin", WARFARIN, id="but"),
        pytest.param("history of thrombosis on warfarin", WARFARIN, id="on"),
        pytest.param("switched from no therapy to warfarin", WARFARIN, id="to"),
        pytest.param("stopped aspirin start apixaban", APIXABAN, id="start"),
        pytest.param("take no more than 5 mg warfarin", WARFARIN, id="too far"),
        pytest.param("warfarin no refills", WARFARIN, id="negation after the name"),
    ],
)
def test_a_negation_ends_with_its_clause(knowledge: Knowledge, text: str, expected: list[tuple[str, str]]) -> None:
    assert named(knowledge, text) == expected


def test_the_name_found_is_given_as_the_lexicon_writes_it(knowledge: Knowledge) -> None:
    assert [drug.name for drug in knowledge.drugs_named("BLUTVERDUENNER, eliquis")] == ["Blutverdünner", "Eliquis"]


@pytest.mark.parametrize(
    ("brand", "route"),
    [("Ventavis", "inhalation"), ("Aurlumyn", "parenteral"), ("Tyvaso", "inhalation"), ("iloprost", "unspecified")],
)
def test_a_brand_with_one_route_tells_it(knowledge: Knowledge, brand: str, route: str) -> None:
    assert [drug.entry.route for drug in knowledge.drugs_named(brand)] == [route]


@given(st.text())
def test_no_text_makes_a_look_up_fail(text: str) -> None:
    KNOWLEDGE.drugs_named(text)
    KNOWLEDGE.concepts_named(text)
    KNOWLEDGE.route_named(text)
    KNOWLEDGE.says_flush(text)
    KNOWLEDGE.unit("egfr", text)
    KNOWLEDGE.drugs(text, text)
    KNOWLEDGE.concepts(text, text)
    KNOWLEDGE.route("http://snomed.info/sct", text)
    assert not KNOWLEDGE.contains("pregnancy", None, text)


@given(st.text(alphabet=" ;:,!?()\n", min_size=1), st.text(alphabet=" ;:,!?()\n", min_size=1))
def test_punctuation_around_a_name_hides_nothing(before: str, after: str) -> None:
    assert named(KNOWLEDGE, f"{before}warfarin{after}") == WARFARIN
