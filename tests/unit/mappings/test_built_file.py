"""What is loaded comes from a built file, and is always what the text says."""

import os
import shutil
from pathlib import Path

import pytest

from mappings import Knowledge, load
from mappings.layout import BUILT
from mappings.stored import SEALED, build, read_or_build, stamp_of
from tests.builders.library import append

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
DRUGS = "drugs/prostacyclin.csv"
ROW = "rxnorm,1,iloprost,oral,,no,x,table,current"


def knows_the_row(knowledge: Knowledge) -> bool:
    return bool(knowledge.drugs(RXNORM, "1"))


def test_the_file_holds_what_was_built_in_memory(folder: Path) -> None:
    _, in_memory = build(folder)
    built_now = read_or_build(folder)
    read_back = read_or_build(folder)

    assert (folder / BUILT).exists()
    assert in_memory == built_now == read_back


def test_the_same_text_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "elsewhere")

    assert build(folder)[0] == build(other)[0]


def test_a_changed_row_is_seen(folder: Path) -> None:
    assert not knows_the_row(load(folder))
    append(folder, DRUGS, ROW)
    assert knows_the_row(load(folder))


def test_a_change_that_keeps_size_and_number_of_files_is_seen_by_its_time(folder: Path) -> None:
    load(folder)
    path = folder / DRUGS
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"40138", b"40139"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))

    assert load(folder).drugs(RXNORM, "40139")


def test_a_removed_file_is_seen(folder: Path) -> None:
    assert load(folder).report_lists
    (folder / "lexicon/report/edema.csv").unlink()
    assert not load(folder).report_lists


def test_an_unchanged_folder_is_not_built_again(folder: Path) -> None:
    load(folder)
    first = (folder / BUILT).stat().st_mtime_ns
    load(folder)
    assert (folder / BUILT).stat().st_mtime_ns == first


@pytest.mark.parametrize("content", [b"", b"\x93", b"not msgpack", b"\x93\x00\xa0\xc0"])
def test_a_built_file_that_cannot_be_read_is_built_again(folder: Path, content: bytes) -> None:
    path = folder / BUILT
    path.parent.mkdir()
    path.write_bytes(content)

    assert load(folder).drugs(RXNORM, "40138")
    assert path.read_bytes() != content


def test_a_sealed_file_is_believed_whatever_the_text_says(folder: Path) -> None:
    (folder / BUILT).parent.mkdir()
    (folder / BUILT).write_bytes(build(folder, SEALED)[0])
    append(folder, DRUGS, ROW)

    assert not knows_the_row(load(folder))


def test_where_nothing_can_be_written_it_is_built_in_memory(folder: Path) -> None:
    (folder / BUILT).parent.write_bytes(b"a file where the folder would be")

    assert load(folder).drugs(RXNORM, "40138")
    append(folder, DRUGS, ROW)
    assert knows_the_row(load(folder))


def test_no_half_written_file_stays_behind(folder: Path) -> None:
    load(folder)
    assert [path.name for path in (folder / BUILT).parent.iterdir()] == ["knowledge.msgpack"]


def test_the_stamp_depends_on_the_text_alone(folder: Path) -> None:
    first = stamp_of(folder)
    load(folder)
    (folder / "licensed/atc/NOTICE.md").write_text("terms")
    assert stamp_of(folder) == first
