"""BME-IA-05: a TNF inhibitor is for inflammatory disease; for the idiopathic edema syndrome it is off-label."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import UNREADABLE_REASON, a_draft, a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-IA-05"
SUMMARY = "TNF inhibitor for idiopathic BMES is off-label - evidence is in inflammatory arthritis"
OFFERS = ["delete MedicationRequest/draft-adalimumab", "rheumatology_referral"]
ORDER = a_draft("adalimumab")
OFF_LABEL = advice(
    RULE,
    "warning",
    summary=SUMMARY,
    offers=OFFERS,
    because=["MedicationRequest/draft-adalimumab"],
    unchecked=False,
    says=["shown in rheumatoid arthritis", "decision of the specialist"],
)
INDICATIONS = pytest.mark.parametrize(
    "indication",
    [
        Concept.RHEUMATOID_ARTHRITIS,
        Concept.AXIAL_SPONDYLOARTHRITIS,
        Concept.PSORIATIC_ARTHRITIS,
        Concept.PSORIASIS,
        Concept.INFLAMMATORY_BOWEL_DISEASE,
        Concept.UVEITIS,
        Concept.JUVENILE_ARTHRITIS,
    ],
)


def test_without_an_inflammatory_disease() -> None:
    """When: no reason and no such problem, edema as the reason, or a reason that is none of them."""
    spec(a_patient(ORDER), OFF_LABEL)
    spec(a_patient(ORDER, problems=[a_problem(Concept.EDEMA_SYNDROME), a_problem(Concept.OSTEOARTHRITIS)]), OFF_LABEL)
    for reason in (a_reason(Concept.EDEMA), a_reason()):
        spec(a_patient(a_draft("adalimumab", reasons=reason)), OFF_LABEL)


@INDICATIONS
def test_with_an_inflammatory_disease(indication: Concept) -> None:
    """Unless: it is the stated reason, or a current problem."""
    spec(a_patient(a_draft("adalimumab", reasons=a_reason(indication))), satisfied(RULE))
    spec(a_patient(ORDER, problems=[a_problem(indication)]), satisfied(RULE))
    spec(a_patient(ORDER, problems=[a_problem(indication, current=False)]), OFF_LABEL)


def test_other_orders_are_not_its_business() -> None:
    """When: a TNF inhibitor is ordered."""
    for order in (a_draft("methotrexate"), an_order()):
        spec(a_patient(order), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """The indication may stand in the unread part; one that arrived is enough."""
    spec(a_patient(ORDER, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    arrived = cut_off(Need.PROBLEMS, a_problem(Concept.RHEUMATOID_ARTHRITIS))
    spec(a_patient(ORDER, problems=arrived), satisfied(RULE))
    unreadable = a_draft("adalimumab", reasons=UNREADABLE_REASON)
    spec(a_patient(unreadable), missing(RULE, Need.PROBLEMS))
    spec(a_patient(unreadable, problems=[a_problem(Concept.PSORIASIS)]), satisfied(RULE))
    stated = a_draft("adalimumab", reasons=a_reason(Concept.PSORIASIS))
    spec(a_patient(stated, problems=cut_off(Need.PROBLEMS)), satisfied(RULE))
