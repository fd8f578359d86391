"""BME-DS-PEM-01: electromagnetic fields near implanted electronics, in pregnancy, with bleeding or tumor."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import (
    A_WOMAN,
    a_patient,
    a_problem,
    a_result,
    an_event,
    an_order,
    cut_off,
    unusable,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-PEM-01"
DEVICE = "Electromagnetic field therapy with implanted electronic device or pregnancy"
DOUBTFUL = "Electromagnetic field therapy: implanted device on record with unclear status - check first"
OTHER = "Electromagnetic field therapy with an active bleeding or a tumor at the site"
HIP, KNEE = Site(Region.HIP), Site(Region.KNEE)
FIELD = an_order(Concept.PEMF, site=HIP)
DELETE = "delete ServiceRequest/draft"
PREGNANT = {"demographics": A_WOMAN, "pregnancy_results": [a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)]}


def device(concept: Concept, *, uncertain: bool = False) -> Any:
    return an_event(concept, kind="Device", uncertain=uncertain)


def test_other_orders_and_nothing() -> None:
    """When: only electromagnetic fields, and only with something on record."""
    spec(a_patient(an_order(Concept.ESWT)), not_applicable(RULE))
    spec(a_patient(FIELD), satisfied(RULE))
    spec(a_patient(FIELD, devices=[device(Concept.ARTIFICIAL_JOINT)]), satisfied(RULE))


@pytest.mark.parametrize(
    "concept",
    [
        Concept.PACEMAKER,
        Concept.IMPLANTABLE_DEFIBRILLATOR,
        Concept.IMPLANTED_ELECTRONIC_DEVICE,
        Concept.CARDIAC_ASSIST_DEVICE,
        Concept.NEUROSTIMULATOR,
        Concept.COCHLEAR_IMPLANT,
        Concept.INFUSION_PUMP,
    ],
)
def test_implanted_electronics(concept: Concept) -> None:
    """When: an implant with electronics, on the device list or as a problem. Then: critical."""
    critical = advice(RULE, "critical", summary=DEVICE, offers=[DELETE], unchecked=False)
    spec(a_patient(FIELD, devices=[device(concept)]), critical)
    spec(a_patient(FIELD, problems=[a_problem(concept)]), critical)


@pytest.mark.parametrize(
    ("chart", "summary", "offered"),
    [
        (PREGNANT, DEVICE, [DELETE]),
        ({"problems": [a_problem(Concept.ACTIVE_BLEEDING)]}, OTHER, [DELETE]),
        ({"problems": [a_problem(Concept.GI_BLEEDING)]}, OTHER, [DELETE]),
        ({"problems": [a_problem(Concept.INTRACRANIAL_HEMORRHAGE)]}, OTHER, [DELETE]),
        ({"problems": [a_problem(Concept.BONE_METASTASIS)]}, OTHER, [DELETE]),
        ({"devices": [device(Concept.PACEMAKER, uncertain=True)]}, DOUBTFUL, []),
        ({"devices": [device(Concept.PACEMAKER, uncertain=True)], **PREGNANT}, DEVICE, [DELETE]),
    ],
)
def test_warnings(chart: Any, summary: str, offered: list[str]) -> None:
    """When: pregnancy, bleeding, a tumor at the site, or a device of unclear status, which removes nothing."""
    spec(a_patient(FIELD, **chart), advice(RULE, "warning", summary=summary, offers=offered))


def test_a_tumor_elsewhere() -> None:
    """When: at another site it is no reason."""
    spec(a_patient(FIELD, problems=[a_problem(Concept.BONE_METASTASIS, site=KNEE)]), satisfied(RULE))


def test_all_that_was_found_is_named() -> None:
    """Then: one card."""
    both = a_patient(FIELD, devices=[device(Concept.PACEMAKER)], problems=[a_problem(Concept.ACTIVE_BLEEDING)])
    spec(
        both,
        advice(RULE, "critical", because=["ServiceRequest/draft", "Device/pacemaker", "Condition/active_bleeding"]),
    )
    one_in_use = [device(Concept.PACEMAKER, uncertain=True), device(Concept.NEUROSTIMULATOR)]
    spec(a_patient(FIELD, devices=one_in_use), advice(RULE, "critical"))


@pytest.mark.parametrize(
    ("chart", "about"),
    [
        ({"devices": cut_off(Need.DEVICES)}, Need.DEVICES),
        ({"problems": cut_off(Need.PROBLEMS)}, Need.PROBLEMS),
        ({"pregnancy_results": cut_off(Need.PREGNANCY)}, Need.PREGNANCY),
    ],
)
def test_out_of_reach(chart: Any, about: Need) -> None:
    """A failed query is never "no implant"."""
    spec(a_patient(FIELD, **chart), missing(RULE, about))


def test_beside_a_finding() -> None:
    """Then: what could not be read, or not be used, is named."""
    patient = a_patient(FIELD, devices=cut_off(Need.DEVICES), problems=[a_problem(Concept.ACTIVE_BLEEDING)])
    spec(patient, advice(RULE, "warning", unchecked=True))
    results: Any = Listing(remarks=(unusable(Need.PREGNANCY),))
    spec(a_patient(FIELD, pregnancy_results=results), satisfied(RULE, remarked=True))
    implant = a_patient(FIELD, pregnancy_results=results, devices=[device(Concept.PACEMAKER)])
    spec(implant, advice(RULE, "critical", remarked=True))
