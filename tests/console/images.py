"""The pictures of the console in `docs/images`, made anew from a running Marrow (`make images`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.console.chromium import ABSENT, chromium, installed
from tests.integration.test_shell_command import free_port, started

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"


def _card(page: Page) -> None:
    page.goto("/console?patient=sample-apixaban")
    page.get_by_role("button", name="Send").click()
    page.locator("article.card").wait_for()


def _course(page: Page) -> None:
    page.goto("/console/course?patient=sample-early")


def _rules(page: Page) -> None:
    page.goto("/console/rules?drug=denosumab")


SHOTS = {"console-try": _card, "console-course": _course, "console-rules": _rules}


def make(browser_path: str) -> None:
    """One picture per page, the first screens of each."""
    FOLDER.mkdir(exist_ok=True)
    port = str(free_port())
    settings = {"MARROW_MODE": "development"}
    with (
        tempfile.TemporaryDirectory() as folder,
        started("serve", "--port", port, cwd=Path(folder), **settings) as (_process, url),
        chromium(browser_path) as browser,
    ):
        page = browser.new_page(base_url=url, viewport={"width": 1000, "height": 1500})
        for name, show in SHOTS.items():
            show(page)
            page.evaluate("() => window.scrollTo(0, 0)")
            page.screenshot(path=FOLDER / f"{name}.png")
            sys.stdout.write(f"wrote docs/images/{name}.png\n")


if __name__ == "__main__":
    found = installed()
    if found is None:
        sys.exit(ABSENT)
    make(found)
