"""The knowledge that ships, loaded once for all tests."""

import shutil
from pathlib import Path

import pytest

import mappings
from mappings import Knowledge, load

SHIPPED = Path(mappings.__file__).parent


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped mapping files, to be broken."""
    target = tmp_path / "mappings"
    shutil.copytree(SHIPPED, target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return target
