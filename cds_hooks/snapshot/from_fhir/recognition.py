"""Which drugs a medicine holds, and by which route it is given.

Codes first, every coding of the concept, then the codes of its ingredients; names only where no code is known. A new
RxNorm code is read by the form of its name. Route: dosage instruction, then dose form, then the product's own code,
then words. Heparin to keep a line open is told from treatment as the rule specification says (0.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cds_hooks.snapshot.from_fhir.dosage import single_mg
from cds_hooks.snapshot.from_fhir.naming import Named, named
from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.from_fhir.strength import UNSTATED, strength_of
from cds_hooks.snapshot.gestation import TRIMESTERS, Days, days_of_week_code
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.medication import CLASS, Drug, Measure, Medicine
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Route
from cds_hooks.wire.fhir import CodeableConcept, Coding, Dosage
from mappings import rxnorm_names, systems
from mappings.models import DrugEntry
from mappings.rxnorm_names import RxNormName

FLUSH_UNITS_PER_ML = 100.0  # rule specification 0.2: above this a heparin is treatment, whatever the text says
HEPARIN = "heparin"
STOPPED = "its text says that it was stopped"
_STRENGTH = re.compile(r"([\d.,]+)\s*(?:\[?iu\]?|units?|unt|u|i\.?e\.?)\s*/\s*([\d.]*)\s*ml", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
# A rate, a weight, a clotting time or the skin: heparin that is dosed is treatment, whatever is flushed before it.
_DOSED = re.compile(
    r"\b(?:infusion|perfusor|drip|continuous|titrat\w+|aptt|ptt|kontinuierlich|dauerinfusion)\b"
    r"|\b(?:units?|u|iu|ie|i\.e\.)\s*/\s*(?:kg|h|hr|hour|std|stunde)\b"
    r"|\b(?:sub[ck]utan(?:eous(?:ly)?)?|sc|s\. ?c)\b(?! (?:port|reservoir))",
    re.IGNORECASE,
)
# Into or around a joint, a bursa or a tendon sheath (rule specification 0.8). "i.a." of a steroid is intra-articular.
_INTO_JOINT = re.compile(
    r"\b(?:intra|peri)[ -]?arti[ck]ul|\bi\. ?a\."
    r"|\b(?:inject|injiz|infiltr)\w*\b.*(?:\bjoint|gelenk|\bburs|tendon sheath)"
    r"|(?:\bjoint|\bbursal?|tendon sheath|sehnenscheiden?|gelenks?)[ -]?(?:inject|injekt|infiltr)",
    re.IGNORECASE,
)
_STEROIDS = frozenset({DrugGroup.GLUCOCORTICOID_SYSTEMIC, DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION})
_ROUTES = {"oral": Route.ORAL, "parenteral": Route.PARENTERAL, "inhalation": Route.INHALATION}
SYSTEMIC = frozenset({Route.ORAL, Route.PARENTERAL})
# Absorbed as a whole are nasal, rectal, oromucosal and transdermal products; they stay of unknown route, which counts.
_LOCAL = {"topical", "ophthalmic", "otic", "vaginal", "irrigation", "local"}
ADJUNCTS = frozenset({DrugGroup.ANALGESIC_OTHER})
"""What a fixed combination holds beside the drug that rules measure: acetaminophen with an opioid."""
SUPPLEMENTS = frozenset({DrugGroup.VITAMIN_D, DrugGroup.CALCIUM, DrugGroup.CALCIUM_VITAMIN_D_COMBINATION})
"""What a multivitamin does not count as, whatever it holds (rule specification 0.2)."""
GROUPS = {str(group): group for group in DrugGroup}
_HEPARIN = frozenset({DrugGroup.ANTICOAGULANT, DrugGroup.ANTICOAGULANT_FLUSH})
_TRIMESTER = re.compile(r"\b(?:(first|1st)|(second|2nd)|(third|3rd)) trimester\b", re.IGNORECASE)


def concepts_of(concept: CodeableConcept | None, lookups: Lookups) -> frozenset[Concept]:
    """The clinical words behind a CodeableConcept: all codings, and its text.

    A code that means edema only together with text counts as edema when the text says so, which the text alone does.
    """
    if concept is None:
        return frozenset()
    return coded(concept, lookups).union(*map(lookups.said, texts_of((concept,))))


def coded(concept: CodeableConcept | None, lookups: Lookups) -> frozenset[Concept]:
    """The clinical words behind the codings alone."""
    codings = (concept.coding or ()) if concept else ()
    return frozenset().union(*(lookups.coded(coding.system, coding.code) for coding in codings))


def gestation_of(concept: CodeableConcept | None, lookups: Lookups) -> Days | None:
    """The age of a pregnancy, in days from and to, that a Condition states for its date: a week code or a trimester."""
    if concept is None:
        return None
    for coding in concept.coding or ():
        system = systems.normalize_system(coding.system or "")
        if coding.code and system in (systems.ICD10CM, systems.ICD10):
            days = days_of_week_code(systems.normalize_code(systems.ICD10CM, coding.code))
            if days:
                return days
    return _trimester(concept, lookups)


def _trimester(concept: CodeableConcept, lookups: Lookups) -> Days | None:
    names = {name for each in concept.coding or () for name in lookups.concepts(each.system, each.code)}
    if "third_trimester" in names:
        return TRIMESTERS[3]
    if Concept.PREGNANCY not in names:
        return None
    found = {match.lastindex for text in texts_of((concept,)) for match in _TRIMESTER.finditer(text)}
    return TRIMESTERS.get(found.pop() or 0) if len(found) == 1 else None


# -- medicines


def recognize(
    concepts: Sequence[CodeableConcept],
    dosages: Sequence[Dosage],
    lookups: Lookups,
    form: CodeableConcept | None = None,
    display: str | None = None,
    ingredients: Sequence[CodeableConcept] = (),
) -> Medicine:
    """The medicine that these concepts (product) and their ingredients name, given as `dosages` say.

    `display` is what a reference calls it when the product itself could not be read.
    """
    codings = _codings(concepts)
    parts = _codings(ingredients)
    texts = [*texts_of(concepts), *([display] if display else []), *texts_of(ingredients)]
    words, parsed = Named(), None
    entries, certainty = _coded(codings, lookups), Certainty.CODE
    if not entries:
        certainty = Certainty.CLASS
    held = {entry.ingredient for entry in entries}
    entries += [entry for entry in _coded(parts, lookups) if entry.ingredient not in held]
    if not entries:
        words, certainty = named(texts, lookups), Certainty.NAME
        parsed = _parsed(codings, lookups) if words else None
        entries = _exact(_of_ingredients(words.given, parsed, lookups))
    stopped = _exact(words.stopped)
    route = _route(dosages, form, [*entries, *stopped], parsed, texts, lookups) if entries or stopped else Route.UNKNOWN
    drugs = _drugs(entries, certainty) | _drugs(stopped, Certainty.UNCERTAIN)
    if any(drug.ingredient == HEPARIN or drug.group is DrugGroup.ANTICOAGULANT_FLUSH for drug in drugs):
        drugs = _settle_heparin(drugs, texts, dosages, lookups)
    if any(drug.group is DrugGroup.MULTIVITAMIN for drug in drugs):
        drugs = {drug for drug in drugs if drug.group not in SUPPLEMENTS}
    if route is Route.LOCAL:
        drugs = {drug for drug in drugs if not _topical(drug, texts)}
    return Medicine(
        name=texts[0] if texts else _code_name([*codings, *parts]),
        drugs=tuple(sorted(drugs, key=lambda drug: (drug.group in ADJUNCTS, drug.group, drug.ingredient))),
        route=route,
        readable=bool(texts or entries),  # a code that no table holds, without a word: it may be any drug
        named=bool(texts),
        recognized=bool(entries or words) or (bool(texts) and _known_system([*codings, *parts], lookups)),
        form=_form(form, entries, parsed),
        doubt=STOPPED if stopped else "",
        measure=Later(lambda: _measure(texts, drugs, route, dosages, lookups)),
    )


def _measure(
    texts: Sequence[str], drugs: set[Drug], route: Route, dosages: Sequence[Dosage], lookups: Lookups
) -> Measure:
    strength = strength_of(texts, _measured(drugs), lookups) if drugs else UNSTATED
    dose = single_mg(dosages) if route is Route.PARENTERAL and not strength.stated else None
    return Measure(strength, dose if strength.mg is None else strength.mg)


def may_give(concept: CodeableConcept, lookups: Lookups) -> frozenset[DrugGroup] | None:
    """The groups that a medicine may hold, by its codes or else by all that its words mention; None where it may hold
    anything. Route and directions may take some of them away, and make of heparin a flush."""
    codings, texts = concept.coding or (), texts_of((concept,))
    entries = _coded(codings, lookups) or [named.entry for text in texts for named in lookups.drugs_mentioned(text)]
    if not entries and not (texts and _known_system(codings, lookups)):
        return None
    groups = groups_of(entries)
    return groups | _HEPARIN if groups & _HEPARIN else groups


def groups_of(entries: Iterable[DrugEntry]) -> frozenset[DrugGroup]:
    """The groups of these drugs, as far as rules ask for them."""
    return frozenset(GROUPS[entry.group] for entry in entries if entry.group in GROUPS)


def _measured(drugs: Iterable[Drug]) -> frozenset[str]:
    """The substances whose amount is asked for."""
    return frozenset(drug.ingredient for drug in drugs if drug.group not in ADJUNCTS)


def _codings(concepts: Iterable[CodeableConcept]) -> list[Coding]:
    return [coding for concept in concepts for coding in concept.coding or ()]


def texts_of(concepts: Iterable[CodeableConcept]) -> list[str]:
    """The texts and displays of these concepts, each once."""
    texts: dict[str, None] = {}
    for concept in concepts:
        candidates = [concept.text, *(coding.display for coding in concept.coding or ())]
        texts |= {text: None for text in candidates if text and text.strip()}
    return list(texts)


def _code_name(codings: Sequence[Coding]) -> str:
    return next((f"code {coding.code}" for coding in codings if coding.code), "medicine without a name")


def _known_system(codings: Sequence[Coding], lookups: Lookups) -> bool:
    """With a name beside it, a code of a drug terminology that no list holds is another medicine."""
    return any(coding.code and lookups.knows_system(coding.system, coding.code) for coding in codings)


def _coded(codings: Sequence[Coding], lookups: Lookups) -> list[DrugEntry]:
    return [entry for coding in codings for entry in lookups.drugs(coding.system, coding.code)]


def _parsed(codings: Sequence[Coding], lookups: Lookups) -> RxNormName | None:
    """The name of an RxNorm code that the tables do not hold, where it has the form of RxNorm's names."""
    for coding in codings:
        if coding.display and systems.normalize_system(coding.system or "") == systems.RXNORM:
            return rxnorm_names.parse(coding.display)
    return None


