"""What is wrong or missing in what an EHR sends: a CDS Hooks request, or FHIR resources by themselves.

Marrow itself reads tolerantly; this is the strict look, for those who can still change what is sent. Each resource is
validated as FHIR R4 (R4B models of fhir.resources, which cover R4 for the resources used here). Values are not quoted:
a report may be passed on, a chart may not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds_hooks.wire.delivery import State
from cds_hooks.wire.problem import ProblemError
from service.codes.unmapped import Survey, survey

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor
    from cds_hooks.snapshot.from_fhir.chart import Rows
    from cds_hooks.wire.request import Request

_NUMBER = re.compile(r"\.\d+(?=\.|$)")
_TYPE = re.compile(r"[A-Z][A-Za-z]{0,63}")
NO_JSON = "Neither JSON nor one JSON object per line. Give a CDS Hooks request, a Bundle or an NDJSON export."
BASKETS = ("draftOrders", "medications", "conditions")


class CheckError(Exception):
    """What cannot be checked, in words that say what to do."""


class Placed(NamedTuple):
    """A resource and where it stands."""

    where: str
    resource: object


class Fault(NamedTuple):
    """A fault of one kind of resource; list positions are left out of `path`, so that equal faults count together."""

    resource: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class KeyState:
    """How one prefetch key came, and what there is to say of it."""

    key: str
    state: str
    note: str
    wrong: bool = True


@dataclass(slots=True)
class Checked:
    """The report. `refused` is what a call with this body would be told."""

    resources: int = 0
    valid: int = 0
    refused: str = ""
    hook: str = ""
    keys: tuple[KeyState, ...] = ()
    faults: Counter[Fault] = field(default_factory=Counter)
    first: dict[Fault, str] = field(default_factory=dict)
    codes: Survey = field(default_factory=Survey)

    @property
    def fine(self) -> bool:
        """Nothing is wrong or missing. A code that is not mapped may be any other medicine or problem."""
        return not (self.refused or self.faults or any(each.wrong for each in self.keys))


def read(content: bytes) -> Any:
    """The JSON, or the lines of an NDJSON file as a list. Raises CheckError."""
    try:
        return json.loads(content)
    except RecursionError:
        raise CheckError("The file is nested too deeply to be FHIR.") from None
    except ValueError:
        pass
    lines = [line for line in content.splitlines() if line.strip()]
    try:
        if lines:
            return [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        pass
    raise CheckError(NO_JSON)


def check(
    given: Any,
    advisor: Advisor,
    now: datetime,
    progress: Callable[[Sequence[Placed]], Iterable[Placed]] = lambda each: each,
) -> Checked:
    """The report on what was read. `progress` passes the resources through and may show how far it is."""
    found = Checked()
    if isinstance(given, Mapping) and "hook" in given:
        _check_call(given, advisor, now, found)
    placed = list(_resources(given, ""))
    if not placed and not found.hook:
        raise CheckError("There is no FHIR resource in it. Give a CDS Hooks request, a Bundle or an NDJSON export.")
    for each in progress(placed):
        _check_resource(each, found)
    lines = (json.dumps(each.resource).encode() for each in placed)
    found.codes = survey(lines, advisor.knowledge)
    return found


# -- the call


def _check_call(given: Mapping[str, Any], advisor: Advisor, now: datetime, found: Checked) -> None:
    found.hook = str(given["hook"])
    service = next((each for each in advisor.services if each.hook == given["hook"]), None)
    if service is None:
        found.refused = f"No service answers this hook; there are {', '.join(each.hook for each in advisor.services)}."
        return
    try:
        consultation = advisor.consult(service.id, json.dumps(given).encode(), now)
    except ProblemError as problem:
        found.refused = f"{problem.where}: {problem.text}" if problem.where else problem.text
        return
    asked = next(each["prefetch"] for each in advisor.discovery()["services"] if each["id"] == service.id)
    sent = consultation.request.prefetch
    chart = consultation.reading.chart
    cut = (
        {query.key for query in chart.unasked(tuple(asked)) if query.resume}
        if not consultation.request.fhir_server
        else set()
    )
    known = [
        _sent(key, chart.rows(key), key in cut) if key in sent else _absent(key, consultation.request) for key in asked
    ]
    unread = "no template of this service has this key: not read"
    strange = [KeyState(key, str(State.DATA), unread) for key in sent if key not in asked]
    found.keys = (*known, *strange)


def _absent(key: str, request: Request) -> KeyState:
    if request.fhir_server:
        return KeyState(key, str(State.ABSENT), "not sent: Marrow asks fhirServer for it", wrong=False)
    text = "not sent, and no fhirServer is named: cannot be known. Send null where the query found nothing"
    return KeyState(key, str(State.ABSENT), text)


def _sent(key: str, rows: Rows, cut: bool) -> KeyState:
    notes = [rows.reason] if rows.reason else []
    notes += ["further pages were not sent, and no fhirServer is named to read them from"] if cut else []
    notes += [f"{rows.foreign} of another patient"] if rows.foreign else []
    notes += [f"{rows.unreadable} could not be read"] if rows.unreadable else []
    state = State.DATA if rows.unreadable and rows.state is State.EMPTY else rows.state
    return KeyState(key, str(state), "; ".join(notes), wrong=bool(notes))


# -- the resources


def _resources(given: object, where: str) -> Iterator[Placed]:
    """Every resource with its place. What stands where a resource should, and is none, comes along."""
    if isinstance(given, list):
        for number, each in enumerate(given):
            yield from _resources(each, f"{where}[{number}]")
    elif isinstance(given, dict) and "hook" in given:
        context, prefetch = _object(given.get("context")), _object(given.get("prefetch"))
        for name in BASKETS:
            if name in context:
                yield from _resources(context[name], f"context.{name}")
        for key, each in prefetch.items():
            if each is not None:
                yield from _resources(each, f"prefetch.{key}")
    elif isinstance(given, dict) and given.get("resourceType") == "Bundle":
        entries = given.get("entry")
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            resource = entry.get("resource") if isinstance(entry, dict) else entry
            yield Placed(f"{where}.entry[{number}]".lstrip("."), resource)
    else:
        yield Placed(where or "the file", given)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _check_resource(each: Placed, found: Checked) -> None:
    found.resources += 1
    faults = list(_faults(each.resource))
    found.valid += not faults
    for fault in faults:
        found.faults[fault] += 1
        found.first.setdefault(fault, each.where)


def _faults(resource: object) -> Iterator[Fault]:
    kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        yield Fault("?", "resourceType", "is no FHIR resource")
        return
    try:
        model = get_fhir_model_class(kind)
    except ValueError:
        yield Fault(kind, "resourceType", "is no resource type of FHIR R4")
        return
    try:
        model.model_validate(resource)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            yield Fault(kind, _path(fault["loc"]), _plain(fault["type"], fault["msg"]))
    except RecursionError:
        yield Fault(kind, "", "is nested too deeply")


def _path(place: tuple[int | str, ...]) -> str:
    return _NUMBER.sub("", ".".join(str(part) for part in place if part != "__root__"))


PLAIN: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is no element of this resource",
    "string_pattern_mismatch": "does not have the form that FHIR gives it",
}


def _plain(kind: str, message: str) -> str:
    """A message without the value that it is about: pydantic quotes values in messages of its own validators."""
    return PLAIN.get(kind) or (message if kind not in ("value_error", "assertion_error") else _first_words(message))


def _first_words(message: str) -> str:
    told = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return told if not re.search(r"['\"`]", told) else "does not have the form that FHIR gives it"
