"""Observations and their components as results: an answer, an amount in the unit of its kind, or a date.

What cannot be used (a future date, an unknown unit, an implausible value) is left out and remarked, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isfinite

from cds_hooks.snapshot import queries
from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Lookups, Reader, code_of, text_of
from cds_hooks.snapshot.from_fhir.recognition import coded, concepts_of, texts_of
from cds_hooks.snapshot.from_fhir.sites import concepts_in
from cds_hooks.snapshot.gestation import weeks_and_days
from cds_hooks.snapshot.heart import CLASSES
from cds_hooks.snapshot.labs import RACE_SPECIFIC
from cds_hooks.snapshot.measures import BONE, IMMUNOLOGY, KIDNEY_AND_CLOTTING, SCORES, SCREENING, VITAL_SIGNS
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Indexed, Listing, Unread
from cds_hooks.snapshot.problem import Answer, Result
from cds_hooks.snapshot.quantity import Comparator, Quantity, Refusal, in_both_units, read_quantity, read_text
from cds_hooks.snapshot.queries import BONE_LABS, LABS, PREGNANCY, PREGNANCY_RESULTS, SCREENING_LABS, VITALS
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from mappings.text import fold_unit

Valued = fhir.Observation | fhir.Component
"""What carries a code and a value."""

VALID = {"final", "amended", "corrected", "appended"}  # rule specification 0.1
PRELIMINARY = "preliminary"
COUNT_WHEN_PRELIMINARY = frozenset({Concept.CRP, Concept.BODY_TEMPERATURE})  # where a rule says so (DX-07)
NEVER_VALID = {"registered", "cancelled", "entered-in-error"}
GESTATIONAL_AGE, VITAMIN_D, HCG = "gestational_age", "vitamin_d", "hcg"
UNIT_KINDS: Mapping[str, str] = {
    "inr": "inr",
    "egfr": "egfr",
    "hcg_quantitative": HCG,
    "vitamin_d_25_oh": VITAMIN_D,
    "vitamin_d2_25_oh": VITAMIN_D,
    "vitamin_d3_25_oh": VITAMIN_D,
    "calcium_total": "calcium_total",
    "calcium_corrected": "calcium_corrected",
    "calcium_ionized": "calcium_ionized",
    "albumin": "albumin",
    "creatinine": "creatinine",
    "creatinine_clearance": "creatinine_clearance",
    "crp": "crp",
    "esr": "esr",
    "platelets": "platelets",
    "hemoglobin": "hemoglobin",
    "hba1c": "hba1c",
    "triglycerides": "triglycerides",
    "body_weight": "weight",
    "body_height": "height",
    "body_temperature": "temperature",
    "systolic_bp": "systolic_bp",
    "diastolic_bp": "diastolic_bp",
    "pain_nrs": "pain_nrs",
    "pain_vas": "pain_vas",
    "phq2_total": "score",
    "phq9_total": "score",
    "phq9_item9": "score",
    "dxa_t_score": "t_score",
    "gestational_age": GESTATIONAL_AGE,
    "gestational_age_weeks": GESTATIONAL_AGE,
    "gestational_age_days": GESTATIONAL_AGE,
}
"""The kind of quantity (`mappings/units`) of each concept that is measured; the others are answers or dates."""

FORMULAS = {"egfr_ckd_epi_2021": 0, "egfr_ckd_epi": 1, "egfr_mdrd": 2}
OTHER_FORMULA = 3
"""Which eGFR of one sample counts: the order of the rule specification (0.2), then all other formulas."""

INTERPRETATIONS: Mapping[str, Answer] = {
    **dict.fromkeys(("POS", "R", "RR", "DET"), Answer.POSITIVE),
    **dict.fromkeys(("NEG", "NR", "ND"), Answer.NEGATIVE),  # codespell:ignore
    **dict.fromkeys(("IND", "E", "WR"), Answer.UNDECIDED),
}
SCORE = "score"
PHQ_ANSWERS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
"""What the answers of the PHQ count, from "not at all" to "nearly every day" (LOINC answer list LL358-3)."""
FLAGS: Mapping[str, Answer] = {
    **dict.fromkeys(("H", "HH", "HU", "A", "AA"), Answer.POSITIVE),
    **dict.fromkeys(("N", "L"), Answer.NEGATIVE),
}
"""What the flag of an antibody says; of other results it says nothing of presence."""
MILLIMETERS = {"mm": 1.0, "cm": 10.0}
WHEAL_UNDECIDED_FROM, WHEAL_POSITIVE_FROM = 5.0, 10.0  # mm; between the two it depends on the risk
_WHEAL = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*mm\s*", re.IGNORECASE)
HCG_NEGATIVE_BELOW, HCG_POSITIVE_FROM = 5.0, 25.0  # [IU]/L; ours: between the two a test is undecided
NAMES: Mapping[str, str] = {
    "inr": "INR",
    "egfr": "eGFR",
    "crp": "CRP",
    "esr": "ESR",
    "hba1c": "HbA1c",
    "vitamin_d_25_oh": "25-OH vitamin D",
    "vitamin_d2_25_oh": "25-OH vitamin D2",
    "vitamin_d3_25_oh": "25-OH vitamin D3",
    "calcium_total": "calcium",
    "calcium_corrected": "calcium, corrected",
    "calcium_ionized": "calcium, ionized",
    "systolic_bp": "systolic blood pressure",
    "diastolic_bp": "diastolic blood pressure",
    "pain_nrs": "pain score",
    "pain_vas": "pain score",
    "nyha_class": "NYHA class",
    "gestational_age_weeks": "gestational age",
    "gestational_age_days": "gestational age",
    "hcg_qualitative": "pregnancy test (hCG)",
    "hcg_quantitative": "pregnancy test (hCG)",
}
ANSWERS = {
    Concept.ANSWER_PREGNANT: Answer.POSITIVE,
    Concept.ANSWER_POSITIVE: Answer.POSITIVE,
    Concept.ANSWER_NOT_PREGNANT: Answer.NEGATIVE,
    Concept.ANSWER_NEGATIVE: Answer.NEGATIVE,
}
BREASTFEEDING = {Concept.LACTATION: Answer.POSITIVE, Concept.LACTATION_ENDED: Answer.NEGATIVE}
"""What an answer to the breastfeeding status may say besides."""
UNITS_OF_CODES = {Concept.GESTATIONAL_AGE_WEEKS: "wk", Concept.GESTATIONAL_AGE_DAYS: "d"}
"""The unit that the code itself states, where the value has none."""


def read_pregnancy_results(reader: Reader) -> Listing[Result]:
    return _read(reader, PREGNANCY, Need.PREGNANCY, PREGNANCY_RESULTS)


def read_labs(reader: Reader) -> Listing[Result]:
    return _read(reader, LABS, Need.INR, KIDNEY_AND_CLOTTING)


def read_bone_labs(reader: Reader) -> Listing[Result]:
    return _read(reader, BONE_LABS, reader.chart.sources[BONE_LABS].title, BONE)


def read_screening_labs(reader: Reader) -> Listing[Result]:
    return _read(reader, SCREENING_LABS, reader.chart.sources[SCREENING_LABS].title, SCREENING)


def read_scores(reader: Reader) -> Listing[Result]:
    return _read(reader, queries.SCORES, reader.chart.sources[queries.SCORES].title, SCORES)


def read_immunology(reader: Reader) -> Listing[Result]:
    return _read(reader, queries.IMMUNOLOGY, reader.chart.sources[queries.IMMUNOLOGY].title, IMMUNOLOGY)


def read_vitals(reader: Reader) -> Listing[Result]:
    return _read(reader, VITALS, reader.chart.sources[VITALS].title, VITAL_SIGNS)


def _read(reader: Reader, key: str, fact: str, wanted: Sequence[Concept]) -> Listing[Result]:
    results: list[Unread[Result]] = []
    unreadable = 0
    for row in reader.rows(key, fhir.Observation):
        raw = row.resource
        if raw.status in NEVER_VALID:
            continue
        components = fhir.decode_list(raw.component, fhir.Component)
        unreadable += components is None
        when = date_of(raw, reader)
        for part in parts_of(raw, components or ()):
            concepts = coded(part.code, reader.lookups).intersection(wanted)
            concepts = concepts & COUNT_WHEN_PRELIMINARY if raw.status == PRELIMINARY else concepts
            results += [
                Unread(frozenset((concept,)), partial(_result, row, part, concept, when, reader), when)
                for concept in sorted(concepts)
            ]
    return Indexed(results, reader.chart.gap(key, fact, unreadable))


def parts_of(raw: fhir.Observation, components: tuple[fhir.Component, ...]) -> Iterator[Valued]:
    """The observation and its components, as far as they are said to have a value. A panel has none of its own."""
    if raw.data_absent_reason is None and (not components or _has_value(raw)):
        yield raw
    yield from (component for component in components if component.data_absent_reason is None)


def _has_value(part: Valued) -> bool:
    values = (part.value_quantity, part.value_codeable_concept, part.value_string, part.value_integer)
    return any(value is not None for value in (*values, part.value_boolean, part.value_date_time))


def date_of(raw: fhir.Observation, reader: Reader) -> When | None:
    """When the sample was taken, else when the result was issued."""
    period = raw.effective_period or fhir.Period()
    return reader.when(raw.effective_date_time, raw.effective_instant, period.end, period.start, raw.issued)


def _result(
    row: Row[fhir.Observation], part: Valued, concept: Concept, when: When | None, reader: Reader
) -> Result | Gap:
    preliminary = row.resource.status == PRELIMINARY
    if row.resource.status not in VALID and not preliminary:
        return _unusable(concept, "has no readable status")
    read = _value(row, part, concept, when, reader)
    return replace(read, preliminary=True) if preliminary and isinstance(read, Result) else read


def _value(
    row: Row[fhir.Observation], part: Valued, concept: Concept, when: When | None, reader: Reader
) -> Result | Gap:
    if when and when.is_future(reader.as_of):
        return _unusable(concept, "is dated in the future")
    if concept is Concept.DELIVERY_DATE:
        return _date(row, part, concept, when, reader)
    if concept is Concept.NYHA_CLASS:
        return _nyha_class(row, part, when, reader)
    if kind := UNIT_KINDS.get(concept):
        return _amount(row, part, concept, kind, when, reader)
    return _answer(row, part, concept, when, reader)


def _name(concept: Concept) -> str:
    return NAMES.get(concept) or concept.replace("_", " ")


def _unusable(concept: Concept, why: str) -> Gap:
    return Gap(_name(concept), GapKind.UNUSABLE, f"{_name(concept)}: a result {why}; it was not used", concept)


def _date(
    row: Row[fhir.Observation], part: Valued, concept: Concept, when: When | None, reader: Reader
) -> Result | Gap:
    date = reader.when(part.value_date_time)
    if date is None:
        return _unusable(concept, "holds no readable date")
    return Result(concept=concept, date=date, when=when, fact=_fact(row, concept, date.day, when))


def _nyha_class(row: Row[fhir.Observation], part: Valued, when: When | None, reader: Reader) -> Result | Gap:
    """The class as a concept of its own, by its code or its words: "Class II", "II", "2"."""
    said = part.value_codeable_concept
    words = [*(texts_of((said,)) if said else ()), part.value_string or "", _number(part)]
    words += [] if part.value_integer is None else [f"{part.value_integer:g}"]
    named = (concepts_of(fhir.CodeableConcept(text=f"NYHA {text}"), reader.lookups) for text in words if text)
    found = concepts_of(said, reader.lookups).union(*named) & CLASSES.keys()
    if len(found) != 1:
        return _unusable(Concept.NYHA_CLASS, "names no class")
    [nyha] = found
    value = nyha.replace("nyha_", "NYHA ")
    return Result(concept=nyha, when=when, fact=_fact(row, Concept.NYHA_CLASS, value, when))


# -- amounts


def _amount(
    row: Row[fhir.Observation], part: Valued, concept: Concept, kind: str, when: When | None, reader: Reader
) -> Result | Gap:
    quantity = quantity_of(part, kind, reader.lookups)
    if isinstance(quantity, Refusal):
        if kind == HCG and quantity is Refusal.NO_VALUE:
            return _answer(row, part, concept, when, reader)
        return _unusable(concept, quantity)
    value, unit = written(part, kind, quantity)
    low, high = _limits(part, kind, reader)
    return Result(
        concept=concept,
        when=when,
        quantity=quantity,
        low=low,
        high=high,
        answer=_by_amount(quantity) if kind == HCG else None,
        rank=_rank(part, reader.lookups) if concept is Concept.EGFR else 0,
        fact=_fact(row, concept, value, when, unit),
    )


def quantity_of(part: Valued, kind: str, lookups: Lookups) -> Quantity | Refusal:
    """The value with the unit of its code and its display; a number in a text has its unit behind it, or there."""
    given = part.value_quantity or fhir.Quantity()
    units: tuple[str | None, ...] = (given.code, given.unit)
    if kind == GESTATIONAL_AGE and not any(units):
        units = tuple(UNITS_OF_CODES[each] for each in coded(part.code, lookups) if each in UNITS_OF_CODES)
    if given.value is not None:
        return read_quantity(kind, given.value, units, given.comparator, lookups.unit)
    if part.value_integer is not None:
        return read_quantity(kind, part.value_integer, units, None, lookups.unit)
    if kind == SCORE and (counted := _counted(part)) is not None:
        return read_quantity(kind, counted, (), None, lookups.unit)
    if part.value_string is None:
        return Refusal.NO_VALUE
    days = weeks_and_days(part.value_string) if kind == GESTATIONAL_AGE else None
    if days is not None:
        return read_quantity(kind, days, ("d",), None, lookups.unit)
    return read_text(kind, part.value_string, units, lookups.unit)


def _counted(part: Valued) -> int | None:
    """What the coded answer to a question counts."""
    codings = (part.value_codeable_concept.coding or ()) if part.value_codeable_concept else ()
    return next((PHQ_ANSWERS[coding.code] for coding in codings if coding.code in PHQ_ANSWERS), None)


def written(part: Valued, kind: str, quantity: Quantity) -> tuple[str, str]:
    """Value and unit as the chart has them; a text stays whole.

    25-OH vitamin D is shown in ng/mL and nmol/L (rule specification 0.2), the chart's own unit first.
    """
    given = part.value_quantity or fhir.Quantity()
    value = quantity.value if given.value is None else given.value
    unit = given.unit or given.code or ""
    if given.value is None and part.value_string is not None:
        return part.value_string.strip(), ""
    if kind == VITAMIN_D:
        in_moles = unit.casefold() == "nmol/l"
        return (f"{quantity.comparator}{value:.10g} {unit} ({quantity})" if in_moles else in_both_units(quantity)), ""
    unitless = quantity.unit == "1" or quantity.unit.startswith("{")
    return f"{quantity.comparator}{value:.10g}", "" if unitless else unit


def _limits(part: Valued, kind: str, reader: Reader) -> tuple[float | None, float | None]:
    """The laboratory's reference range, converted as the value is. None where it has none for everybody, or several."""
    given = part.value_quantity or fhir.Quantity()
    written = (bytes(part.reference_range), kind, given.code, given.unit)
    if written not in reader.limits:
        reader.limits[written] = _read_limits(part, kind, reader.lookups)
    return reader.limits[written]