def _of_ingredients(entries: Sequence[DrugEntry], parsed: RxNormName | None, lookups: Lookups) -> Sequence[DrugEntry]:
    """Of the drugs found by name those that a regular name has as ingredients; all, where it has none of them."""
    if parsed is None:
        return entries
    ingredients = (named.entry for part in parsed.ingredients for named in lookups.drugs_named(part))
    return [entry for entry in dict.fromkeys(ingredients) if entry in entries] or entries


def _exact(entries: Sequence[DrugEntry]) -> list[DrugEntry]:
    """A class word counts only where no text names a drug."""
    exact = [entry for entry in entries if entry.group != DrugGroup.ANTICOAGULANT_VAGUE]
    return exact or list(entries)


def _drugs(entries: Iterable[DrugEntry], certainty: Certainty) -> set[Drug]:
    """The entries of groups that a rule speaks of."""
    return {Drug(GROUPS[e.group], e.ingredient, _certainty(e, certainty)) for e in entries if e.group in GROUPS}


def _certainty(entry: DrugEntry, certainty: Certainty) -> Certainty:
    if entry.group == DrugGroup.ANTICOAGULANT_VAGUE:
        return Certainty.UNCERTAIN
    return Certainty.CLASS if certainty is Certainty.CODE and entry.ingredient == CLASS else certainty


