"""Why a medicine or another order is given, as far as it says."""

from __future__ import annotations

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.reader import Reader
from cds_hooks.snapshot.from_fhir.recognition import concepts_of
from cds_hooks.snapshot.medication import Reasons
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire import fhir


def reasons_of(use: fhir.Reasoned, reader: Reader) -> Reasons:
    """The stated reasons: coded ones, and Conditions by reference (the chart's, contained, or as displayed)."""
    codes = fhir.decode_list(use.reason_code, fhir.CodeableConcept)
    references = fhir.decode_list(use.reason_reference, fhir.Reference)
    readable = codes is not None and references is not None
    concepts = [concepts_of(code, reader.lookups) for code in codes or () if code.coding or code.text]
    for reference in references or ():
        named = concepts_referred(reference, use, reader)
        readable = readable and named is not None
        concepts.append(named or frozenset())
    return Reasons(bool(concepts), frozenset().union(*concepts), readable)


def concepts_referred(reference: fhir.Reference, use: fhir.Reasoned, reader: Reader) -> frozenset[Concept] | None:
    """What the Condition that a reference names means; None where it cannot be read."""
    identifier = fhir.reference_id(reference.reference, "Condition")
    for problem in reader.problems.items:
        if identifier is not None and problem.id == identifier:
            return problem.concepts
    if (reference.reference or "").startswith("#"):
        contained = (fhir.decode(raw, fhir.Condition) for raw in fhir.decode_list(use.contained, Raw) or ())
        found = next((c for c in contained if c and reference.reference == f"#{c.id}"), None)
        return concepts_of(found.code, reader.lookups) if found else None
    raw = reader.chart.resource(f"Condition/{identifier}") if identifier else None
    condition = fhir.decode(raw, fhir.Condition) if raw else None
    if condition:
        return concepts_of(condition.code, reader.lookups)
    if reference.display:
        return concepts_of(fhir.CodeableConcept(text=reference.display), reader.lookups) or None
    return None
