"""A site's `local_codes.csv`: codes of its own, each with what it means in words of ours or as a standard code.

    system,code,target,display
    https://hospital.example.org/drugs,1234,drug:anticoagulant/warfarin,Warfarin 5 mg tablets
    https://hospital.example.org/drugs,1235,rxnorm|855332,Warfarin 5 mg tablets
    https://hospital.example.org/drugs,1236,drug:nsaid_systemic/ibuprofen/oral,Ibuprofen 400
    https://hospital.example.org/problems,P77,value_set:pregnancy,Pregnant

A code may stand in several rows and then means all of them. The display is for people; nothing reads it, and no error
repeats it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from mappings import systems
from mappings.errors import MappingError
from mappings.knowledge import NO_SITE_CODES, Knowledge, SiteCodes
from mappings.models import ROUTES, Code, DrugEntry
from mappings.rows import LocalCodeRow
from mappings.tables import read_rows

FILE = "local_codes.csv"
VALUE_SET = "value_set:"
DRUG = "drug:"
_BOM = b"\xef\xbb\xbf"
_FORMS = "value_set:NAME, drug:GROUP/INGREDIENT, drug:GROUP/INGREDIENT/ROUTE or SYSTEM|CODE"


@dataclass(slots=True)
class _Meant:
    """What the rows say so far."""

    drugs: dict[tuple[str, str], tuple[DrugEntry, ...]] = field(default_factory=dict)
    concepts: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    members: dict[str, tuple[Code, ...]] = field(default_factory=dict)

    def add(self, row: LocalCodeRow, entries: tuple[DrugEntry, ...], concepts: frozenset[str]) -> None:
        key = _place(row)
        if entries:
            self.drugs[key] = tuple(dict.fromkeys((*self.drugs.get(key, ()), *entries)))
        if concepts:
            self.concepts[key] = self.concepts.get(key, frozenset()) | concepts
        for concept in sorted(concepts):
            system = systems.normalize_system(row.system)
            code = Code(systems.uri(system) if system else row.system, row.code, row.display)
            self.members[concept] = (*self.members.get(concept, ()), code)


def with_local_codes(knowledge: Knowledge, content: bytes, file: str = FILE) -> Knowledge:
    """The knowledge together with the rows of a site's file, in place of an earlier one.

    Raises MappingError with line and reason for a row that does not fit or a target that the knowledge does not hold.
    The reason quotes nothing but columns and targets.
    """
    targets = _Targets(knowledge.with_site_codes(NO_SITE_CODES))
    meant = _Meant()
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in read_rows(file, content.removeprefix(_BOM), LocalCodeRow):
        first = seen.setdefault((*_place(row), row.target), line)
        if first != line:
            raise MappingError(file, line, f"repeats line {first}")
        try:
            meant.add(row, *targets.resolved(row.target))
        except LookupError as error:
            raise MappingError(file, line, f"target {row.target!r}: {error.args[0]}") from None
    digest = hashlib.sha256(content).hexdigest()
    return knowledge.with_site_codes(SiteCodes(digest, meant.drugs, meant.concepts, meant.members))


def _place(row: LocalCodeRow) -> tuple[str, str]:
    key = systems.of_site(row.system)
    return key, systems.normalize_code(key, row.code)


class _Targets:
    """Finds what targets mean. Each method raises LookupError with a reason."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._ingredients = knowledge.ingredients()

    def resolved(self, target: str) -> tuple[tuple[DrugEntry, ...], frozenset[str]]:
        """The drugs and the value sets that a target stands for."""
        if target.startswith(VALUE_SET):
            return (), self._value_set(target.removeprefix(VALUE_SET))
        if target.startswith(DRUG):
            return self._drug(target.removeprefix(DRUG)), frozenset()
        system, bar, code = target.partition("|")
        if not bar:
            raise LookupError(f"write it as {_FORMS}")
        return self._standard(system, code)

    def _value_set(self, name: str) -> frozenset[str]:
        if not self._knowledge.value_sets.holds(name):
            raise LookupError("there is no value set of this name")
        return frozenset({name})

    def _drug(self, text: str) -> tuple[DrugEntry, ...]:
        match text.split("/"):
            case [group, ingredient]:
                route = "unspecified"
            case [group, ingredient, route]:
                pass
            case _:
                raise LookupError(f"write it as {_FORMS}")
        if group not in self._knowledge.groups():
            raise LookupError("there is no drug group of this name")
        if (group, ingredient) not in self._ingredients:
            raise LookupError("this drug group has no such ingredient")
        if route not in ROUTES:
            raise LookupError(f"the route must be one of {', '.join(ROUTES)}")
        return (DrugEntry(group, ingredient, route, combination=False),)

    def _standard(self, system: str, code: str) -> tuple[tuple[DrugEntry, ...], frozenset[str]]:
        uri = systems.uri(system) if system in systems.SYSTEMS else system
        if systems.normalize_system(uri) is None:
            raise LookupError("this is no code system that Marrow knows")
        found = self._knowledge.drugs(uri, code), self._knowledge.concepts(uri, code)
        if not any(found):
            raise LookupError("no table that is on holds this code")
        return found


def rows_about(content: bytes, system: str, code: str) -> Iterator[tuple[int, LocalCodeRow]]:
    """The rows of a site's file about one code, with their lines; none when there is no file. Raises MappingError."""
    if not content:
        return
    wanted = systems.of_site(system)
    for line, row in read_rows(FILE, content.removeprefix(_BOM), LocalCodeRow):
        if _place(row) == (wanted, systems.normalize_code(wanted, code)):
            yield line, row
