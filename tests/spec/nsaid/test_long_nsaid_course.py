"""BME-DS-NSA-10: an NSAID that is taken for more than 12 weeks in bone marrow edema should be reviewed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose, Medication, Standing
from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from cds_hooks.snapshot.when import When
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_mri,
    cut_off,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-10"
SUMMARY = "NSAID for more than 12 weeks - review need, kidney, BP and stomach protection"
REVIEW = advice(RULE, "info", summary=SUMMARY, offers=["creatinine_test", "hemoglobin_test"], unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


def since(days: int | When | None, *, as_needed: bool = False) -> Medication:
    written = days_ago(days) if isinstance(days, int) else days
    return a_medication("naproxen", written=written, as_needed=as_needed)


def taking(*medications: Medication) -> Patient:
    return a_patient(medications=medications, problems=[SYNDROME])


# -- When it has been active for so long


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (since(84), REVIEW),
        (since(83), CLEAR),
        (since(168, as_needed=True), REVIEW),
        (since(167, as_needed=True), CLEAR),
        (since(on("2025-02")), REVIEW),
        (since(on("2025-03")), CLEAR),
        (since(None), missing(RULE, Need.MEDICATIONS, GapKind.NOT_RECORDED)),
        (replace(since(200), standing=Standing.ENDED), SILENT),
        (replace(since(200), standing=Standing.UNCERTAIN), SILENT),
        (a_medication("diclofenac", route=Route.LOCAL, written=days_ago(200)), SILENT),
        (a_medication("aspirin", per_day=Dose(mg=100), written=days_ago(200)), SILENT),
        (a_medication("celecoxib", group=DrugGroup.COX2_INHIBITOR, written=days_ago(84)), REVIEW),
    ],
)
def test_how_long(item: Medication, expected: Expected) -> None:
    """When: 84 days, 168 as needed, of a systemic NSAID that is active."""
    spec(taking(item), expected)


def test_a_renewal_goes_on() -> None:
    """When: an order that replaces another continues its course; the first date counts."""

    def renewed(days: int | None, reference: str, replaces: str | None, standing: Standing) -> Medication:
        written = None if days is None else days_ago(days)
        return a_medication("naproxen", written=written, reference=reference, replaces=replaces, standing=standing)

    newest = renewed(20, "MedicationRequest/3", "MedicationRequest/2", Standing.ACTIVE)
    middle = renewed(50, "MedicationRequest/2", "MedicationRequest/1", Standing.ENDED)
    spec(taking(newest, middle, renewed(84, "MedicationRequest/1", None, Standing.ENDED)), REVIEW)
    spec(taking(newest, middle, renewed(83, "MedicationRequest/1", None, Standing.ENDED)), CLEAR)
    spec(taking(newest, middle, renewed(None, "MedicationRequest/1", None, Standing.ENDED)), CLEAR)
    in_circles = renewed(90, "MedicationRequest/1", "MedicationRequest/3", Standing.ENDED)
    spec(taking(newest, middle, in_circles), REVIEW)


def test_the_one_that_is_long_is_named() -> None:
    """Then: beside a short course the long one gives the card."""
    short = a_medication("ibuprofen", written=days_ago(10))
    spec(taking(short, since(100)), advice(RULE, "info", because=["MedicationRequest/naproxen"]))
    spec(taking(short, since(None)), missing(RULE, Need.MEDICATIONS, GapKind.NOT_RECORDED))


def test_the_site_may_set_the_limits() -> None:
    """The days are the site's choice."""
    policy = {"nsaid-review": 30, "nsaid-review-as-needed": 60}
    for days, as_needed in ((30, False), (60, True)):
        item = since(days, as_needed=as_needed)
        spec(a_patient(medications=[item], problems=[SYNDROME], policy=policy), REVIEW)


# -- and it was ordered for edema, or edema is documented


def test_edema() -> None:
    """When: the syndrome, a report, or the reason of the order."""
    long = since(100)
    spec(a_patient(medications=[long], mri_reports=[an_mri()]), advice(RULE, "info", because=["DiagnosticReport/mri"]))
    for_edema = a_medication("naproxen", written=days_ago(100), reasons=a_reason(Concept.EDEMA))
    spec(a_patient(medications=[for_edema]), REVIEW)
    spec(a_patient(medications=[long]), SILENT)
    for_back = a_medication("naproxen", written=days_ago(100), reasons=a_reason(Concept.BACK_PAIN))
    spec(a_patient(medications=[for_back]), SILENT)


# -- Then show a recent creatinine


def test_a_recent_creatinine_is_shown() -> None:
    """Then: a value of the last 180 days stands on the card and does not silence it."""

    def creatinine(days: int) -> Result:
        return a_result(Concept.CREATININE, 1.0, when=days_ago(days))

    for days, shown in ((180, True), (181, False)):
        patient = a_patient(medications=[since(100)], problems=[SYNDROME], labs=[creatinine(days)])
        spec(patient, REVIEW)
        verdict = judge(RULE, patient)
        assert isinstance(verdict, Advice)
        assert ("Observation/creatinine" in {fact.resource for fact in verdict.because}) is shown


# -- what could not be read


def test_what_is_out_of_reach() -> None:
    """It could not be checked; what arrived counts."""
    spec(a_patient(medications=cut_off(Need.MEDICATIONS), problems=[SYNDROME]), missing(RULE, Need.MEDICATIONS))
    short = cut_off(Need.MEDICATIONS, since(10))
    spec(a_patient(medications=short, problems=[SYNDROME]), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(medications=[since(100)], problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    unreadable = a_medication("naproxen", written=days_ago(100), reasons=UNREADABLE_REASON)
    spec(a_patient(medications=[unreadable]), missing(RULE, Need.PROBLEMS))
    long = cut_off(Need.MEDICATIONS, since(100))
    spec(a_patient(medications=long, problems=[SYNDROME]), advice(RULE, "info", unchecked=True))
    partly = a_patient(medications=[since(100)], problems=cut_off(Need.PROBLEMS, SYNDROME))
    spec(partly, advice(RULE, "info", unchecked=True))
    labs = a_patient(medications=[since(100)], problems=[SYNDROME], labs=cut_off(Need.KIDNEY_FUNCTION))
    spec(labs, advice(RULE, "info", unchecked=True))
