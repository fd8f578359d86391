"""Whatever the snapshot holds: rules answer, answer alike, and missing data never silence them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, MissingData, Satisfied, Verdict
from cds_hooks.evaluation.evaluate import Failed, Judged, asked_at, evaluate
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Listed, Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.vocabulary import Need
from tests.builders.snapshot import a_draft, a_medication, a_problem, an_event, an_order, out_of_reach
from tests.property.strategies import REPEATABLE, THOROUGH, patients

T = TypeVar("T", bound=Listed)
CONTRAINDICATIONS = {"BME-CI-01", "BME-CI-02", "BME-CI-05"}
LISTINGS = {
    "medications": Need.MEDICATIONS,
    "problems": Need.PROBLEMS,
    "procedures": Need.CHILDBEARING,
    "pregnancy_results": Need.PREGNANCY,
    "labs": Need.INR,
}


def judge(patient: Patient) -> tuple[Judged, ...]:
    """Everything that the rules say about the drafts, and about the chart, which is opened without drafts."""
    of_orders = evaluate(asked_at(CATALOG, Hook.ORDER_SIGN).concerned(patient.drafts), patient)
    return of_orders + evaluate(asked_at(CATALOG, Hook.PATIENT_VIEW).concerned(()), replace(patient, drafts=()))


def said(verdict: Verdict | Failed) -> Hashable:
    """A verdict without the order in which it names things."""
    match verdict:
        case Advice():
            return (
                *(verdict.indicator, verdict.summary, verdict.detail, verdict.mirror),
                *(frozenset(verdict.because), frozenset(verdict.unchecked), frozenset(verdict.remarks)),
                *(frozenset(verdict.proposals), frozenset(verdict.partners)),
            )
        case Satisfied(remarks):
            return ("satisfied", frozenset(remarks))
        case MissingData(gap):
            return ("missing", gap.kind)
        case _:
            return verdict


def summary_of(judged: Iterable[Judged]) -> Counter[Hashable]:
    return Counter((each.rule.id, each.order, said(each.verdict)) for each in judged)


@REPEATABLE
@given(patients())
def test_no_rule_raises(patient: Patient) -> None:
    """Every snapshot gets a verdict of every rule, and triage sorts whatever they say."""
    judged = judge(patient)
    assert [each for each in judged if isinstance(each.verdict, Failed)] == []
    for hook in Hook:
        triaged = triage(judged, hook)
        advised = {(each.rule.id, each.order) for each in judged if isinstance(each.verdict, Advice)}
        leading = {(card.lead.rule.id, card.lead.order) for card in triaged.cards}
        other = {(each.rule.id, each.order) for each in judged if triaged.fate(each)}
        assert leading | other == advised
        assert not leading & other


@REPEATABLE
@given(patients())
def test_the_same_snapshot_gives_the_same_verdicts(patient: Patient) -> None:
    assert judge(patient) == judge(patient)


@REPEATABLE
@given(patients(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(patient: Patient, dice: object) -> None:
    """A chart has no order: listings and drafts may come in any."""

    def shuffled(items: tuple[object, ...]) -> tuple[object, ...]:
        mixed = list(items)
        dice.shuffle(mixed)  # type: ignore[attr-defined]
        return tuple(mixed)

    listings = {name: getattr(patient, name) for name in LISTINGS}
    mixed = {name: replace(listing, items=shuffled(listing.items)) for name, listing in listings.items()}
    other = replace(patient, drafts=shuffled(patient.drafts), **mixed)  # type: ignore[arg-type]
    assert summary_of(judge(other)) == summary_of(judge(patient))


@REPEATABLE
@given(patients())
def test_unrelated_medicines_problems_and_orders_change_nothing(patient: Patient) -> None:
    """What no table knows is not looked at."""

    def beside(listing: Listing[T], item: T) -> Listing[T]:
        return replace(listing, items=(*listing.items, item))

    other = replace(
        patient,
        drafts=(*patient.drafts, a_draft("metformin"), an_order()),
        medications=beside(patient.medications, a_medication("metformin")),
        problems=beside(patient.problems, a_problem(id="diabetes")),
        procedures=beside(patient.procedures, an_event()),
    )
    assert summary_of(judge(other)) == summary_of(judge(patient))


# -- taking facts away


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Patient, Patient]:
    """A complete snapshot, and the same after some queries failed or were cut off."""
    complete = draw(patients(complete=True))
    failed = draw(st.sets(st.sampled_from([*LISTINGS, "demographics", "administrations_gap"]), min_size=1))
    changes: dict[str, object] = {}
    for name in sorted(failed):
        if name == "demographics":
            changes[name] = Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))
        elif name == "administrations_gap":
            changes[name] = out_of_reach(Need.STOPPED_MEDICATIONS)
        else:
            items = getattr(complete, name).items
            arrived = [item for item in items if draw(st.booleans())]
            changes[name] = Listing(tuple(arrived), out_of_reach(LISTINGS[name]))
    return complete, replace(complete, **changes)  # type: ignore[arg-type]


def by_draft(judged: Iterable[Judged]) -> dict[tuple[str, Order | None], Verdict | Failed]:
    """The verdicts by rule and draft; drafts are told apart by their place, which damage does not change."""
    return {(each.rule.id, each.order): each.verdict for each in judged}


@THOROUGH
@given(damaged())
def test_missing_data_never_hide_a_contraindication(pair: tuple[Patient, Patient]) -> None:
    """What complete data would show is still shown, or it is said that the check could not be made."""
    complete, partial = pair
    before, after = judge(complete), by_draft(judge(partial))
    for each in before:
        if each.rule.id in CONTRAINDICATIONS and isinstance(each.verdict, Advice):
            now = after.get((each.rule.id, each.order))
            assert isinstance(now, Advice | MissingData), f"{each.rule.id} fell silent: {now}"
            assert isinstance(now, Advice) or triage(judge(partial), Hook.ORDER_SIGN).undone


@THOROUGH
@given(damaged())
def test_missing_data_never_silence_a_warning(pair: tuple[Patient, Patient]) -> None:
    """The same for what is unclear: a warning stays, becomes "could not be checked", or gives way to more."""
    complete, partial = pair
    after = by_draft(judge(partial))
    for each in judge(complete):
        if isinstance(each.verdict, Advice):
            now = after.get((each.rule.id, each.order))
            explained = any(
                isinstance(verdict, Advice | MissingData)
                for (rule, order), verdict in after.items()
                if order is each.order and rule in CONTRAINDICATIONS
            )
            assert isinstance(now, Advice | MissingData) or explained, f"{each.rule.id} fell silent: {now}"


@REPEATABLE
@given(damaged())
def test_missing_data_never_make_advice_out_of_nothing(pair: tuple[Patient, Patient]) -> None:
    """Advice that complete data would not give names what could not be checked."""
    complete, partial = pair
    before = by_draft(judge(complete))
    for each in judge(partial):
        if isinstance(each.verdict, Advice) and not isinstance(before.get((each.rule.id, each.order)), Advice):
            assert each.verdict.unchecked, f"{each.rule.id} advises out of nothing"
