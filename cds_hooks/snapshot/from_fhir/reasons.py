"""Why a medicine or another order is given, as far as it says."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.reader import Reader
from cds_hooks.snapshot.from_fhir.recognition import concepts_of
from cds_hooks.snapshot.from_fhir.sites import concepts_in, site_of
from cds_hooks.snapshot.medication import Reasons
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire import fhir


class _Reason(NamedTuple):
    """What one reason means, and of which place it speaks."""

    concepts: frozenset[Concept]
    site: Site


def reasons_of(use: fhir.Reasoned, reader: Reader) -> Reasons:
    """The stated reasons: coded ones, and Conditions by reference (the chart's, contained, or as displayed)."""
    codes = fhir.decode_list(use.reason_code, fhir.CodeableConcept)
    references = fhir.decode_list(use.reason_reference, fhir.Reference)
    stated = [_said(code, reader) for code in codes or () if code.coding or code.text]
    referred = [_referred(reference, use, reader) for reference in references or ()]
    known = [*stated, *(reason for reason in referred if reason)]
    return Reasons(
        stated=bool(stated or referred),
        concepts=frozenset().union(*(reason.concepts for reason in known)),
        readable=codes is not None and references is not None and None not in referred,
        sites=tuple(dict.fromkeys(reason.site for reason in known if reason.site.known)),
    )


def concepts_referred(reference: fhir.Reference, use: fhir.Reasoned, reader: Reader) -> frozenset[Concept] | None:
    """What the Condition that a reference names means; None where it cannot be read."""
    found = _referred(reference, use, reader)
    return found.concepts if found else None


def _referred(reference: fhir.Reference, use: fhir.Reasoned, reader: Reader) -> _Reason | None:
    identifier = fhir.reference_id(reference.reference, "Condition")
    for problem in reader.problems.items:
        if identifier is not None and problem.id == identifier:
            return _Reason(problem.concepts, problem.site)
    if (reference.reference or "").startswith("#"):
        contained = (fhir.decode(raw, fhir.Condition) for raw in fhir.decode_list(use.contained, Raw) or ())
        found = next((c for c in contained if c and reference.reference == f"#{c.id}"), None)
        return _condition(found, reader) if found else None
    raw = reader.chart.resource(f"Condition/{identifier}") if identifier else None
    condition = fhir.decode(raw, fhir.Condition) if raw else None
    if condition:
        return _condition(condition, reader)
    displayed = _said(fhir.CodeableConcept(text=reference.display), reader)
    return displayed if displayed.concepts else None


def _condition(raw: fhir.Condition, reader: Reader) -> _Reason:
    said = _said(raw.code or fhir.CodeableConcept(), reader)
    return said._replace(site=site_of(reader.lookups, concepts_in(raw.body_site), (raw.code,) if raw.code else ()))


def _said(code: fhir.CodeableConcept, reader: Reader) -> _Reason:
    return _Reason(concepts_of(code, reader.lookups), site_of(reader.lookups, (code,)))
