"""BME-DS-OPI-01: an opioid should not be combined with a benzodiazepine or another sedative."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route
from cds_hooks.wire.card import Indicator
from tests.builders.snapshot import a_draft, a_medication, a_patient, an_order, cut_off, unreadable_draft
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-OPI-01"
SUMMARY = "Opioid with a benzodiazepine or sedative - respiratory depression"
DELETE = "delete MedicationRequest/draft-oxycodone"
NALOXONE = "naloxone"
SEDATIVES: list[tuple[str, DrugGroup, Indicator]] = [
    ("lorazepam", DrugGroup.BENZODIAZEPINE, "critical"),
    ("zolpidem", DrugGroup.Z_DRUG, "critical"),
    ("pregabalin", DrugGroup.GABAPENTINOID, "warning"),
    ("hydroxyzine", DrugGroup.SEDATING_ANTIHISTAMINE, "warning"),
    ("baclofen", DrugGroup.MUSCLE_RELAXANT, "warning"),
]
LORAZEPAM = a_medication("lorazepam", group=DrugGroup.BENZODIAZEPINE)
OXYCODONE = a_medication("oxycodone")


@pytest.mark.parametrize(("ingredient", "group", "indicator"), SEDATIVES)
def test_the_opioid_is_ordered(ingredient: str, group: DrugGroup, indicator: Indicator) -> None:
    """When: the sedative is active, or another draft. Then: the opioid may be removed, naloxone is offered."""
    because = ["MedicationRequest/draft-oxycodone", f"MedicationRequest/{ingredient}"]
    active = a_patient(a_draft("oxycodone"), medications=[a_medication(ingredient, group=group)])
    offered = [DELETE, NALOXONE]
    spec(
        active, advice(RULE, indicator, summary=SUMMARY, offers=offered, because=because, mirror=False, unchecked=False)
    )
    drafted = judge(RULE, a_patient(a_draft("oxycodone"), a_draft(ingredient, group=group, selected=False)))
    assert isinstance(drafted, Advice)
    assert (drafted.indicator, drafted.mirror) == (indicator, False)
    assert drafted.partners == (f"MedicationRequest/draft-{ingredient}",)


@pytest.mark.parametrize(("ingredient", "group", "indicator"), SEDATIVES)
def test_the_other_way_round(ingredient: str, group: DrugGroup, indicator: Indicator) -> None:
    """When: the sedative is ordered. Then: only a drafted opioid may be removed, never the sedative."""
    order = a_draft(ingredient, group=group)
    because = ["MedicationRequest/oxycodone", f"MedicationRequest/draft-{ingredient}"]
    active = a_patient(order, medications=[OXYCODONE])
    spec(active, advice(RULE, indicator, summary=SUMMARY, offers=[NALOXONE], because=because, mirror=True))
    spec(a_patient(order), satisfied(RULE))
    both = a_patient(order, a_draft("oxycodone", selected=False))
    says = ("stop breathing", "naloxone at hand")
    spec(both, advice(RULE, indicator, offers=[DELETE, NALOXONE], mirror=True, says=says))
    verdict = judge(RULE, both)
    assert isinstance(verdict, Advice)
    assert verdict.partners == ("MedicationRequest/draft-oxycodone",)


def test_several_sedatives_give_one_card() -> None:
    """Then: the gravest decides, all are named."""
    pregabalin = a_medication("pregabalin", group=DrugGroup.GABAPENTINOID)
    because = ["MedicationRequest/lorazepam", "MedicationRequest/pregabalin"]
    patient = a_patient(a_draft("oxycodone"), medications=[pregabalin, LORAZEPAM])
    spec(patient, advice(RULE, "critical", because=because))


def test_what_is_no_sedative() -> None:
    """Unless: a gel for the skin, a relaxant of the operating room, any other medicine."""
    for ingredient, group, route in (
        ("diphenhydramine", DrugGroup.SEDATING_ANTIHISTAMINE, Route.LOCAL),
        ("diphenhydramine", DrugGroup.SEDATING_ANTIHISTAMINE_LOCAL, Route.LOCAL),
        ("rocuronium", DrugGroup.MUSCLE_RELAXANT_PERIPHERAL, Route.PARENTERAL),
    ):
        other = a_medication(ingredient, group=group, route=route)
        spec(a_patient(a_draft("oxycodone"), medications=[other]), satisfied(RULE))
        order = a_draft(ingredient, group=group, route=route)
        spec(a_patient(order, medications=[OXYCODONE]), not_applicable(RULE))


def test_other_orders_are_not_its_business() -> None:
    """When: neither an opioid nor a sedative is ordered."""
    for order in (a_draft("ibuprofen"), an_order(), an_order(kind="MedicationRequest")):
        spec(a_patient(order, medications=[OXYCODONE, LORAZEPAM]), not_applicable(RULE))


def test_an_order_does_not_meet_the_one_that_it_replaces() -> None:
    """When: the order on file goes away with the draft."""
    switch = a_draft("oxycodone", replaces="MedicationRequest/lorazepam")
    spec(a_patient(switch, medications=[LORAZEPAM]), satisfied(RULE))
    switch = a_draft("lorazepam", group=DrugGroup.BENZODIAZEPINE, replaces="MedicationRequest/oxycodone")
    spec(a_patient(switch, medications=[OXYCODONE]), satisfied(RULE))


def test_what_could_not_be_read() -> None:
    """A failed list may hide the partner; what arrived counts, and the card says what did not."""
    unread: Listing[Medication] = cut_off(Need.MEDICATIONS)
    for order in (a_draft("oxycodone"), a_draft("lorazepam", group=DrugGroup.BENZODIAZEPINE)):
        spec(a_patient(order, medications=unread), missing(RULE, Need.MEDICATIONS))
        spec(a_patient(order, unreadable_draft(selected=False)), missing(RULE, Need.MEDICATIONS))
    partial = a_patient(a_draft("oxycodone"), medications=cut_off(Need.MEDICATIONS, LORAZEPAM))
    spec(partial, advice(RULE, "critical", offers=[DELETE, NALOXONE], unchecked=True))
