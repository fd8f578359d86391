"""The site's `policy.yaml`: what it may say, and that a file that does not fit is refused with every fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.advisor import Answer
from cds_hooks.snapshot.policy import Mode, Policy
from service.app import create_app, site_advisor
from service.config import Mode as RunMode
from service.config import Settings
from service.errors import SetupError
from service.persistence.decisions import MemoryDecisions
from service.site_files import AdvisorHolder, PolicyOfSite, SiteFileError, renew
from service.site_policy import PolicyError, read_policy
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor
from tests.builders.fhir import fhir_draft, fhir_patient

WINDOW = "pregnancy-test-window"


def read(text: str) -> Policy:
    return read_policy(text.encode(), the_advisor())


def test_modes_and_thresholds() -> None:
    """Rules that are not named are live, thresholds that are not named keep their default."""
    policy = read(f"rules:\n  BME-CI-03: silent\n  BME-CI-04: off\n  BME-CI-01: live\nthresholds:\n  {WINDOW}: 7\n")
    assert [policy.mode(f"BME-CI-0{number}") for number in (1, 2, 3, 4)] == [
        *(Mode.LIVE, Mode.LIVE, Mode.SILENT, Mode.OFF)
    ]
    assert policy[the_advisor().thresholds[WINDOW]] == 7
    assert policy[the_advisor().thresholds["info-cards"]] == 5


@pytest.mark.parametrize("text", ["", "# nothing set\n", "{}", "rules: {}\n"])
def test_an_empty_file_sets_nothing(text: str) -> None:
    assert (read(text).modes, read(text).values) == ({}, {})


def test_the_revision_follows_what_is_set() -> None:
    """The same choices have the same revision, in whatever order they stand; other choices have another."""
    one = read(f"thresholds: {{{WINDOW}: 7, info-cards: 3}}")
    assert one.revision == read(f"thresholds: {{info-cards: 3, {WINDOW}: 7.0}}").revision
    assert one.revision != read(f"thresholds: {{{WINDOW}: 8, info-cards: 3}}").revision
    assert len(one.revision) == 16


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rules: {BME-CI-99: off}", "there is no rule BME-CI-99; did you mean BME-CI-"),
        ("rules: {nonsense: off}", "there is no rule nonsense; `marrow rules list`"),
        ("rules: {'free text of a person': off}", "there is no rule of that name"),
        ("rules: {BME-CI-03: quiet}", "rules.BME-CI-03: give live, silent or off"),
        ("rules: {BME-CI-03: 1}", "rules.BME-CI-03: give live, silent or off"),
        ("rules: [BME-CI-03]", "rules: "),
        (f"thresholds: {{{WINDOW}: 0}}", f"{WINDOW}: give 1 to 28 d"),
        (f"thresholds: {{{WINDOW}: 28.5}}", f"{WINDOW}: give 1 to 28 d"),
        (f"thresholds: {{{WINDOW}: soon}}", f"thresholds.{WINDOW}: "),
        (f"thresholds: {{{WINDOW}: yes}}", "thresholds are numbers"),
        ("thresholds: {pregnancy-test-windo: 7}", f"did you mean {WINDOW}?"),
        ("thresholds: {.nan: 7}", "thresholds"),
        ("limits: {}", "limits: "),
        ("- a list", "give the keys `rules` and `thresholds`"),
        ("just text", "give the keys `rules` and `thresholds`"),
        ("rules: {", "is not YAML"),
        ("\x00", "is not YAML"),
    ],
)
def test_a_file_that_does_not_fit(text: str, reason: str) -> None:
    """The reason says what to give; free text of the file is not quoted."""
    with pytest.raises(PolicyError) as refused:
        read(text)
    assert reason in refused.value.reason
    assert "person" not in str(refused.value)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(PolicyError) as refused:
        read(f"rules: {{BME-CI-99: off, BME-CI-98: off}}\nthresholds: {{{WINDOW}: 99}}")
    assert refused.value.reason.count(";") >= 4


def test_a_fault_of_writing_has_its_line() -> None:
    with pytest.raises(PolicyError, match="line 3: is not YAML"):
        read("rules:\n  a: b\n  - c\n")


@given(st.binary(max_size=60))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    """Whatever stands in it: a policy, or a refusal with a reason."""
    try:
        read_policy(content, the_advisor())
    except PolicyError as error:
        assert error.reason  # noqa: PT017 -- either way is right


# -- what it changes


def verdict_of(rule: str, answer: Answer) -> str | None:
    return {each.rule: each.verdict for each in answer.decision.outcomes}.get(rule)


def test_a_silent_rule_shows_no_card_and_is_recorded() -> None:
    woman = [fhir_patient(gender="female", birthDate="1993-01-10")]
    chart = full_prefetch(the_advisor(), "order-sign", woman)
    body = a_request("order-sign", [fhir_draft()], chart)
    live = answer_of("order-sign", body)
    silent = answer_of("order-sign", body, advisor=the_advisor().with_policy(read("rules: {BME-CI-03: silent}")))
    off = answer_of("order-sign", body, advisor=the_advisor().with_policy(read("rules: {BME-CI-03: off}")))
    verdicts = [verdict_of("BME-CI-03", answer) for answer in (live, silent, off)]
    assert verdicts == ["advice", "silent", None]
    assert any("BME-CI-03" in card["source"]["topic"]["code"] for card in cards_in(live))
    assert not any("BME-CI-03" in card["source"]["topic"]["code"] for card in [*cards_in(silent), *cards_in(off)])


def test_discovery_says_how_each_rule_is_run() -> None:
    advisor = the_advisor().with_policy(read("rules: {BME-CI-03: silent}"))
    services = {service["hook"]: service for service in advisor.discovery()["services"]}
    [extension] = services["order-sign"]["extension"].values()
    modes = {rule["id"]: rule["mode"] for rule in extension["rules"]}
    assert (modes["BME-CI-03"], modes["BME-CI-01"]) == ("silent", "live")


# -- the file while the service runs


def test_a_bad_policy_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("rules: {BME-CI-99: off}")
    settings = Settings(mode=RunMode.DEVELOPMENT, policy_file=path)
    with pytest.raises(SetupError, match="MARROW_POLICY_FILE: there is no rule BME-CI-99"):
        create_app(settings, advisor=the_advisor(), store=MemoryDecisions())


@pytest.mark.asyncio
async def test_a_changed_policy_is_taken_in_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("rules: {BME-CI-03: silent}")
    file = PolicyOfSite(path)
    in_force = AdvisorHolder(site_advisor(Settings(mode=RunMode.DEVELOPMENT), [file], the_advisor()))
    assert in_force.advisor.policy.mode("BME-CI-03") is Mode.SILENT
    path.write_text("rules: {BME-CI-03: nonsense}")
    await renew(in_force, file)
    assert in_force.advisor.policy.mode("BME-CI-03") is Mode.SILENT
    path.write_text("rules: {BME-CI-03: live }")
    await renew(in_force, file)
    assert in_force.advisor.policy.mode("BME-CI-03") is Mode.LIVE
    path.unlink()
    with pytest.raises(SiteFileError, match="cannot be read"):
        file.applied(in_force.advisor)


def test_the_default_policy_has_no_revision() -> None:
    assert the_advisor().policy.revision == ""
