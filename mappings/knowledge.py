"""What the core asks the knowledge. All answers come from tables that never change after the loading."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mappings import systems
from mappings.codes import CodeIndex
from mappings.models import Code, DrugEntry, NamedDrug, RouteGroup, ServiceEntry, Source, Unit
from mappings.phrases import Negation, PhraseIndex
from mappings.text import Passage, fold_unit, passage

# By short key of the system, then by normalized code.
DrugCodes = Mapping[str, Mapping[str, tuple[DrugEntry, ...]]]

_NO_DRUGS: tuple[DrugEntry, ...] = ()
_NO_DRUG_CODES: Mapping[str, tuple[DrugEntry, ...]] = {}
_NO_CONCEPTS: frozenset[str] = frozenset()
_NO_ROUTES: Mapping[str, RouteGroup] = {}
# The fourth level of the ATC: "B01AB", the heparin group.
_ATC_CLASS_LENGTH = 5


@dataclass(frozen=True, slots=True)
class SiteCodes:
    """What a site's `local_codes.csv` adds: answers by system (short key, or as written) and code.

    `digest` is of the bytes of the file, "" when there is none.
    """

    digest: str
    drugs: Mapping[tuple[str, str], tuple[DrugEntry, ...]]
    concepts: Mapping[tuple[str, str], frozenset[str]]
    members: Mapping[str, tuple[Code, ...]]

    def __len__(self) -> int:
        return len(self.drugs.keys() | self.concepts.keys())


NO_SITE_CODES = SiteCodes("", {}, {}, {})


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """Everything that the project knows about codes and words, loaded by `mappings.load.load`.

    Systems are given as the client wrote them (URI, OID, version); a system or code that is not known gives an empty
    answer, never an error. Only `codes`, `contains` and `service` raise KeyError, for a name of our own that is wrong.
    """

    text_revision: str
    """Sixteen hexadecimal digits that change with any byte of a mapping file whose set is on."""
    sets: tuple[str, ...]
    sets_off: tuple[str, ...]
    sources: Mapping[str, Source]
    drug_entries: tuple[DrugEntry, ...]
    drug_codes: DrugCodes
    drug_names: PhraseIndex[NamedDrug]
    value_sets: CodeIndex
    condition_words: PhraseIndex[str]
    condition_texts: Mapping[str, frozenset[str]]
    route_codes: Mapping[str, Mapping[str, RouteGroup]]
    route_names: PhraseIndex[RouteGroup]
    negation: Negation
    side_words: frozenset[str]
    flush_words: PhraseIndex[str]
    report_lists: Mapping[str, tuple[str, ...]]
    units: Mapping[tuple[str, str], Unit]
    services: Mapping[str, ServiceEntry]
    drug_groups: tuple[str, ...]
    site: SiteCodes = NO_SITE_CODES

    @property
    def revision(self) -> str:
        """Sixteen hexadecimal digits that change with the text files, the sets that are on, and the site's codes."""
        if not self.site.digest:
            return self.text_revision
        return hashlib.sha256(f"{self.text_revision}\0{self.site.digest}".encode()).hexdigest()[:16]

    @property
    def drug_code_count(self) -> int:
        """How many medication codes are known, without those of the site."""
        return sum(len(table) for table in self.drug_codes.values())

    def with_site_codes(self, site: SiteCodes) -> "Knowledge":
        """The same knowledge with these codes of the site, in place of those it had."""
        return replace(self, site=site)

    def groups(self) -> tuple[str, ...]:
        """The names of the drug groups, those known by name only included, sorted."""
        return self.drug_groups

    def ingredients(self) -> frozenset[tuple[str, str]]:
        """Each drug group with each of its ingredients, known by code or by name."""
        return frozenset((entry.group, entry.ingredient) for entry in self.drug_entries)

    def knows_system(self, system_uri: str | None, code: str | None = None) -> bool:
        """True where a code that means nothing to us is another medicine, and no unreadable one.

        So it is for a standard drug system whose set is on, and for the drug codes that the site has mapped.
        """
        if not system_uri:
            return False
        key = _key(system_uri)
        if key in systems.DRUG_SYSTEMS and key in self.drug_codes:
            return True
        return bool(code) and self._place(system_uri, code or "") in self.site.drugs

    def drugs(self, system_uri: str | None, code: str | None) -> tuple[DrugEntry, ...]:
        """What a medication code stands for, one entry per group and ingredient.

        An ATC code that no table holds is read by its class: B01AB13 as B01AB, the heparin group.
        """
        if not system_uri or not code:
            return _NO_DRUGS
        key, normal = self._place(system_uri, code)
        table = self.drug_codes.get(key, _NO_DRUG_CODES)
        found = table.get(normal, _NO_DRUGS)
        if not found and key == systems.ATC:
            found = table.get(normal[:_ATC_CLASS_LENGTH], _NO_DRUGS)
        own = self.site.drugs.get((key, normal), _NO_DRUGS) if self.site.drugs else _NO_DRUGS
        return tuple(dict.fromkeys((*found, *own))) if own else found

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

    def drugs_mentioned(self, text: str) -> tuple[NamedDrug, ...]:
        """The medicines named in a text, in order, those that it negates included."""
        return tuple(drug for found in self.drug_names.in_text(text) for drug in found.values)

    def concepts(self, system_uri: str | None, code: str | None) -> frozenset[str]:
        """The value sets that hold a code. A code in `not_x` is not in `x`."""
        if not system_uri or not code:
            return _NO_CONCEPTS
        key, normal = self._place(system_uri, code)
        found = self.value_sets.concepts(key, normal)
        own = self.site.concepts.get((key, normal), _NO_CONCEPTS) if self.site.concepts else _NO_CONCEPTS
        return found | own if own else found

    def concepts_named(self, text: str) -> frozenset[str]:
        """The conditions that a text names: by its words, unless negated, or as a whole ("PAH").

        A side between the words does not count: "ulcer of right heel" is an ulcer of heel.
        """
        if not text:
            return _NO_CONCEPTS
        cut = passage(text)
        found = self._conditions(cut)
        if self.side_words.isdisjoint(cut.words):
            return found
        return found | self._conditions(cut.without(self.side_words))

    def _conditions(self, cut: Passage) -> frozenset[str]:
        found = {
            concept
            for each in self.condition_words.find(cut)
            if not self.negation.denies(cut, each)
            for concept in each.values
        }
        return self.condition_texts.get(" ".join(cut.words), _NO_CONCEPTS) | found

    def codes(self, value_set: str) -> tuple[Code, ...]:
        """The codes of a value set, for queries and orders, without those matched by prefix; the site's come last."""
        return (*self.value_sets.codes(value_set), *self.site.members.get(value_set, ()))

    def contains(self, value_set: str, system_uri: str | None, code: str | None) -> bool:
        """True when the value set holds the code. Raises KeyError for a value set that does not exist."""
        if not self.value_sets.holds(value_set):
            raise KeyError(value_set)
        return value_set in self.concepts(system_uri, code)

    def route(self, system_uri: str | None, code: str | None) -> RouteGroup | None:
        """How a route code brings the medicine in; None for a route of another kind."""
        key = _key(system_uri)
        if key is None or not code:
            return None
        return self.route_codes.get(key, _NO_ROUTES).get(systems.normalize_code(key, code))

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

    @staticmethod
    def _place(system_uri: str, code: str) -> tuple[str, str]:
        """Under which key and code a code is looked up."""
        key = systems.of_site(system_uri)
        return key, systems.normalize_code(key, code)


def _key(system_uri: str | None) -> str | None:
    return systems.normalize_system(system_uri) if system_uri else None
