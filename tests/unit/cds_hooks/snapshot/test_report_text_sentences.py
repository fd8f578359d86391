import pytest

from cds_hooks.snapshot.report_text.sentences import Sections, sentences

ABBREVIATIONS = frozenset({"approx", "ca"})
LISTS = {
    "section_findings": ("findings", "impression"),
    "section_aside": ("indication", "history", "technique"),
    "section_advice": ("recommendation",),
}


def split(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text, ABBREVIATIONS)]


def stated(text: str) -> list[str]:
    return [sentence.text for sentence in Sections(LISTS).stated(list(sentences(text, ABBREVIATIONS)))]


@pytest.mark.parametrize(
    "text",
    [
        "A field of 1.5 T and a slice of 3.0 mm",
        "Changes, e.g. Edema of the talus",
        "A lesion of approx. 5 mm",
        "Seen on T2. weighted images",
        "Grade 2. lesion",
        "Z. n. Fraktur",
        "Since V. a. fracture",
        "? fracture",
        "No evidence of\nfracture",
        "This is a line of more than sixty characters that goes on in the next\nLine of the report",
    ],
)
def test_no_sentence_ends_here(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Edema. No fracture.", ["Edema.", "No fracture."]),
        ("edema. no fracture.", ["edema.", "no fracture."]),
        ("Seen on T2. No fracture.", ["Seen on T2.", "No fracture."]),
        ("Vitamin D. No fracture.", ["Vitamin D.", "No fracture."]),
        ("Fracture? Edema!  Effusion", ["Fracture?", "Edema!", "Effusion"]),
        ("A dot . Another", ["A dot .", "Another"]),
        (". Another", ["Another"]),
        ("No fracture\nEdema", ["No fracture", "Edema"]),
        ("No fracture\n- edema", ["No fracture", "- edema"]),
        ("No fracture.\nedema", ["No fracture.", "edema"]),
        ("No fracture\n\nedema", ["No fracture", "edema"]),
        ("No fracture\r\n\r\nedema", ["No fracture", "edema"]),
        (
            "This is a line of more than sixty characters that goes on in the next\nFINDINGS: edema",
            ["This is a line of more than sixty characters that goes on in the next", "FINDINGS: edema"],
        ),
        (
            "This is a line of more than sixty characters that goes on in the next\n- edema",
            ["This is a line of more than sixty characters that goes on in the next", "- edema"],
        ),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_sentence_ends_here(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_text_without_punctuation_is_cut() -> None:
    pieces = split("edema " * 1000)
    assert max(map(len, pieces)) == 1000
    assert "".join(pieces) == ("edema " * 1000).strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Indication: edema.", []),
        ("Indication: edema. Findings: none.", ["Findings: none."]),
        ("Indication: pain. Rule out edema. Findings: none.", ["Findings: none."]),
        ("Indication: edema. Fracture of the talus.", ["Fracture of the talus."]),
        ("INDICATION: pain.\nRule out edema.\n\nFracture.", ["Rule out edema.", "Fracture."]),
        ("INDICATION\nRule out edema.\n\nFracture.", ["Fracture."]),
        ("INDICATION:\n\nRule out edema.\n\nFracture.", ["Fracture."]),
        ("TECHNIQUE: STIR.\nBONES: edema.\nFINDINGS: none.", ["BONES: edema.", "FINDINGS: none."]),
        ("TECHNIQUE: T1.\nMore of it.\nFINDINGS: none.", ["FINDINGS: none."]),
        ("Recommendation: CT. Exclude fracture.", []),
        ("Recommendation: CT.\n\nEdema.", ["Edema."]),
        ("MRI hip indication: edema.", []),
        ("A long line that does not name any heading but has a colon: edema.",) * 2,
        ("Edema: its indication",) * 2,
        ("History of a fall: edema.",) * 2,
    ],
)
def test_what_stands_under_indication_history_technique_or_recommendation_is_not_stated(
    text: str, expected: list[str] | str
) -> None:
    assert stated(text) == ([expected] if isinstance(expected, str) else expected)
