"""BME-DS-SYM-01: a sympathetic block with an anticoagulant, a clotting problem or an infection."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_order,
    blood_thinner,
    cut_off,
    heparin_flush,
    out_of_reach,
    stopped_medication,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-SYM-01"
RISK = "Sympathetic block (intermediate bleeding risk) with anticoagulant or clotting problem"
INFECTED = "Sympathetic block with an active or suspected infection at the site"
P2Y12 = "Sympathetic block (intermediate bleeding risk) with a P2Y12 inhibitor"
UNCLEAR = "Sympathetic block (intermediate bleeding risk): anticoagulation unclear - verify first"
SPINE, FOOT = Site(Region.SPINE), Site(Region.ANKLE_FOOT)
BLOCK = an_order(Concept.SYMPATHETIC_BLOCK, site=SPINE)
HOLD, TASK = "update ServiceRequest/draft: put on hold", "anticoagulation_plan"
CRITICAL = advice(RULE, "critical", summary=RISK, offers=[HOLD, TASK], unchecked=False)
DOUBT = advice(RULE, "warning", summary=UNCLEAR, offers=[HOLD, TASK], unchecked=False)
NOTHING = satisfied(RULE)


def test_which_orders() -> None:
    """When: only a sympathetic block."""
    spec(a_patient(an_order(Concept.ESWT)), not_applicable(RULE))
    spec(a_patient(BLOCK), NOTHING)


def test_an_anticoagulant() -> None:
    """When: active or drafted. Then: critical, put on hold and plan; a flush is none."""
    spec(a_patient(BLOCK, medications=[a_medication()]), CRITICAL)
    spec(a_patient(BLOCK, a_draft("apixaban")), CRITICAL)
    spec(a_patient(BLOCK, medications=[heparin_flush()]), NOTHING)


@pytest.mark.parametrize(
    ("lab", "fires"),
    [
        (a_result(Concept.INR, 1.41), True),
        (a_result(Concept.INR, 1.4), False),
        (a_result(Concept.INR, 1.41, when=days_ago(30)), True),
        (a_result(Concept.INR, 1.41, when=days_ago(31)), False),
        (a_result(Concept.PLATELETS, 99.9), True),
        (a_result(Concept.PLATELETS, 100.0), False),
        (a_result(Concept.PLATELETS, 99.9, when=days_ago(30)), True),
        (a_result(Concept.PLATELETS, 99.9, when=days_ago(31)), False),
    ],
)
def test_clotting(lab: Any, fires: bool) -> None:
    """When: INR above 1.4 or platelets below 100."""
    spec(a_patient(BLOCK, labs=[lab]), CRITICAL if fires else NOTHING)


def test_infection() -> None:
    """When: at the site. Then: critical, without a plan for an anticoagulant that nobody takes."""
    here, there = a_problem(Concept.CELLULITIS, site=SPINE), a_problem(Concept.CELLULITIS, site=FOOT)
    unsaid = an_order(Concept.SYMPATHETIC_BLOCK)
    spec(a_patient(unsaid, problems=[here]), advice(RULE, "critical", summary=INFECTED, offers=[HOLD]))
    spec(a_patient(unsaid, problems=[there]), satisfied(RULE))
    spec(a_patient(BLOCK, problems=[here]), advice(RULE, "critical", summary=INFECTED, offers=[HOLD]))
    spec(a_patient(BLOCK, problems=[there]), NOTHING)
    beside = a_patient(BLOCK, problems=[here], medications=[a_medication("clopidogrel")])
    spec(beside, advice(RULE, "critical", summary=INFECTED, offers=[HOLD, TASK]))
    both = a_patient(BLOCK, problems=[here], medications=[a_medication()])
    spec(both, CRITICAL)


def test_signs_of_infection_elsewhere() -> None:
    """Unless: osteomyelitis of another or an unknown place, or a high CRP, which are the business of BME-DX-07."""
    here = a_problem(Concept.OSTEOMYELITIS, site=SPINE, provisional=True)
    spec(a_patient(BLOCK, problems=[here]), advice(RULE, "critical", summary=INFECTED, offers=[HOLD]))
    spec(a_patient(BLOCK, problems=[a_problem(Concept.OSTEOMYELITIS, site=FOOT)]), NOTHING)
    spec(a_patient(BLOCK, problems=[a_problem(Concept.OSTEOMYELITIS)]), NOTHING)
    spec(a_patient(BLOCK, screening_labs=[a_result(Concept.CRP, 90)]), NOTHING)


@pytest.mark.parametrize("drug", ["clopidogrel", "prasugrel", "ticagrelor", "ticlopidine", "cangrelor", "(class)"])
def test_a_p2y12_inhibitor(drug: str) -> None:
    """When: a P2Y12 inhibitor, or an antiplatelet of which only the class is known."""
    taken = a_medication(drug, group=DrugGroup.ANTIPLATELET)
    spec(a_patient(BLOCK, medications=[taken]), advice(RULE, "warning", summary=P2Y12, offers=[HOLD, TASK]))


def test_aspirin() -> None:
    """Unless: aspirin alone, or another antiplatelet that is no P2Y12 inhibitor."""
    spec(a_patient(BLOCK, medications=[a_medication("aspirin")]), NOTHING)
    spec(a_patient(BLOCK, medications=[a_medication("dipyridamole", group=DrugGroup.ANTIPLATELET)]), NOTHING)
    both = [a_medication("aspirin"), a_medication("clopidogrel")]
    spec(a_patient(BLOCK, medications=both), advice(RULE, "warning", summary=P2Y12))


@pytest.mark.parametrize(
    ("medication", "expected"),
    [
        (a_medication(standing=Standing.UNCERTAIN), DOUBT),
        (blood_thinner(), DOUBT),
        (stopped_medication("rivaroxaban", 3), DOUBT),
        (stopped_medication("rivaroxaban", 6), NOTHING),
        (stopped_medication("warfarin", None), DOUBT),
    ],
)
def test_unclear_anticoagulation(medication: Any, expected: Any) -> None:
    """When: on hold, past its end, a class word, or stopped within its washout."""
    spec(a_patient(BLOCK, medications=[medication]), expected)


def test_unclear_beside_a_p2y12_inhibitor() -> None:
    """Then: the drug that is known is named in the summary, both on the card."""
    patient = a_patient(BLOCK, medications=[blood_thinner(), a_medication("clopidogrel")])
    because = ["MedicationRequest/blood-thinner", "MedicationRequest/clopidogrel"]
    spec(patient, advice(RULE, "warning", summary=P2Y12, because=because))


@pytest.mark.parametrize(
    ("chart", "about"),
    [
        ({"medications": cut_off(Need.MEDICATIONS)}, Need.MEDICATIONS),
        ({"labs": cut_off(Need.INR)}, Need.INR),
        ({"problems": cut_off(Need.PROBLEMS)}, Need.PROBLEMS),
    ],
)
def test_out_of_reach(chart: Any, about: Need) -> None:
    """A failed query is never "not anticoagulated"; beside a finding it is named."""
    spec(a_patient(BLOCK, **chart), missing(RULE, about))
    if "medications" not in chart:
        spec(a_patient(BLOCK, medications=[a_medication()], **chart), advice(RULE, "critical", unchecked=True))


def test_a_list_that_was_cut_off_after_aspirin() -> None:
    """The rest may hold an anticoagulant."""
    spec(a_patient(BLOCK, medications=cut_off(Need.MEDICATIONS, a_medication("aspirin"))), missing(RULE))


def test_dates_of_stopped_medicines_are_out_of_reach() -> None:
    """An ended order may have been given later than it says."""
    ended = stopped_medication("rivaroxaban", 6)
    patient = a_patient(BLOCK, medications=[ended], administrations_gap=out_of_reach(Need.STOPPED_MEDICATIONS))
    spec(patient, missing(RULE, Need.STOPPED_MEDICATIONS))


def test_unusable_results_are_remarked() -> None:
    """Recorded data that could not be used are named."""
    labs: Any = Listing(remarks=(Gap(Need.INR, GapKind.UNUSABLE, "unit", Concept.INR),))
    spec(a_patient(BLOCK, labs=labs), satisfied(RULE, remarked=True))
    spec(a_patient(BLOCK, labs=labs, medications=[a_medication()]), advice(RULE, "critical", remarked=True))