def _read_limits(part: Valued, kind: str, lookups: Lookups) -> tuple[float | None, float | None]:
    ranges = fhir.decode_list(part.reference_range, fhir.ReferenceRange) or ()
    found = {
        (_limit(each.low, part, kind, lookups), _limit(each.high, part, kind, lookups))
        for each in ranges
        if _for_everybody(each)
    }
    found.discard((None, None))
    return found.pop() if len(found) == 1 else (None, None)


def _for_everybody(limits: fhir.ReferenceRange) -> bool:
    """Not for an age or a group, and no range of another kind than the normal one."""
    return all(bytes(each) == b"null" for each in (limits.applies_to, limits.age)) and code_of(limits.type) in (
        "normal",
        None,
    )


def _limit(limit: fhir.Quantity | None, part: Valued, kind: str, lookups: Lookups) -> float | None:
    """A limit without a unit has that of the value."""
    if limit is None:
        return None
    given = part.value_quantity or fhir.Quantity()
    units = (limit.code, limit.unit) if limit.code or limit.unit else (given.code, given.unit)
    found = read_quantity(kind, limit.value, units, None, lookups.unit)
    return found.value if isinstance(found, Quantity) else None


def _rank(part: Valued, lookups: Lookups) -> int:
    codings = (part.code.coding or ()) if part.code else ()
    names = {name for coding in codings for name in lookups.concepts(coding.system, coding.code)}
    if "egfr_race_specific" in names:
        return RACE_SPECIFIC
    return min((FORMULAS[name] for name in names if name in FORMULAS), default=OTHER_FORMULA)


