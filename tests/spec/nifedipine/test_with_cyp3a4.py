"""BME-DS-NIF-02: nifedipine should not be combined with strong inducers or inhibitors of CYP3A4."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route
from cds_hooks.wire.card import Indicator
from tests.builders.snapshot import a_draft, a_medication, a_patient, an_order, cut_off, unreadable_draft
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NIF-02"
SUMMARY = "Nifedipine with a CYP3A4 inducer or inhibitor"
DELETE = "delete MedicationRequest/draft-nifedipine"
STRONG, MODERATE = DrugGroup.CYP3A4_INDUCER_STRONG, DrugGroup.CYP3A4_INDUCER_MODERATE
INHIBITOR = DrugGroup.CYP3A4_INHIBITOR_STRONG
NIFEDIPINE = a_medication("nifedipine")
RIFAMPIN = a_medication("rifampin", group=STRONG)
CLARITHROMYCIN = a_medication("clarithromycin", group=INHIBITOR)
PARTNERS: list[tuple[str, DrugGroup, Indicator]] = [
    ("rifampin", STRONG, "critical"),
    ("carbamazepine", STRONG, "warning"),
    ("phenytoin", STRONG, "warning"),
    ("phenobarbital", STRONG, "warning"),
    ("st john's wort", STRONG, "warning"),
    ("rifabutin", MODERATE, "warning"),
    ("itraconazole", INHIBITOR, "warning"),
    ("fluconazole", DrugGroup.CYP3A4_INHIBITOR_MODERATE, "warning"),
    ("clarithromycin", INHIBITOR, "warning"),
    ("ritonavir", INHIBITOR, "warning"),
]


def said(patient: Patient) -> str:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return " ".join(verdict.detail)


@pytest.mark.parametrize(("ingredient", "group", "indicator"), PARTNERS)
def test_nifedipine_is_ordered(ingredient: str, group: DrugGroup, indicator: Indicator) -> None:
    """When: the partner is active, or another draft. Then: critical with rifampicin, a warning with the others."""
    active = a_patient(a_draft("nifedipine"), medications=[a_medication(ingredient, group=group)])
    because = ["MedicationRequest/draft-nifedipine", f"MedicationRequest/{ingredient}"]
    expected = advice(RULE, indicator, summary=SUMMARY, offers=[DELETE], because=because, mirror=False, unchecked=False)
    spec(active, expected)
    drafted = judge(RULE, a_patient(a_draft("nifedipine"), a_draft(ingredient, group=group, selected=False)))
    assert isinstance(drafted, Advice)
    assert (drafted.indicator, drafted.mirror) == (indicator, False)
    assert drafted.partners == (f"MedicationRequest/draft-{ingredient}",)


@pytest.mark.parametrize(("ingredient", "group", "indicator"), PARTNERS)
def test_the_other_way_round(ingredient: str, group: DrugGroup, indicator: Indicator) -> None:
    """When: the partner is ordered. Then: only a drafted nifedipine may be removed, never the partner."""
    order = a_draft(ingredient, group=group)
    because = ["MedicationRequest/nifedipine", f"MedicationRequest/draft-{ingredient}"]
    expected = advice(RULE, indicator, summary=SUMMARY, offers=[], because=because, mirror=True, unchecked=False)
    spec(a_patient(order, medications=[NIFEDIPINE]), expected)
    spec(a_patient(order), satisfied(RULE))
    both = a_patient(order, a_draft("nifedipine", selected=False))
    spec(both, advice(RULE, indicator, offers=[DELETE], mirror=True))
    verdict = judge(RULE, both)
    assert isinstance(verdict, Advice)
    assert verdict.partners == ("MedicationRequest/draft-nifedipine",)


def test_the_words_fit_what_was_found() -> None:
    """Then: an inducer takes the effect away, an inhibitor lets the pressure fall."""
    inducer = said(a_patient(a_draft("nifedipine"), medications=[RIFAMPIN]))
    assert "no effect" in inducer
    assert "may fall" not in inducer
    inhibitor = said(a_patient(a_draft("nifedipine"), medications=[CLARITHROMYCIN]))
    assert "no effect" not in inhibitor
    assert "may fall" in inhibitor
    both = a_patient(a_draft("nifedipine"), medications=[CLARITHROMYCIN, RIFAMPIN])
    assert "no effect" in said(both)
    assert "may fall" in said(both)
    spec(both, advice(RULE, "critical", because=["MedicationRequest/rifampin", "MedicationRequest/clarithromycin"]))


def test_what_is_no_partner() -> None:
    """Unless: moderate inhibitors but azoles, food, and what does not reach the whole body."""
    for ingredient, group, route in (
        ("erythromycin", DrugGroup.CYP3A4_INHIBITOR_MODERATE, Route.ORAL),
        ("fluconazole", DrugGroup.CYP3A4_INHIBITOR_MODERATE, Route.LOCAL),
        ("grapefruit", DrugGroup.CYP3A4_INHIBITOR_FOOD, Route.ORAL),
        ("ketoconazole", DrugGroup.CYP3A4_INHIBITOR_STRONG_LOCAL, Route.LOCAL),
        ("ketoconazole", INHIBITOR, Route.LOCAL),
    ):
        partner = a_medication(ingredient, group=group, route=route)
        spec(a_patient(a_draft("nifedipine"), medications=[partner]), satisfied(RULE))
        order = a_draft(ingredient, group=group, route=route)
        spec(a_patient(order, medications=[NIFEDIPINE]), not_applicable(RULE))


def test_which_nifedipine() -> None:
    """Unless: an ointment with nifedipine, or another calcium antagonist."""
    ointment = a_medication("nifedipine", route=Route.LOCAL)
    for on_file in (ointment, a_medication("amlodipine")):
        spec(a_patient(a_draft("rifampin", group=STRONG), medications=[on_file]), satisfied(RULE))
    for order in (a_draft("nifedipine", route=Route.LOCAL), a_draft("amlodipine"), a_draft("morphine"), an_order()):
        spec(a_patient(order, medications=[RIFAMPIN]), not_applicable(RULE))


def test_an_order_does_not_meet_the_one_that_it_replaces() -> None:
    """When: the order on file goes away with the draft."""
    switch = a_draft("nifedipine", replaces="MedicationRequest/rifampin")
    spec(a_patient(switch, medications=[RIFAMPIN]), satisfied(RULE))
    switch = a_draft("rifampin", group=STRONG, replaces="MedicationRequest/nifedipine")
    spec(a_patient(switch, medications=[NIFEDIPINE]), satisfied(RULE))


def test_what_could_not_be_read() -> None:
    """A failed list may hide the partner; what arrived counts, and the card says what did not."""
    unread: Listing[Medication] = cut_off(Need.MEDICATIONS)
    for order in (a_draft("nifedipine"), a_draft("rifampin", group=STRONG)):
        spec(a_patient(order, medications=unread), missing(RULE, Need.MEDICATIONS))
        spec(a_patient(order, unreadable_draft(selected=False)), missing(RULE, Need.MEDICATIONS))
    partial = a_patient(a_draft("nifedipine"), medications=cut_off(Need.MEDICATIONS, RIFAMPIN))
    spec(partial, advice(RULE, "critical", offers=[DELETE], unchecked=True))
