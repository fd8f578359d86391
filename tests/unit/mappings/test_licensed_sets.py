"""A site without a license switches a set off, and nothing of it is left."""

from pathlib import Path

import pytest

from mappings import Knowledge, load
from mappings.knowledge import Knowledge as Loaded

ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
BOTH = frozenset({"atc", "snomed_ct"})


@pytest.fixture
def base(folder: Path) -> Knowledge:
    return load(folder, without=BOTH)


def test_all_sets_are_on_unless_told(folder: Path) -> None:
    knowledge = load(folder)
    assert (knowledge.sets, knowledge.sets_off) == (("base", "atc", "snomed_ct"), ())
    assert knowledge.drugs(ATC, "B01AA03")
    assert knowledge.concepts(SNOMED, "77386006") == {"pregnancy"}
    assert knowledge.route(SNOMED, "26643006") == "oral"
    assert knowledge.knows_system(ATC)


def test_codes_of_a_set_that_is_off_say_nothing(base: Loaded) -> None:
    assert (base.sets, base.sets_off) == (("base",), ("atc", "snomed_ct"))
    assert base.drugs(ATC, "B01AA03") == base.drugs(ATC, "B01AB13") == base.drugs(SNOMED, "395740008") == ()
    assert not base.concepts(SNOMED, "77386006")
    assert base.route(SNOMED, "26643006") is None
    assert all(code.system != SNOMED for code in base.codes("pregnancy"))


def test_a_medicine_coded_in_a_set_that_is_off_is_unreadable_and_not_another_one(base: Loaded) -> None:
    assert not base.knows_system(ATC)
    assert not base.knows_system(SNOMED)
    assert base.knows_system(RXNORM)


def test_the_other_codes_stay(base: Loaded) -> None:
    assert base.drugs(RXNORM, "855332")
    assert base.concepts("http://hl7.org/fhir/sid/icd-10-cm", "Z33.1") == {"pregnancy"}


def test_a_concept_that_only_a_licensed_set_holds_is_still_a_concept(base: Loaded) -> None:
    assert base.codes("route_oral") == ()


def test_an_order_coded_in_a_set_that_is_off_goes_out_as_text(folder: Path, base: Loaded) -> None:
    coded = load(folder).service("crutches").code
    assert coded is not None
    assert coded.system == SNOMED
    assert base.service("crutches").code is None
    assert base.service("inr_test").code is not None


def test_one_set_can_be_off_alone(folder: Path) -> None:
    knowledge = load(folder, without={"atc"})
    assert not knowledge.drugs(ATC, "B01AA03")
    assert knowledge.drugs(SNOMED, "395740008")


def test_the_revision_says_which_sets_are_on(folder: Path) -> None:
    revisions = [load(folder, without=off).revision for off in (set(), {"atc"}, {"snomed_ct"}, BOTH)]
    assert len(set(revisions)) == 4


def test_a_set_that_does_not_exist_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="cpt"):
        load(folder, without={"cpt"})
