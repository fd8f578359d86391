"""The version of the running program, as decisions and the command line name it."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

DISTRIBUTION = "marrow-cds"


@cache
def program_version() -> str:
    """The installed version; "unknown" when the code runs without having been installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"
