"""Observations as results: an answer, a number in the unit of its kind, or a date.

What cannot be used (a future date, an unknown unit) is left out and remarked, never guessed.
"""

from __future__ import annotations

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.recognition import coded, concepts_of
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Answer, Result
from cds_hooks.snapshot.queries import LAB_RESULTS, LABS, PREGNANCY, PREGNANCY_RESULTS
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

VALID = {"final", "amended", "corrected", "appended"}  # rule specification 0.1
NOT_VALID = {"registered", "preliminary", "cancelled", "entered-in-error"}  # these never count
UNIT_KINDS = {Concept.INR: "inr", Concept.EGFR: "egfr", Concept.HCG_QUANTITATIVE: "hcg"}
HCG_NEGATIVE_BELOW, HCG_POSITIVE_FROM = 5.0, 25.0  # [IU]/L; ours: between the two a test is undecided
NAMES = {
    Concept.INR: "INR",
    Concept.EGFR: "eGFR",
    Concept.PREGNANCY_STATUS: "pregnancy status",
    Concept.HCG_QUALITATIVE: "pregnancy test (hCG)",
    Concept.HCG_QUANTITATIVE: "pregnancy test (hCG)",
    Concept.DELIVERY_DATE: "estimated delivery date",
}
ANSWERS = {
    Concept.ANSWER_PREGNANT: Answer.POSITIVE,
    Concept.ANSWER_POSITIVE: Answer.POSITIVE,
    Concept.ANSWER_NOT_PREGNANT: Answer.NEGATIVE,
    Concept.ANSWER_NEGATIVE: Answer.NEGATIVE,
}


def read_pregnancy_results(reader: Reader) -> Listing[Result]:
    return _read(reader, PREGNANCY, Need.PREGNANCY, PREGNANCY_RESULTS)


def read_labs(reader: Reader) -> Listing[Result]:
    return _read(reader, LABS, Need.INR, LAB_RESULTS)


def _read(reader: Reader, key: str, need: Need, wanted: tuple[Concept, ...]) -> Listing[Result]:
    results: list[Result] = []
    remarks: list[Gap] = []
    for row in reader.rows(key, fhir.Observation):
        raw = row.resource
        kinds = coded(raw.code, reader.lookups).intersection(wanted)
        if raw.status in NOT_VALID or raw.data_absent_reason is not None:
            continue
        for kind in sorted(kinds):
            read = _result(row, kind, reader)
            (results if isinstance(read, Result) else remarks).append(read)  # type: ignore[arg-type]
    return Listing(tuple(results), reader.chart.gap(key, need), tuple(remarks))


def _result(row: Row[fhir.Observation], concept: Concept, reader: Reader) -> Result | Gap:
    raw = row.resource
    period = raw.effective_period or fhir.Period()
    when = reader.when(raw.effective_date_time, raw.effective_instant, period.end, period.start, raw.issued)
    if raw.status not in VALID:
        return _unusable(concept, "has no readable status")
    if when and when.is_future(reader.as_of):
        return _unusable(concept, "is dated in the future")
    if concept is Concept.DELIVERY_DATE:
        return _date(row, raw, concept, when, reader)
    if raw.value_quantity is not None:
        return _number(row, raw.value_quantity, concept, when, reader)
    return _answer(row, raw, concept, when, reader)


def _unusable(concept: Concept, why: str) -> Gap:
    return Gap(NAMES[concept], GapKind.UNUSABLE, f"{NAMES[concept]}: a result {why}; it was not used")


def _date(
    row: Row[fhir.Observation], raw: fhir.Observation, concept: Concept, when: When | None, reader: Reader
) -> Result | Gap:
    date = reader.when(raw.value_date_time)
    if date is None:
        return _unusable(concept, "holds no readable date")
    return Result(concept=concept, date=date, when=when, fact=_fact(row, concept, date.day, when))


def _number(
    row: Row[fhir.Observation], quantity: fhir.Quantity, concept: Concept, when: When | None, reader: Reader
) -> Result | Gap:
    kind = UNIT_KINDS.get(concept)
    written = quantity.code or quantity.unit or ""
    unit = kind and (reader.lookups.unit(kind, written) or reader.lookups.unit(kind, quantity.unit or ""))
    if quantity.value is None or kind is None:
        return _unusable(concept, "holds no readable value")
    if not unit:
        return _unusable(concept, "has no unit or an unknown one")
    number = quantity.value * unit.factor
    if not unit.plausible_low <= number <= unit.plausible_high:
        return _unusable(concept, "is outside what is plausible")
    comparator = quantity.comparator or ""
    return Result(
        concept=concept,
        when=when,
        number=number,
        at_most=comparator.startswith("<"),
        at_least=comparator.startswith(">"),
        answer=_by_amount(number, comparator) if concept is Concept.HCG_QUANTITATIVE else None,
        fact=_fact(
            row, concept, f"{comparator}{quantity.value:g}", when, unit.canonical if unit.canonical != "1" else ""
        ),
    )


def _by_amount(number: float, comparator: str) -> Answer:
    if number < HCG_NEGATIVE_BELOW or (comparator == "<" and number <= HCG_NEGATIVE_BELOW):
        return Answer.NEGATIVE if not comparator.startswith(">") else Answer.UNDECIDED
    return Answer.POSITIVE if number >= HCG_POSITIVE_FROM and not comparator.startswith("<") else Answer.UNDECIDED


def _answer(
    row: Row[fhir.Observation], raw: fhir.Observation, concept: Concept, when: When | None, reader: Reader
) -> Result | Gap:
    said = raw.value_codeable_concept or (fhir.CodeableConcept(text=raw.value_string) if raw.value_string else None)
    if concept in (Concept.INR, Concept.EGFR):
        return _unusable(concept, "holds no readable value")
    if raw.value_boolean is not None:
        answer = Answer.POSITIVE if raw.value_boolean else Answer.NEGATIVE
        return Result(concept=concept, when=when, answer=answer, fact=_fact(row, concept, str(answer), when))
    if said is None:
        return _unusable(concept, "holds no readable value")
    answers = {ANSWERS[found] for found in concepts_of(said, reader.lookups) if found in ANSWERS}
    answer = answers.pop() if len(answers) == 1 else Answer.UNDECIDED
    return Result(concept=concept, when=when, answer=answer, fact=_fact(row, concept, text_of(said), when))


def _fact(row: Row[fhir.Observation], concept: Concept, value: str, when: When | None, unit: str = "") -> Fact:
    return Fact(
        name=NAMES[concept],
        value=value,
        unit=unit,
        kind="observation",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )
