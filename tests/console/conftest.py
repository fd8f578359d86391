"""A running Marrow and a real browser, each once for the tests that drive it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.console.chromium import ABSENT, chromium, installed
from tests.integration.test_shell_command import free_port, started

REFUSED = "status of 422"  # what a form is told; the browser logs it by itself


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Gone with its module: Playwright's loop would be in the way of asynchronous tests."""
    path = installed()
    if path is None:
        assert not os.environ.get("REQUIRE_CHROMIUM"), ABSENT
        pytest.skip(ABSENT)
    with chromium(path) as found:
        yield found


@pytest.fixture(scope="module")
def marrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Marrow that `marrow serve` has started."""
    port = str(free_port())
    folder = tmp_path_factory.mktemp("console")
    settings = {"MARROW_MODE": "development", "MARROW_PUBLIC_URLS": f"http://127.0.0.1:{port}"}
    with started("serve", "--port", port, cwd=folder, **settings) as (_process, url):
        yield url


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, marrow: str) -> Iterator[Page]:
    """A fresh window. Whatever the browser complains of fails the test."""
    context = browser.new_context(base_url=marrow)
    complaints: list[str] = []
    found = context.new_page()
    found.set_default_timeout(20_000)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" and REFUSED not in said.text else None,
    )
    yield found
    context.close()
    assert complaints == []
