"""Recorded allergies and intolerances (status filters: rule specification 0.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Lookups, Reader, code_of, names_something, text_of
from cds_hooks.snapshot.from_fhir.recognition import GROUPS, concepts_of, texts_of
from cds_hooks.snapshot.medication import Drug
from cds_hooks.snapshot.model import Fact, Listing
from cds_hooks.snapshot.queries import ALLERGIES
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need
from cds_hooks.wire import fhir
from mappings import systems
from mappings.text import fold

NOT_CURRENT = {"inactive", "resolved"}
NEVER_COUNTS = {"refuted", "entered-in-error"}
NO_ALLERGY = re.compile(r"\b(?:no|not|none|denies|nkda|nka|keine?|aucune|nessuna|ninguna)\b")
# SNOMED CT: anaphylaxis, anaphylactic shock, angioedema, bronchospasm.
SEVERE_CODES = frozenset({"39579001", "241929008", "41291007", "4386001"})
SEVERE = re.compile(r"\b(?:anaphyla\w*|anafila\w*|angio-?(?:o?edem\w*|odem\w*|neurot\w*)|quincke\w*|bronc\w*spas\w*)")
# SNOMED CT: indigestion, nausea, vomiting, nausea and vomiting, diarrhea, abdominal pain, heartburn.
STOMACH_CODES = frozenset({"162031009", "422587007", "422400008", "16932000", "62315008", "21522001", "16331000"})
STOMACH = re.compile(
    r"\b(?:dyspep\w*|indigest\w*|nause\w*|vomit\w*|stomach\w*|gastr\w*|gi upset|gi intoler\w*|heartburn|abdominal"
    r"|diarrh\w*|reflux|magen\w*|ubelkeit|erbrechen|durchfall|bauch\w*|dispeps\w*|vomi\w*|estomago|stomaco|estomac)\b"
)
GADOLINIUM = frozenset(
    {
        *(DrugGroup.GADOLINIUM_GROUP_1, DrugGroup.GADOLINIUM_GROUP_2),
        *(DrugGroup.GADOLINIUM_GROUP_3, DrugGroup.GADOLINIUM_UNCLASSIFIED),
    }
)


def read_allergies(reader: Reader) -> Listing[Allergy]:
    """Every current record of a substance that the tables know; one that names none could not be read."""
    found: list[Allergy] = []
    unreadable = 0
    for row in reader.rows(ALLERGIES, fhir.AllergyIntolerance):
        if _counts(row.resource):
            allergy = _allergy(row, reader)
            unreadable += allergy is None
            found += [allergy] if allergy and (allergy.drugs or allergy.concepts) else []
    return Listing(tuple(found), reader.chart.gap(ALLERGIES, Need.ALLERGIES, unreadable))


def _counts(raw: fhir.AllergyIntolerance) -> bool:
    return code_of(raw.clinical_status) not in NOT_CURRENT and code_of(raw.verification_status) not in NEVER_COUNTS


def _allergy(row: Row[fhir.AllergyIntolerance], reader: Reader) -> Allergy | None:
    raw = row.resource
    reactions = fhir.decode_list(raw.reaction, fhir.Reaction) or ()
    named = (raw.code, *(reaction.substance for reaction in reactions))
    substances = [each for each in named if each and names_something(each)]
    if not substances:
        return None
    drugs = _drugs(substances, reader.lookups)
    manifestations = [each for reaction in reactions for each in reaction.manifestation or ()]
    anaphylaxis = any(_is(each, SEVERE_CODES, SEVERE) for each in manifestations)
    rated_severe = any(reaction.severity == "severe" for reaction in reactions)
    return Allergy(
        fact=_fact(row, substances[0], manifestations, reader),
        drugs=drugs,
        concepts=_concepts(substances, drugs, reader.lookups),
        intolerance=raw.type == "intolerance",
        by_text=bool(drugs) and all(drug.certainty is Certainty.NAME for drug in drugs),
        severe=anaphylaxis or rated_severe or raw.criticality == "high",
        anaphylaxis=anaphylaxis,
        stomach_only=bool(manifestations) and all(_is(each, STOMACH_CODES, STOMACH) for each in manifestations),
    )


def _concepts(
    substances: Iterable[fhir.CodeableConcept], drugs: Iterable[Drug], lookups: Lookups
) -> frozenset[Concept]:
    found = frozenset().union(*(concepts_of(each, lookups) for each in substances))
    contrast = any(drug.group in GADOLINIUM for drug in drugs)
    return found | {Concept.GADOLINIUM_ALLERGY} if contrast else found


def _drugs(substances: Sequence[fhir.CodeableConcept], lookups: Lookups) -> tuple[Drug, ...]:
    """By code, else by words; a class ("NSAIDs") has the ingredient "(class)"."""
    codings = [coding for substance in substances for coding in substance.coding or ()]
    entries = [entry for coding in codings for entry in lookups.drugs(coding.system, coding.code)]
    certainty = Certainty.CODE
    if not entries:
        certainty = Certainty.NAME
        texts = [text for text in texts_of(substances) if not NO_ALLERGY.search(fold(text))]
        entries = [named.entry for text in texts for named in lookups.drugs_mentioned(text)]
    return tuple(
        dict.fromkeys(Drug(GROUPS[each.group], each.ingredient, certainty) for each in entries if each.group in GROUPS)
    )


def _is(manifestation: fhir.CodeableConcept, codes: frozenset[str], words: re.Pattern[str]) -> bool:
    for coding in manifestation.coding or ():
        if coding.code in codes and systems.normalize_system(coding.system or "") == systems.SNOMED:
            return True
    return any(words.search(fold(text)) for text in texts_of((manifestation,)))


def _fact(
    row: Row[fhir.AllergyIntolerance],
    substance: fhir.CodeableConcept,
    manifestations: Sequence[fhir.CodeableConcept],
    reader: Reader,
) -> Fact:
    raw = row.resource
    said = [text_of(substance)]
    said += [f"reaction: {', '.join(text_of(each) for each in manifestations)}"] if manifestations else []
    said += [f"criticality: {raw.criticality}"] if raw.criticality else []
    return Fact(
        name="intolerance" if raw.type == "intolerance" else "allergy",
        value="; ".join(said),
        kind="allergy list",
        when=reader.when(raw.recorded_date),
        resource=row.reference,
        origin=row.origin,
    )
