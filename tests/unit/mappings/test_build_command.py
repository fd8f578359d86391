"""The command that builds, and the hook that puts the built file into the wheel."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

import mappings
from mappings import build, load
from mappings.built import BuiltFile
from mappings.layout import BUILT
from mappings.stored import SEALED
from mappings_build import MappingsBuildHook
from tests.builders.library import append

REPOSITORY = Path(mappings.__file__).parents[1]


def test_it_says_what_it_built(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "PACKAGE", folder)

    assert build.main() == 0
    assert "8 drug codes in 4 groups" in capsys.readouterr().out
    before = (folder / BUILT).stat().st_mtime_ns
    load(folder)
    assert (folder / BUILT).stat().st_mtime_ns == before


def test_it_says_file_line_and_reason_of_a_bad_row(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "PACKAGE", folder)
    append(folder, "units/units.csv", "x,y,0,inr,editorial,1,2")

    assert build.main() == 1
    assert capsys.readouterr().err.startswith("units/units.csv, line 3: factor: ")
    assert not (folder / BUILT).exists()


def a_hook() -> MappingsBuildHook:
    hook: Any = MappingsBuildHook
    found: MappingsBuildHook = hook(str(REPOSITORY), {}, None, None, "", "wheel")
    return found


def test_the_wheel_gets_a_sealed_file() -> None:
    build_data: dict[str, Any] = {"force_include": {}}
    hook = a_hook()

    hook.initialize("standard", build_data)
    [(made, place)] = build_data["force_include"].items()
    content = Path(made).read_bytes()
    hook.finalize("standard", build_data, "")

    assert place == "mappings/_built/knowledge.msgpack"
    assert msgspec.msgpack.decode(content, type=BuiltFile).stamp == SEALED
    assert not Path(made).exists()


def test_an_editable_installation_gets_none() -> None:
    build_data: dict[str, Any] = {"force_include": {}}
    hook = a_hook()

    hook.initialize("editable", build_data)
    hook.finalize("editable", build_data, "")

    assert build_data == {"force_include": {}}
