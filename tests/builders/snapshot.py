"""Snapshots with sane defaults: a test overrides only what it is about.

The patient of the defaults is a man of 52 years whose lists were all read and are all empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.imaging import ImagingReport, Modality, Sign
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.medication import (
    Dose,
    Dosing,
    Drug,
    Measure,
    Medication,
    Medicine,
    Order,
    Reasons,
    Series,
    Standing,
    Strength,
)
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Listed, Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.policy import Policy
from cds_hooks.snapshot.problem import Answer, Encounter, Event, Problem, Result
from cds_hooks.snapshot.quantity import Comparator, Quantity
from cds_hooks.snapshot.report_text import Assertion, Mention
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from cds_hooks.snapshot.when import When
from cds_hooks.wire.delivery import Origin
from tests.builders.moment import AS_OF, born, days_ago

T = TypeVar("T", bound=Listed)

PROSTACYCLINS = ("iloprost", "epoprostenol", "treprostinil", "beraprost", "selexipag")
ANTICOAGULANTS = (
    *("warfarin", "acenocoumarol", "fluindione", "phenprocoumon"),
    *("apixaban", "rivaroxaban", "edoxaban", "dabigatran", "betrixaban"),
    *("heparin", "enoxaparin", "dalteparin", "tinzaparin", "nadroparin", "bemiparin", "argatroban", "bivalirudin"),
    *("fondaparinux", "danaparoid", "desirudin", "(class)"),
)
BISPHOSPHONATES = (
    *("ibandronate", "clodronate", "zoledronic acid", "pamidronate", "neridronate"),
    *("alendronate", "risedronate", "etidronate", "tiludronate"),
)
NO_REASON = Reasons()
UNREADABLE_REASON = Reasons(stated=True, readable=False)


def a_reason(*concepts: Concept, sites: Sequence[Site] = ()) -> Reasons:
    """A stated reason; without concepts, one that the tables do not know."""
    return Reasons(stated=True, concepts=frozenset(concepts), sites=tuple(sites))


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
    per_day: Dose | None = None,
    supply_days: float | None = None,
    as_needed: bool = False,
    last_given: When | None = None,
    form: str = "",
    strength_mg: float | None = None,
    mcg_per_hour: float | None = None,
    name: str | None = None,
    site: Site = ANYWHERE,
) -> Medication:
    """An active order of apixaban. A name that is no drug of the tables gives a medicine of another kind."""
    drug_group = group or _group_of(ingredient)
    drugs = (Drug(drug_group, ingredient, certainty),) if drug_group else ()
    return Medication(
        reference=f"MedicationRequest/{ingredient}" if reference is None else reference,
        medicine=Medicine(
            name=name or ingredient,
            drugs=drugs,
            route=route,
            form=form,
            measure=Later.of(Measure(Strength(mg=strength_mg, mcg_per_hour=mcg_per_hour), strength_mg)),
        ),
        standing=standing,
        origin=Origin.DRAFT if standing is Standing.DRAFT else Origin.PREFETCH,
        doubt=doubt,
        written=written,
        stopped=stopped,
        touched=touched,
        why=Later.of(reasons),
        replaces=replaces,
        dosing=Later.of(Dosing(per_day, supply_days, as_needed)),
        last_given=last_given,
        site=site,
    )


GROUPS: Mapping[str, DrugGroup] = {
    **dict.fromkeys(PROSTACYCLINS, DrugGroup.PROSTACYCLIN),
    **dict.fromkeys(ANTICOAGULANTS, DrugGroup.ANTICOAGULANT),
    **dict.fromkeys(("ibuprofen", "naproxen", "diclofenac", "ketorolac"), DrugGroup.NSAID_SYSTEMIC),
    **dict.fromkeys(BISPHOSPHONATES, DrugGroup.BISPHOSPHONATE),
    **dict.fromkeys(("oxycodone", "morphine", "tramadol", "fentanyl"), DrugGroup.OPIOID),
    **dict.fromkeys(("aspirin", "clopidogrel", "ticagrelor"), DrugGroup.ANTIPLATELET),
    "denosumab": DrugGroup.DENOSUMAB,
    "colecalciferol": DrugGroup.VITAMIN_D,
    "calcium carbonate": DrugGroup.CALCIUM,
    "calcium + vitamin D": DrugGroup.CALCIUM_VITAMIN_D_COMBINATION,
    "triamcinolone": DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION,
    "gadodiamide": DrugGroup.GADOLINIUM_GROUP_1,
    **dict.fromkeys(("adalimumab", "infliximab"), DrugGroup.TNF_INHIBITOR),
    **dict.fromkeys(("nifedipine", "amlodipine"), DrugGroup.CALCIUM_CHANNEL_BLOCKER),
}


def _group_of(ingredient: str) -> DrugGroup | None:
    return GROUPS.get(ingredient)


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
    per_day: Dose | None = None,
    supply_days: float | None = None,
    form: str = "",
    strength_mg: float | None = None,
    mcg_per_hour: float | None = None,
    name: str | None = None,
    site: Site = ANYWHERE,
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
        per_day=per_day,
        supply_days=supply_days,
        form=form,
        strength_mg=strength_mg,
        mcg_per_hour=mcg_per_hour,
        name=name,
        site=site,
    )
    return Order(reference=medication.reference, kind="MedicationRequest", selected=selected, medication=medication)


def an_order(
    *concepts: Concept,
    kind: str = "ServiceRequest",
    reference: str | None = None,
    selected: bool = True,
    reasons: Reasons = NO_REASON,
    site: Site = ANYWHERE,
    planned_days: float | None = None,
    sequences: Sequence[Series] = (),
    agents: Sequence[DrugGroup] = (),
    levels: Sequence[str] = (),
) -> Order:
    """A draft that gives no medicine: of a procedure, an examination or a device, without a reason."""
    return Order(
        reference=f"{kind}/draft" if reference is None else reference,
        kind=kind,
        selected=selected,
        concepts=frozenset(concepts),
        why=Later.of(reasons),
        site=site,
        planned_days=planned_days,
        sequences=frozenset(sequences),
        agents=frozenset(agents),
        levels=frozenset(levels),
    )


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
    onset: When | None = None,
    recorded: When | None = days_ago(60),
    ended: When | None = None,
    site: Site = ANYWHERE,
    levels: Sequence[str] = (),
    provisional: bool = False,
    differential: bool = False,
) -> Problem:
    """A current problem, recorded 60 days ago; one that is not current ended when it says, else when recorded."""
    name = "-".join(concepts) or "another-problem"
    identifier = id or name
    return Problem(
        id=identifier,
        concepts=frozenset(concepts),
        current=current,
        onset=onset,
        recorded=recorded,
        ended=ended or recorded,
        site=site,
        levels=frozenset(levels),
        provisional=provisional,
        differential=differential,
        fact=Fact(name="problem", value=name, kind="problem list", when=recorded, resource=f"Condition/{identifier}"),
    )


def an_event(
    *concepts: Concept,
    when: When | None = days_ago(60),
    site: Site = ANYWHERE,
    open: bool = False,  # noqa: A002 -- the field's name
    kind: str = "Procedure",
    uncertain: bool = False,
    planned: When | None = None,
    levels: Sequence[str] = (),
    began: When | None = None,
    unfinished: bool = False,
) -> Event:
    """A procedure of 60 days ago; with another `kind` a device, an order of care, an appointment, an immunization."""
    name = "-".join(concepts) or "another-procedure"
    fact = Fact(name=kind.lower(), value=name, kind=kind.lower(), when=when, resource=f"{kind}/{name}")
    return Event(
        concepts=frozenset(concepts),
        when=when,
        fact=fact,
        site=site,
        levels=frozenset(levels),
        open=open,
        uncertain=uncertain,
        planned=planned,
        began=began,
        unfinished=unfinished,
    )


def an_encounter(
    *concepts: Concept,
    when: When | None = days_ago(30),
    inpatient: bool = False,
    in_progress: bool = False,
    reasons: Sequence[Concept] = (),
) -> Encounter:
    """A visit of 30 days ago with these specialties."""
    name = "-".join(concepts) or "visit"
    fact = Fact(name="encounter", value=name, kind="encounter", when=when, resource=f"Encounter/{name}")
    return Encounter(
        concepts=frozenset(concepts),
        fact=fact,
        when=when,
        inpatient=inpatient,
        in_progress=in_progress,
        reasons=frozenset(reasons),
    )


def an_allergy(
    *to: str | Concept,
    intolerance: bool = False,
    by_text: bool = False,
    severe: bool = False,
    anaphylaxis: bool = False,
    stomach_only: bool = False,
) -> Allergy:
    """A recorded allergy to these drugs (by ingredient) or to what these concepts name."""
    drugs = tuple(Drug(GROUPS[name], name, Certainty.CODE) for name in to if not isinstance(name, Concept))
    name = "-".join(to)
    return Allergy(
        fact=Fact(name="allergy", value=name, kind="allergy", resource=f"AllergyIntolerance/{name}"),
        drugs=drugs,
        concepts=frozenset(each for each in to if isinstance(each, Concept)),
        intolerance=intolerance,
        by_text=by_text,
        severe=severe or anaphylaxis,
        anaphylaxis=anaphylaxis,
        stomach_only=stomach_only,
    )


def a_sign(
    finding: Seen = Seen.MARROW_EDEMA,
    assertion: Assertion = Assertion.PRESENT,
    *,
    site: Site = ANYWHERE,
    when: When = days_ago(30),
    report: str = "mri",
    **said: Any,
) -> Sign:
    """One finding of an MR report; `said` are further fields of its mention (subchondral, level, depth_mm ...)."""
    sentence = f"{finding} {assertion}"
    fact = Fact(name="MRI", value=sentence, kind="imaging report", when=when, resource=f"DiagnosticReport/{report}")
    return Sign(mention=Mention(finding, assertion, sentence, **said), site=site, fact=fact)


def an_mri(
    assertion: Assertion | None = Assertion.PRESENT,
    *signs: Sign,
    site: Site = ANYWHERE,
    when: When = days_ago(30),
    subchondral: bool = False,
    readable: bool = True,
    complete: bool = True,
    preliminary: bool = False,
    concepts: Sequence[Concept] = (),
    modality: Modality = Modality.MRI,
    id: str = "mri",  # noqa: A002 -- FHIR's own word
) -> ImagingReport:
    """An MR report of 30 days ago: what it says of edema at the site of the study, and further signs."""
    said = assertion or Assertion.ABSENT
    edema = a_sign(Seen.MARROW_EDEMA, said, site=site, when=when, report=id, subchondral=subchondral)
    fact = Fact(name=modality, value="study", kind="imaging report", when=when, resource=f"DiagnosticReport/{id}")
    return ImagingReport(
        modality=modality,
        site=site,
        when=when,
        fact=fact,
        signs=(edema, *signs) if assertion else signs,
        concepts=frozenset(concepts),
        preliminary=preliminary,
        readable=readable,
        complete=complete,
    )


def a_result(
    concept: Concept,
    value: Answer | float | When,
    *,
    when: When | None = days_ago(1),
    at_most: bool = False,
    at_least: bool = False,
    low: float | None = None,
    high: float | None = None,
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
        low=low,
        high=high,
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
    planned_procedures: Sequence[Event] = (),
    pregnancy_results: Sequence[Result] | Listing[Result] = (),
    labs: Sequence[Result] | Listing[Result] = (),
    bone_labs: Sequence[Result] | Listing[Result] = (),
    screening_labs: Sequence[Result] | Listing[Result] = (),
    vitals: Sequence[Result] | Listing[Result] = (),
    allergies: Sequence[Allergy] | Listing[Allergy] = (),
    devices: Sequence[Event] | Listing[Event] = (),
    immunizations: Sequence[Event] | Listing[Event] = (),
    care: Sequence[Event] | Listing[Event] = (),
    appointments: Sequence[Event] | Listing[Event] = (),
    encounters: Sequence[Encounter] | Listing[Encounter] = (),
    communications: Sequence[Event] | Listing[Event] = (),
    scores: Sequence[Result] | Listing[Result] = (),
    immunology: Sequence[Result] | Listing[Result] = (),
    imaging_studies: Sequence[Event] | Listing[Event] = (),
    densitometry: Sequence[Event] | Listing[Event] = (),
    mri_reports: Sequence[ImagingReport] | Listing[ImagingReport] = (),
    radiographs: Sequence[ImagingReport] | Listing[ImagingReport] = (),
    imaging_measures: Sequence[Sign] | Listing[Sign] = (),
    differentials: Sequence[Problem] = (),
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
        planned_procedures=Listing(tuple(planned_procedures)),
        pregnancy_results=_listing(pregnancy_results),
        labs=_listing(labs),
        bone_labs=_listing(bone_labs),
        screening_labs=_listing(screening_labs),
        vitals=_listing(vitals),
        allergies=_listing(allergies),
        devices=_listing(devices),
        immunizations=_listing(immunizations),
        care=_listing(care),
        appointments=_listing(appointments),
        encounters=_listing(encounters),
        communications=_listing(communications),
        scores=_listing(scores),
        immunology=_listing(immunology),
        imaging_studies=_listing(imaging_studies),
        densitometry=_listing(densitometry),
        mri_reports=_listing(mri_reports),
        radiographs=_listing(radiographs),
        imaging_measures=_listing(imaging_measures),
        differentials=tuple(differentials),
        open_services=Later.of(frozenset(open_services)),
    )


def _listing(items: Sequence[T] | Listing[T]) -> Listing[T]:
    return items if isinstance(items, Listing) else Listing(tuple(items))
