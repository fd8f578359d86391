"""A bad mapping file stops the start, and says where and why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mappings import Knowledge, MappingError, load

DRUGS = "drugs/prostacyclin.csv"
PREGNANCY = "value_sets/pregnancy.csv"
NAMES = "lexicon/drug_names/anticoagulant.csv"
UNITS = "units/units.csv"
SERVICES = "services/services.csv"
SOURCES = "provenance/sources.csv"


def append(file: str, line: str) -> Callable[[Path], None]:
    def breaking(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    return breaking


def replace(file: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def breaking(folder: Path) -> None:
        content = (folder / file).read_bytes()
        assert old in content
        (folder / file).write_bytes(content.replace(old, new, 1))

    return breaking


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def add(file: str, content: str) -> Callable[[Path], None]:
    def breaking(folder: Path) -> None:
        (folder / file).write_text(content, encoding="utf-8")

    return breaking


LAST_LINE = -1


@pytest.mark.parametrize(
    ("breaking", "file", "line", "reason"),
    [
        pytest.param(remove(DRUGS), DRUGS, 0, "missing", id="missing drug group"),
        pytest.param(remove(SOURCES), SOURCES, 0, "missing", id="missing sources"),
        pytest.param(
            remove("lexicon/words/negation.csv"), "lexicon/words/negation.csv", 0, "missing", id="missing words"
        ),
        pytest.param(replace(DRUGS, b"system,code", b"code,system"), DRUGS, 1, "header", id="header"),
        pytest.param(add(UNITS, ""), UNITS, 1, "header", id="empty file"),
        pytest.param(
            append(DRUGS, "cpt,1,iloprost,oral,no,x,editorial,current"), DRUGS, LAST_LINE, "code system", id="system"
        ),
        pytest.param(
            append(DRUGS, "atc,X,iloprost,nasal,no,x,editorial,current"), DRUGS, LAST_LINE, "route", id="route"
        ),
        pytest.param(
            append(DRUGS, "atc,,iloprost,oral,no,x,editorial,current"), DRUGS, LAST_LINE, "code", id="empty code"
        ),
        pytest.param(
            append(DRUGS, "atc,X,iloprost,oral,no,x,hearsay,current"), DRUGS, LAST_LINE, "hearsay", id="unknown source"
        ),
        pytest.param(
            append(DRUGS, "atc,X,iloprost,oral,no,x,Not A Key,current"), DRUGS, LAST_LINE, "provenance", id="source key"
        ),
        pytest.param(
            append(DRUGS, "atc,b01ac11,iloprost,oral,no,x,editorial,current"),
            DRUGS,
            LAST_LINE,
            "repeats line",
            id="twice",
        ),
        pytest.param(append(DRUGS, "atc,X,iloprost"), DRUGS, LAST_LINE, "3 cells", id="short row"),
        pytest.param(append(DRUGS, 'atc,"X"Y,iloprost'), DRUGS, LAST_LINE, "not CSV", id="quoting"),
        pytest.param(replace(DRUGS, b"iloprost", b"ilo\xffprost"), DRUGS, None, "UTF-8", id="encoding"),
        pytest.param(
            append(PREGNANCY, "sct,1,prefix,x,editorial,current"), PREGNANCY, LAST_LINE, "prefix", id="prefix"
        ),
        pytest.param(
            append(PREGNANCY, "icd10cm,z331,exact,x,editorial,current"), PREGNANCY, LAST_LINE, "repeats", id="dot twice"
        ),
        pytest.param(
            append(NAMES, "ELIQUIS,apixaban,brand,en,editorial"), NAMES, LAST_LINE, "repeats", id="name in capitals"
        ),
        pytest.param(append(NAMES, "®,apixaban,brand,en,editorial"), NAMES, LAST_LINE, "letter", id="no word"),
        pytest.param(append(UNITS, "x,y,0,inr,editorial,1,2"), UNITS, LAST_LINE, "factor", id="factor"),
        pytest.param(append(UNITS, "x,y,nan,inr,editorial,1,2"), UNITS, LAST_LINE, "factor", id="no number"),
        pytest.param(append(UNITS, "x,y,1,inr,editorial,2,1"), UNITS, LAST_LINE, "plausible_low", id="range"),
        pytest.param(
            append(SERVICES, "x,Task,loinc,,,Text,editorial"), SERVICES, LAST_LINE, "all given", id="half a code"
        ),
        pytest.param(
            append(SERVICES, "x,Task,cpt,1,d,Text,editorial"), SERVICES, LAST_LINE, "code system", id="service system"
        ),
        pytest.param(
            append(SERVICES, "x,Observation,,,,Text,editorial"), SERVICES, LAST_LINE, "resource_type", id="resource"
        ),
        pytest.param(append(SOURCES, "editorial,a,b,c,d"), SOURCES, LAST_LINE, "repeats", id="source twice"),
        pytest.param(add("stray.csv", "a\n"), "stray.csv", 0, "expected here", id="stray file"),
        pytest.param(
            add("lexicon/route_names/rectal.csv", "a\n"),
            "lexicon/route_names/rectal.csv",
            0,
            "expected here",
            id="stray route",
        ),
    ],
)
def test_a_bad_file_is_refused(
    folder: Path, breaking: Callable[[Path], None], file: str, line: int | None, reason: str
) -> None:
    breaking(folder)

    with pytest.raises(MappingError) as refused:
        load(folder)

    error = refused.value
    if line == LAST_LINE:
        line = (folder / file).read_bytes().count(b"\n")
    assert error.file == file
    assert line is None or error.line == line
    assert reason in error.reason
    assert str(error) == f"{file}, line {error.line}: {error.reason}"
    assert str(folder) not in str(error)


def test_a_new_value_set_needs_no_code(folder: Path) -> None:
    add(
        "value_sets/gout.csv",
        "system,code,match,display,provenance,status\nicd10cm,M10,prefix,Gout,editorial,current\n",
    )(folder)

    assert load(folder).contains("gout", "http://hl7.org/fhir/sid/icd-10-cm", "M10.9")


def test_every_row_cites_a_known_source_and_every_source_is_cited(knowledge: Knowledge, folder: Path) -> None:
    cited = set()
    for path in folder.rglob("*.csv"):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        columns = header.split(",")
        if "provenance" not in columns:
            assert path.name == "sources.csv"
            continue
        at = columns.index("provenance") - len(columns)
        cited |= {row.split(",")[at] for row in rows}

    assert cited == set(knowledge.sources)


def test_files_are_sorted_so_that_differences_are_readable(folder: Path) -> None:
    for path in [*folder.glob("drugs/*.csv"), *folder.glob("value_sets/*.csv"), *folder.glob("lexicon/*/*.csv")]:
        rows = path.read_text(encoding="utf-8").splitlines()[1:]
        keys = [tuple(row.split(",")[:2]) for row in rows if not row.startswith('"')]
        assert keys == sorted(keys), path.name


def test_titles_of_the_who_are_not_shipped(folder: Path) -> None:
    for path in folder.glob("value_sets/*.csv"):
        rows = path.read_text(encoding="utf-8").splitlines()
        assert all(row.split(",")[3] == "" for row in rows if row.startswith("icd10,")), path.name


def test_the_revision_is_stable_and_changes_with_any_byte(knowledge: Knowledge, folder: Path) -> None:
    assert load(folder).revision == knowledge.revision
    assert len(knowledge.revision) == 16

    replace(UNITS, b"0.5,20", b"0.6,20")(folder)
    assert load(folder).revision != knowledge.revision


def test_the_revision_changes_with_a_name(knowledge: Knowledge, folder: Path) -> None:
    add("value_sets/empty.csv", "system,code,match,display,provenance,status\n")(folder)
    first = load(folder).revision
    (folder / "value_sets/empty.csv").rename(folder / "value_sets/void.csv")

    assert knowledge.revision != first != load(folder).revision