def _by_amount(quantity: Quantity) -> Answer:
    if quantity.surely_below(HCG_NEGATIVE_BELOW):
        return Answer.NEGATIVE
    return Answer.POSITIVE if quantity.surely_at_least(HCG_POSITIVE_FROM) else Answer.UNDECIDED


# -- answers


def _answer(
    row: Row[fhir.Observation], part: Valued, concept: Concept, when: When | None, reader: Reader
) -> Result | Gap:
    text = part.value_string
    said = part.value_codeable_concept or (fhir.CodeableConcept(text=text) if text else None)
    if part.value_boolean is not None:
        answer = Answer.POSITIVE if part.value_boolean else Answer.NEGATIVE
        return Result(concept=concept, when=when, answer=answer, fact=_fact(row, concept, str(answer), when))
    if concept is Concept.TUBERCULIN_SKIN_TEST and (wheal := _millimeters(part)) is not None:
        answer = _by_wheal(wheal)
        return Result(concept=concept, when=when, answer=answer, fact=_fact(row, concept, f"{wheal:.10g}", when, "mm"))
    interpreted = _interpretation(part) or (_of_antibody(part) if concept in IMMUNOLOGY else None)
    if said is None and interpreted is None:
        return _unusable(concept, Refusal.NO_VALUE)
    meanings = ANSWERS | BREASTFEEDING if concept is Concept.BREASTFEEDING_STATUS else ANSWERS
    answers = {meanings[found] for found in concepts_of(said, reader.lookups) if found in meanings}
    answer = answers.pop() if len(answers) == 1 else Answer.UNDECIDED
    if not answers and answer is Answer.UNDECIDED and interpreted:
        answer = interpreted
    value = text_of(said) if said else _number(part) or str(interpreted)
    return Result(concept=concept, when=when, answer=answer, fact=_fact(row, concept, value, when))


