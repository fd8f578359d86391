"""BME-DS-DEN-03: denosumab should not be given in pregnancy, and pregnancy should be excluded before a dose."""

from __future__ import annotations

from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.problem import Answer, Event
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    a_draft,
    a_patient,
    a_problem,
    a_result,
    an_order,
    cut_off,
    out_of_reach,
    unusable,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-DEN-03"
CONTRAINDICATED = "Denosumab is contraindicated in pregnancy (label)"
NOT_EXCLUDED = "Pregnancy status not known - label asks for a test before denosumab, contraception for 5 months"
DENOSUMAB = a_draft("denosumab")
POSITIVE = a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)


def test_pregnancy() -> None:
    """Then: critical, the draft may be removed."""
    spec(
        a_patient(DENOSUMAB, demographics=A_WOMAN, pregnancy_results=[POSITIVE]),
        advice(
            RULE,
            "critical",
            summary=CONTRAINDICATED,
            offers=["delete MedicationRequest/draft-denosumab"],
            because=["MedicationRequest/draft-denosumab", POSITIVE.fact.resource],
            unchecked=False,
            remarked=False,
            arm="pregnant",
        ),
    )


def test_a_pregnancy_that_is_not_excluded() -> None:
    """Then: a warning that offers a test and removes nothing; a negative one of the last 14 days ends it."""
    ask = advice(
        RULE,
        "warning",
        summary=NOT_EXCLUDED,
        offers=["pregnancy_test"],
        because=["MedicationRequest/draft-denosumab"],
        unchecked=False,
        remarked=False,
        arm="unknown",
    )
    spec(a_patient(DENOSUMAB, demographics=A_WOMAN), ask)
    for days, expected in ((14, satisfied(RULE)), (15, ask)):
        negative = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(days))
        spec(a_patient(DENOSUMAB, demographics=A_WOMAN, pregnancy_results=[negative]), expected)
    older = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(20))
    policy = {"antiresorptive-pregnancy-test-days": 28.0}
    spec(a_patient(DENOSUMAB, demographics=A_WOMAN, pregnancy_results=[older], policy=policy), satisfied(RULE))


def test_whom_it_concerns() -> None:
    """When: not men, not after the childbearing age, not after a hysterectomy."""
    spec(a_patient(DENOSUMAB), satisfied(RULE))
    spec(a_patient(DENOSUMAB, demographics=Demographics(gender="female", birth_date=born(60))), satisfied(RULE))
    sterile = a_problem(Concept.NO_CHILDBEARING)
    spec(a_patient(DENOSUMAB, demographics=A_WOMAN, problems=[sterile]), satisfied(RULE))


def test_what_could_not_be_read() -> None:
    """A failed query is no negative answer."""
    woman = {"demographics": A_WOMAN}
    spec(a_patient(DENOSUMAB, pregnancy_results=cut_off(Need.PREGNANCY), **woman), missing(RULE, Need.PREGNANCY))  # type: ignore[arg-type]
    positive = cut_off(Need.PREGNANCY, POSITIVE)
    spec(a_patient(DENOSUMAB, pregnancy_results=positive, **woman), advice(RULE, "critical", unchecked=True))  # type: ignore[arg-type]
    procedures: Listing[Event] = cut_off(Need.PROCEDURES)
    spec(a_patient(DENOSUMAB, procedures=procedures, **woman), advice(RULE, "warning", unchecked=True))  # type: ignore[arg-type]
    nobody = Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))
    spec(a_patient(DENOSUMAB, demographics=nobody), missing(RULE, Need.DEMOGRAPHICS))


def test_contradictions_are_remarked() -> None:
    """Data that could not be used are named beside the verdict."""
    spec(a_patient(DENOSUMAB, problems=[a_problem(Concept.PREGNANCY)]), satisfied(RULE, remarked=True))
    remarks = (unusable(Need.PREGNANCY),)
    for results, indicator in (((), "warning"), ((POSITIVE,), "critical")):
        patient = a_patient(DENOSUMAB, demographics=A_WOMAN, pregnancy_results=Listing(results, remarks=remarks))
        spec(patient, advice(RULE, indicator, remarked=True))  # type: ignore[arg-type]


def test_other_orders() -> None:
    """The rule is about denosumab alone."""
    spec(a_patient(a_draft("ibandronate"), demographics=A_WOMAN), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
