"""What every reader of rows shares: the chart, the tables and the moment, and how dates and concepts are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar, cast

from cds_hooks.snapshot.from_fhir.chart import Chart, Row
from cds_hooks.snapshot.model import NOT_READ, Listing
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import ReportReader
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When, read_when
from cds_hooks.wire import fhir
from mappings.knowledge import Knowledge

T = TypeVar("T", bound=fhir.Head)
CONCEPTS = {str(concept): concept for concept in Concept}


class Lookups:
    """The tables, each question asked once per call: a chart repeats its codes and texts. Lives as long as the call."""

    def __init__(self, knowledge: Knowledge, reports: ReportReader) -> None:
        self.drugs = cache(knowledge.drugs)
        self.drugs_named = cache(knowledge.drugs_named)
        self.drugs_mentioned = cache(knowledge.drugs_mentioned)
        self.concepts = cache(knowledge.concepts)
        self.coded = cache(lambda system, code: _ours(knowledge.concepts(system, code)))
        self.said = cache(lambda text: _ours(knowledge.concepts_named(text)))
        self.knows_system = cache(knowledge.knows_system)
        self.route = knowledge.route
        self.route_named = cache(knowledge.route_named)
        self.says_flush = knowledge.says_flush
        self.unit = cache(knowledge.unit)
        self.place = cache(lambda text: Site(*reports.place(text)))
        self.levels = cache(reports.levels)


def _ours(names: Iterable[str]) -> frozenset[Concept]:
    """The clinical words that rules know."""
    return frozenset(CONCEPTS[name] for name in names if name in CONCEPTS)


@dataclass(slots=True)
class Reader:
    """Reads the rows of one chart. `limits` keeps the reference ranges, which a laboratory sends with each result;
    `problems` are the Conditions that reasons refer to, once they are read."""

    chart: Chart
    lookups: Lookups
    as_of: datetime
    limits: dict[tuple[object, ...], tuple[float | None, float | None]] = field(default_factory=dict)
    problems: Listing[Problem] = NOT_READ

    def rows(self, key: str, kind: type[T]) -> list[Row[T]]:
        """The rows under a key; `kind` is the type that the query's rows are read as."""
        return cast(list[Row[T]], self.chart.rows(key).rows)

    def when(self, *texts: str | None) -> When | None:
        """The first of these dates that can be read; partial dates are days in the site's zone."""
        zone = self.as_of.tzinfo or UTC
        return next((when for text in texts if (when := read_when(text, zone))), None)

    def ends_of(self, periods: Iterator[fhir.Period | None]) -> Iterator[When]:
        """The readable ends of these periods."""
        for period in periods:
            if period and (end := self.when(period.end)):
                yield end


def code_of(concept: fhir.CodeableConcept | None) -> str | None:
    """The first code of a status element; statuses are codes, whatever system is written beside them."""
    codings = (concept.coding or ()) if concept else ()
    return next((coding.code for coding in codings if coding.code), None)


def text_of(concept: fhir.CodeableConcept | None) -> str:
    """A concept in the chart's own words."""
    if concept is None:
        return "not named"
    displays = (coding.display or coding.code for coding in concept.coding or ())
    return concept.text or next((display for display in displays if display), "not named")


def names_something(concept: fhir.CodeableConcept | None) -> bool:
    """Does the concept hold any text or code? EHRs send empty ones beside a reference, or before a drug is chosen."""
    if concept is None:
        return False
    return bool(concept.text) or any(coding.code or coding.display for coding in concept.coding or ())
