"""BME-DS-ESW-01: shock waves in pregnancy, infection or tumor, and where they may bleed."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Order, Standing
from cds_hooks.snapshot.model import GapKind, Listing
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text.model import Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import born, days_ago, days_ahead, on
from tests.builders.snapshot import (
    A_WOMAN,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_event,
    an_order,
    cut_off,
    out_of_reach,
    unusable,
)
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ESW-01"
RISK = "ESWT: pregnancy, infection, tumor or bleeding risk present"
OTHER = "ESWT: open growth plates, an implanted device or a recent steroid injection - check before treatment"
UNKNOWN = "ESWT: pregnancy status not known - exclude pregnancy before treatment"
ANKLE, KNEE = Site(Region.ANKLE_FOOT, Side.RIGHT), Site(Region.KNEE, Side.RIGHT)
WAVES = an_order(Concept.ESWT, site=ANKLE)
DELETE = "delete ServiceRequest/draft"
GRAVE = advice(RULE, "critical", summary=RISK, offers=[DELETE])
BLEEDING = advice(RULE, "warning", summary=RISK, offers=[])
CHECK = advice(RULE, "warning", summary=OTHER, offers=[DELETE])
NOTHING = satisfied(RULE)
PREGNANT = a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)


def steroid(days: int, standing: Standing = Standing.ENDED, *, given: bool = False, **more: Any) -> Any:
    when = days_ago(days)
    dates = {"last_given": when} if given else {"stopped": when}
    group = DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION
    return a_medication("triamcinolone", standing=standing, **{"group": group, "route": Route.LOCAL, **dates, **more})


@pytest.mark.parametrize("order", [an_order(Concept.PEMF), a_draft("iloprost")])
def test_other_orders(order: Order) -> None:
    """When: only shock waves are looked at."""
    spec(a_patient(order), not_applicable(RULE))


def test_nothing_to_say() -> None:
    """When: a man of 52 years with nothing on record."""
    spec(a_patient(WAVES), NOTHING)


def test_pregnancy() -> None:
    """When: pregnant. Then: critical, with the draft removed on demand."""
    patient = a_patient(WAVES, demographics=A_WOMAN, pregnancy_results=[PREGNANT])
    because = ["ServiceRequest/draft", "Observation/hcg_qualitative"]
    spec(patient, advice(RULE, "critical", summary=RISK, offers=[DELETE], because=because, unchecked=False))


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.OSTEOMYELITIS, site=ANKLE), GRAVE),
        (a_problem(Concept.CELLULITIS, site=ANKLE), GRAVE),
        (a_problem(Concept.CELLULITIS, site=Site(Region.ANKLE_FOOT)), GRAVE),
        (a_problem(Concept.CELLULITIS), NOTHING),
        (a_problem(Concept.CELLULITIS, Concept.SITE_LOWER_LIMB), GRAVE),
        (a_problem(Concept.CELLULITIS, Concept.SITE_LOWER_LIMB, site=Site(side=Side.LEFT)), NOTHING),
        (a_problem(Concept.CELLULITIS, Concept.SITE_LOWER_LIMB, site=KNEE), NOTHING),
        (a_problem(Concept.CELLULITIS, site=KNEE), NOTHING),
        (a_problem(Concept.FOOT_ULCER), GRAVE),
        (a_problem(Concept.FOOT_ULCER, site=Site(side=Side.LEFT)), NOTHING),
        (a_problem(Concept.OSTEOMYELITIS, site=KNEE), NOTHING),
        (a_problem(Concept.BONE_METASTASIS), GRAVE),
        (a_problem(Concept.PRIMARY_BONE_TUMOR, site=ANKLE), GRAVE),
        (a_problem(Concept.MULTIPLE_MYELOMA), GRAVE),
        (a_problem(Concept.NEOPLASTIC_FRACTURE, site=KNEE), NOTHING),
        (a_problem(Concept.BONE_METASTASIS, current=False), NOTHING),
        (a_problem(Concept.MALIGNANCY, site=ANKLE), GRAVE),
        (a_problem(Concept.MALIGNANCY), NOTHING),
        (a_problem(Concept.MALIGNANCY, site=KNEE), NOTHING),
        (a_problem(Concept.BLEEDING_DISORDER), BLEEDING),
        (a_problem(Concept.PACEMAKER), CHECK),
    ],
)
def test_problems(problem: Any, expected: Any) -> None:
    """When: infection or tumor in the field; a tumor that is not of bone counts where its site is the same."""
    spec(a_patient(WAVES, problems=[problem]), expected)


@pytest.mark.parametrize(
    ("labs", "expected"),
    [
        ([a_result(Concept.INR, 1.6)], BLEEDING),
        ([a_result(Concept.INR, 1.5)], NOTHING),
        ([a_result(Concept.INR, 1.6, when=days_ago(30))], BLEEDING),
        ([a_result(Concept.INR, 1.6, when=days_ago(31))], NOTHING),
        ([a_result(Concept.INR, 1.6, at_most=True)], NOTHING),
        ([a_result(Concept.PLATELETS, 49.0)], BLEEDING),
        ([a_result(Concept.PLATELETS, 50.0)], NOTHING),
        ([a_result(Concept.PLATELETS, 49.0, when=days_ago(30))], BLEEDING),
        ([a_result(Concept.PLATELETS, 49.0, when=days_ago(31))], NOTHING),
        ([a_result(Concept.INR, 1.0), a_result(Concept.INR, 3.0, when=days_ago(3), id="old")], NOTHING),
    ],
)
def test_clotting(labs: Any, expected: Any) -> None:
    """When: the newest INR above 1.5, or the newest platelets below 50, of the last 30 days."""
    spec(a_patient(WAVES, labs=labs), expected)


def test_anticoagulant() -> None:
    """When: an anticoagulant is active or drafted. The energy is not known, so no removal is offered."""
    spec(a_patient(WAVES, medications=[a_medication("apixaban")]), BLEEDING)
    spec(a_patient(WAVES, a_draft("apixaban")), BLEEDING)
    spec(a_patient(WAVES, medications=[a_medication("apixaban", standing=Standing.ENDED)]), NOTHING)


def test_low_energy() -> None:
    """Unless the order says low energy: then bleeding is no matter; the rest is."""
    gentle = an_order(Concept.ESWT, Concept.LOW_ENERGY_SHOCK_WAVE, site=ANKLE)
    spec(a_patient(gentle, medications=[a_medication("apixaban")], labs=[a_result(Concept.INR, 3.0)]), NOTHING)
    spec(a_patient(gentle, problems=[a_problem(Concept.CELLULITIS, site=ANKLE)]), GRAVE)


@pytest.mark.parametrize(
    ("medication", "expected"),
    [
        (steroid(42), CHECK),
        (steroid(43), NOTHING),
        (steroid(0), CHECK),
        (steroid(5, stopped=on("2025")), NOTHING),
        (steroid(5, given=True), CHECK),
        (steroid(5, Standing.ACTIVE, given=True), CHECK),
        (steroid(5, Standing.ACTIVE, written=days_ago(5)), NOTHING),
        (steroid(5, stopped=None, written=days_ago(5)), CHECK),
        (steroid(5, stopped=None, written=None), NOTHING),
        (steroid(-3), NOTHING),
        (steroid(5, group=DrugGroup.GLUCOCORTICOID_SYSTEMIC), CHECK),
        (steroid(5, group=DrugGroup.NSAID_SYSTEMIC), NOTHING),
        (steroid(5, route=Route.PARENTERAL), NOTHING),
        (steroid(5, site=KNEE), NOTHING),
        (steroid(5, site=ANKLE), CHECK),
    ],
)
def test_an_injected_steroid(medication: Any, expected: Any) -> None:
    """When: injected here in the last 42 days; an order alone proves no injection."""
    spec(a_patient(WAVES, medications=[medication]), expected)


@pytest.mark.parametrize(
    ("days", "site", "expected"),
    [(42, ANYWHERE, CHECK), (43, ANYWHERE, NOTHING), (5, ANKLE, CHECK), (5, KNEE, NOTHING)],
)
def test_an_injection_as_procedure(days: int, site: Site, expected: Any) -> None:
    """When: a joint injection in the last 42 days, here or at a site that is not said."""
    done = an_event(Concept.JOINT_INJECTION, when=days_ago(days), site=site)
    spec(a_patient(WAVES, procedures=[done]), expected)


def test_a_device() -> None:
    """When: any implant with electronics is on the device list; metal without electronics is none."""
    for concept in (Concept.COCHLEAR_IMPLANT, Concept.NEUROSTIMULATOR, Concept.INFUSION_PUMP):
        spec(a_patient(WAVES, devices=[an_event(concept, kind="Device")]), CHECK)
    spec(a_patient(WAVES, devices=[an_event(Concept.RETAINED_METAL, kind="Device")]), NOTHING)


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (born(15, 1), advice(RULE, "warning", summary=OTHER, offers=[])),
        (born(15, 0), NOTHING),
        (on("2009"), NOTHING),
        (None, NOTHING),
    ],
)
def test_growth_plates(born_on: Any, expected: Any) -> None:
    """When: surely under 16 years, growth plates may be open: a hint, without a removal."""
    patient = a_patient(WAVES, demographics=Demographics(gender="male", birth_date=born_on))
    spec(patient, expected)
    assert any("at this age" in line for line in getattr(judge(RULE, patient), "detail", ())) == (expected != NOTHING)


def test_critical_outweighs_and_names_the_rest() -> None:
    """Then: one card with every item found."""
    patient = a_patient(
        WAVES,
        problems=[a_problem(Concept.OSTEOMYELITIS)],
        medications=[a_medication("apixaban")],
        devices=[an_event(Concept.PACEMAKER, kind="Device")],
    )
    because = ["Condition/osteomyelitis", "MedicationRequest/apixaban", "Device/pacemaker"]
    spec(patient, advice(RULE, "critical", summary=RISK, because=because))


def test_a_device_beside_an_anticoagulant() -> None:
    """Then: the bleeding risk is named, and the device makes the removal sure."""
    pacemaker = an_event(Concept.PACEMAKER, kind="Device")
    patient = a_patient(WAVES, medications=[a_medication("apixaban")], devices=[pacemaker])
    spec(patient, advice(RULE, "warning", summary=RISK, offers=[DELETE]))


# -- pregnancy not known


def test_pregnancy_not_known() -> None:
    """Then: may become pregnant, no status and no test of 14 days: info without a removal."""
    spec(
        a_patient(WAVES, demographics=A_WOMAN),
        advice(RULE, "info", summary=UNKNOWN, offers=[], arm="missing", unchecked=False),
    )
    negative = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(14))
    spec(a_patient(WAVES, demographics=A_WOMAN, pregnancy_results=[negative]), NOTHING)
    older = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(15))
    spec(a_patient(WAVES, demographics=A_WOMAN, pregnancy_results=[older]), advice(RULE, "info"))


def test_pregnancy_not_known_beside_what_could_not_be_read() -> None:
    """Then: the check could not be made; beside what could not be used, the information card names it."""
    spec(a_patient(WAVES, demographics=A_WOMAN, labs=cut_off(Need.INR)), missing(RULE, Need.INR))
    spec(a_patient(WAVES, demographics=A_WOMAN, procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    unclear: Any = Listing(gap=unusable(Need.PROCEDURES))
    spec(a_patient(WAVES, demographics=A_WOMAN, procedures=unclear), advice(RULE, "info", unchecked=True))


# -- what could not be read


@pytest.mark.parametrize(
    ("chart", "about"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, Need.PROBLEMS),
        ({"pregnancy_results": cut_off(Need.PREGNANCY)}, Need.PREGNANCY),
        ({"medications": cut_off(Need.MEDICATIONS)}, Need.MEDICATIONS),
        ({"labs": cut_off(Need.INR)}, Need.INR),
        ({"devices": cut_off(Need.DEVICES)}, Need.DEVICES),
        ({"procedures": cut_off(Need.PROCEDURES)}, Need.PROCEDURES),
        ({"screening_labs": cut_off(Need.INFLAMMATION)}, Need.INFLAMMATION),
        ({"demographics": Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))}, Need.DEMOGRAPHICS),
    ],
)
def test_out_of_reach(chart: Any, about: Need) -> None:
    """A failed query is never "nothing found"; beside a finding the card names it."""
    spec(a_patient(WAVES, **chart), missing(RULE, about))
    if "problems" not in chart:
        patient = a_patient(WAVES, problems=[a_problem(Concept.OSTEOMYELITIS)], **chart)
        spec(patient, advice(RULE, "critical", unchecked=True))


def test_a_failed_query_for_tests_is_no_unknown_status() -> None:
    """In a woman the failed query is said, not that no test is on record."""
    patient = a_patient(WAVES, demographics=A_WOMAN, pregnancy_results=cut_off(Need.PREGNANCY))
    spec(patient, missing(RULE, Need.PREGNANCY))


def test_tests_that_cannot_be_used_are_no_unknown_status() -> None:
    """Nor where what is recorded cannot be used."""
    tests: Any = Listing(gap=unusable(Need.PREGNANCY))
    patient = a_patient(WAVES, demographics=A_WOMAN, pregnancy_results=tests)
    spec(patient, missing(RULE, Need.PREGNANCY, GapKind.UNUSABLE))


def test_an_injection_before_a_cut() -> None:
    """A list that was cut off after an injection elsewhere may hold one here."""
    elsewhere = an_event(Concept.JOINT_INJECTION, when=days_ago(5), site=KNEE)
    spec(a_patient(WAVES, procedures=cut_off(Need.PROCEDURES, elsewhere)), missing(RULE, Need.PROCEDURES))


def test_unusable_results_are_remarked() -> None:
    """Recorded data that could not be used are named."""
    results: Any = Listing(remarks=(unusable(Need.PREGNANCY),))
    spec(a_patient(WAVES, pregnancy_results=results), satisfied(RULE, remarked=True))
    woman = a_patient(WAVES, demographics=A_WOMAN, pregnancy_results=results)
    spec(woman, advice(RULE, "info", remarked=True))
    bleeding = a_patient(WAVES, pregnancy_results=results, medications=[a_medication("apixaban")])
    spec(bleeding, advice(RULE, "warning", remarked=True))


def test_a_due_date_ahead() -> None:
    """When: a due date makes the pregnancy as well."""
    due = a_result(Concept.DELIVERY_DATE, days_ahead(210), when=days_ago(20))
    spec(a_patient(WAVES, demographics=A_WOMAN, pregnancy_results=[due]), GRAVE)


@pytest.mark.parametrize(
    ("name", "value", "patient", "expected"),
    [
        ("open-growth-plate-age", 18, {"demographics": Demographics(gender="male", birth_date=born(17))}, "warning"),
        ("shock-wave-after-injection-days", 60, {"medications": [steroid(50)]}, "warning"),
        ("procedure-inr", 1.2, {"labs": [a_result(Concept.INR, 1.4)]}, "warning"),
        ("procedure-platelets", 80, {"labs": [a_result(Concept.PLATELETS, 70.0)]}, "warning"),
    ],
)
def test_the_site_may_set_the_limits(name: str, value: float, patient: Any, expected: Any) -> None:
    """When: ages, days and limits are the site's choice."""
    spec(a_patient(WAVES, policy={name: value}, **patient), advice(RULE, expected))
