"""A site's own codes answer like those of the library, and a row that does not fit is refused."""

from pathlib import Path

import pytest

from mappings import Code, DrugEntry, Knowledge, MappingError, load
from mappings.local import with_local_codes

SITE = "https://hospital.example.org/drugs"
PROBLEMS = "https://hospital.example.org/problems"
LOINC = "http://loinc.org"
HEADER = "system,code,target,display"


@pytest.fixture
def plain(folder: Path) -> Knowledge:
    return load(folder)


def extended(knowledge: Knowledge, *rows: str) -> Knowledge:
    return with_local_codes(knowledge, "\n".join([HEADER, *rows]).encode())


def test_a_local_code_means_a_drug(plain: Knowledge) -> None:
    knowledge = extended(plain, f"{SITE},17,drug:anticoagulant/warfarin,Warfarin 5 mg")
    assert knowledge.drugs(SITE, "17") == (DrugEntry("anticoagulant", "warfarin", "unspecified", False),)
    assert knowledge.drugs(SITE, "18") == ()


def test_a_drug_may_come_with_its_route(plain: Knowledge) -> None:
    knowledge = extended(plain, f"{SITE},17,drug:prostacyclin/iloprost/inhalation,")
    assert [entry.route for entry in knowledge.drugs(SITE, "17")] == ["inhalation"]


@pytest.mark.parametrize("system", ["rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"])
def test_a_local_code_stands_for_a_standard_one(plain: Knowledge, system: str) -> None:
    knowledge = extended(plain, f"{SITE},17,{system}|855332,")
    assert knowledge.drugs(SITE, "17") == plain.drugs("http://www.nlm.nih.gov/research/umls/rxnorm", "855332")


def test_a_local_code_joins_a_value_set(plain: Knowledge) -> None:
    knowledge = extended(plain, f"{PROBLEMS},P77,value_set:pregnancy,Pregnant")
    assert knowledge.concepts(PROBLEMS, "P77") == {"pregnancy"}
    assert knowledge.contains("pregnancy", PROBLEMS, "P77")


def test_queries_ask_for_local_codes_too(plain: Knowledge) -> None:
    knowledge = extended(plain, f"{PROBLEMS},INR,loinc|6301-6,INR of the ward")
    assert knowledge.codes("inr") == (*plain.codes("inr"), Code(PROBLEMS, "INR", "INR of the ward"))


def test_a_site_may_add_a_code_of_a_standard_system(plain: Knowledge) -> None:
    knowledge = extended(plain, "loinc,99999-9,value_set:inr,", "loinc,6301-6,value_set:pregnancy,")
    assert knowledge.concepts(LOINC, "99999-9") == {"inr"}
    assert knowledge.concepts(LOINC, "6301-6") == {"inr", "pregnancy"}


def test_a_code_may_mean_several_things(plain: Knowledge) -> None:
    knowledge = extended(plain, f"{SITE},17,drug:anticoagulant/warfarin,", f"{SITE},17,drug:prostacyclin/iloprost,")
    assert [entry.group for entry in knowledge.drugs(SITE, "17")] == ["anticoagulant", "prostacyclin"]


def test_only_the_mapped_codes_of_a_local_system_are_known(plain: Knowledge) -> None:
    knowledge = extended(plain, f"{SITE},17,drug:anticoagulant/warfarin,")
    assert knowledge.knows_system(SITE, "17")
    assert not knowledge.knows_system(SITE, "18")
    assert not knowledge.knows_system(SITE)


def test_a_file_replaces_the_one_before_and_the_revision_tells(plain: Knowledge) -> None:
    first = extended(plain, f"{SITE},17,drug:anticoagulant/warfarin,")
    second = extended(first, f"{SITE},18,drug:anticoagulant/warfarin,")
    again = extended(second, f"{SITE},17,drug:anticoagulant/warfarin,")
    assert second.drugs(SITE, "17") == ()
    assert len({plain.revision, first.revision, second.revision}) == 3
    assert again.revision == first.revision


def test_a_file_may_be_empty_and_may_begin_with_a_byte_order_mark(plain: Knowledge) -> None:
    assert len(extended(plain).site) == 0
    row = f"{HEADER}\r\n{SITE},17,drug:anticoagulant/warfarin,\r\n"
    assert len(with_local_codes(plain, b"\xef\xbb\xbf" + row.encode()).site) == 1


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        ([f"{SITE},17,value_set:pregnency,Secret"], 2, "target 'value_set:pregnency': there is no value set"),
        ([f"{SITE},17,drug:anticoagulants/warfarin,Secret"], 2, "no drug group of this name"),
        ([f"{SITE},17,drug:anticoagulant/iloprost,Secret"], 2, "no such ingredient"),
        ([f"{SITE},17,drug:anticoagulant/warfarin/by air,Secret"], 2, "route must be one of"),
        ([f"{SITE},17,drug:anticoagulant,Secret"], 2, "write it as"),
        ([f"{SITE},17,warfarin,Secret"], 2, "write it as"),
        ([f"{SITE},17,rxnorm|1,Secret"], 2, "no table that is on holds this code"),
        ([f"{SITE},17,cpt|1,Secret"], 2, "no code system"),
        ([f"{SITE},17,,Secret"], 2, "target: "),
        ([f"{SITE},,value_set:inr,Secret"], 2, "code: "),
        ([f"{SITE},1,value_set:inr,Secret", f"{SITE},1,value_set:inr,Secret"], 3, "repeats line 2"),
        ([f"{SITE},1,value_set:inr"], 2, "3 cells"),
        ([f'{SITE},1,"value_set:inr"Secret,'], 2, "not CSV"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(plain: Knowledge, rows: list[str], line: int, reason: str) -> None:
    with pytest.raises(MappingError) as refused:
        extended(plain, *rows)

    assert (refused.value.file, refused.value.line) == ("local_codes.csv", line)
    assert reason in refused.value.reason
    assert "Secret" not in str(refused.value)
    assert "17" not in refused.value.reason


@pytest.mark.parametrize(
    ("content", "reason"), [(b"code,system\n", "the header must be"), (b"", "header"), (b"\xff", "not UTF-8")]
)
def test_what_is_no_such_table_is_refused(plain: Knowledge, content: bytes, reason: str) -> None:
    with pytest.raises(MappingError, match=reason):
        with_local_codes(plain, content)


def test_a_target_in_a_set_that_is_off_is_refused(folder: Path) -> None:
    with pytest.raises(MappingError, match="that is on"):
        extended(load(folder, without={"atc"}), f"{SITE},17,atc|B01AA03,")
