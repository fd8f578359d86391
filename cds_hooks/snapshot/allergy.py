"""Recorded allergies and intolerances (AllergyIntolerance), statuses already judged (rule specification 0.1)."""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.snapshot.medication import Drug
from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.vocabulary import Concept


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """One record: the drugs of its substance and what else it is known as (`concepts`: latex, NSAID hypersensitivity).

    `intolerance`: its type says so. `by_text`: the substance was found by words alone. `severe`: a severe reaction,
    anaphylaxis, angioedema or bronchospasm is recorded, or the criticality is high. `anaphylaxis`: one of these three
    is named as the reaction. `stomach_only`: the only reactions recorded are complaints of the stomach. `fact` names
    substance, reaction and criticality.
    """

    fact: Fact
    drugs: tuple[Drug, ...] = ()
    concepts: frozenset[Concept] = frozenset()
    intolerance: bool = False
    by_text: bool = False
    severe: bool = False
    anaphylaxis: bool = False
    stomach_only: bool = False

    @property
    def subjects(self) -> frozenset[str]:
        return self.concepts.union(drug.group for drug in self.drugs)
