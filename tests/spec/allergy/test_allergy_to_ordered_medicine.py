"""BME-DS-ALG-01: a medicine should not be given to a patient with a recorded allergy to it or to its class."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.medication import Drug, Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from tests.builders.snapshot import a_draft, a_patient, a_problem, a_reason, an_allergy, an_mri, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ALG-01"
SUMMARY = "Recorded allergy to the ordered medicine"
LATEX = "Recorded latex allergy - the needle cap of the ordered medicine may contain latex"
DELETE = "delete MedicationRequest/draft-ibandronate"
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False)
BY_WORDS = advice(RULE, "warning", summary=SUMMARY, offers=[], unchecked=False)
INFO = advice(RULE, "info", summary=LATEX, offers=[], arm="latex", unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
DRAFT = a_draft("ibandronate")
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


def to_drug(name: str, group: DrugGroup) -> Allergy:
    return replace(an_allergy(), drugs=(Drug(group, name, Certainty.CODE),))


# -- When an allergy to the substance or its class is recorded


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (an_allergy("ibandronate"), CRITICAL),
        (an_allergy("alendronate"), CRITICAL),
        (an_allergy("ibandronate", intolerance=True), WARNING),
        (an_allergy("ibandronate", intolerance=True, severe=True), WARNING),
        (an_allergy("ibandronate", intolerance=True, anaphylaxis=True), CRITICAL),
        (an_allergy("ibandronate", by_text=True), BY_WORDS),
        (an_allergy("ibandronate", by_text=True, severe=True), BY_WORDS),
        (an_allergy("denosumab"), CLEAR),
        (an_allergy(Concept.LATEX_ALLERGY), CLEAR),
    ],
)
def test_records(record: Allergy, expected: Expected) -> None:
    """Then: critical; an intolerance without anaphylaxis, and a record known by its words, are warnings."""
    spec(a_patient(DRAFT, allergies=[record]), expected)


def test_several_records() -> None:
    """Then: the gravest decides; a coded one makes the removal possible."""
    words, coded = an_allergy("ibandronate", by_text=True), an_allergy("alendronate", intolerance=True)
    spec(a_patient(DRAFT, allergies=[words, coded]), WARNING)
    spec(a_patient(DRAFT, allergies=[words, an_allergy("alendronate")]), CRITICAL)
    verdict = judge(RULE, a_patient(DRAFT, allergies=[words, coded]))
    by_words = judge(RULE, a_patient(DRAFT, allergies=[words]))
    assert isinstance(verdict, Advice)
    assert isinstance(by_words, Advice)
    assert verdict.because == (DRAFT.fact, words.fact, coded.fact)
    assert verdict.detail != by_words.detail


# -- of which drafts


@pytest.mark.parametrize(
    ("order", "record"),
    [
        (a_draft("denosumab"), an_allergy("denosumab")),
        (a_draft("iloprost"), an_allergy("treprostinil")),
        (a_draft("colecalciferol"), an_allergy("colecalciferol")),
        (a_draft("calcium", group=DrugGroup.CALCIUM_VITAMIN_D_COMBINATION), an_allergy("colecalciferol")),
        (
            a_draft("nifedipine", group=DrugGroup.CALCIUM_CHANNEL_BLOCKER),
            to_drug("amlodipine", DrugGroup.CALCIUM_CHANNEL_BLOCKER),
        ),
        (
            a_draft("prednisone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC),
            to_drug("hydrocortisone", DrugGroup.GLUCOCORTICOID_LOCAL),
        ),
        (
            a_draft("triamcinolone", group=DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION),
            to_drug("prednisone", DrugGroup.GLUCOCORTICOID_SYSTEMIC),
        ),
        (
            a_draft("prednisone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC),
            to_drug("triamcinolone", DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION),
        ),
        (a_draft("adalimumab"), to_drug("infliximab", DrugGroup.TNF_INHIBITOR)),
        (a_draft("oxycodone"), an_allergy("morphine")),
    ],
)
def test_classes(order: Order, record: Allergy) -> None:
    """When: bisphosphonate, denosumab, prostacyclin, vitamin D, dihydropyridine, steroid, TNF inhibitor, opioid."""
    spec(
        a_patient(order, allergies=[record], problems=[SYNDROME]),
        advice(RULE, "critical", offers=[f"delete {order.reference}"]),
    )


@pytest.mark.parametrize(
    "order",
    [
        a_draft("ibuprofen"),
        a_draft("verapamil", group=DrugGroup.CALCIUM_CHANNEL_BLOCKER),
        a_draft("diltiazem", group=DrugGroup.CALCIUM_CHANNEL_BLOCKER),
        a_draft("hydrocortisone", group=DrugGroup.GLUCOCORTICOID_LOCAL, route=Route.LOCAL),
        an_order(),
    ],
)
def test_other_orders(order: Order) -> None:
    """When: NSAIDs are the business of BME-DS-NSA-08, and other drugs of nobody here."""
    records = [an_allergy("ibuprofen"), to_drug("verapamil", DrugGroup.CALCIUM_CHANNEL_BLOCKER)]
    spec(a_patient(order, allergies=records, problems=[SYNDROME]), SILENT)


@pytest.mark.parametrize("name", ["verapamil", "diltiazem"])
def test_an_allergy_to_another_calcium_channel_blocker(name: str) -> None:
    """When: it is none to dihydropyridines."""
    nifedipine = a_draft("nifedipine", group=DrugGroup.CALCIUM_CHANNEL_BLOCKER)
    record = to_drug(name, DrugGroup.CALCIUM_CHANNEL_BLOCKER)
    spec(a_patient(nifedipine, allergies=[record], problems=[SYNDROME]), CLEAR)


# -- or an allergy to latex


@pytest.mark.parametrize("name", ["denosumab", "adalimumab", "etanercept", "golimumab", "certolizumab pegol"])
def test_latex(name: str) -> None:
    """When: the medicine may come in a syringe with a needle cap of latex; on the list of allergies or problems."""
    order = a_draft(name, group=DrugGroup.DENOSUMAB if name == "denosumab" else DrugGroup.TNF_INHIBITOR)
    spec(a_patient(order, allergies=[an_allergy(Concept.LATEX_ALLERGY)], problems=[SYNDROME]), INFO)
    spec(a_patient(order, problems=[SYNDROME, a_problem(Concept.LATEX_ALLERGY)]), INFO)
    spec(a_patient(order, problems=[SYNDROME]), CLEAR)


def test_latex_does_not_concern_what_is_infused() -> None:
    """When: infliximab comes in a vial."""
    infliximab = a_draft("infliximab", group=DrugGroup.TNF_INHIBITOR)
    spec(a_patient(infliximab, allergies=[an_allergy(Concept.LATEX_ALLERGY)], problems=[SYNDROME]), CLEAR)


def test_the_allergy_to_the_medicine_comes_first() -> None:
    """Then: with both, the card is that of the medicine."""
    records = [an_allergy(Concept.LATEX_ALLERGY), an_allergy("denosumab")]
    spec(a_patient(a_draft("denosumab"), allergies=records), advice(RULE, "critical", summary=SUMMARY, arm=""))


# -- Unless the medicine is none for the bone, and edema is not documented


@pytest.mark.parametrize("name", ["iloprost", "ibandronate", "denosumab"])
def test_medicines_for_the_bone(name: str) -> None:
    """Unless: these are looked at whether or not edema is documented."""
    spec(a_patient(a_draft(name), allergies=[an_allergy(name)]), advice(RULE, "critical"))


def test_other_medicines_only_in_edema() -> None:
    """Unless: on the problem list, in a report or as the reason of the draft; where that is not known, it is asked."""
    allergies = [an_allergy("oxycodone")]
    spec(a_patient(a_draft("oxycodone"), allergies=allergies), SILENT)
    spec(a_patient(a_draft("oxycodone"), allergies=allergies, mri_reports=[an_mri()]), advice(RULE, "critical"))
    reason = a_draft("oxycodone", reasons=a_reason(Concept.EDEMA))
    spec(a_patient(reason, allergies=allergies), advice(RULE, "critical"))
    unread = a_patient(a_draft("oxycodone"), allergies=allergies, problems=cut_off(Need.PROBLEMS))
    spec(unread, advice(RULE, "critical"))


# -- what could not be read


def test_a_failed_query_is_never_no_allergy() -> None:
    """It could not be checked; what arrived counts."""
    spec(a_patient(DRAFT, allergies=cut_off(Need.ALLERGIES)), missing(RULE, Need.ALLERGIES))
    spec(a_patient(DRAFT, problems=cut_off(Need.PROBLEMS)), CLEAR)
    arrived = cut_off(Need.ALLERGIES, an_allergy("ibandronate"))
    spec(a_patient(DRAFT, allergies=arrived), advice(RULE, "critical", unchecked=True))
    denosumab = a_draft("denosumab")
    spec(a_patient(denosumab, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    latex = a_patient(denosumab, allergies=cut_off(Need.ALLERGIES), problems=[a_problem(Concept.LATEX_ALLERGY)])
    spec(latex, advice(RULE, "info", arm="latex", unchecked=True))
    spec(
        a_patient(denosumab, allergies=[an_allergy("denosumab")], problems=cut_off(Need.PROBLEMS)),
        advice(RULE, "critical", unchecked=True),
    )


def test_an_unusable_record_is_remarked() -> None:
    """A record that could not be used is named."""
    remark = Gap(Need.ALLERGIES, GapKind.UNUSABLE, "an allergy names no substance")

    def beside(*records: Allergy) -> Listing[Allergy]:
        return Listing(records, remarks=(remark,))

    spec(a_patient(DRAFT, allergies=beside()), satisfied(RULE, remarked=True))
    spec(a_patient(DRAFT, allergies=beside(an_allergy("ibandronate"))), advice(RULE, "critical", remarked=True))
    latex = beside(an_allergy(Concept.LATEX_ALLERGY))
    spec(a_patient(a_draft("denosumab"), allergies=latex), advice(RULE, "info", remarked=True))
