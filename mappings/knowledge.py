"""What the core asks the knowledge. All answers come from tables that never change after the loading."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from mappings import systems
from mappings.codes import CodeIndex
from mappings.models import Code, DrugEntry, NamedDrug, ServiceEntry, Source, Unit
from mappings.phrases import Negation, PhraseIndex
from mappings.text import fold_unit, passage, words

RouteGroup = Literal["oral", "parenteral", "inhalation", "local"]
ROUTE_GROUPS: tuple[RouteGroup, ...] = get_args(RouteGroup)

_NO_CONCEPTS: frozenset[str] = frozenset()
# The fourth level of the ATC: "B01AB", the heparin group.
_ATC_CLASS_LENGTH = 5


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """Everything that the project knows about codes and words, loaded by `mappings.load.load`.

    Systems are given as the client wrote them (URI, OID, version); a system or code that is not known gives an empty
    answer, never an error. Only `codes`, `contains` and `service` raise KeyError, for a name of our own that is wrong.
    """

    revision: str
    """Sixteen hexadecimal digits that change with any byte of any mapping file."""
    sources: Mapping[str, Source]
    drug_codes: Mapping[tuple[str, str], tuple[DrugEntry, ...]]
    drug_names: PhraseIndex[NamedDrug]
    value_sets: CodeIndex
    condition_words: PhraseIndex[str]
    condition_texts: Mapping[str, frozenset[str]]
    route_codes: Mapping[tuple[str, str], RouteGroup]
    route_names: PhraseIndex[RouteGroup]
    negation: Negation
    flush_words: PhraseIndex[str]
    units: Mapping[tuple[str, str], Unit]
    services: Mapping[str, ServiceEntry]
    drug_groups: tuple[str, ...]

    def groups(self) -> tuple[str, ...]:
        """The names of the drug groups, those known by name only included, sorted."""
        return self.drug_groups

    def knows_system(self, system_uri: str | None) -> bool:
        """True for a standard drug system that we index: a code of it that we do not find is another medicine."""
        return _key(system_uri) in systems.DRUG_SYSTEMS

    def drugs(self, system_uri: str | None, code: str | None) -> tuple[DrugEntry, ...]:
        """What a medication code stands for, one entry per group.

        An ATC code that no table holds is read by its class: B01AB13 as B01AB, the heparin group.
        """
        key = _key(system_uri)
        if key is None or not code:
            return ()
        normal = systems.normalize_code(key, code)
        found = self.drug_codes.get((key, normal), ())
        if found or key != systems.ATC:
            return found
        return self.drug_codes.get((key, normal[:_ATC_CLASS_LENGTH]), ())

    def drugs_named(self, text: str) -> tuple[NamedDrug, ...]:
        """The medicines named in a text, in order, each once; names that the text negates are left out.

        "heparin lock" hides "heparin". A class word such as "blood thinner" comes with group "anticoagulant_vague".
        """
        if not text:
            return ()
        cut = passage(text)
        found = self.drug_names.find(cut)
        kept = (each.values for each in found if not self.negation.covers(cut, each.start))
        return tuple(dict.fromkeys(drug for values in kept for drug in values))

    def concepts(self, system_uri: str | None, code: str | None) -> frozenset[str]:
        """The value sets that hold a code. A code in `not_x` is not in `x`."""
        key = _key(system_uri)
        return self.value_sets.concepts(key, code) if key is not None and code else _NO_CONCEPTS

    def concepts_named(self, text: str) -> frozenset[str]:
        """The conditions that a text names: by its words, unless negated, or as a whole ("PAH")."""
        if not text:
            return _NO_CONCEPTS
        cut = passage(text)
        found = {
            concept
            for each in self.condition_words.find(cut)
            if not self.negation.covers(cut, each.start)
            for concept in each.values
        }
        return self.condition_texts.get(" ".join(cut.words), _NO_CONCEPTS) | found

    def codes(self, value_set: str) -> tuple[Code, ...]:
        """The codes of a value set, for queries and orders, without those matched by prefix."""
        return self.value_sets.codes(value_set)

    def contains(self, value_set: str, system_uri: str | None, code: str | None) -> bool:
        """True when the value set holds the code. Raises KeyError for a value set that does not exist."""
        self.value_sets.codes(value_set)
        return value_set in self.concepts(system_uri, code)

    def route(self, system_uri: str | None, code: str | None) -> RouteGroup | None:
        """How a route code brings the medicine in; None for a route of another kind."""
        key = _key(system_uri)
        if key is None or not code:
            return None
        return self.route_codes.get((key, systems.normalize_code(key, code)))

    def route_named(self, text: str) -> RouteGroup | None:
        """How a text says the medicine is given; None when it names no route, or routes of different kinds."""
        found = {route for each in self.route_names.in_text(text) for route in each.values}
        return found.pop() if len(found) == 1 else None

    def says_flush(self, text: str) -> bool:
        """True when a text speaks of flushing or locking a line."""
        return bool(self.flush_words.in_text(text))

    def unit(self, kind: str, text: str) -> Unit | None:
        """How to read a unit for one kind of value ("inr", "egfr", "hcg"); None when it cannot be converted."""
        return self.units.get((kind, fold_unit(text)))

    def service(self, name: str) -> ServiceEntry:
        """An order or task that we may suggest. Raises KeyError for a name that does not exist."""
        return self.services[name]


def _key(system_uri: str | None) -> str | None:
    return systems.normalize_system(system_uri) if system_uri else None


def whole_text(phrase: str) -> str:
    """The form under which a whole text is looked up."""
    return " ".join(words(phrase))