def _form(form: CodeableConcept | None, entries: Sequence[DrugEntry], parsed: RxNormName | None) -> str:
    """The dose form in words: the product's own, else what its code or the form of its name says."""
    said = texts_of((form,)) if form else []
    said += [entry.dose_form for entry in entries if entry.dose_form]
    return said[0] if said else (parsed.dose_form if parsed else "")


def _settle_heparin(drugs: set[Drug], texts: Sequence[str], dosages: Sequence[Dosage], lookups: Lookups) -> set[Drug]:
    """Heparin is a flush or treatment, never both: a stated strength above the limit is always treatment."""
    others = {drug for drug in drugs if drug.ingredient != HEPARIN and drug.group is not DrugGroup.ANTICOAGULANT_FLUSH}
    strengths = [_units_per_ml(match) for text in texts for match in _STRENGTH.finditer(text)]
    by_product = any(drug.group is DrugGroup.ANTICOAGULANT_FLUSH for drug in drugs) or any(
        each.entry.group == DrugGroup.ANTICOAGULANT_FLUSH for text in texts for each in lookups.drugs_named(text)
    )
    said = [*texts, *(text for dosage in dosages for text in _directions(dosage))]
    by_words = bool(strengths) and any(lookups.says_flush(text) for text in said)
    flush = (by_product or by_words) and not _strong(texts) and not any(_DOSED.search(text) for text in said)
    group = DrugGroup.ANTICOAGULANT_FLUSH if flush else DrugGroup.ANTICOAGULANT
    sure = {drug.certainty for drug in drugs - others}
    order = list(Certainty)
    return others | {Drug(group, HEPARIN, min(sure, key=order.index))}


