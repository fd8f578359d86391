"""BME-DS-NSA-03: a systemic NSAID should be avoided with an ulcer or bleeding, and protected where risks add up."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose, Medication, Order
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import born
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, an_order, cut_off, out_of_reach
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-03"
DELETE, PPI = "delete MedicationRequest/draft-ibuprofen", "proton pump inhibitor"
ACTIVE = advice(
    RULE,
    "critical",
    summary="NSAID with active ulcer or GI bleeding - avoid (label contraindication)",
    offers=[DELETE, PPI],
    arm="active",
    unchecked=False,
)
HISTORY = advice(
    RULE,
    "warning",
    summary="NSAID with previous ulcer or GI bleeding - consider another analgesic or gastric protection",
    offers=[PPI],
    arm="history",
    unchecked=False,
)
ANTIPLATELET = advice(
    RULE,
    "warning",
    summary="NSAID with antiplatelet therapy - bleeding risk; consider another analgesic",
    offers=[PPI],
    arm="antiplatelet",
    unchecked=False,
)
MINOR = advice(
    RULE,
    "info",
    summary="NSAID with two or more GI risk factors and no PPI - consider gastric protection",
    offers=[PPI],
    arm="minor",
    unchecked=False,
)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
NSAID = a_draft("ibuprofen")
OMEPRAZOLE = a_medication("omeprazole", group=DrugGroup.PPI)
PREDNISONE = a_medication("prednisone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC)
SERTRALINE = a_medication("sertraline", group=DrugGroup.SSRI)
DULOXETINE = a_medication("duloxetine", group=DrugGroup.SNRI)
ASPIRIN = a_medication("aspirin", per_day=Dose(mg=100))
ULCER = a_problem(Concept.PEPTIC_ULCER)
OLD = Demographics(gender="male", birth_date=born(65))


def taking(*medications: Medication, problems: tuple[Problem, ...] = (), person: Demographics | None = None) -> Patient:
    if person:
        return a_patient(NSAID, medications=medications, problems=problems, demographics=person)
    return a_patient(NSAID, medications=medications, problems=problems)


# -- When an ulcer or bleeding is active, or was there before


@pytest.mark.parametrize("concept", [Concept.PEPTIC_ULCER, Concept.GI_BLEEDING])
def test_an_active_lesion_and_one_that_is_over(concept: Concept) -> None:
    """When: current is critical; what is over is history."""
    spec(taking(problems=(a_problem(concept),)), ACTIVE)
    spec(taking(problems=(a_problem(concept, current=False),)), HISTORY)


@pytest.mark.parametrize("concept", [Concept.PEPTIC_ULCER_HISTORY, Concept.GI_BLEEDING_HISTORY])
def test_a_recorded_history(concept: Concept) -> None:
    """When: the record itself says that it was before, whatever its status."""
    spec(taking(problems=(a_problem(concept),)), HISTORY)
    spec(taking(problems=(a_problem(concept, current=False),)), HISTORY)


def test_all_findings_stand_on_the_card() -> None:
    """Then: an active lesion beside an old one and a P2Y12 inhibitor: one critical card, each fact once."""
    before = a_problem(Concept.GI_BLEEDING, current=False)
    verdict = judge(RULE, taking(a_medication("clopidogrel"), problems=(ULCER, before)))
    assert isinstance(verdict, Advice)
    assert verdict.indicator == "critical"
    assert [fact.resource for fact in verdict.because] == [
        "MedicationRequest/draft-ibuprofen",
        ULCER.fact.resource,
        before.fact.resource,
        "MedicationRequest/clopidogrel",
    ]


def test_a_current_bleeding_is_no_history_too() -> None:
    """Then: one line for one record, beside the draft."""
    bleeding = a_problem(Concept.GI_BLEEDING)
    verdict = judge(RULE, taking(problems=(bleeding,)))
    assert isinstance(verdict, Advice)
    assert verdict.because == (NSAID.fact, bleeding.fact)
    before = judge(RULE, taking(problems=(a_problem(Concept.GI_BLEEDING_HISTORY),)))
    assert isinstance(before, Advice)
    assert before.because[0] == NSAID.fact
    minor = judge(RULE, taking(PREDNISONE, ASPIRIN))
    assert isinstance(minor, Advice)
    assert minor.because == (NSAID.fact, PREDNISONE.fact, ASPIRIN.fact)


def test_what_the_draft_replaces_does_not_count() -> None:
    """When: an antiplatelet, a factor or a protection that ends with the draft."""

    def replacing(replaced: Medication, *others: Medication) -> Patient:
        return a_patient(a_draft("ibuprofen", replaces=replaced.reference), medications=[replaced, *others])

    spec(replacing(a_medication("clopidogrel")), CLEAR)
    spec(replacing(PREDNISONE, ASPIRIN), CLEAR)
    spec(replacing(SERTRALINE, ASPIRIN), CLEAR)
    spec(replacing(ASPIRIN, PREDNISONE), CLEAR)
    spec(replacing(OMEPRAZOLE, PREDNISONE, ASPIRIN), MINOR)


def test_protection_that_is_there_is_not_proposed() -> None:
    """Then: with a proton pump inhibitor the warnings stay, without the offer."""
    spec(taking(OMEPRAZOLE, problems=(ULCER,)), advice(RULE, "critical", offers=[DELETE]))
    spec(taking(OMEPRAZOLE, a_medication("clopidogrel")), advice(RULE, "warning", offers=[]))


# -- or a P2Y12 inhibitor or two antiplatelets are taken


@pytest.mark.parametrize("drug", ["clopidogrel", "prasugrel", "ticagrelor", "ticlopidine", "cangrelor"])
def test_a_p2y12_inhibitor(drug: str) -> None:
    """When: one is enough."""
    spec(taking(a_medication(drug, group=DrugGroup.ANTIPLATELET)), ANTIPLATELET)


def test_two_antiplatelets() -> None:
    """When: two drugs of the class; aspirin alone, or twice, is one; aspirin for pain is none."""
    dipyridamole = a_medication("dipyridamole", group=DrugGroup.ANTIPLATELET)
    spec(taking(ASPIRIN, dipyridamole), ANTIPLATELET)
    spec(taking(ASPIRIN), CLEAR)
    spec(taking(ASPIRIN, a_medication("aspirin", reference="MedicationRequest/2")), CLEAR)
    spec(taking(a_medication("aspirin", per_day=Dose(mg=1000)), dipyridamole), CLEAR)


def test_an_old_ulcer_beside_an_antiplatelet() -> None:
    """Then: the history gives the summary; both are in the table."""
    before = a_problem(Concept.PEPTIC_ULCER_HISTORY)
    expected = [before.fact.resource, "MedicationRequest/clopidogrel"]
    spec(taking(a_medication("clopidogrel"), problems=(before,)), HISTORY, advice(RULE, "warning", because=expected))


# -- or two minor factors without a proton pump inhibitor


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        (taking(PREDNISONE, person=OLD), MINOR),
        (taking(SERTRALINE, person=OLD), MINOR),
        (taking(DULOXETINE, person=OLD), MINOR),
        (taking(ASPIRIN, person=OLD), MINOR),
        (taking(PREDNISONE, SERTRALINE), MINOR),
        (taking(PREDNISONE, ASPIRIN), MINOR),
        (taking(SERTRALINE, ASPIRIN), MINOR),
        (taking(SERTRALINE, DULOXETINE), CLEAR),
        (taking(person=OLD), CLEAR),
        (taking(PREDNISONE, person=Demographics(gender="male", birth_date=born(64))), CLEAR),
        (taking(PREDNISONE, person=Demographics()), CLEAR),
        (taking(OMEPRAZOLE, PREDNISONE, person=OLD), CLEAR),
        (a_patient(NSAID, a_draft("omeprazole", group=DrugGroup.PPI), medications=[PREDNISONE, ASPIRIN]), CLEAR),
        (
            taking(
                a_medication("triamcinolone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC, route=Route.LOCAL), person=OLD
            ),
            CLEAR,
        ),
        (taking(a_medication("dipyridamole", group=DrugGroup.ANTIPLATELET), person=OLD), CLEAR),
        (taking(a_medication("aspirin", per_day=Dose(mg=1000)), person=OLD), CLEAR),
    ],
)
def test_minor_factors(patient: Patient, expected: Expected) -> None:
    """When: two of age, corticosteroid, SSRI or SNRI, low-dose aspirin, and no proton pump inhibitor."""
    spec(patient, expected)


def test_a_tablet_with_its_own_protection() -> None:
    """Unless: the NSAID comes with a proton pump inhibitor in the same tablet."""
    naproxen = a_draft("naproxen")
    assert naproxen.medication
    both = a_medication("naproxen", reference="MedicationRequest/draft-naproxen")
    drugs = (*both.medicine.drugs, *OMEPRAZOLE.medicine.drugs)
    medicine = type(both.medicine)(name="naproxen and esomeprazole", drugs=drugs)
    tablet = Order(
        reference="MedicationRequest/draft-naproxen",
        kind="MedicationRequest",
        medication=Medication(
            reference="MedicationRequest/draft-naproxen",
            medicine=medicine,
            standing=naproxen.medication.standing,
            origin=naproxen.medication.origin,
        ),
    )
    spec(a_patient(tablet, medications=[PREDNISONE], demographics=OLD), CLEAR)
    spec(a_patient(tablet, problems=[a_problem(Concept.GI_BLEEDING_HISTORY)]), advice(RULE, "warning", offers=[]))


def test_the_site_may_set_the_limits() -> None:
    """The age and the number of factors are the site's choice."""
    policy = {"nsaid-gi-age": 50, "nsaid-gi-minor-factors": 1}
    spec(a_patient(NSAID, policy=policy), MINOR)
    spec(a_patient(NSAID, policy={"nsaid-gi-age": 50}), CLEAR)


