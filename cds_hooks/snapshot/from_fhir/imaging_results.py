"""The result Observations of an imaging report, retold as mentions like those of its text.

An Observation holds words or a code ("Findings: edema of the femoral head"), or the answer to what its own code names
("Bone marrow edema: present"). A measurement says nothing of findings, the RAMRIS score aside. One that could not be
had, or is not understood, leaves the report incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.chart import is_foreign
from cds_hooks.snapshot.from_fhir.reader import Reader
from cds_hooks.snapshot.from_fhir.recognition import coded, concepts_of, texts_of
from cds_hooks.snapshot.from_fhir.results import ANSWERS, INTERPRETATIONS, NEVER_VALID, PRELIMINARY, VALID, Valued
from cds_hooks.snapshot.from_fhir.sites import concepts_in, site_of
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text import Assertion, Finding, Mention, ReportReader
from cds_hooks.snapshot.site import Site
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import Query

OBSERVATION = "Observation"
WORDS: Mapping[Answer, str] = {
    Answer.POSITIVE: "positive",
    Answer.NEGATIVE: "negative",
    Answer.UNDECIDED: "indeterminate",
}
"""How a report words an answer."""
_AFFIRMED = re.compile(
    r"(?:yes|present|seen|visible|identified|new|unchanged|stable|persist\w*|increased|increasing|decreased|decreasing|improv\w*|minimal"
    r"|mild|slight|small|moderate|marked|severe|large|extensive|diffuse|focal|ja|vorhanden|oui|présent|s[ií])\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[\[(][^\])]*[\])]")  # in names of LOINC: "Radiology Reason for study (narrative)"
_ANY_FINDING = "fracture"


class Told(NamedTuple):
    """What the results say. `read` where at least one held words that could be read, `unread` where at least one could
    not be had or understood."""

    mentions: tuple[Mention, ...] = ()
    read: bool = False
    unread: bool = False


NOTHING = Told()
NOT_UNDERSTOOD = Told(unread=True)


def results_of(report: fhir.DiagnosticReport, reader: Reader, reports: ReportReader, *, of_mri: bool) -> Told:
    """What the results of this report say. Preliminary ones belong to a preliminary report alone."""
    retelling = _Retelling(report, reader, reports, of_mri)
    return _together(retelling.told(reference) for reference in _references(report))


def unresolved_results(report: fhir.DiagnosticReport, reader: Reader) -> Iterator[Query]:
    """The reads of results that did not come along and that nobody has asked for yet."""
    for reference in _references(report):
        identifier = fhir.reference_id(reference.reference, OBSERVATION)
        path = f"{OBSERVATION}/{identifier}"
        if identifier and path not in reader.chart.have and reader.chart.resource(path) is None:
            yield Query(path, path)


def _references(report: fhir.DiagnosticReport) -> tuple[fhir.Reference, ...]:
    """What the report refers to. Where that is malformed, something that cannot be had."""
    found = fhir.decode_list(report.result, fhir.Reference)
    return (fhir.Reference(),) if found is None else found


def _together(told: Iterable[Told]) -> Told:
    each = tuple(told)
    mentions = tuple(mention for one in each for mention in one.mentions)
    return Told(mentions, any(one.read for one in each), any(one.unread for one in each))


@dataclass(frozen=True, slots=True)
class _Retelling:
    """The results of one report, read in its light."""

    report: fhir.DiagnosticReport
    reader: Reader
    reports: ReportReader
    of_mri: bool

    def told(self, reference: fhir.Reference) -> Told:
        result = self._observation(reference.reference or "")
        if result is None:
            return NOT_UNDERSTOOD
        components = fhir.decode_list(result.component, fhir.Component)
        if result.status in NEVER_VALID or (result.status == PRELIMINARY and self.report.status in VALID):
            return NOTHING
        if result.status not in VALID | {PRELIMINARY} or components is None:
            return NOT_UNDERSTOOD
        return _together(self._said(part, result) for part in self._parts(result, components))

    def _observation(self, reference: str) -> fhir.Observation | None:
        """The result itself: contained, come along, or fetched; None where it could not be had."""
        if reference.startswith("#"):
            contained = fhir.decode_list(self.report.contained, Raw) or ()
            found = (fhir.decode(raw, fhir.Observation) for raw in contained)
            return next((each for each in found if each and each.id == reference[1:]), None)
        identifier = fhir.reference_id(reference, OBSERVATION)
        raw = self.reader.chart.resource(f"{OBSERVATION}/{identifier}") if identifier else None
        result = fhir.decode(raw, fhir.Observation) if raw else None
        return None if result is None or is_foreign(result, self.reader.chart.request.patient_id) else result

    def _parts(self, result: fhir.Observation, components: Sequence[fhir.Component]) -> Iterator[Valued]:
        """The Observation and its components, as far as they are said to have a value. A panel has none of its own."""
        if result.data_absent_reason is None and (not components or self._value(result)):
            yield result
        yield from (each for each in components if each.data_absent_reason is None)

    def _said(self, part: Valued, result: fhir.Observation) -> Told:
        name, value = self._name(part), self._value(part)
        site = site_of(self.reader.lookups, concepts_in(result.body_site), _listed(part.code), _listed(result.code))
        if self._read(name):
            return self._answered(part, name, value, site)
        if not value:
            return NOT_UNDERSTOOD
        heading = f"{_BRACKETS.sub('', name)}: " if name else ""
        if not self._read(heading + _ANY_FINDING):
            return NOTHING  # an indication, an earlier study, a recommendation
        return Told(_placed(self._read(heading + value), site), read=not _number(part))

    def _answered(self, part: Valued, name: str, value: str, site: Site) -> Told:
        """The answer to a question: is what the code names there?"""
        answer = self._answer(part)
        said = self._read(f"{name}: {WORDS[answer] if answer else value}")
        if not (answer or self._understood(said, value)):
            return NOT_UNDERSTOOD
        shown = f"{name}: {value or answer}"
        return Told(_placed([mention._replace(sentence=shown) for mention in said], site), read=True)

    def _understood(self, said: Sequence[Mention], value: str) -> bool:
        """Whatever stands behind a name, it reads as if the finding were there. That counts only where the answer says
        so, says where, names a finding again, or is the RAMRIS score."""
        if any(each.finding is Finding.RAMRIS_SCORE or each.assertion is not Assertion.PRESENT for each in said):
            return True
        return bool(_AFFIRMED.match(value) or self.reader.lookups.place(value).region or self._read(value))

    def _read(self, text: str) -> tuple[Mention, ...]:
        return self.reports.read(text, of_mri=self.of_mri).mentions

    def _name(self, part: Valued) -> str:
        """What the code names; nothing where it only repeats that of the study."""
        study = concepts_of(self.report.code, self.reader.lookups)
        return "" if study & concepts_of(part.code, self.reader.lookups) else self._words(part.code)

    def _value(self, part: Valued) -> str:
        """The value in words; nothing where there is none that could be read."""
        if part.value_boolean is not None:
            return "yes" if part.value_boolean else "no"
        return self._words(part.value_codeable_concept) or (part.value_string or "").strip() or _number(part)

    def _words(self, concept: fhir.CodeableConcept | None) -> str:
        """A concept in the chart's words. Where they name no finding, or there are none, what its codes mean."""
        said = next(iter(texts_of(_listed(concept))), "").strip()
        codes = coded(concept, self.reader.lookups).difference(ANSWERS)
        meant = ", ".join(sorted(each.replace("_", " ") for each in codes))
        return said if said and not (self._read(meant) and not self._read(said)) else meant

    def _answer(self, part: Valued) -> Answer | None:
        """What the value says by itself; where there is none, what the one who read the images made of it."""
        if part.value_boolean is not None:
            return Answer.POSITIVE if part.value_boolean else Answer.NEGATIVE
        said = part.value_codeable_concept or fhir.CodeableConcept(text=part.value_string)
        answers = {ANSWERS[found] for found in concepts_of(said, self.reader.lookups) if found in ANSWERS}
        if not (answers or self._value(part)):
            codes = (coding.code or "" for each in concepts_in(part.interpretation) for coding in each.coding or ())
            answers = {INTERPRETATIONS[code] for code in codes if code in INTERPRETATIONS}
        return answers.pop() if len(answers) == 1 else None


def _listed(concept: fhir.CodeableConcept | None) -> tuple[fhir.CodeableConcept, ...]:
    return (concept,) if concept else ()


def _number(part: Valued) -> str:
    given = part.value_quantity or fhir.Quantity(value=part.value_integer)
    return "" if given.value is None else f"{given.value:.10g} {given.unit or given.code or ''}".strip()


def _placed(said: Sequence[Mention], site: Site) -> tuple[Mention, ...]:
    """Where the words say, else where the Observation was made."""
    return tuple(
        mention._replace(
            site=mention.site or site.region,
            side=mention.side or (site.side if mention.site in (None, site.region) else None),
        )
        for mention in said
    )
