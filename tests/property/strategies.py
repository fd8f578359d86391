"""Snapshots of every shape that a chart can give, assembled from the builders."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st

from cds_hooks.snapshot.medication import Medication, Order, Reasons, Standing
from cds_hooks.snapshot.model import Listed, Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer, Event, Problem, Result
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from cds_hooks.snapshot.when import When
from tests.builders.moment import born, days_ago, on
from tests.builders.snapshot import (
    ANTICOAGULANTS,
    NO_REASON,
    PROSTACYCLINS,
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_event,
    an_order,
    out_of_reach,
    unreadable_draft,
    unusable,
)

T = TypeVar("T", bound=Listed)

REPEATABLE = settings(
    derandomize=True, deadline=None, max_examples=150, phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
"""The same examples in every run: a property that fails, fails for everybody."""
THOROUGH = settings(REPEATABLE, max_examples=500)
"""For the properties that matter most."""

DAYS = (-40, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 20, 56, 57, 100, 200, 300, 301, 365, 366, 700)
PROBLEMS = (
    Concept.PREGNANCY,
    Concept.PREGNANCY_ENDED,
    Concept.NO_CHILDBEARING,
    Concept.PULMONARY_HYPERTENSION,
    Concept.EDEMA_SYNDROME,
    Concept.EDEMA,
    Concept.OTHER_PROSTACYCLIN_INDICATION,
    Concept.LONG_TERM_ANTICOAGULANT,
)
PROCEDURES = (Concept.DELIVERY, Concept.ABORTION, Concept.NO_CHILDBEARING)
ANSWERED = (Concept.PREGNANCY_STATUS, Concept.HCG_QUALITATIVE, Concept.HCG_QUANTITATIVE)
MEASURED = {Concept.INR: (0.9, 1.4, 1.5, 3.0), Concept.EGFR: (20.0, 49.0, 50.0, 90.0)}

dates: st.SearchStrategy[When] = st.sampled_from(DAYS).map(days_ago) | st.sampled_from(("2025", "2025-06", "2024")).map(
    on
)
maybe_dates = st.none() | dates
past = st.none() | st.sampled_from([days for days in DAYS if days >= 0]).map(days_ago)
reasons: st.SearchStrategy[Reasons] = st.sampled_from(
    (
        NO_REASON,
        NO_REASON,
        a_reason(),
        a_reason(Concept.EDEMA_SYNDROME),
        a_reason(Concept.EDEMA),
        a_reason(Concept.PULMONARY_HYPERTENSION),
        a_reason(Concept.PULMONARY_HYPERTENSION, Concept.EDEMA),
        UNREADABLE_REASON,
    )
)
drugs: st.SearchStrategy[tuple[str, DrugGroup]] = st.one_of(
    st.sampled_from(PROSTACYCLINS[:3]).map(lambda name: (name, DrugGroup.PROSTACYCLIN)),
    st.sampled_from(ANTICOAGULANTS).map(lambda name: (name, DrugGroup.ANTICOAGULANT)),
    st.sampled_from([("(class)", DrugGroup.ANTICOAGULANT_VAGUE), ("heparin", DrugGroup.ANTICOAGULANT_FLUSH)]),
)


@st.composite
def medications(draw: st.DrawFn) -> Medication:
    name, group = draw(drugs)
    standing = draw(st.sampled_from((Standing.ACTIVE, Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED)))
    return a_medication(
        name,
        group=group,
        reference=f"{draw(st.sampled_from(('MedicationRequest', 'MedicationStatement')))}/{draw(st.integers(0, 9))}",
        standing=standing,
        route=draw(st.sampled_from((Route.UNKNOWN, Route.PARENTERAL, Route.INHALATION))),
        certainty=draw(st.sampled_from(Certainty)),
        written=draw(maybe_dates),
        stopped=draw(past),
        touched=draw(past),
        reasons=draw(reasons),
    )


@st.composite
def medicine_drafts(draw: st.DrawFn) -> Order:
    name, group = draw(drugs)
    return a_draft(
        name,
        group=group,
        route=draw(st.sampled_from((Route.UNKNOWN, Route.PARENTERAL, Route.INHALATION))),
        reasons=draw(reasons),
        replaces=draw(st.none() | st.integers(0, 9).map(lambda number: f"MedicationRequest/{number}")),
        selected=draw(st.sampled_from((True, True, False))),
        reference=draw(st.sampled_from(("", "MedicationRequest/a", "MedicationRequest/b", "MedicationRequest/c"))),
    )


@st.composite
def readable_drafts(draw: st.DrawFn) -> tuple[Order, ...]:
    """A session with a prostacyclin or an anticoagulant among its drafts, each with an id of its own."""
    drafted = draw(st.lists(medicine_drafts(), min_size=1, max_size=3, unique_by=lambda order: order.reference))
    return tuple(drafted)


any_draft: st.SearchStrategy[Order] = st.one_of(
    medicine_drafts(), st.just(an_order()), st.booleans().map(lambda chosen: unreadable_draft(selected=chosen))
)
any_drafts = st.lists(any_draft, max_size=4).map(tuple)

problems: st.SearchStrategy[Problem] = st.builds(
    lambda concepts, current, recorded, ended, number: a_problem(
        *sorted(concepts), current=current, recorded=recorded, ended=ended, id=f"c{number}"
    ),
    st.frozensets(st.sampled_from(PROBLEMS), min_size=1, max_size=2),
    st.sampled_from((True, True, False)),
    maybe_dates,
    past,
    st.integers(0, 9),
)
procedures: st.SearchStrategy[Event] = st.builds(
    lambda concept, when: an_event(concept, when=when), st.sampled_from(PROCEDURES), past
)
answers: st.SearchStrategy[Result] = st.builds(
    lambda concept, answer, when, number: a_result(concept, answer, when=when, id=f"a{number}"),
    st.sampled_from(ANSWERED),
    st.sampled_from(Answer),
    past,
    st.integers(0, 9),
)
due_dates: st.SearchStrategy[Result] = st.builds(
    lambda ahead, when: a_result(Concept.DELIVERY_DATE, days_ago(-ahead), when=when),
    st.sampled_from((-15, -14, 0, 139, 140, 141, 294, 295)),
    past,
)


@st.composite
def measured(draw: st.DrawFn) -> Result:
    concept = draw(st.sampled_from(sorted(MEASURED)))
    number = draw(st.sampled_from(MEASURED[concept]))
    bound = draw(st.sampled_from(("", "", "<", ">")))
    identifier = f"l{draw(st.integers(0, 9))}"
    when = draw(past)
    return a_result(concept, number, when=when, at_most=bound == "<", at_least=bound == ">", id=identifier)


people: st.SearchStrategy[Demographics] = st.builds(
    lambda gender, birth_sex, birth: Demographics(gender=gender, birth_sex=birth_sex, birth_date=birth),
    st.sampled_from(("male", "female", "female", "other", None)),
    st.sampled_from((None, None, "female", "male")),
    st.none() | st.sampled_from((11, 12, 33, 55, 56)).map(born) | st.just(on("1990")),
)
unread: st.SearchStrategy[Demographics] = st.just(Demographics(gap=out_of_reach(Need.DEMOGRAPHICS)))


def listings(items: st.SearchStrategy[T], need: Need, *, complete: bool) -> st.SearchStrategy[Listing[T]]:
    gap = st.none() if complete else st.none() | st.just(out_of_reach(need, f"{need} failed"))
    remarks = st.sampled_from(((), (), (unusable(need),)))
    return st.builds(
        lambda found, missed, said: Listing(tuple(found), missed, said), st.lists(items, max_size=4), gap, remarks
    )


def patients(*, complete: bool = False) -> st.SearchStrategy[Patient]:
    """Any snapshot; a complete one holds no gap and no draft that cannot be read."""
    return st.builds(
        lambda drafts, on_file, listed, done, tested, lab, person, gap: a_patient(
            *drafts,
            medications=on_file,
            problems=listed,
            procedures=done,
            pregnancy_results=tested,
            labs=lab,
            demographics=person,
            administrations_gap=gap,
        ),
        readable_drafts() if complete else any_drafts,
        listings(medications(), Need.MEDICATIONS, complete=complete),
        listings(problems, Need.PROBLEMS, complete=complete),
        listings(procedures, Need.CHILDBEARING, complete=complete),
        listings(answers | due_dates, Need.PREGNANCY, complete=complete),
        listings(measured(), Need.INR, complete=complete),
        people if complete else people | unread,
        st.none() if complete else st.none() | st.just(out_of_reach(Need.STOPPED_MEDICATIONS)),
    )
