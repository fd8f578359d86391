from cds_hooks.snapshot.report_text import Assertion, Finding
from tests.evaluation.report_text import (
    PAGE,
    SETS,
    Score,
    cases,
    page_tables,
    places,
    report_lists,
    scores,
    tables,
)

ENOUGH = 180
# In words. A shorter text is a term rather than a sentence: "Stress fracture?"
A_TERM = 4


def test_the_page_shows_what_is_measured() -> None:
    assert page_tables(PAGE.read_text(encoding="utf-8")) == tables(), (
        "run python -m tests.evaluation.report_text --write"
    )


def test_the_sets_are_large_and_do_not_overlap() -> None:
    texts = [case.text for name in SETS for case in cases(name)]
    assert len(texts) > ENOUGH
    assert len(set(texts)) == len(texts)


def test_every_finding_and_assertion_is_in_the_sets() -> None:
    said = {pair for name in SETS for case in cases(name) for pair in case.expected}
    assert {finding for finding, _ in said} == set(Finding)
    assert {assertion for _, assertion in said} == set(Assertion)


def test_no_sentence_of_the_sets_stands_in_the_lexicon() -> None:
    phrases = {phrase.casefold() for phrases in report_lists().values() for phrase in phrases}
    texts = {case.text.strip(".?").casefold() for name in SETS for case in cases(name)}
    assert not phrases & {text for text in texts if len(text.split()) > A_TERM}


def test_precision_and_recall_do_not_fall() -> None:
    totals = {name: sum(scores(cases(name)).values(), Score()) for name in SETS}
    for name, floor in {"reports.yaml": 0.98, "held_out.yaml": 0.93}.items():
        right, wrong, missed = totals[name]
        assert right / (right + wrong) > floor
        assert right / (right + missed) > floor


def test_places_are_read() -> None:
    for name in SETS:
        for right, total in places(cases(name)).values():
            assert right / total > 0.95
