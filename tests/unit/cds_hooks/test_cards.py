"""Text on cards: what comes from the chart renders as itself, and no limit is passed."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.evidence import PROJECT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule, UndoneCheck
from cds_hooks.authoring.verdict import NOT_APPLICABLE
from cds_hooks.cards.markdown import escape, plain
from cds_hooks.cards.notices import check_not_done
from cds_hooks.decision import kind_of
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.wire.card import BASIS, Basis, BasisRule, Card, Coding, Source
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor
from tests.builders.fhir import (
    EDEMA_SYNDROME,
    a_quantity,
    coded,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    named,
)
from tests.builders.moment import AS_OF, day


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[click](https://evil.example)", r"\[click\](https&#58;//evil.example)"),
        ("| a | b |", r"\| a \| b \|"),
        ("two\nlines\tand\x00control\u202e", "two lines andcontrol"),
        ("www.example.org a@b.org", "www&#46;example.org a&#64;b.org"),
        ("**bold** _it_ `code` # h ~~s~~ !", r"\*\*bold\*\* \_it\_ \`code\` \# h \~\~s\~\~ \!"),
        ("&amp; <b>", "&amp;amp; &lt;b&gt;"),
    ],
)
def test_hostile_text_renders_as_itself(hostile: str, shown: str) -> None:
    assert escape(hostile) == shown


def test_long_text_is_cut() -> None:
    """A card is read in ten seconds; a medicine's name never takes the whole of it."""
    assert len(plain("long " * 100)) == 120
    assert plain("long " * 100).endswith("…")


def test_a_hostile_medicine_on_a_card() -> None:
    """The name of an active order reaches the detail escaped and the basis without control characters."""
    row = fhir_medication_request(named("warfarin <img src=x onerror=alert(1)> | [x](http://e)\u0007"))
    chart = full_prefetch(the_advisor(), "order-sign", [row])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))
    assert "<img" not in card["detail"]
    assert "](http:" not in card["detail"]
    assert "\u0007" not in str(card)


def test_a_summary_over_the_limit_cannot_be_made() -> None:
    """The limit counts UTF-16 units, as browsers do: 70 emoji are 140."""
    basis = {BASIS: Basis(rules=[BasisRule("BME-CI-01", 1, "info")])}
    source = Source("label", Coding("BME-CI-01", "system"))
    Card("u", "🦴" * 69, "detail", "info", source, basis)
    with pytest.raises(ValueError, match="fewer than 140"):
        Card("u", "🦴" * 70, "detail", "info", source, basis)


def a_rule(check: str) -> Rule:
    return Rule(
        id="BME-CI-99",
        version=1,
        title="t",
        check=check,
        hooks=ORDER_HOOKS,
        needs=(Need.MEDICATIONS,),
        evidence=(Evidence(PROJECT, "none"),),
        limits="none",
    )


@pytest.mark.parametrize(
    ("checks", "summary"),
    [
        (["one"], "Check not done: one"),
        (["a" * 60, "b" * 60, "c" * 60], f"Check not done: {'a' * 60} and 2 more"),
        (["x" * 200, "y"], "2 checks could not be made - see the detail"),
    ],
)
def test_a_notice_names_as_many_checks_as_fit(checks: list[str], summary: str) -> None:
    consultation = the_advisor().consult("bme-order-sign", a_request("order-sign", [fhir_draft()]), AS_OF)
    card = check_not_done(consultation.request, [UndoneCheck(a_rule(check), None) for check in checks])
    assert card.summary == summary


def test_rules_and_thresholds_are_checked_when_written() -> None:
    """A rule without evidence or facts, and a default outside its bounds, cannot be built."""
    with pytest.raises(ValueError, match="names its hooks"):
        Rule(
            id="BME-CI-98",
            version=1,
            title="t",
            check="c",
            hooks=ORDER_HOOKS,
            needs=(),
            evidence=(Evidence(PROJECT, "none"),),
            limits="none",
        )
    with pytest.raises(ValueError, match="outside its bounds"):
        Threshold(name="t", unit="d", default=5, low=1, high=4, source="none")


def test_every_verdict_has_a_word_in_the_record() -> None:
    assert kind_of(NOT_APPLICABLE) == "not applicable"


def test_the_options_of_refractory_pain_as_a_table() -> None:
    """Each treatment with what the safety rules say of it; nothing of the chart, and no order is suggested."""
    chart = [
        fhir_patient(gender="male", birthDate="1970-01-10"),
        fhir_condition(EDEMA_SYNDROME, onsetDateTime=day(120)),
        fhir_medication_request(named("ibuprofen"), authoredOn=day(110)),
        fhir_medication_request(named("warfarin | x"), id="order-2", authoredOn=day(50)),
        fhir_observation(
            coded("http://loinc.org", "72514-3", "Pain severity"),
            valueQuantity=a_quantity(6, "{score}"),
            effectiveDateTime=day(3),
        ),
    ]
    cards = cards_in(
        answer_of("patient-view", a_request("patient-view", [], full_prefetch(the_advisor(), "patient-view", chart)))
    )
    (card,) = [each for each in cards if "BME-RF-02" in each["source"]["topic"]["code"]]
    (rows,) = [part for part in card["detail"].split("\n\n") if part.startswith("| Option")]
    assert "| Iloprost | must not be used | " in rows
    assert "(BME-CI-01)." in rows
    assert "| Denosumab | check first | " in rows
    assert "| Pulsed electromagnetic fields | may be discussed | " in rows.splitlines()[-1]
    assert "warfarin" not in rows
    assert "Shock wave" not in rows
    assert [each["label"] for each in card["suggestions"]] == ["Order: Specialist review"]
    missing = {gap["fact"] for gap in card["extension"][BASIS]["missing"]}
    assert {"calcium before a bisphosphonate", "kidney function before denosumab"} <= missing
    assert "Not checked" not in card["detail"]
