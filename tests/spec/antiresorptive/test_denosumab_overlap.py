"""BME-DS-DEN-06: denosumab should not be given together with, or soon after, another antiresorptive."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import GapKind, Listing
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    an_order,
    cut_off,
    out_of_reach,
    unreadable_draft,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-DEN-06"
SUMMARY = "Second antiresorptive with or soon after denosumab - possible duplicate"
DENOSUMAB, IBANDRONATE = a_draft("denosumab"), a_draft("ibandronate")
RENEWAL = a_draft("denosumab", replaces="MedicationRequest/denosumab")
WARN = advice(RULE, "warning", summary=SUMMARY)
SILENT = satisfied(RULE)


def given(days: int | None, ingredient: str = "denosumab", **overrides: object) -> Medication:
    """A completed order of so many days ago."""
    stated = {"written": None if days is None else days_ago(days), "standing": Standing.ENDED} | overrides
    return a_medication(ingredient, **stated)  # type: ignore[arg-type]


def active(days: int | None, ingredient: str = "denosumab", **overrides: object) -> Medication:
    return given(days, ingredient, standing=Standing.ACTIVE, **overrides)


@pytest.mark.parametrize(
    ("draft", "earlier", "expected"),
    [
        # an earlier denosumab
        (DENOSUMAB, given(179), WARN),
        (DENOSUMAB, given(180), SILENT),
        (DENOSUMAB, given(300, last_given=days_ago(100)), WARN),
        (DENOSUMAB, given(100, last_given=days_ago(200)), SILENT),
        (DENOSUMAB, given(100, standing=Standing.UNCERTAIN), WARN),
        (DENOSUMAB, active(179), WARN),
        (DENOSUMAB, active(180), SILENT),
        (DENOSUMAB, active(None), WARN),
        # its renewal
        (RENEWAL, active(149), WARN),
        (RENEWAL, active(150), SILENT),
        (RENEWAL, given(149), WARN),
        # another strength of the same substance
        (a_draft("denosumab", strength_mg=60.0), active(300, strength_mg=120.0), WARN),
        (a_draft("denosumab", strength_mg=60.0), active(300, strength_mg=60.0), SILENT),
        (a_draft("denosumab", strength_mg=60.0), active(300), SILENT),
        (
            a_draft("denosumab", replaces="MedicationRequest/denosumab", strength_mg=60.0),
            active(160, strength_mg=120.0),
            WARN,
        ),
        # a bisphosphonate
        (DENOSUMAB, active(400, "alendronate"), WARN),
        (DENOSUMAB, given(179, "zoledronic acid"), WARN),
        (DENOSUMAB, given(180, "zoledronic acid"), SILENT),
        (a_draft("denosumab", replaces="MedicationRequest/alendronate"), active(30, "alendronate"), SILENT),
        # the other way round
        (IBANDRONATE, active(400), WARN),
        (IBANDRONATE, given(179), WARN),
        (IBANDRONATE, given(180), SILENT),
        (a_draft("ibandronate", replaces="MedicationRequest/denosumab"), active(160), WARN),
        (a_draft("ibandronate", replaces="MedicationRequest/denosumab"), active(180), SILENT),
        (IBANDRONATE, active(10, "alendronate"), SILENT),
        # something else
        (DENOSUMAB, active(10, "apixaban"), SILENT),
    ],
)
def test_what_overlaps(draft: Order, earlier: Medication, expected: Expected) -> None:
    """When: active, or given less than 180 days ago; the next dose of the same product is none, nor is its renewal
    from 150 days on."""
    spec(a_patient(draft, medications=[earlier]), expected)


def test_the_card_names_all_and_offers_to_remove_the_draft() -> None:
    """Then: a warning with every partner, each once, a dose with its day; the draft may be removed, nothing else."""
    patient = a_patient(DENOSUMAB, medications=[active(100), active(400, "alendronate")])
    spec(
        patient,
        advice(
            RULE,
            "warning",
            offers=["delete MedicationRequest/draft-denosumab"],
            mirror=False,
            unchecked=False,
        ),
    )
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert [fact.resource.removeprefix("MedicationRequest/") for fact in verdict.because] == [
        "draft-denosumab",
        "alendronate",
        "denosumab",
    ]
    assert "no administration" in verdict.because[2].value
    assert verdict.partners == ()
    own = a_patient(IBANDRONATE, medications=[active(100)])
    spec(own, advice(RULE, "warning", offers=["delete MedicationRequest/draft-ibandronate"], mirror=True))


def test_one_card_for_denosumab_and_bisphosphonate_drafted_together() -> None:
    """When: two drafts meet, the denosumab has the card, wherever it stands."""
    for drafts in ((DENOSUMAB, IBANDRONATE), (IBANDRONATE, DENOSUMAB)):
        patient = a_patient(*drafts)
        spec(patient, advice(RULE, "warning", mirror=False), of=DENOSUMAB)
        spec(patient, advice(RULE, "warning", mirror=True), of=IBANDRONATE)
        verdict = judge(RULE, patient, DENOSUMAB)
        assert isinstance(verdict, Advice)
        assert verdict.partners == ("MedicationRequest/draft-ibandronate",)


def test_one_card_for_denosumab_drafted_twice() -> None:
    """When: two drafts of denosumab meet, the first one has the card."""
    second = a_draft("denosumab", reference="MedicationRequest/second")
    patient = a_patient(DENOSUMAB, second)
    spec(patient, advice(RULE, "warning", mirror=False, because=["MedicationRequest/second"]), of=DENOSUMAB)
    spec(patient, advice(RULE, "warning", mirror=True, because=["MedicationRequest/draft-denosumab"]), of=second)


def test_what_could_not_be_read() -> None:
    """A failed query is not an empty one; what was found is still said."""
    unread: Listing[Medication] = cut_off(Need.MEDICATIONS)
    spec(a_patient(DENOSUMAB, medications=unread), missing(RULE, Need.MEDICATIONS))
    spec(
        a_patient(DENOSUMAB, medications=cut_off(Need.MEDICATIONS, given(10))), advice(RULE, "warning", unchecked=True)
    )
    spec(a_patient(DENOSUMAB, unreadable_draft()), missing(RULE, Need.MEDICATIONS))
    gap = out_of_reach(Need.STOPPED_MEDICATIONS)
    spec(a_patient(DENOSUMAB, medications=[given(300)], administrations_gap=gap), missing(RULE))
    spec(a_patient(DENOSUMAB, administrations_gap=gap), SILENT)
    undated = a_patient(DENOSUMAB, medications=[given(None)])
    spec(undated, missing(RULE, Need.MEDICATIONS, GapKind.UNUSABLE))


def test_the_site_may_set_the_intervals() -> None:
    """When: the intervals are the site's choice."""
    policy = {"denosumab-interval": 150.0, "denosumab-renewal": 120.0}
    spec(a_patient(DENOSUMAB, medications=[given(160)], policy=policy), SILENT)
    spec(a_patient(RENEWAL, medications=[active(130)], policy=policy), SILENT)


def test_other_orders() -> None:
    """The rule is about antiresorptives alone."""
    spec(a_patient(a_draft("iloprost"), medications=[given(10)]), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
