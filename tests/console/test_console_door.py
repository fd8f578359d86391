from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from pydantic import SecretStr

from service.app import create_app
from service.config import Settings
from tests.console.pages import DEVELOPMENT, TOKEN, a_form, the_console
from tests.integration.test_shell_command import free_port, started
from tests.integration.test_shell_support import advisor, the_problem
from tests.integration.test_shell_trust import production

PAGES = ("/console", "/console/rules", "/console/rules/BME-CI-01", "/console/course", "/console/answers")


def guarded(folder: Path, **changed: object) -> Settings:
    """A production site with an admin token."""
    return production(folder).model_copy(update={"admin_token": SecretStr(TOKEN), **changed})


def login(password: str, user: str = "anyone") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PAGES)
async def test_production_has_no_console_without_an_admin_token(tmp_path: Path, path: str) -> None:
    async with the_console(production(tmp_path)) as browser:
        the_problem(await browser.get(path), 404)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "headers",
    [
        {},
        login("another token"),
        login(""),
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": "Basic !!!"},
        {"Authorization": f"Basic {TOKEN}"},
    ],
)
async def test_with_an_admin_token_nobody_else_comes_in(tmp_path: Path, headers: dict[str, str]) -> None:
    async with the_console(guarded(tmp_path)) as browser:
        for path in PAGES:
            reply = await browser.get(path, headers=headers)
            assert "admin token" in the_problem(reply, 401)
            assert reply.headers["www-authenticate"].startswith("Basic ")
        the_problem(await browser.post("/console/try", data=a_form(), headers=headers), 401)
        the_problem(await browser.post("/console/feedback", data={}, headers=headers), 401)


@pytest.mark.asyncio
async def test_the_admin_token_as_password_opens_every_page(tmp_path: Path) -> None:
    async with the_console(guarded(tmp_path)) as browser:
        for path in ("/console", "/console/rules"):
            assert (await browser.get(path, headers=login(TOKEN))).status_code == 200


@pytest.mark.asyncio
async def test_a_strange_name_that_leads_to_this_machine_opens_nothing() -> None:
    """DNS rebinding: the page of a stranger would be of the same origin as the console."""
    async with the_console() as browser:
        the_problem(await browser.get("/console", headers={"Host": "stranger.example.org"}), 403)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://stranger.example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({}, 200),
    ],
)
async def test_a_form_of_another_site_is_refused(headers: dict[str, str], status: int) -> None:
    async with the_console() as browser:
        assert (await browser.post("/console/try", data=a_form(), headers=headers)).status_code == status


@pytest.mark.asyncio
async def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_in_line() -> None:
    async with the_console() as browser:
        first, second = await browser.get("/console"), await browser.get("/console")
    [policy] = first.headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "://" not in policy
    assert policy != second.headers["content-security-policy"], "a nonce is used once"
    assert "://" not in first.text.replace("http://127.0.0.1:8080/fhir", "").replace("https://ehr", "")
    assert first.headers["cache-control"] == "no-store"


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["../routes.py", "..%2froutes.py", "none.js", "console.css.map"])
async def test_only_the_files_of_the_console_are_served(name: str) -> None:
    async with the_console() as browser:
        the_problem(await browser.get(f"/console/static/{name}"), 404)
        assert (await browser.get("/console/static/console.css")).headers["content-type"].startswith("text/css")


@pytest.mark.asyncio
async def test_a_form_that_is_too_long_or_too_many_is_refused(tmp_path: Path) -> None:
    async with the_console(guarded(tmp_path, max_body_bytes=2000)) as browser:
        the_problem(await browser.post("/console/try", data=a_form(pasted="x" * 3000), headers=login(TOKEN)), 413)
        many = "&".join("a=b" for _ in range(300))
        the_problem(await browser.post("/console/try", content=many, headers=login(TOKEN)), 400)


def test_serve_says_where_the_console_is(tmp_path: Path) -> None:
    port = str(free_port())
    with started("serve", "--port", port, cwd=tmp_path, MARROW_MODE="development") as (process, _url):
        process.terminate()
        assert f"http://127.0.0.1:{port}/console" in process.communicate(timeout=30)[1]


def test_without_the_extra_there_is_no_console_and_the_service_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.app.find_spec", lambda _name: None)
    assert create_app(DEVELOPMENT, advisor=advisor()).state.console is False
