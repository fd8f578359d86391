"""BME-DX-04: an MRI for marrow edema should contain T1 and a fluid-sensitive sequence."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Order, Reasons, Series
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import UNREADABLE_REASON, a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DX-04"
SUMMARY = "BME question: ask for T1 plus STIR or fat-saturated T2 sequences"
ASK = advice(RULE, "info")
FOR_EDEMA = a_reason(Concept.EDEMA)
T1, FLUID = Series.T1, Series.FLUID_SENSITIVE


def mri(*sequences: Series, reasons: Reasons = FOR_EDEMA, concept: Concept = Concept.MRI_ANY) -> Order:
    return an_order(concept, reasons=reasons, sequences=sequences)


def test_the_draft_may_be_completed() -> None:
    """Then: advice that offers to note both sequences on the draft."""
    offer = "update ServiceRequest/draft: ask for T1 and a fluid-sensitive sequence"
    spec(a_patient(mri(T1)), advice(RULE, "info", summary=SUMMARY, offers=[offer], because=["ServiceRequest/draft"]))


@pytest.mark.parametrize(
    ("sequences", "expected"),
    [((T1,), ASK), ((FLUID,), ASK), ((T1, FLUID), satisfied(RULE)), ((), not_applicable(RULE))],
)
def test_sequences(sequences: tuple[Series, ...], expected: Expected) -> None:
    """When: it names sequences and lacks one kind. Where it names none, the protocol of radiology applies."""
    spec(a_patient(mri(*sequences)), expected)


@pytest.mark.parametrize("reason", [Concept.EDEMA, Concept.EDEMA_SYNDROME, Concept.PAIN_HIP, Concept.PAIN_BONE])
def test_questions(reason: Concept) -> None:
    """When: the reason is marrow edema or pain of a bone or joint."""
    spec(a_patient(mri(T1, reasons=a_reason(reason))), ASK)


def test_other_questions() -> None:
    """When: another reason asks other questions; without one, an active syndrome is the reason."""
    spec(a_patient(mri(T1, reasons=a_reason(Concept.BACK_PAIN))), not_applicable(RULE))
    spec(a_patient(mri(T1, reasons=a_reason())), not_applicable(RULE))
    spec(a_patient(mri(T1, reasons=Reasons())), not_applicable(RULE))
    spec(a_patient(mri(T1, reasons=Reasons()), problems=(a_problem(Concept.EDEMA_SYNDROME),)), ASK)


def test_other_examinations() -> None:
    """When: any MRI, one with dynamic contrast too; no CT."""
    spec(a_patient(mri(T1, concept=Concept.DYNAMIC_CONTRAST_MRI)), ASK)
    spec(a_patient(mri(T1, concept=Concept.CT_ANY)), not_applicable(RULE))


def test_a_question_that_cannot_be_read() -> None:
    """It cannot be said whether the sequences matter; where both are named, it need not be."""
    spec(a_patient(mri(T1, reasons=UNREADABLE_REASON)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(mri(T1, reasons=Reasons()), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(mri(T1, FLUID, reasons=UNREADABLE_REASON)), satisfied(RULE))
