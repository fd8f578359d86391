"""BME-DS-COR-03: a steroid should not be injected again too soon, nor before a joint replacement."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago, days_ahead, on
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_reason,
    an_event,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-COR-03"
SUMMARY = "Steroid injection too soon or joint replacement within 3 months"
KNEE, OTHER_KNEE, HIP = Site(Region.KNEE, Side.LEFT), Site(Region.KNEE, Side.RIGHT), Site(Region.HIP, Side.LEFT)
DELETE = "delete ServiceRequest/draft"
WARN = advice(RULE, "warning")


def injected(draft: Order | None = None, **chart: Any) -> Patient:
    return a_patient(draft or an_order(Concept.JOINT_INJECTION, site=KNEE), **chart)


def done(days: int, site: Site = KNEE) -> Event:
    return an_event(Concept.JOINT_INJECTION, when=days_ago(days), site=site)


def given(
    days: int | None = 30, *, site: Site = KNEE, route: Route = Route.LOCAL, standing: Standing = Standing.ENDED
) -> Medication:
    stopped = None if days is None else days_ago(days)
    return a_medication("triamcinolone", standing=standing, route=route, stopped=stopped, site=site, written=None)


def replacement(days: int, site: Site = KNEE) -> Event:
    return an_event(Concept.JOINT_REPLACEMENT, when=days_ahead(days), site=site, open=True, kind="ServiceRequest")


def test_an_earlier_injection() -> None:
    """Then: a warning that offers to remove the draft."""
    because = ["ServiceRequest/draft", "Procedure/joint_injection"]
    expected = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], because=because, unchecked=False)
    spec(injected(procedures=(done(30),)), expected)
    verdict = judge(RULE, injected(procedures=(done(30),)))
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 1
    assert "replacement" not in verdict.detail[0]


def test_a_replacement_ahead_has_its_own_sentence() -> None:
    """Then: nothing is said of an earlier injection where there was none."""
    verdict = judge(RULE, injected(care=(replacement(30),)))
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 1
    assert "replacement" in verdict.detail[0]


@pytest.mark.parametrize(("days", "expected"), [(0, WARN), (83, WARN), (84, satisfied(RULE)), (-1, satisfied(RULE))])
def test_the_interval(days: int, expected: Expected) -> None:
    """When: less than 84 days ago."""
    spec(injected(procedures=(done(days),)), expected)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((100, 150, 200, 365), WARN),
        ((100, 150, 200, 366), satisfied(RULE)),
        ((100, 150, 200), satisfied(RULE)),
        ((100, 100, 150, 200), satisfied(RULE)),
    ],
    ids=["four in a year", "one is older", "three", "two records of one day"],
)
def test_the_number_in_a_year(days: tuple[int, ...], expected: Expected) -> None:
    """When: four or more in 365 days; two records of one day are one injection."""
    spec(injected(procedures=tuple(map(done, days))), expected)


def test_a_longer_interval_than_the_year_that_is_counted() -> None:
    """When: the site may set both windows; an earlier injection is looked for in the longer one."""
    patient = injected(procedures=(done(182),), policy={"injection-interval": 183, "injection-count-window": 183})
    spec(patient, WARN)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (Site(Region.KNEE), WARN),
        (OTHER_KNEE, satisfied(RULE)),
        (HIP, satisfied(RULE)),
        (ANYWHERE, satisfied(RULE)),
    ],
)
def test_the_same_joint(site: Site, expected: Expected) -> None:
    """When: the same joint; a side that is not said counts, a joint that is not said does not."""
    spec(injected(procedures=(done(30, site),)), expected)
    spec(injected(medications=(given(30, site=site),)), expected)


@pytest.mark.parametrize(
    ("medicine", "expected"),
    [
        (given(83), WARN),
        (given(84), satisfied(RULE)),
        (given(30, route=Route.PARENTERAL), satisfied(RULE)),
        (given(30, standing=Standing.ACTIVE), satisfied(RULE)),
        (given(None), satisfied(RULE)),
        (
            a_medication("ibuprofen", standing=Standing.ENDED, route=Route.LOCAL, stopped=days_ago(3), site=KNEE),
            satisfied(RULE),
        ),
        (
            a_medication("triamcinolone", route=Route.LOCAL, last_given=days_ago(30), site=KNEE, written=days_ago(200)),
            WARN,
        ),
        (
            a_medication("triamcinolone", standing=Standing.ENDED, route=Route.LOCAL, site=KNEE, written=days_ago(30)),
            WARN,
        ),
        (
            a_medication(
                "dexamethasone",
                group=DrugGroup.GLUCOCORTICOID_SYSTEMIC,
                route=Route.LOCAL,
                last_given=days_ago(30),
                site=KNEE,
            ),
            WARN,
        ),
    ],
)
def test_medicines_that_were_injected(medicine: Medication, expected: Expected) -> None:
    """When: a steroid by a local route that was administered, or whose order is completed."""
    spec(injected(medications=(medicine,)), expected)


def test_other_procedures_and_undated_ones() -> None:
    spec(injected(procedures=(an_event(Concept.PHYSIOTHERAPY, site=KNEE),)), satisfied(RULE))
    spec(injected(procedures=(an_event(Concept.JOINT_INJECTION, when=None, site=KNEE),)), satisfied(RULE))


def test_a_partial_date_is_no_proof_that_it_is_recent() -> None:
    month = an_event(Concept.JOINT_INJECTION, when=on("2025-03"), site=KNEE)
    spec(injected(procedures=(month,)), satisfied(RULE))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (replacement(90), WARN),
        (replacement(91), satisfied(RULE)),
        (replacement(30, OTHER_KNEE), satisfied(RULE)),
        (replacement(30, ANYWHERE), WARN),
    ],
)
def test_a_planned_replacement(event: Event, expected: Expected) -> None:
    """When: the joint, or one that is not said, is to be replaced within 90 days."""
    spec(injected(care=(event,)), expected)
    spec(injected(appointments=(event,)), expected)


def test_both_reasons_are_told() -> None:
    verdict = judge(RULE, injected(procedures=(done(30),), care=(replacement(30),)))
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 2
    assert len(verdict.because) == 3


def test_a_draft_without_a_joint() -> None:
    """It cannot be said whether the same joint was injected; a planned replacement still warns."""
    unsaid = an_order(Concept.JOINT_INJECTION)
    spec(injected(unsaid, procedures=(done(30),)), missing(RULE, "joint", GapKind.NOT_RECORDED))
    spec(injected(unsaid), satisfied(RULE))
    spec(injected(unsaid, procedures=(done(30),), care=(replacement(30),)), advice(RULE, "warning", unchecked=True))


def test_a_draft_whose_reason_names_the_joint() -> None:
    """When: the draft names no joint, the place of its reason is the joint."""
    of_knee = an_order(Concept.JOINT_INJECTION, reasons=a_reason(Concept.EDEMA_SYNDROME, sites=[KNEE]))
    spec(injected(of_knee, procedures=(done(30),)), WARN)
    spec(injected(of_knee, procedures=(done(30, HIP),)), satisfied(RULE))
    spec(injected(of_knee, care=(replacement(30),)), WARN)
    spec(injected(of_knee, care=(replacement(30, HIP),)), satisfied(RULE))


def test_local_injections_alone() -> None:
    depot = a_draft("triamcinolone", route=Route.PARENTERAL, site=KNEE)
    spec(injected(depot, procedures=(done(30),)), not_applicable(RULE))


def test_out_of_reach() -> None:
    for chart, need in (
        ({"procedures": cut_off(Need.PROCEDURES)}, Need.PROCEDURES),
        ({"medications": cut_off(Need.MEDICATIONS)}, Need.MEDICATIONS),
        ({"administrations_gap": out_of_reach(Need.STOPPED_MEDICATIONS)}, Need.STOPPED_MEDICATIONS),
        ({"care": cut_off(Need.CARE)}, Need.CARE),
        ({"appointments": cut_off(Need.APPOINTMENTS)}, Need.APPOINTMENTS),
    ):
        spec(injected(**chart), missing(RULE, need))
    spec(injected(procedures=cut_off(Need.PROCEDURES, done(30))), advice(RULE, "warning", unchecked=True))
