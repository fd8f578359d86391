"""What a committee asks, on both databases."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.measurereport import MeasureReport
from rich.console import Console

from cds_hooks.decision import CardRecord, Outcome
from service.persistence.database import Database
from service.reports.forms import as_csv, as_json, as_measure_report, as_table
from service.reports.questions import Question, Report, ask, parse_dimensions
from tests.builders.decisions import a_card, a_record
from tests.builders.history import a_call, an_acceptance, an_override, answered, recorded

pytestmark = pytest.mark.asyncio


async def report(url: str, **asked: Any) -> Report:
    database = Database(url)
    try:
        return await ask(database, Question(**asked))
    finally:
        await database.close()


def line(found: Report, **group: str) -> dict[str, Any]:
    [one] = [each for each in found.lines if group.items() <= each.items()]
    return one


@pytest.mark.conforms("N6")
async def test_cards_and_answers_by_rule_and_version(database_url: str) -> None:
    await recorded(database_url, [a_call(number, version=1 + (number >= 6)) for number in range(10)])
    await answered(
        database_url,
        [
            *(an_override(number, "seen", timedelta(seconds=30)) for number in range(3)),
            an_override(3, None, timedelta(seconds=90)),
            an_acceptance(4, timedelta(seconds=60)),
            an_acceptance(6),
        ],
    )
    found = await report(database_url)
    assert found.calls == 10
    first = line(found, rule="BME-CI-01", version="1")
    assert first == {
        "rule": "BME-CI-01",
        "version": "1",
        "judged": 6,
        "advice": 6,
        "missing": 0,
        "missing_rate": 0.0,
        "failed": 0,
        "cards": 6,
        "answered": 5,
        "accepted": 1,
        "acceptance_rate": 0.2,
        "overridden": 4,
        "override_rate": 0.8,
        "top_override_reasons": {"seen": 3, "(none given)": 1},
        "median_seconds_to_feedback": 30.0,
        "flagged": False,
    }
    assert line(found, rule="BME-CI-01", version="2")["acceptance_rate"] == 1.0
    silent = line(found, rule="BME-CI-03")
    assert (silent["judged"], silent["cards"], silent["acceptance_rate"]) == (10, 0, None)


async def test_missing_data_and_failures(database_url: str) -> None:
    missing = Outcome("BME-CI-03", 1, "missing", None, "pregnancy status")
    failed = Outcome("BME-CI-01", 1, "failed", None, None)
    notice = (CardRecord(a_card(1), "BME-SYS-01", "warning"),)
    await recorded(
        database_url,
        [a_record(1, outcomes=(missing, failed), cards=notice), a_record(2, outcomes=(missing,), cards=())],
    )
    found = await report(database_url)
    assert found.missing_facts == {"pregnancy status": 2}
    assert line(found, rule="BME-CI-03")["missing_rate"] == 1.0
    assert line(found, rule="BME-CI-01")["failed"] == 1
    assert line(found, rule="BME-SYS-01", version="-")["cards"] == 1


async def test_a_merged_card_counts_for_each_of_its_rules(database_url: str) -> None:
    outcomes = (Outcome("A", 1, "advice", None, None), Outcome("B", 3, "merged", None, None))
    await recorded(database_url, [a_record(1, outcomes=outcomes, cards=(CardRecord(a_card(1), "A+B", "info"),))])
    await answered(database_url, [an_acceptance(1)])
    found = await report(database_url)
    assert [(each["rule"], each["version"], each["accepted"]) for each in found.lines] == [("A", "1", 1), ("B", "3", 1)]


async def test_the_last_answer_counts_and_the_first_one_tells_how_long_it_took(database_url: str) -> None:
    await recorded(database_url, [a_call(1)])
    await answered(
        database_url,
        [an_acceptance(1, timedelta(seconds=50)), an_override(1, "seen", timedelta(seconds=10))],
    )
    found = line(await report(database_url), rule="BME-CI-01")
    assert (found["accepted"], found["overridden"], found["median_seconds_to_feedback"]) == (1, 0, 10.0)


async def test_a_clock_that_is_wrong_does_not_count_for_the_time(database_url: str) -> None:
    await recorded(database_url, [a_call(1), a_call(2)])
    await answered(database_url, [an_acceptance(1, timedelta(hours=-1)), an_acceptance(2, timedelta(seconds=20))])
    found = line(await report(database_url), rule="BME-CI-01")
    assert (found["accepted"], found["median_seconds_to_feedback"]) == (2, 20.0)


async def test_by_client_and_week_and_in_a_period(database_url: str) -> None:
    calls = [a_call(1), a_call(2, days=7), a_call(3, days=7, client="other"), a_call(4, days=14)]
    await recorded(database_url, calls)
    found = await report(
        database_url, since=date(2026, 3, 1), until=date(2026, 3, 8), by=parse_dimensions("week,client")
    )
    assert [(each["client"], each["week"], each["cards"]) for each in found.lines] == [
        ("hospital", "2026-W09", 1),
        ("hospital", "2026-W10", 1),
        ("other", "2026-W10", 1),
    ]
    assert found.calls == 3
    assert (await report(database_url, since=date(2030, 1, 1))).lines == []


@pytest.mark.conforms("N10")
async def test_another_clients_answer_changes_nothing(database_url: str) -> None:
    await recorded(database_url, [a_call(1)])
    await answered(database_url, [an_override(1)], client="other")
    await answered(database_url, [an_override(1)], tenant="north")
    found = await report(database_url)
    assert line(found, rule="BME-CI-01")["answered"] == 0
    assert found.orphans == 2


@pytest.mark.conforms("N8")
async def test_an_answer_that_came_before_its_card_is_no_orphan_for_long(database_url: str) -> None:
    await answered(database_url, [an_override(1)])
    assert (await report(database_url)).orphans == 1
    await recorded(database_url, [a_call(1)])
    found = await report(database_url)
    assert (found.orphans, line(found, rule="BME-CI-01")["overridden"]) == (0, 1)


@pytest.mark.parametrize(("at_least", "flagged"), [(5, True), (6, False)])
async def test_a_rule_that_is_mostly_overridden_is_flagged(database_url: str, at_least: int, flagged: bool) -> None:
    await recorded(database_url, [a_call(number) for number in range(6)])
    await answered(database_url, [an_override(number) for number in range(5)])
    found = await report(database_url, flag_above=0.9, at_least=at_least)
    assert line(found, rule="BME-CI-01")["flagged"] is flagged


async def test_the_forms(database_url: str) -> None:
    await recorded(database_url, [a_call(number) for number in range(25)])
    await answered(
        database_url, [an_override(number, "=cmd()") for number in range(24)] + [an_override(24, "[red]\x1b[2J")]
    )
    found = await report(database_url)
    assert json.loads(as_json(found))["lines"][0]["flagged"] is True
    first, *_ = csv.DictReader(io.StringIO(as_csv(found)))
    assert (first["rule"], first["cards"], first["flagged"]) == ("BME-CI-01", "25", "yes")
    assert first["top_override_reasons"].startswith("'=cmd()=24")  # no formula
    console = Console(file=io.StringIO(), width=200, record=True)
    console.print(as_table(found))
    shown = console.export_text()
    assert "25 (100 %) !" in shown
    assert "\x1b" not in shown
    resource = json.loads(as_measure_report(found, datetime(2026, 6, 1, tzinfo=UTC)))
    MeasureReport.model_validate({name: value for name, value in resource.items() if name != "resourceType"})
    assert resource["group"][0]["code"]["text"] == "rule BME-CI-01, version 1"
    assert resource["group"][0]["measureScore"]["value"] == 0.0


async def test_nothing_to_report_is_a_report_too(database_url: str) -> None:
    await recorded(database_url, [])
    found = await report(database_url)
    assert as_csv(found).strip() == "rule,version"
    resource = json.loads(as_measure_report(found, datetime(2026, 6, 1, tzinfo=UTC)))
    assert resource["period"] == {"start": "2026-06-01", "end": "2026-06-01"}


@pytest.mark.parametrize("text", ["", "rule,weather", "rule,rule"])
async def test_dimensions_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="rule, version, client, week"):
        parse_dimensions(text)
