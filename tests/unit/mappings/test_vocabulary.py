"""Every clinical word of the core has a table behind it."""

import pytest

from cds_hooks.snapshot.vocabulary import Concept, DrugGroup
from mappings import Knowledge


@pytest.mark.parametrize("concept", list(Concept))
def test_each_concept_has_codes_or_names(knowledge: Knowledge, concept: Concept) -> None:
    assert knowledge.value_sets.holds(concept)


@pytest.mark.parametrize("group", list(DrugGroup))
def test_each_drug_group_has_codes_or_names(knowledge: Knowledge, group: DrugGroup) -> None:
    assert group in knowledge.groups()