def _interpretation(part: Valued, meanings: Mapping[str, Answer] = INTERPRETATIONS) -> Answer | None:
    """What the laboratory makes of the value (http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation)."""
    codes = {coding.code or "" for concept in concepts_in(part.interpretation) for coding in concept.coding or ()}
    found = {meanings[code] for code in codes if code in meanings}
    return found.pop() if len(found) == 1 else None


def _of_antibody(part: Valued) -> Answer | None:
    """By the laboratory's limit, else by its flag."""
    return _by_range(part) or _interpretation(part, FLAGS)


def _by_range(part: Valued) -> Answer | None:
    """An antibody above the laboratory's limit is there. None without a number, or without one limit in its unit."""
    given = part.value_quantity or fhir.Quantity()
    ranges = fhir.decode_list(part.reference_range, fhir.ReferenceRange) or ()
    highs = [each.high for each in ranges if _for_everybody(each) and each.high and each.high.value is not None]
    units = {fold_unit(each.code or each.unit or "") for each in (given, *highs)} - {""}
    if given.value is None or len(highs) != 1 or len(units) > 1 or given.comparator not in (None, *Comparator):
        return None
    value, high = Quantity(given.value, comparator=Comparator(given.comparator or "")), highs[0].value or 0.0
    if value.surely_above(high):
        return Answer.POSITIVE
    return Answer.NEGATIVE if value.surely_at_most(high) else None


