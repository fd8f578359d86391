"""The knowledge that ships, loaded once for all tests, and a small library to be changed."""

from pathlib import Path

import pytest

from mappings import Knowledge, load
from tests.builders.library import a_library


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of a few rows in a folder of its own."""
    return a_library(tmp_path / "mappings")
