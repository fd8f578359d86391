"""Snapshots with sane defaults: a test overrides only what it is about.

The patient of the defaults is a man of 52 years whose lists were all read and are all empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from cds_hooks.snapshot.medication import Drug, Medication, Medicine, Order, Reasons, Standing
from cds_hooks.snapshot.model import Fact, Factual, Gap, GapKind, Listing, Policy
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer, Event, Problem, Result
from cds_hooks.snapshot.quantity import Comparator, Quantity
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from cds_hooks.snapshot.when import When
from cds_hooks.wire.delivery import Origin
from tests.builders.moment import AS_OF, born, days_ago

T = TypeVar("T", bound=Factual)

PROSTACYCLINS = ("iloprost", "epoprostenol", "treprostinil", "beraprost", "selexipag")
ANTICOAGULANTS = (
    *("warfarin", "acenocoumarol", "fluindione", "phenprocoumon"),
    *("apixaban", "rivaroxaban", "edoxaban", "dabigatran", "betrixaban"),
    *("heparin", "enoxaparin", "dalteparin", "tinzaparin", "nadroparin", "bemiparin", "argatroban", "bivalirudin"),
    *("fondaparinux", "danaparoid", "desirudin", "(class)"),
)
NO_REASON = Reasons()
UNREADABLE_REASON = Reasons(stated=True, readable=False)


def a_reason(*concepts: Concept) -> Reasons:
    """A stated reason; without concepts, one that the tables do not know."""
    return Reasons(stated=True, concepts=frozenset(concepts))


# -- gaps


def out_of_reach(need: Need | str, text: str = "the query failed") -> Gap:
    return Gap(need, GapKind.OUT_OF_REACH, text)


def unusable(need: Need | str, text: str = "a result is dated in the future; it was not used") -> Gap:
    return Gap(need, GapKind.UNUSABLE, text)


def cut_off(need: Need, *items: T) -> Listing[T]:
    """A list that could not be read to its end: these rows arrived, others may have been there."""
    return Listing(items, out_of_reach(need))


# -- medicines


def a_medication(
    ingredient: str = "apixaban",
    *,
    group: DrugGroup | None = None,
    reference: str | None = None,
    standing: Standing = Standing.ACTIVE,
    route: Route = Route.UNKNOWN,
    certainty: Certainty = Certainty.CODE,
    written: When | None = days_ago(30),
    stopped: When | None = None,
    touched: When | None = None,
    reasons: Reasons = NO_REASON,
    replaces: str | None = None,
    doubt: str = "",
) -> Medication:
    """An active order of apixaban. A name that is no drug of the tables gives a medicine of another kind."""
    drug_group = group or _group_of(ingredient)
    drugs = (Drug(drug_group, ingredient, certainty),) if drug_group else ()
    return Medication(
        reference=f"MedicationRequest/{ingredient}" if reference is None else reference,
        medicine=Medicine(name=ingredient, drugs=drugs, route=route),
        standing=standing,
        origin=Origin.DRAFT if standing is Standing.DRAFT else Origin.PREFETCH,
        doubt=doubt,
        written=written,
        stopped=stopped,
        touched=touched,
        reasons=reasons,
        replaces=replaces,
    )


def _group_of(ingredient: str) -> DrugGroup | None:
    if ingredient in PROSTACYCLINS:
        return DrugGroup.PROSTACYCLIN
    return DrugGroup.ANTICOAGULANT if ingredient in ANTICOAGULANTS else None


def stopped_medication(ingredient: str, days: int | None, *, written: When | None = days_ago(60)) -> Medication:
    """An order that ended so many days ago; None for an end that nobody wrote down."""
    stopped = None if days is None else days_ago(days)
    return a_medication(ingredient, standing=Standing.ENDED, stopped=stopped, written=written)


def blood_thinner(standing: Standing = Standing.ACTIVE) -> Medication:
    """A medicine known only by a class word."""
    return a_medication(
        "(class)",
        group=DrugGroup.ANTICOAGULANT_VAGUE,
        reference="MedicationRequest/blood-thinner",
        standing=standing,
        certainty=Certainty.NAME,
    )


def heparin_flush(standing: Standing = Standing.ACTIVE) -> Medication:
    return a_medication("heparin", group=DrugGroup.ANTICOAGULANT_FLUSH, standing=standing)


def a_draft(
    ingredient: str = "iloprost",
    *,
    group: DrugGroup | None = None,
    reference: str | None = None,
    route: Route = Route.UNKNOWN,
    reasons: Reasons = NO_REASON,
    replaces: str | None = None,
    selected: bool = True,
) -> Order:
    """A selected draft of iloprost, route and reason not stated."""
    medication = a_medication(
        ingredient,
        group=group,
        reference=f"MedicationRequest/draft-{ingredient}" if reference is None else reference,
        standing=Standing.DRAFT,
        route=route,
        written=days_ago(0),
        reasons=reasons,
        replaces=replaces,
    )
    return Order(reference=medication.reference, kind="MedicationRequest", selected=selected, medication=medication)


def an_order(kind: str = "ServiceRequest", *, reference: str | None = None, selected: bool = True) -> Order:
    """A draft that gives no medicine."""
    return Order(reference=f"{kind}/draft" if reference is None else reference, kind=kind, selected=selected)


def unreadable_draft(*, selected: bool = True) -> Order:
    return Order(
        reference="MedicationRequest/draft-unreadable",
        kind="MedicationRequest",
        selected=selected,
        unreadable="a draft order could not be read: it is not known which medicine it gives",
    )


# -- problems, procedures, results


def a_problem(
    *concepts: Concept,
    id: str = "",  # noqa: A002 -- FHIR's own word
    current: bool = True,
    recorded: When | None = days_ago(60),
    ended: When | None = None,
) -> Problem:
    """A current problem, recorded 60 days ago; one that is not current ended when it says, else when recorded."""
    name = "-".join(concepts) or "another-problem"
    identifier = id or name
    return Problem(
        id=identifier,
        concepts=frozenset(concepts),
        current=current,
        recorded=recorded,
        ended=ended or recorded,
        fact=Fact(name="problem", value=name, kind="problem list", when=recorded, resource=f"Condition/{identifier}"),
    )


def an_event(*concepts: Concept, when: When | None = days_ago(60)) -> Event:
    name = "-".join(concepts) or "another-procedure"
    fact = Fact(name="procedure", value=name, kind="procedure", when=when, resource=f"Procedure/{name}")
    return Event(concepts=frozenset(concepts), when=when, fact=fact)


def a_result(
    concept: Concept,
    value: Answer | float | When,
    *,
    when: When | None = days_ago(1),
    at_most: bool = False,
    at_least: bool = False,
    id: str = "",  # noqa: A002 -- FHIR's own word
) -> Result:
    """A valid result of yesterday: an answer, a number or a date."""
    comparator = Comparator.BELOW if at_most else Comparator.ABOVE if at_least else Comparator.EXACT
    written = f"{comparator}{value.day if isinstance(value, When) else value}"
    resource = f"Observation/{id or concept}"
    return Result(
        concept=concept,
        when=when,
        answer=value if isinstance(value, Answer) else None,
        quantity=Quantity(value, comparator=comparator) if isinstance(value, int | float) else None,
        date=value if isinstance(value, When) else None,
        fact=Fact(name=concept, value=written, kind="observation", when=when, resource=resource),
    )


# -- the patient

A_MAN = Demographics(gender="male", birth_date=born(52))
A_WOMAN = Demographics(gender="female", birth_date=born(33))


def a_patient(
    *drafts: Order,
    medications: Sequence[Medication] | Listing[Medication] = (),
    administrations_gap: Gap | None = None,
    problems: Sequence[Problem] | Listing[Problem] = (),
    procedures: Sequence[Event] | Listing[Event] = (),
    pregnancy_results: Sequence[Result] | Listing[Result] = (),
    labs: Sequence[Result] | Listing[Result] = (),
    demographics: Demographics = A_MAN,
    open_services: Sequence[tuple[str, str]] = (),
    policy: Mapping[str, float] | None = None,
) -> Patient:
    return Patient(
        as_of=AS_OF,
        policy=Policy(policy or {}),
        demographics=demographics,
        drafts=drafts,
        medications=_listing(medications),
        administrations_gap=administrations_gap,
        problems=_listing(problems),
        procedures=_listing(procedures),
        pregnancy_results=_listing(pregnancy_results),
        labs=_listing(labs),
        open_services=frozenset(open_services),
    )


def _listing(items: Sequence[T] | Listing[T]) -> Listing[T]:
    return items if isinstance(items, Listing) else Listing(tuple(items))
