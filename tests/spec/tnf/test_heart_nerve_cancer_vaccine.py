"""BME-DS-TNF-02: a TNF inhibitor in heart failure, demyelination or cancer, after a live vaccine, with a biologic."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.rules.tnf.heart_nerve_cancer_vaccine import BIOLOGICS_AND_JAK_INHIBITORS
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from cds_hooks.snapshot.when import When
from tests.builders.moment import days_ago, days_ahead, on
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, an_event, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-TNF-02"
SUMMARY = "TNF inhibitor: heart failure, demyelination, cancer or live vaccine"
DELETE = "delete MedicationRequest/draft-adalimumab"
ORDER = a_draft("adalimumab")
SAYS = ("contraindication in EU texts",)
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False, says=SAYS)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False)
UNCLEAR = advice(RULE, "warning", summary=SUMMARY, offers=[], unchecked=False)
FAILURE = a_problem(Concept.HEART_FAILURE)
DECOMPENSATED = a_problem(Concept.HEART_FAILURE_DECOMPENSATED)
SCLEROSIS = a_problem(Concept.DEMYELINATING_DISEASE)


def vaccine(when: When | None, concept: Concept = Concept.LIVE_VACCINE) -> Event:
    return an_event(concept, when=when, kind="Immunization")


def class_asked(*problems: Problem) -> bool:
    verdict = judge(RULE, a_patient(ORDER, problems=problems))
    assert isinstance(verdict, Advice)
    return any("NYHA class" in sentence for sentence in verdict.detail)


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([a_problem(Concept.NYHA_3)], CRITICAL),
        ([a_problem(Concept.HEART_FAILURE, Concept.NYHA_4)], CRITICAL),
        ([a_problem(Concept.NYHA_3), DECOMPENSATED], CRITICAL),
        ([a_problem(Concept.NYHA_2)], satisfied(RULE)),
        ([a_problem(Concept.HEART_FAILURE, Concept.NYHA_1)], satisfied(RULE)),
        ([FAILURE], UNCLEAR),
        ([DECOMPENSATED], UNCLEAR),
        ([a_problem(Concept.NYHA_2), DECOMPENSATED], UNCLEAR),
        ([a_problem(Concept.HEART_FAILURE, current=False)], satisfied(RULE)),
    ],
)
def test_heart_failure(problems: list[Problem], expected: Expected) -> None:
    """When: NYHA III or IV is critical, I or II silent; a class that is not settled asks for it, without removal."""
    spec(a_patient(ORDER, problems=problems), expected)


@pytest.mark.parametrize(
    "concept",
    [
        Concept.DEMYELINATING_DISEASE,
        Concept.MALIGNANCY,
        Concept.LEUKEMIA,
        Concept.LYMPHOMA,
        Concept.MULTIPLE_MYELOMA,
        Concept.BONE_METASTASIS,
    ],
)
def test_demyelination_and_cancer(concept: Concept) -> None:
    """When: current it warns, over it is silent."""
    spec(a_patient(ORDER, problems=[a_problem(concept)]), WARNING)
    spec(a_patient(ORDER, problems=[a_problem(concept, current=False)]), satisfied(RULE))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (days_ago(0), WARNING),
        (days_ago(28), WARNING),
        (days_ago(29), satisfied(RULE)),
        (days_ahead(1), satisfied(RULE)),
        (on("2025-05"), satisfied(RULE)),
        (None, satisfied(RULE)),
    ],
)
def test_a_live_vaccine(when: When | None, expected: Expected) -> None:
    """When: given in the last 28 days."""
    spec(a_patient(ORDER, immunizations=[vaccine(when)]), expected)


def test_other_vaccines_are_silent() -> None:
    """When: a vaccine that is not live, or live only in some products."""
    for concept in (Concept.HEPATITIS_B_VACCINATION, Concept.LIVE_VACCINE_PRODUCT_DEPENDENT):
        spec(a_patient(ORDER, immunizations=[vaccine(days_ago(1), concept)]), satisfied(RULE))


@pytest.mark.parametrize("ingredient", sorted(BIOLOGICS_AND_JAK_INHIBITORS))
def test_another_biologic_or_jak_inhibitor(ingredient: str) -> None:
    """When: active, or another draft."""
    other = a_medication(ingredient, group=DrugGroup.DMARD_OTHER)
    because = ["MedicationRequest/draft-adalimumab", f"MedicationRequest/{ingredient}"]
    spec(a_patient(ORDER, medications=[other]), advice(RULE, "warning", offers=[DELETE], because=because))
    drafted = a_draft(ingredient, group=DrugGroup.DMARD_OTHER, selected=False)
    spec(a_patient(ORDER, drafted), WARNING)


def test_another_tnf_inhibitor() -> None:
    """When: another one is in use; the same one is a renewal, and one known by its class alone may be the same."""
    spec(a_patient(ORDER, medications=[a_medication("infliximab")]), WARNING)
    spec(a_patient(ORDER, medications=[a_medication("adalimumab")]), satisfied(RULE))
    unnamed = a_medication("(class)", group=DrugGroup.TNF_INHIBITOR)
    spec(a_patient(ORDER, medications=[unnamed]), satisfied(RULE))
    switch = a_draft("adalimumab", replaces="MedicationRequest/infliximab")
    spec(a_patient(switch, medications=[a_medication("infliximab")]), satisfied(RULE))


@pytest.mark.parametrize("ingredient", ["methotrexate", "hydroxychloroquine", "apremilast", "(class)"])
def test_other_antirheumatic_drugs_are_silent(ingredient: str) -> None:
    """When: conventional drugs are usual beside a TNF inhibitor."""
    other = a_medication(ingredient, group=DrugGroup.DMARD_OTHER)
    spec(a_patient(ORDER, medications=[other]), satisfied(RULE))


def test_the_class_is_asked_for_where_it_is_not_settled() -> None:
    """Then: a sentence of its own, also beside another finding, which makes removal possible."""
    assert class_asked(FAILURE)
    assert class_asked(FAILURE, SCLEROSIS)
    assert not class_asked(SCLEROSIS)
    spec(a_patient(ORDER, problems=[FAILURE, SCLEROSIS]), WARNING)


def test_everything_that_was_found_is_shown() -> None:
    """Then: one critical card that names the rest as well."""
    severe = a_problem(Concept.NYHA_3)
    because = ["Condition/nyha_3", "Condition/demyelinating_disease", "Immunization/live_vaccine"]
    patient = a_patient(ORDER, problems=[SCLEROSIS, severe], immunizations=[vaccine(days_ago(3))])
    spec(patient, advice(RULE, "critical", because=because))


def test_the_days_are_the_sites_choice() -> None:
    """How long a live vaccine counts may be set."""
    patient = a_patient(ORDER, immunizations=[vaccine(days_ago(60))], policy={"tnf-live-vaccine-days": 60.0})
    spec(patient, WARNING)


def test_other_orders_are_not_its_business() -> None:
    """When: a TNF inhibitor is ordered."""
    for order in (a_draft("methotrexate"), an_order(), an_order(kind="MedicationRequest")):
        spec(a_patient(order, problems=[SCLEROSIS]), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """Each failed query is a check not done; beside a finding the card names it."""
    spec(a_patient(ORDER, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(ORDER, immunizations=cut_off(Need.IMMUNIZATIONS)), missing(RULE, Need.IMMUNIZATIONS))
    spec(a_patient(ORDER, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    partial = a_patient(ORDER, problems=[SCLEROSIS], immunizations=cut_off(Need.IMMUNIZATIONS))
    spec(partial, advice(RULE, "warning", offers=[DELETE], unchecked=True))
