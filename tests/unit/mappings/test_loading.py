"""A bad mapping file stops the start, and says where and why."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

import mappings
from mappings import Knowledge, MappingError, load
from tests.builders import library
from tests.builders.library import VALUE_SET, write

SHIPPED = Path(mappings.__file__).parent
DRUGS = "drugs/prostacyclin.csv"
ATC = "licensed/atc/drugs/anticoagulant.csv"
PREGNANCY = "value_sets/pregnancy.csv"
NAMES = "lexicon/drug_names/anticoagulant.csv"
UNITS = "units/units.csv"
SERVICES = "services/services.csv"
SOURCES = "provenance/sources.csv"


def append(file: str, line: str) -> Callable[[Path], None]:
    return lambda folder: library.append(folder, file, line)


def replace(file: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def breaking(folder: Path) -> None:
        content = (folder / file).read_bytes()
        assert old in content
        (folder / file).write_bytes(content.replace(old, new, 1))

    return breaking


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def add(file: str, *lines: str) -> Callable[[Path], None]:
    return lambda folder: write(folder, file, *lines)


LAST_LINE = -1


@pytest.mark.parametrize(
    ("breaking", "file", "line", "reason"),
    [
        pytest.param(remove(DRUGS), DRUGS, 0, "missing", id="missing drug group"),
        pytest.param(remove("value_sets/egfr.csv"), "value_sets/egfr.csv", 0, "missing", id="missing value set"),
        pytest.param(remove(SOURCES), SOURCES, 0, "missing", id="missing sources"),
        pytest.param(
            remove("lexicon/words/negation.csv"), "lexicon/words/negation.csv", 0, "missing", id="missing words"
        ),
        pytest.param(replace(DRUGS, b"system,code", b"code,system"), DRUGS, 1, "header", id="header"),
        pytest.param(add(UNITS), UNITS, 1, "header", id="empty file"),
        pytest.param(
            append(DRUGS, "cpt,1,iloprost,oral,,no,x,editorial,current"), DRUGS, LAST_LINE, "code system", id="system"
        ),
        pytest.param(
            append(DRUGS, "rxnorm,1,iloprost,by air,,no,x,editorial,current"), DRUGS, LAST_LINE, "route", id="route"
        ),
        pytest.param(
            append(DRUGS, "rxnorm,,iloprost,oral,,no,x,editorial,current"), DRUGS, LAST_LINE, "code", id="empty code"
        ),
        pytest.param(
            append(DRUGS, "rxnorm,1,iloprost,oral,,no,x,hearsay,current"),
            DRUGS,
            LAST_LINE,
            "hearsay",
            id="unknown source",
        ),
        pytest.param(
            append(DRUGS, "rxnorm,1,iloprost,oral,,no,x,Not A Key,current"),
            DRUGS,
            LAST_LINE,
            "provenance",
            id="source key",
        ),
        pytest.param(
            append(ATC, "atc,b01aa03,warfarin,oral,,no,x,editorial,current"),
            ATC,
            LAST_LINE,
            "repeats line",
            id="twice",
        ),
        pytest.param(append(DRUGS, "rxnorm,1,iloprost"), DRUGS, LAST_LINE, "3 cells", id="short row"),
        pytest.param(append(DRUGS, 'rxnorm,"1"2,iloprost'), DRUGS, LAST_LINE, "not CSV", id="quoting"),
        pytest.param(replace(DRUGS, b"iloprost", b"ilo\xffprost"), DRUGS, None, "UTF-8", id="encoding"),
        pytest.param(
            append(DRUGS, "atc,B01AC11,iloprost,oral,,no,x,editorial,current"),
            DRUGS,
            LAST_LINE,
            "licensed/atc/",
            id="licensed code in the base",
        ),
        pytest.param(
            append(ATC, "rxnorm,1,warfarin,oral,,no,x,editorial,current"),
            ATC,
            LAST_LINE,
            "only atc",
            id="another code in a licensed set",
        ),
        pytest.param(
            append(PREGNANCY, "loinc,1,prefix,x,editorial,current"), PREGNANCY, LAST_LINE, "prefix", id="prefix"
        ),
        pytest.param(
            append(PREGNANCY, "icd10cm,z331,exact,x,editorial,current"), PREGNANCY, LAST_LINE, "repeats", id="dot twice"
        ),
        pytest.param(
            append(NAMES, "COUMADIN,warfarin,brand,en,editorial"), NAMES, LAST_LINE, "repeats", id="name in capitals"
        ),
        pytest.param(append(NAMES, "®,warfarin,brand,en,editorial"), NAMES, LAST_LINE, "letter", id="no word"),
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
        pytest.param(add("stray.csv", "a"), "stray.csv", 0, "expected here", id="stray file"),
        pytest.param(
            add("licensed/cpt/drugs/x.csv", "a"),
            "licensed/cpt/drugs/x.csv",
            0,
            "expected here",
            id="stray licensed set",
        ),
        pytest.param(
            add("lexicon/route_names/rectal.csv", "a"),
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
    write(folder, "value_sets/gout.csv", VALUE_SET, "icd10cm,M10,prefix,Gout,editorial,current")

    assert load(folder).contains("gout", "http://hl7.org/fhir/sid/icd-10-cm", "M10.9")


def test_a_value_set_may_hold_names_alone(folder: Path) -> None:
    write(folder, "lexicon/condition_names/flat_feet.csv", library.CONDITION_NAME, "flat feet,words,en,editorial")

    knowledge = load(folder)

    assert knowledge.concepts_named("Flat feet since childhood") == {"flat_feet"}
    assert knowledge.codes("flat_feet") == ()
    assert not knowledge.contains("flat_feet", "http://loinc.org", "1-8")


def test_a_fixed_combination_may_stand_in_one_group_with_each_ingredient(folder: Path) -> None:
    for ingredient in ("iloprost", "selexipag"):
        library.append(folder, DRUGS, f"rxnorm,1,{ingredient},oral,,yes,both,table,current")

    found = load(folder).drugs("http://www.nlm.nih.gov/research/umls/rxnorm", "1")

    assert [entry.ingredient for entry in found] == ["iloprost", "selexipag"]


def test_codes_that_say_the_same_share_one_answer(folder: Path) -> None:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    library.append(folder, DRUGS, "rxnorm,1,iloprost,unspecified,,no,another name,table,current")
    knowledge = load(folder)

    assert knowledge.drugs(rxnorm, "1") is knowledge.drugs(rxnorm, "40138")


def test_phrases_of_report_lists_come_as_they_are_written(folder: Path) -> None:
    assert load(folder).report_lists == {"edema": ("Knochenmarködem", "marrow edema")}


def test_every_row_cites_a_known_source_and_every_source_is_cited(knowledge: Knowledge) -> None:
    cited = set()
    for path in SHIPPED.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            cited |= {row["provenance"] for row in csv.DictReader(stream) if "provenance" in row}

    assert cited == set(knowledge.sources)


@pytest.mark.parametrize("kind", ["drugs/*.csv", "value_sets/*.csv", "licensed/*/*/*.csv", "lexicon/*/*.csv"])
def test_files_are_sorted_so_that_differences_are_readable(kind: str) -> None:
    for path in SHIPPED.glob(kind):
        rows = path.read_text(encoding="utf-8").splitlines()[1:]
        keys = [tuple(row.split(",")[:2]) for row in rows if not row.startswith('"')]
        assert keys == sorted(keys), path.name


def test_titles_of_the_who_are_not_shipped() -> None:
    for path in SHIPPED.glob("value_sets/*.csv"):
        rows = path.read_text(encoding="utf-8").splitlines()
        assert all(row.split(",")[3] == "" for row in rows if row.startswith("icd10,")), path.name


def test_each_licensed_set_has_its_notice() -> None:
    for folder in SHIPPED.glob("licensed/*"):
        assert (folder / "NOTICE.md").read_text(encoding="utf-8").strip(), folder.name


def test_the_revision_is_stable_and_changes_with_any_byte(folder: Path) -> None:
    first = load(folder).revision
    assert load(folder).revision == first
    assert len(first) == 16

    replace(UNITS, b"1,200", b"1,300")(folder)
    assert load(folder).revision != first


def test_the_revision_changes_with_a_name(folder: Path) -> None:
    before = load(folder).revision
    write(folder, "value_sets/empty.csv", VALUE_SET)
    first = load(folder).revision
    (folder / "value_sets/empty.csv").rename(folder / "value_sets/void.csv")

    assert before != first != load(folder).revision
