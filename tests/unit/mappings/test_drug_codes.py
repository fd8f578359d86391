"""Which medicine a code stands for."""

import pytest

from mappings import DrugEntry, Knowledge

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
NDC = "http://hl7.org/fhir/sid/ndc"


@pytest.mark.parametrize(
    ("system", "code", "group", "ingredient", "route"),
    [
        pytest.param(RXNORM, "2680303", "prostacyclin", "iloprost", "parenteral", id="iloprost for infusion"),
        pytest.param(RXNORM, "487056", "prostacyclin", "iloprost", "inhalation", id="iloprost 10 ug/mL to inhale"),
        pytest.param(RXNORM, "861964", "prostacyclin", "iloprost", "inhalation", id="iloprost 20 ug/mL to inhale"),
        pytest.param(RXNORM, "40138", "prostacyclin", "iloprost", "unspecified", id="iloprost, route not told"),
        pytest.param(RXNORM, "1729008", "prostacyclin", "selexipag", "unspecified", id="Uptravi, two systemic routes"),
        pytest.param(RXNORM, "1364445", "anticoagulant", "apixaban", "oral", id="apixaban 5 mg"),
        pytest.param(RXNORM, "855332", "anticoagulant", "warfarin", "oral", id="warfarin 5 mg"),
        pytest.param(RXNORM, "1232086", "anticoagulant", "rivaroxaban", "oral", id="rivaroxaban 20 mg"),
        pytest.param(RXNORM, "5224", "anticoagulant", "heparin", "unspecified", id="heparin, ingredient"),
        pytest.param(RXNORM, "1362062", "anticoagulant_flush", "heparin", "parenteral", id="heparin flush syringe"),
        pytest.param(NDC, "00003089421", "anticoagulant", "apixaban", "oral", id="apixaban by package"),
        pytest.param(NDC, "0003-0894-21", "anticoagulant", "apixaban", "oral", id="apixaban by hyphenated package"),
        pytest.param(
            ATC, "B01AC11", "prostacyclin", "iloprost", "unspecified", id="iloprost stands among antiplatelets"
        ),
        pytest.param(ATC, "B01AA04", "anticoagulant", "phenprocoumon", "unspecified", id="phenprocoumon"),
        pytest.param(ATC, "B01AB", "anticoagulant", "(class)", "unspecified", id="heparin group"),
        pytest.param(ATC, "B01AB13", "anticoagulant", "(class)", "unspecified", id="a heparin that no table holds"),
        pytest.param(SNOMED, "698090000", "anticoagulant", "apixaban", "unspecified", id="apixaban substance"),
    ],
)
def test_codes_of_the_medicines_that_the_rules_know(
    knowledge: Knowledge, system: str, code: str, group: str, ingredient: str, route: str
) -> None:
    entries = knowledge.drugs(system, code)

    assert [(entry.group, entry.ingredient, entry.route) for entry in entries] == [(group, ingredient, route)]


@pytest.mark.parametrize(
    ("system", "code"),
    [
        pytest.param(ATC, "C05BA03", id="heparin for the skin"),
        pytest.param(ATC, "B01", id="antithrombotics in general"),
        pytest.param(RXNORM, "861007", id="metformin"),
        pytest.param(RXNORM, "B01AA04", id="a code of another system"),
        pytest.param("http://hospital.example.org/drugs", "1364445", id="a local system"),
        pytest.param(None, "1364445", id="no system"),
        pytest.param(RXNORM, None, id="no code"),
        pytest.param(RXNORM, "", id="empty code"),
    ],
)
def test_codes_of_other_medicines_say_nothing(knowledge: Knowledge, system: str | None, code: str | None) -> None:
    assert knowledge.drugs(system, code) == ()


def test_a_drug_that_shares_the_class_of_iloprost_is_no_prostacyclin(knowledge: Knowledge) -> None:
    assert "prostacyclin" not in {entry.group for entry in knowledge.drugs(ATC, "B01AC06")}


def test_a_fixed_combination_is_marked(knowledge: Knowledge) -> None:
    entries = knowledge.drugs(ATC, "B01AF51")

    assert DrugEntry("anticoagulant", "rivaroxaban", "unspecified", combination=True) in entries
    assert all(entry.combination for entry in entries)


def test_standard_drug_systems_are_known_and_proprietary_ones_are_not(knowledge: Knowledge) -> None:
    assert all(
        knowledge.knows_system(system) for system in (RXNORM, ATC, SNOMED, NDC, "urn:oid:2.16.840.1.113883.6.88")
    )
    assert not any(
        knowledge.knows_system(system) for system in ("http://loinc.org", "urn:oid:2.16.840.1.113883.6.253", None)
    )


def test_the_groups_are_sorted_and_hold_those_that_are_known_by_name_alone(knowledge: Knowledge) -> None:
    groups = knowledge.groups()

    assert list(groups) == sorted(groups)
    assert {"anticoagulant", "anticoagulant_flush", "anticoagulant_vague", "prostacyclin"} <= set(groups)