def _topical(drug: Drug, texts: Sequence[str]) -> bool:
    """A drug that does not reach the whole body by a local route. Of anticoagulants only heparinoids are made for the
    skin; heparin of a strength for treatment is none of them, and nor is a drug that is injected under the skin."""
    return drug.group is DrugGroup.ANTICOAGULANT and drug.ingredient == HEPARIN and not _strong(texts)


def _strong(texts: Sequence[str]) -> bool:
    return any(_units_per_ml(match) > FLUSH_UNITS_PER_ML for text in texts for match in _STRENGTH.finditer(text))


def _directions(dosage: Dosage) -> list[str]:
    concepts = [concept for concept in (dosage.route, dosage.as_needed_codeable_concept) if concept]
    return texts_of(concepts) + ([dosage.text] if dosage.text else [])


def _units_per_ml(match: re.Match[str]) -> float:
    """Unreadable digits give infinity: an unknown strength never makes a flush."""
    try:
        number = match[1].replace(",", "")
        number = number.replace(".", "") if _THOUSANDS.fullmatch(number) else number
        return float(number) / (float(match[2]) if match[2] else 1.0)
    except (ValueError, ZeroDivisionError):
        return float("inf")


def _route(
    dosages: Sequence[Dosage],
    form: CodeableConcept | None,
    entries: Sequence[DrugEntry],
    parsed: RxNormName | None,
    texts: Sequence[str],
    lookups: Lookups,
) -> Route:
    """The first source that names a route decides; of several routes there the systemic one, which is the safe side.

    A word in free directions ("to the skin of the abdomen") does not make a tablet or an injection a local product.
    """
    said = [[_concept_route(dosage.route, lookups) for dosage in dosages]]
    table = [_table_route(entry.route) for entry in entries]
    if Route.ORAL not in table and any(entry.group in _STEROIDS for entry in entries):
        words = (*(dosage.text for dosage in dosages), *texts)
        said.append([Route.LOCAL for text in words if text and _INTO_JOINT.search(text)])
    written = [_named_route(dosage.text, lookups) for dosage in dosages]
    said.append([route for route in written if route is not Route.LOCAL or not SYSTEMIC.intersection(table)])
    said.append([_concept_route(form, lookups)])
    said.append(table)
    said.append([_table_route(parsed.route)] if parsed else [])
    said.append([_named_route(text, lookups) for text in texts])
    for routes in said:
        named = [route for route in routes if route is not Route.UNKNOWN]
        if named:
            systemic = [route for route in named if route in SYSTEMIC]
            return (systemic or named)[0]
    return Route.UNKNOWN


def _concept_route(concept: CodeableConcept | None, lookups: Lookups) -> Route:
    if concept is None:
        return Route.UNKNOWN
    for coding in concept.coding or ():
        if route := lookups.route(coding.system, coding.code):
            return Route(route)
    return next(
        (r for text in texts_of((concept,)) if (r := _named_route(text, lookups)) is not Route.UNKNOWN), Route.UNKNOWN
    )


def _named_route(text: str | None, lookups: Lookups) -> Route:
    return Route(lookups.route_named(text) or Route.UNKNOWN) if text else Route.UNKNOWN


def _table_route(route: str) -> Route:
    return Route.LOCAL if route in _LOCAL else _ROUTES.get(route, Route.UNKNOWN)
