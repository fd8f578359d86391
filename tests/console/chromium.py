"""The Chromium that the tests drive: Debian's, another one of this machine, or Playwright's own.

`python -m tests.console.chromium` (`make browser`) installs one where there is none: Debian's package for root on
Debian, else the one that Playwright brings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ABSENT = "Chromium is not installed: `make browser` installs it"


def installed() -> str | None:
    """The path of a browser; None where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A headless browser, which reaches this machine alone."""
    rules = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            chromium_sandbox=os.geteuid() != 0,
            args=[f"--host-resolver-rules={rules}"],
        )
        try:
            yield browser
        finally:
            browser.close()


def install() -> None:
    """Raises CalledProcessError when neither way works."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=True)
        subprocess.run(["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "chromium"], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if installed() is None:
        install()
    sys.stdout.write(f"{installed()}\n")
