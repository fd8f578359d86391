"""`marrow rules`: what each rule says and how the site runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cds_hooks.snapshot.policy import Policy, Threshold
from service.cli import app
from service.rules.describe import PATHWAYS, describe_rules, limit_text
from tests.builders.calls import the_advisor


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    monkeypatch.setenv("MARROW_MODE", "development")
    policy = tmp_path / "policy.yaml"
    policy.write_text("rules: {BME-CI-03: silent}\nthresholds: {pregnancy-test-window: 7}\n")
    monkeypatch.setenv("MARROW_POLICY_FILE", str(policy))
    return None


def marrow(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rules", *arguments])


@pytest.mark.usefixtures("run")
def test_the_list_names_every_rule_once_with_its_mode() -> None:
    result = marrow("list")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert [line.split()[0] for line in lines] == list(the_advisor().rule_ids)
    assert any(line.startswith("BME-CI-03") and " silent " in line for line in lines)
    assert any(line.startswith("BME-CI-01") and " live " in line for line in lines)


@pytest.mark.usefixtures("run")
def test_the_list_of_one_hook_as_json() -> None:
    found = json.loads(marrow("list", "--hook", "patient-view", "--json").stdout)
    assert "BME-CI-05" in {each["id"] for each in found}
    assert "BME-CI-01" not in {each["id"] for each in found}
    assert all("patient-view" in each["hooks"] for each in found)


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("name", ["BME-CI-03", "ci-03"])
def test_one_rule_with_all_there_is_to_say(name: str) -> None:
    text = marrow("show", name).stdout
    for wanted in (
        "BME-CI-03 version 1, silent",
        "  When ",
        "  Then ",
        "order-sign",
        "7 d (1 to 28, default 14)",
        "SmPC",
    ):
        assert wanted in text
    as_json = json.loads(marrow("show", name, "--json").stdout)
    assert as_json["thresholds"][0]["value"] == 7
    assert as_json["clauses"]["Then"] == "warn and offer a pregnancy test"


@pytest.mark.usefixtures("run")
def test_a_rule_about_the_chart_concerns_no_orders() -> None:
    assert "\norders" not in marrow("show", "CI-05").stdout


@pytest.mark.usefixtures("run")
def test_a_rule_that_there_is_none_of() -> None:
    result = marrow("show", "CI-99")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "`marrow rules list`" in result.stderr


def test_a_policy_that_does_not_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("rules: {BME-CI-99: off}")
    monkeypatch.setenv("MARROW_POLICY_FILE", str(policy))
    result = marrow("list")
    assert result.exit_code == 2
    assert "there is no rule BME-CI-99" in result.stderr


def test_every_rule_can_be_told() -> None:
    """A recommendation, a When and a Then, and a pathway."""
    for each in describe_rules(the_advisor().with_policy(Policy())):
        words = [word for word, _ in each.clauses]
        assert each.recommendation.endswith("."), each.rule.id
        assert words[0] == "When", each.rule.id
        assert words[-1] == "Then", each.rule.id
        assert each.pathway in PATHWAYS.values()
        assert each.gate
        assert each.hooks


def test_a_limit_in_words() -> None:
    limit = Threshold(name="n", unit="1", default=5, low=1, high=20, source="ours")
    assert limit_text(limit, 5) == "5 (1 to 20); ours"
    assert limit_text(limit, 4) == "4 (1 to 20, default 5); ours"
