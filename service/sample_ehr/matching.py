"""One ``name=value`` of a search as a test of a resource. Commas in the value mean "or"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from service.sample_ehr.dates import COMPARE, held_span, span
from service.sample_ehr.errors import BadSearchError
from service.sample_ehr.parameters import Kind, Parameter
from service.sample_ehr.store import Resource

Test: TypeAlias = Callable[[Resource], bool]

_PATIENT = re.compile(r"(?:Patient/)?(?P<id>[A-Za-z0-9.-]{1,64})")


def matcher(parameter: Parameter, value: str) -> Test:
    """A test that is true when any of the comma-separated choices matches; BadSearchError when one cannot be read."""
    choose = _CHOICES[parameter.kind]
    choices = tuple(choose(parameter, choice) for choice in value.split(","))
    return lambda resource: any(choice(resource) for choice in choices)


def _token(parameter: Parameter, choice: str) -> Test:
    """``code``, ``system|code``, ``|code`` (no system) or ``system|`` (any code of it)."""
    system, bar, code = choice.rpartition("|")
    if not (code or system):
        raise BadSearchError(f"{parameter.name!r} has an empty value; write code or system|code")

    def matches(resource: Resource) -> bool:
        return any(
            (not code or held_code == code) and (not bar or held_system is None or held_system == system)
            for value in parameter.values(resource)
            for held_system, held_code in _codings(value)
        )

    return matches


def _codings(value: Any) -> Iterator[tuple[str | None, str]]:
    """(system, code) pairs of a CodeableConcept, a Coding or a code; "" is a missing system.

    None is the system of a plain ``code`` such as a status: FHIR fixes it elsewhere, so it matches any that is asked.
    """
    if isinstance(value, str):
        yield None, value
    else:
        for coding in value.get("coding", [value]):
            yield coding.get("system", ""), coding.get("code", "")


def _date(parameter: Parameter, choice: str) -> Test:
    prefix, text = (choice[:2], choice[2:]) if choice[:2].isalpha() else ("eq", choice)
    if prefix not in COMPARE:
        raise BadSearchError(f"{parameter.name!r} has the prefix {prefix!r}; use one of {', '.join(COMPARE)}")
    try:
        asked = span(text)
    except ValueError as error:
        raise BadSearchError(f"{parameter.name!r}: {error}; write for example ge2025-01-31") from error
    compare = COMPARE[prefix]
    return lambda resource: any(compare(asked, held_span(value)) for value in parameter.values(resource))


def _patient(parameter: Parameter, choice: str) -> Test:
    found = _PATIENT.fullmatch(choice)
    if found is None:
        raise BadSearchError(f"{parameter.name!r} is not a patient; write the id alone or Patient/id")
    reference = f"Patient/{found['id']}"
    return lambda resource: any(value.get("reference") == reference for value in parameter.values(resource))


_CHOICES: Mapping[Kind, Callable[[Parameter, str], Test]] = {
    Kind.CODED: _token,
    Kind.DATE: _date,
    Kind.PATIENT: _patient,
}