# -- Unless topical or low-dose aspirin


def test_what_is_no_systemic_nsaid() -> None:
    """Unless: topical (BME-DS-NSA-09), low-dose aspirin, another kind of order."""
    for order in (a_draft("diclofenac", route=Route.LOCAL), a_draft("aspirin", per_day=Dose(mg=100)), an_order()):
        spec(a_patient(order, problems=[ULCER]), SILENT)


# -- what could not be read


@pytest.mark.parametrize(
    ("patient", "about"),
    [
        (a_patient(NSAID, problems=cut_off(Need.PROBLEMS)), Need.PROBLEMS),
        (a_patient(NSAID, medications=cut_off(Need.MEDICATIONS)), Need.MEDICATIONS),
        (a_patient(NSAID, medications=cut_off(Need.MEDICATIONS, OMEPRAZOLE)), Need.MEDICATIONS),
        (
            taking(PREDNISONE, person=Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))),
            Need.DEMOGRAPHICS,
        ),
    ],
)
def test_a_risk_may_be_among_what_is_out_of_reach(patient: Patient, about: Need) -> None:
    """A failed query is never "no risk"."""
    spec(patient, missing(RULE, about))


def test_one_unread_factor_alone_decides_nothing() -> None:
    """Without a birth date there can be one minor factor at most: nothing is missed."""
    spec(taking(person=Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))), CLEAR)


def test_what_was_found_is_enough() -> None:
    """A finding at hand counts; the card says what was not looked at and proposes no second PPI."""
    unread = a_patient(NSAID, medications=cut_off(Need.MEDICATIONS), problems=[ULCER])
    spec(unread, advice(RULE, "critical", offers=[DELETE], unchecked=True))
    arrived = a_patient(NSAID, medications=cut_off(Need.MEDICATIONS, PREDNISONE), demographics=OLD)
    spec(arrived, advice(RULE, "info", arm="minor", offers=[], unchecked=True))
    partial = a_patient(NSAID, medications=cut_off(Need.MEDICATIONS, a_medication("clopidogrel")))
    spec(partial, advice(RULE, "warning", arm="antiplatelet", unchecked=True))
    problems = a_patient(NSAID, medications=[PREDNISONE, ASPIRIN], problems=cut_off(Need.PROBLEMS))
    spec(problems, advice(RULE, "info", arm="minor", offers=[PPI], unchecked=True))
