"""Reports over HTTP and on the command line: for those who hold the admin token."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from service.config import Mode, Settings
from tests.builders.history import a_call, an_override, answered, recorded
from tests.integration.test_shell_command import run
from tests.integration.test_shell_support import calling, the_problem
from tests.integration.test_shell_trust import production
from tests.unit.service.sqlite_threads import sqlite_threads_end

ADMIN = "an admin token of this site"
SUMMARY = "/reports/summary"


def development(folder: Path, **changed: object) -> Settings:
    url = SecretStr(f"sqlite+aiosqlite:///{folder}/marrow.db")
    return Settings(mode=Mode.DEVELOPMENT, database_url=url).model_copy(update=changed)


@pytest.mark.asyncio
async def test_reports_open_with_the_admin_token_alone(tmp_path: Path) -> None:
    await recorded(f"sqlite+aiosqlite:///{tmp_path}/marrow.db", [])
    settings = development(tmp_path, admin_token=SecretStr(ADMIN))
    async with calling(settings) as client:
        for wrong in ({}, {"Authorization": "Bearer another"}, {"Authorization": f"Basic {ADMIN}"}):
            for path in (SUMMARY, "/reports/measure-report", SUMMARY + "?format=csv"):
                assert "admin token" in the_problem(await client.get(path, headers=wrong), 401)
        right = {"Authorization": f"Bearer {ADMIN}"}
        assert (await client.get(SUMMARY, headers=right)).json()["calls"] == 0


@pytest.mark.asyncio
async def test_production_without_an_admin_token_has_no_reports(tmp_path: Path) -> None:
    async with calling(production(tmp_path)) as client:
        assert the_problem(await client.get(SUMMARY), 404)


@pytest.mark.asyncio
async def test_the_forms_over_http(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/marrow.db"
    await recorded(url, [a_call(number) for number in range(3)])
    await answered(url, [an_override(0)])
    async with calling(development(tmp_path)) as client:
        told = (await client.get(SUMMARY, params={"by": "week", "since": "2026-03-01"})).json()
        assert (told["calls"], told["lines"][0]["week"], told["lines"][0]["overridden"]) == (3, "2026-W09", 1)
        as_csv = await client.get(SUMMARY, params={"format": "csv"})
        assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
        assert as_csv.text.startswith("rule,version,judged,")
        measure = await client.get("/reports/measure-report")
        assert measure.headers["content-type"] == "application/fhir+json; charset=utf-8"
        assert measure.json()["resourceType"] == "MeasureReport"
        for bad in ({"by": "patient"}, {"since": "yesterday"}, {"format": "pdf"}, {"flag_above": "2"}):
            assert the_problem(await client.get(SUMMARY, params=bad), 400)


@pytest.mark.asyncio
async def test_a_report_without_database_is_a_503(tmp_path: Path) -> None:
    async with calling(development(tmp_path / "missing")) as client:
        assert "again" in the_problem(await client.get(SUMMARY), 503)
    await sqlite_threads_end()


def test_the_report_on_the_command_line(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/marrow.db"
    asyncio.run(recorded(url, [a_call(number) for number in range(3)]))
    asyncio.run(answered(url, [an_override(0)]))
    shown = run("report", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "3 calls" in shown.stdout
    told = json.loads(run("report", "--format", "json", "--by", "rule", cwd=tmp_path).stdout)
    assert told["lines"][0]["overridden"] == 1
    assert json.loads(run("report", "--format", "fhir", cwd=tmp_path).stdout)["type"] == "summary"
    for bad in (("--format", "pdf"), ("--by", "patient"), ("--since", "yesterday")):
        assert run("report", *bad, cwd=tmp_path).returncode == 2