def amount_in_words(part: Valued) -> str:
    """A number or a text as the chart wrote it, with its unit; nothing where there is none."""
    return _number(part) or (part.value_string or "").strip()


def _number(part: Valued) -> str:
    """A number as the chart wrote it, with its unit; nothing where there is none."""
    given = part.value_quantity or fhir.Quantity(value=part.value_integer)
    if given.value is None:
        return ""
    return f"{given.comparator or ''}{given.value:.10g} {given.unit or given.code or ''}".strip()


def _millimeters(part: Valued) -> float | None:
    """The size of a wheal; None without a unit."""
    given = part.value_quantity or fhir.Quantity()
    unit = fold_unit(given.code or given.unit or "")
    if given.value is not None and isfinite(given.value) and unit in MILLIMETERS and not given.comparator:
        return given.value * MILLIMETERS[unit]
    match = _WHEAL.fullmatch(part.value_string or "")
    return float(match[1].replace(",", ".")) if match else None


def _by_wheal(millimeters: float) -> Answer:
    if millimeters < WHEAL_UNDECIDED_FROM:
        return Answer.NEGATIVE
    return Answer.POSITIVE if millimeters >= WHEAL_POSITIVE_FROM else Answer.UNDECIDED


def _fact(row: Row[fhir.Observation], concept: Concept, value: str, when: When | None, unit: str = "") -> Fact:
    return Fact(
        name=_name(concept),
        value=value,
        unit=unit,
        kind="observation",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )
