"""Which value sets a code belongs to."""

from collections.abc import Mapping, Sequence

from mappings import systems
from mappings.models import Code

# By short key of the system, then by normalized code.
ByCode = Mapping[str, Mapping[str, frozenset[str]]]

_NOTHING: frozenset[str] = frozenset()
_NO_CODES: Mapping[str, frozenset[str]] = {}
EXCLUDES = "not_"
# Many clients send ICD-10-CM under the URI of the WHO edition: their codes are read by both tables.
_ALSO: Mapping[str, str] = {systems.ICD10: systems.ICD10CM}


class CodeIndex:
    """Value sets by code. A set named `not_x` takes its codes out of the set `x`."""

    __slots__ = ("_exact", "_lengths", "_members", "_prefixes")

    def __init__(self, exact: ByCode, prefixes: ByCode, members: Mapping[str, Sequence[tuple[str, str, str]]]) -> None:
        """`members` holds every set by name, also an empty one: system, code as written and display of its rows."""
        self._exact = _read_by_both(exact)
        self._prefixes = _read_by_both(prefixes)
        self._members = members
        self._lengths = {
            system: tuple(sorted({len(code) for code in codes})) for system, codes in self._prefixes.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all value sets, sorted."""
        return tuple(sorted(self._members))

    def codes(self, value_set: str) -> tuple[Code, ...]:
        """The codes of a value set that stand for themselves. Raises KeyError for a set that does not exist."""
        return tuple(Code(systems.uri(system), code, display) for system, code, display in self._members[value_set])

    def holds(self, value_set: str) -> bool:
        """True when there is a set of this name."""
        return value_set in self._members

    def concepts(self, system: str, normal: str) -> frozenset[str]:
        """The value sets that hold a code, given as short key and normalized code."""
        found = self._exact.get(system, _NO_CODES).get(normal, _NOTHING)
        prefixes = self._prefixes.get(system)
        if prefixes is not None:
            for length in self._lengths[system]:
                more = prefixes.get(normal[:length])
                if more is not None:
                    found |= more
                if length >= len(normal):
                    break
        return without_excluded(found) if found else _NOTHING


def read_as(system: str) -> tuple[str, ...]:
    """The systems by whose tables a code is read: its own, and another one that shares its codes."""
    also = _ALSO.get(system)
    return (system,) if also is None else (system, also)


def _read_by_both(tables: ByCode) -> ByCode:
    """The tables, each system that is read by another one's table too joined with it."""
    joined = dict(tables)
    for system, other in _ALSO.items():
        own, more = tables.get(system, _NO_CODES), tables.get(other, _NO_CODES)
        joined[system] = {code: own.get(code, _NOTHING) | more.get(code, _NOTHING) for code in own.keys() | more.keys()}
    return joined


def without_excluded(found: frozenset[str]) -> frozenset[str]:
    """These value sets without each `x` for which `not_x` is among them."""
    excluded = {concept.removeprefix(EXCLUDES) for concept in found if concept.startswith(EXCLUDES)}
    return found - excluded if excluded else found
