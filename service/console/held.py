"""Resources in hand that answer the core's queries as a FHIR server would: a sample patient, or what was pasted.

What was pasted may be broken in any way, so nothing is expected of a row, and what no test looks at is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from cds_hooks.wire.delivery import Delivery, Query, State

Json = dict[str, Any]
DEEPEST = 60  # levels of nesting: what is deeper is no FHIR


@dataclass(frozen=True, slots=True)
class HeldChart:
    """All that is known of one patient."""

    resources: Sequence[Json]

    def read(self, path: str) -> Json | None:
        """The resource, or a searchset Bundle; None for a read that finds nothing."""
        address, mark, search = path.partition("?")
        kind, _, number = address.partition("/")
        if not mark:
            return next((row for row in self._of(kind) if row.get("id") == unquote(number)), None)
        tests = [(name, value.split(",")) for name, value in parse_qsl(search, keep_blank_values=True)]
        rows = [row for row in self._of(kind) if all(_fits(row, name, wanted) for name, wanted in tests)]
        return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": row} for row in rows]}

    def deliver(self, queries: Iterable[Query]) -> dict[str, Delivery]:
        """What a FHIR server that holds these resources would answer."""
        return {query.key: _delivery(self.read(query.path)) for query in queries}

    def _of(self, kind: str) -> Iterator[Json]:
        return (row for row in self.resources if row.get("resourceType") == kind)


def resources_in(value: object, depth: int = 0) -> list[Json]:
    """The resources of a Bundle, a list, or a resource by itself. Raises ValueError: there are none."""
    if isinstance(value, list) and depth < DEEPEST:
        return [found for each in value for found in resources_in(each, depth + 1)]
    if not isinstance(value, dict) or depth >= DEEPEST:
        raise ValueError("no FHIR resource")
    if value.get("resourceType") != "Bundle":
        return [value]
    entries = value.get("entry") or []
    rows = [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [row for row in rows if isinstance(row, dict)]


def patient_of(resources: Iterable[Json]) -> str:
    """The id of the patient whom the resources are about; a name of ours where none says so."""
    rows = list(resources)
    ids = [row.get("id") for row in rows if row.get("resourceType") == "Patient"]
    for key in ("subject", "patient"):
        subjects = (row.get(key) for row in rows)
        ids += [str(each.get("reference", "")).rpartition("/")[2] for each in subjects if isinstance(each, dict)]
    return next((found for found in ids if isinstance(found, str) and found), "patient-1")


def _delivery(found: Json | None) -> Delivery:
    if found is None or (found.get("resourceType") == "Bundle" and not found["entry"]):
        return Delivery(State.EMPTY)
    return Delivery(State.DATA, (json.dumps(found).encode(),))


def _status(row: Json, wanted: list[str]) -> bool:
    return row.get("status") in wanted


def _category(row: Json, wanted: list[str]) -> bool:
    return not {code for _, code in _codings(row.get("category"))}.isdisjoint(wanted)


def _code(row: Json, wanted: list[str]) -> bool:
    return any(f"{system}|{code}" in wanted or code in wanted for system, code in _codings(row.get("code")))


_TESTS: Mapping[str, Callable[[Json, list[str]], bool]] = {"status": _status, "category": _category, "code": _code}


def _fits(row: Json, name: str, wanted: list[str]) -> bool:
    """Whose row it is, the core judges by itself."""
    return name not in _TESTS or _TESTS[name](row, wanted)


def _codings(value: object) -> Iterator[tuple[object, str]]:
    """System and code of every coding of one concept, or of several."""
    for concept in value if isinstance(value, list) else [value]:
        codings = concept.get("coding") if isinstance(concept, dict) else None
        for coding in codings if isinstance(codings, list) else []:
            if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                yield coding.get("system"), coding["code"]
