"""Which drugs a medicine holds, and by which route it is given.

Codes first, every coding of the concept; names only where no code is known. Route: dosage instruction, then dose form,
then the product's own. Heparin to keep a line open is told from treatment as the rule specification says (0.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.medication import Drug, Medicine
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Route
from cds_hooks.wire.fhir import CodeableConcept, Coding, Dosage
from mappings.models import DrugEntry

FLUSH_UNITS_PER_ML = 100.0  # rule specification 0.2: above this a heparin is treatment, whatever the text says
HEPARIN = "heparin"
_STRENGTH = re.compile(r"([\d.,]+)\s*(?:\[?iu\]?|units?|unt|u|i\.?e\.?)\s*/\s*([\d.]*)\s*ml", re.IGNORECASE)
_ROUTES = {"oral": Route.ORAL, "parenteral": Route.PARENTERAL, "inhalation": Route.INHALATION}
_LOCAL = {"topical", "ophthalmic", "otic", "nasal", "vaginal", "irrigation", "local"}
_CONCEPTS = {str(concept): concept for concept in Concept}


def concepts_of(concept: CodeableConcept | None, lookups: Lookups) -> frozenset[Concept]:
    """The clinical words behind a CodeableConcept: all codings, and its text.

    A code that means edema only together with text counts as edema when the text says so, which the text alone does.
    """
    if concept is None:
        return frozenset()
    named = (name for text in _texts((concept,)) for name in lookups.concepts_named(text))
    return coded(concept, lookups) | {_CONCEPTS[name] for name in named if name in _CONCEPTS}


def coded(concept: CodeableConcept | None, lookups: Lookups) -> frozenset[Concept]:
    """The clinical words behind the codings alone."""
    codings = (concept.coding or ()) if concept else ()
    found = (name for coding in codings for name in lookups.concepts(coding.system, coding.code))
    return frozenset(_CONCEPTS[name] for name in found if name in _CONCEPTS)


def recognize(
    concepts: Sequence[CodeableConcept],
    dosages: Sequence[Dosage],
    lookups: Lookups,
    form: CodeableConcept | None = None,
    display: str | None = None,
) -> Medicine:
    """The medicine that these concepts (product and ingredients) name, given as `dosages` say.

    `display` is what a reference calls it when the product itself could not be read.
    """
    codings = [coding for concept in concepts for coding in concept.coding or ()]
    texts = [*_texts(concepts), *([display] if display else [])]
    entries, certainty = _coded(codings, lookups), Certainty.CODE
    if not entries:
        entries, certainty = _named(texts, lookups), Certainty.NAME
    route = _route(dosages, form, entries, texts, lookups) if entries else Route.UNKNOWN
    drugs = {Drug(DrugGroup(e.group), e.ingredient, certainty) for e in entries if e.group in set(DrugGroup)}
    if any(drug.ingredient == HEPARIN or drug.group is DrugGroup.ANTICOAGULANT_FLUSH for drug in drugs):
        drugs = _settle_heparin(drugs, certainty, texts, dosages, lookups)
    if route is Route.LOCAL:  # topical heparinoids
        drugs = {drug for drug in drugs if drug.group is not DrugGroup.ANTICOAGULANT}
    standard = any(lookups.knows_system(coding.system) for coding in codings if coding.code)
    return Medicine(
        name=texts[0] if texts else _code_name(codings),
        drugs=tuple(sorted(drugs, key=lambda drug: (drug.group, drug.ingredient))),
        route=route,
        readable=bool(texts) or standard,
    )


def _texts(concepts: Iterable[CodeableConcept]) -> list[str]:
    """The texts and displays of these concepts, each once."""
    texts: dict[str, None] = {}
    for concept in concepts:
        candidates = [concept.text, *(coding.display for coding in concept.coding or ())]
        texts |= {text: None for text in candidates if text and text.strip()}
    return list(texts)


def _code_name(codings: Sequence[Coding]) -> str:
    return next((f"code {coding.code}" for coding in codings if coding.code), "medicine without a name")


def _coded(codings: Sequence[Coding], lookups: Lookups) -> list[DrugEntry]:
    return [entry for coding in codings for entry in lookups.drugs(coding.system, coding.code)]


def _named(texts: Sequence[str], lookups: Lookups) -> list[DrugEntry]:
    """A class word counts only where no text names a drug."""
    entries = [named.entry for text in texts for named in lookups.drugs_named(text)]
    exact = [entry for entry in entries if entry.group != DrugGroup.ANTICOAGULANT_VAGUE]
    return exact or entries


def _settle_heparin(
    drugs: set[Drug], certainty: Certainty, texts: Sequence[str], dosages: Sequence[Dosage], lookups: Lookups
) -> set[Drug]:
    """Heparin is a flush or treatment, never both: a stated strength above the limit is always treatment."""
    others = {drug for drug in drugs if drug.ingredient != HEPARIN and drug.group is not DrugGroup.ANTICOAGULANT_FLUSH}
    strengths = [_units_per_ml(match) for text in texts for match in _STRENGTH.finditer(text)]
    strong = any(strength > FLUSH_UNITS_PER_ML for strength in strengths)
    by_product = any(drug.group is DrugGroup.ANTICOAGULANT_FLUSH for drug in drugs) or any(
        entry.group == DrugGroup.ANTICOAGULANT_FLUSH for entry in _named(texts, lookups)
    )
    said = [*texts, *(text for dosage in dosages for text in _directions(dosage))]
    by_words = bool(strengths) and any(lookups.says_flush(text) for text in said)
    flush = (by_product or by_words) and not strong
    group = DrugGroup.ANTICOAGULANT_FLUSH if flush else DrugGroup.ANTICOAGULANT
    return others | {Drug(group, HEPARIN, certainty)}


def _directions(dosage: Dosage) -> list[str]:
    concepts = [concept for concept in (dosage.route, dosage.as_needed_codeable_concept) if concept]
    return _texts(concepts) + ([dosage.text] if dosage.text else [])


def _units_per_ml(match: re.Match[str]) -> float:
    """Unreadable digits give infinity: an unknown strength never makes a flush."""
    try:
        return float(match[1].replace(",", "")) / (float(match[2]) if match[2] else 1.0)
    except (ValueError, ZeroDivisionError):
        return float("inf")


def _route(
    dosages: Sequence[Dosage],
    form: CodeableConcept | None,
    entries: Sequence[DrugEntry],
    texts: Sequence[str],
    lookups: Lookups,
) -> Route:
    """The first source that names a route decides; of several routes there the systemic one, which is the safe side."""
    said = [[_concept_route(dosage.route, lookups) for dosage in dosages]]
    said.append([_named_route(dosage.text, lookups) for dosage in dosages])
    said.append([_concept_route(form, lookups)])
    said.append([_table_route(entry.route) for entry in entries])
    said.append([_named_route(text, lookups) for text in texts])
    for routes in said:
        named = [route for route in routes if route is not Route.UNKNOWN]
        if named:
            systemic = [route for route in named if route in (Route.ORAL, Route.PARENTERAL)]
            return (systemic or named)[0]
    return Route.UNKNOWN


def _concept_route(concept: CodeableConcept | None, lookups: Lookups) -> Route:
    if concept is None:
        return Route.UNKNOWN
    for coding in concept.coding or ():
        if route := lookups.route(coding.system, coding.code):
            return Route(route)
    return next(
        (r for text in _texts((concept,)) if (r := _named_route(text, lookups)) is not Route.UNKNOWN), Route.UNKNOWN
    )


def _named_route(text: str | None, lookups: Lookups) -> Route:
    return Route(lookups.route_named(text) or Route.UNKNOWN) if text else Route.UNKNOWN


def _table_route(route: str) -> Route:
    return Route.LOCAL if route in _LOCAL else _ROUTES.get(route, Route.UNKNOWN)
