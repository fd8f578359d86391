"""BME-DX-13: a medicine, radiotherapy, an operation or crystal disease may explain a marrow edema."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_medication,
    a_patient,
    a_problem,
    an_event,
    an_mri,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DX-13"
SUMMARY = "A drug, radiotherapy, surgery or crystal disease may explain the marrow edema"
FOOT, KNEE = Site(Region.ANKLE_FOOT, Side.LEFT), Site(Region.KNEE, Side.LEFT)
FIRES = advice(RULE, "info")
GOUT = a_problem(Concept.GOUT)


def steroid(began: int | None = 60, **said: Any) -> Medication:
    given = {"group": DrugGroup.GLUCOCORTICOID_SYSTEMIC, "written": None if began is None else days_ago(began), **said}
    return a_medication("prednisone", **given)


def ciclosporin(**said: Any) -> Medication:
    return a_medication("cyclosporine", group=DrugGroup.CALCINEURIN_INHIBITOR, **said)


def cytostatic(**said: Any) -> Medication:
    return a_medication("methotrexate", group=DrugGroup.CYTOTOXIC_IMMUNOSUPPRESSANT, **said)


def edema(*medications: Medication, site: Site = FOOT, **chart: Any) -> Patient:
    return a_patient(**{"mri_reports": (an_mri(site=site),), "medications": medications, **chart})


def test_the_exposure_is_named() -> None:
    """Then: edema and exposure are shown, nothing is offered."""
    because = ["DiagnosticReport/mri", "MedicationRequest/prednisone"]
    expected = advice(RULE, "info", summary=SUMMARY, offers=[], because=because, unchecked=False)
    spec(edema(steroid()), expected)


@pytest.mark.parametrize(
    ("medicine", "expected"),
    [
        (steroid(30), FIRES),
        (steroid(29), satisfied(RULE)),
        (steroid(None), satisfied(RULE)),
        (steroid(route=Route.LOCAL), satisfied(RULE)),
        (steroid(route=Route.INHALATION), satisfied(RULE)),
        (steroid(route=Route.PARENTERAL), FIRES),
        (steroid(standing=Standing.UNCERTAIN), satisfied(RULE)),
        (steroid(395, standing=Standing.ENDED, stopped=days_ago(365)), FIRES),
        (steroid(394, standing=Standing.ENDED, stopped=days_ago(365)), satisfied(RULE)),
        (steroid(500, standing=Standing.ENDED, stopped=days_ago(366)), satisfied(RULE)),
        (steroid(500, standing=Standing.ENDED, stopped=None), satisfied(RULE)),
        (steroid(30, stopped=days_ago(20)), FIRES),
        (ciclosporin(), FIRES),
        (ciclosporin(written=days_ago(1)), FIRES),
        (a_medication("tacrolimus", group=DrugGroup.CALCINEURIN_INHIBITOR), satisfied(RULE)),
        (ciclosporin(standing=Standing.ENDED, stopped=days_ago(365)), FIRES),
        (ciclosporin(standing=Standing.ENDED, stopped=days_ago(366)), satisfied(RULE)),
        (a_medication("cyclosporine", group=DrugGroup.CALCINEURIN_INHIBITOR_LOCAL), satisfied(RULE)),
        (cytostatic(), FIRES),
        (cytostatic(route=Route.LOCAL), satisfied(RULE)),
        (a_medication("ibuprofen"), satisfied(RULE)),
    ],
)
def test_medicines(medicine: Medication, expected: Expected) -> None:
    """When: a glucocorticoid of 30 days or more, ciclosporin or a cytostatic, in use or stopped in 12 months."""
    spec(edema(medicine), expected)


@pytest.mark.parametrize("region", [Region.HIP, Region.KNEE, Region.SHOULDER])
def test_a_glucocorticoid_that_another_rule_carries(region: Region) -> None:
    """Unless: with edema of hip, knee or shoulder it is a risk factor of osteonecrosis (BME-ON-04)."""
    spec(edema(steroid(), site=Site(region)), satisfied(RULE))
    spec(
        edema(steroid(), ciclosporin(), site=Site(region)),
        advice(RULE, "info", because=["MedicationRequest/cyclosporine"]),
    )
    recorded = a_problem(Concept.EDEMA, site=Site(region))
    spec(edema(steroid(), problems=(recorded,)), satisfied(RULE))
    over = a_problem(Concept.EDEMA, site=Site(region), current=False)
    spec(edema(steroid(), problems=(over,)), FIRES)


TREATED = [
    *(Concept.RADIOTHERAPY, Concept.BONE_OR_JOINT_SURGERY, Concept.JOINT_REPLACEMENT, Concept.CORE_DECOMPRESSION),
    *(Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY),
]


@pytest.mark.parametrize("done", TREATED)
@pytest.mark.parametrize(
    ("site", "days", "expected"),
    [
        (FOOT, 730, FIRES),
        (FOOT, 731, satisfied(RULE)),
        (FOOT, 0, FIRES),
        (FOOT, -1, satisfied(RULE)),
        (KNEE, 60, satisfied(RULE)),
        (ANYWHERE, 60, satisfied(RULE)),
    ],
)
def test_procedures_of_the_site(done: Concept, site: Site, days: int, expected: Expected) -> None:
    """When: radiotherapy or an operation of the site in the last 24 months."""
    spec(edema(procedures=(an_event(done, site=site, when=days_ago(days)),)), expected)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"procedures": (an_event(Concept.RADIOTHERAPY, site=FOOT, when=None),)}, satisfied(RULE)),
        ({"procedures": (an_event(Concept.JOINT_INJECTION, site=FOOT),)}, satisfied(RULE)),
        ({"problems": (a_problem(Concept.RADIOTHERAPY_HISTORY, site=FOOT),)}, FIRES),
        ({"problems": (a_problem(Concept.JOINT_REPLACEMENT, site=FOOT),)}, satisfied(RULE)),
        ({"problems": (a_problem(Concept.GOUT),)}, FIRES),
        ({"problems": (a_problem(Concept.CRYSTAL_ARTHROPATHY),)}, FIRES),
        ({"problems": (a_problem(Concept.GOUT, current=False),)}, satisfied(RULE)),
    ],
)
def test_other_exposures(chart: dict[str, Any], expected: Expected) -> None:
    spec(edema(**chart), expected)


def test_where_only_the_problem_list_has_the_edema() -> None:
    surgery = an_event(Concept.BONE_OR_JOINT_SURGERY, site=KNEE)
    known = a_problem(Concept.EDEMA_SYNDROME, site=KNEE)
    spec(a_patient(problems=(known,), procedures=(surgery,)), FIRES)
    spec(a_patient(problems=(a_problem(Concept.EDEMA),), medications=(steroid(),)), FIRES)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (a_problem(Concept.OSTEOARTHRITIS), satisfied(RULE)),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS), satisfied(RULE)),
        (a_problem(Concept.OSTEOARTHRITIS, provisional=True), satisfied(RULE)),
        (a_problem(Concept.OSTEOARTHRITIS, current=False), FIRES),
        (a_problem(Concept.RADIOTHERAPY_HISTORY), FIRES),
        (a_problem(Concept.POSTSURGICAL_STATE), FIRES),
        (a_problem(Concept.GOUT), FIRES),
    ],
)
def test_another_cause_is_recorded(cause: Any, expected: Expected) -> None:
    """Unless: the exposure itself is none (post-radiation, crystals)."""
    spec(edema(ciclosporin(), problems=(cause,)), expected)


def test_what_the_card_says() -> None:
    """Then: a sentence for each kind of exposure, and no word of stopping at once."""
    surgery = an_event(Concept.BONE_OR_JOINT_SURGERY, site=FOOT)
    everything = judge(RULE, edema(steroid(), problems=(GOUT,), procedures=(surgery,)))
    one = judge(RULE, edema(problems=(GOUT,)))
    assert "do not stop abruptly" in everything.detail[0]  # type: ignore[union-attr]
    assert len(everything.detail) == 3  # type: ignore[union-attr]
    assert ["urate" in each for each in one.detail] == [True]  # type: ignore[union-attr]


def test_without_edema() -> None:
    spec(a_patient(medications=(steroid(),)), not_applicable(RULE))


def test_out_of_reach() -> None:
    spec(edema(steroid(), mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(edema(medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    spec(edema(administrations_gap=out_of_reach(Need.STOPPED_MEDICATIONS)), missing(RULE, Need.STOPPED_MEDICATIONS))
    spec(edema(procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    spec(edema(steroid(), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(edema(steroid(), procedures=cut_off(Need.PROCEDURES)), advice(RULE, "info", unchecked=True))
    spec(edema(mri_reports=cut_off(Need.MRI)), satisfied(RULE))
