"""Which value sets a code belongs to."""

from collections.abc import Iterable, Mapping

from mappings import systems
from mappings.models import Code, ValueSetRow

_NOTHING: frozenset[str] = frozenset()
_EXCLUDES = "not_"
# Many clients send ICD-10-CM under the URI of the WHO edition: their codes are read by both tables.
_ALSO: Mapping[str, str] = {systems.ICD10: systems.ICD10CM}


class CodeIndex:
    """Value sets by code. A set named `not_x` takes its codes out of the set `x`."""

    __slots__ = ("_codes", "_exact", "_lengths", "_prefixes")

    def __init__(self, value_sets: Mapping[str, Iterable[ValueSetRow]]) -> None:
        exact: dict[tuple[str, str], set[str]] = {}
        prefixes: dict[tuple[str, str], set[str]] = {}
        codes: dict[str, tuple[Code, ...]] = {}
        for concept, rows in value_sets.items():
            kept = tuple(rows)
            for row in kept:
                table = prefixes if row.match == "prefix" else exact
                table.setdefault((row.system, systems.normalize_code(row.system, row.code)), set()).add(concept)
            codes[concept] = tuple(
                Code(systems.uri(row.system), row.code, row.display) for row in kept if row.match == "exact"
            )
        self._exact = {key: frozenset(found) for key, found in exact.items()}
        self._prefixes = {key: frozenset(found) for key, found in prefixes.items()}
        self._lengths = {
            system: tuple(sorted({len(code) for found, code in prefixes if found == system}))
            for system in {system for system, _ in prefixes}
        }
        self._codes = codes

    def codes(self, value_set: str) -> tuple[Code, ...]:
        """The codes of a value set that stand for themselves. Raises KeyError for a set that does not exist."""
        return self._codes[value_set]

    def concepts(self, system: str, code: str) -> frozenset[str]:
        """The value sets that hold a code; `system` is a short key, the code may have a dot or not."""
        normal = systems.normalize_code(system, code)
        found = self._in(system, normal)
        also = _ALSO.get(system)
        if also is not None:
            found |= self._in(also, normal)
        return _without_excluded(found) if found else _NOTHING

    def _in(self, system: str, normal: str) -> frozenset[str]:
        found = self._exact.get((system, normal), _NOTHING)
        for length in self._lengths.get(system, ()):
            if length > len(normal):
                break
            found |= self._prefixes.get((system, normal[:length]), _NOTHING)
        return found


def _without_excluded(found: frozenset[str]) -> frozenset[str]:
    excluded = {concept.removeprefix(_EXCLUDES) for concept in found if concept.startswith(_EXCLUDES)}
    return found - excluded if excluded else found
