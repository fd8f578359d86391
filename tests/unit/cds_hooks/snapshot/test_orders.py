"""Drafts of services, devices and nutrition: what they ask for, where, why, for how long, and what they give."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Order, Reasons, Series, Standing
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Route
from tests.builders.fhir import (
    EDEMA_SYNDROME,
    LOINC,
    RXNORM,
    SNOMED,
    Json,
    coded,
    fhir_condition,
    fhir_device_order,
    fhir_draft,
    fhir_service_order,
    named,
)
from tests.builders.moment import day
from tests.unit.cds_hooks.snapshot.reading import read

MRI_HIP = coded(LOINC, "36363-0", "MR Hip - left WO and W contrast IV")


def ordered(code: Json | str, **changed: Any) -> Order:
    """A ServiceRequest of the basket."""
    concept = named(code) if isinstance(code, str) else code
    [order] = read(drafts=[fhir_service_order(concept, status="draft", **changed)]).drafts
    return order


@pytest.mark.parametrize(
    ("code", "concepts"),
    [
        (MRI_HIP, {Concept.MRI_ANY, Concept.MRI_HIP, Concept.MRI_WITH_CONTRAST, Concept.MRI_WITHOUT_CONTRAST}),
        ("MRI ankle right without contrast", {Concept.MRI_ANY, Concept.MRI_WITHOUT_CONTRAST}),
        ("Extracorporeal shock wave therapy (ESWT)", {Concept.ESWT}),
        ("PEMF bone stimulator", {Concept.PEMF}),
        ("Core decompression of the left femoral head", {Concept.CORE_DECOMPRESSION}),
        ("Lumbar sympathetic block", {Concept.SYMPATHETIC_BLOCK}),
        ("Balloon kyphoplasty L1", {Concept.KYPHOPLASTY}),
        ("Percutaneous vertebroplasty", {Concept.VERTEBROPLASTY}),
        ("Platelet-rich plasma (PRP) injection", {Concept.PLATELET_RICH_PLASMA}),
        ("Bone marrow derived stem cell injection", {Concept.CELL_THERAPY}),
        ("Bettruhe", {Concept.BED_REST}),
        ("Short leg cast (non-removable)", {Concept.IMMOBILIZER}),
        (coded(SNOMED, "91251008", "Physical therapy procedure"), {Concept.PHYSIOTHERAPY}),
        ("Intra-articular injection", {Concept.JOINT_INJECTION}),
    ],
)
def test_what_a_service_asks_for(code: Json | str, concepts: set[Concept]) -> None:
    """By its code and by its words; the card names it in the chart's own."""
    order = ordered(code)

    assert order.concepts >= concepts
    assert (order.kind, order.unreadable) == ("ServiceRequest", "")
    assert order.fact.value == (code if isinstance(code, str) else code["text"])
    assert (order.fact.kind, order.fact.resource) == (str(Standing.DRAFT), "ServiceRequest/service-1")


def test_details_say_what_is_ordered_and_a_note_says_how() -> None:
    """A note that speaks of an earlier kyphoplasty orders none; it may ask for contrast."""
    noted = [{"text": "after kyphoplasty, weight bearing as tolerated"}, {"time": day(1)}]
    therapy = ordered("Physical therapy", orderDetail=[named("gait training")], note=noted)
    mri = ordered("MRI knee", note=[{"text": "with contrast please"}])

    assert Concept.KYPHOPLASTY not in therapy.concepts
    assert therapy.concepts >= {Concept.PHYSIOTHERAPY, Concept.WEIGHT_BEARING_ALLOWED}
    assert Concept.MRI_WITH_CONTRAST in mri.concepts
    assert Concept.KYPHOPLASTY in ordered("Procedure", orderDetail=[named("kyphoplasty")]).concepts


def test_a_device_by_code_or_by_the_device_it_refers_to() -> None:
    by_code = fhir_device_order(status="draft")
    by_reference = fhir_device_order(id="aid-2", status="draft", codeReference={"display": "Total contact cast"})
    del by_reference["codeCodeableConcept"]
    first, second = read(drafts=[by_code, by_reference]).drafts

    assert Concept.CRUTCHES in first.concepts
    assert Concept.OFFLOADING_DEVICE in second.concepts
    assert second.fact.value == "Total contact cast"


def test_a_diet_and_a_supplement() -> None:
    """A supplement that holds a drug gives it."""
    order = {
        "resourceType": "NutritionOrder",
        "id": "n1",
        "status": "draft",
        "oralDiet": {"type": [named("soft diet")]},
        "supplement": [{"type": named("Vitamin D3 1000 units tablets")}, {"productName": "drink"}, {}],
    }
    [found] = read(drafts=[order]).drafts
    [bare] = read(drafts=[order | {"oralDiet": 5, "supplement": "odd"}]).drafts

    assert found.line is not None
    assert found.line.value == "soft diet"
    assert found.gives(DrugGroup.VITAMIN_D)
    assert (bare.medication, bare.concepts, bare.fact.value) == (None, frozenset(), "not named")


def test_other_drafts_are_left_alone() -> None:
    """What is no order of these kinds asks for nothing that rules look at."""
    [order] = read(drafts=[{"resourceType": "VisionPrescription", "id": "v1", "status": "draft"}]).drafts

    assert order == Order(reference="VisionPrescription/v1", kind="VisionPrescription")


@pytest.mark.parametrize(
    "changed",
    [{"doNotPerform": True}, *({"status": each} for each in ("revoked", "cancelled", "entered-in-error", "completed"))],
)
def test_a_draft_that_is_withdrawn_or_forbidden_asks_for_nothing(changed: Json) -> None:
    [order] = read(drafts=[fhir_service_order(named("Kyphoplasty and iloprost infusion"), **changed)]).drafts

    assert (order.concepts, order.medication, order.unreadable) == (frozenset(), None, "")


@pytest.mark.parametrize(
    "order",
    [
        fhir_service_order(code={"coding": 5}),
        fhir_service_order(status=["draft"]),
        fhir_device_order(codeCodeableConcept="crutches"),
    ],
)
def test_an_order_that_cannot_be_decoded(order: Json) -> None:
    """It may ask for anything, and the sentence says so in words that fit its kind."""
    [found] = read(drafts=[order]).drafts

    assert found.unreadable == "a draft order could not be read: it is not known what it asks for"
    assert found.reference == f"{order['resourceType']}/{order['id']}"


def test_malformed_parts_hide_nothing_else() -> None:
    """One odd element is one thing less that is known."""
    odd = dict.fromkeys(("orderDetail", "note", "bodySite", "occurrencePeriod", "occurrenceTiming", "reasonCode"), 5)
    order = ordered("Kyphoplasty of the left hip", performerType="x", **odd)

    assert Concept.KYPHOPLASTY in order.concepts
    assert (order.site, order.planned_days) == (Site(Region.HIP, Side.LEFT), None)
    assert not order.reasons.readable


# -- why and where


def test_the_reasons_of_an_order() -> None:
    """By code, or by reference to a Condition of the chart."""
    condition = fhir_condition(EDEMA_SYNDROME, id="c1")
    service = fhir_service_order(named("ESWT"), status="draft", reasonReference=[{"reference": "Condition/c1"}])
    [order] = read([condition], [service]).drafts

    assert order.reasons.concepts >= {Concept.EDEMA_SYNDROME}
    assert ordered("ESWT", reasonCode=[named("bone marrow edema")]).reasons.concepts >= {Concept.EDEMA}
    assert ordered("ESWT").reasons == Reasons()


def test_the_place_of_a_reason() -> None:
    """As the Condition says, of the chart or contained, or the words of the reason; unknown places are none."""
    hip, ankle = Site(Region.HIP, Side.LEFT), Site(Region.ANKLE_FOOT, Side.RIGHT)
    condition = fhir_condition(EDEMA_SYNDROME, id="c1", bodySite=[named("Left hip")])
    contained = {"resourceType": "Condition", "id": "c2", "code": named("BMES"), "bodySite": [named("right talus")]}
    references = [{"reference": "Condition/c1"}, {"reference": "#c2"}]
    service = fhir_service_order(named("ESWT"), status="draft", reasonReference=references, contained=[contained])
    [order] = read([condition], [service]).drafts

    assert order.reasons.sites == (hip, ankle)
    assert ordered("ESWT", reasonCode=[named("BMES of the left hip")]).reasons.sites == (hip,)
    assert ordered("ESWT", reasonCode=[named("BMES"), named("BMES of the elbow")]).reasons.sites == ()


def test_a_reason_that_is_only_considered_is_a_reason() -> None:
    """A differential diagnosis is no problem of the patient, and can be what an order is for."""
    considered = fhir_condition(EDEMA_SYNDROME, id="c1", verificationStatus={"coding": [{"code": "differential"}]})
    service = fhir_service_order(named("MRI"), status="draft", reasonReference=[{"reference": "Condition/c1"}])
    patient = read([considered], [service])

    assert Concept.EDEMA_SYNDROME in patient.drafts[0].reasons.concepts
    assert (patient.problems.items, len(patient.differentials)) == ((), 1)


@pytest.mark.parametrize(
    ("code", "body_site", "site"),
    [
        ("ESWT", [coded(SNOMED, "67453005", "Talus"), coded(SNOMED, "24028007")], (Region.ANKLE_FOOT, Side.RIGHT)),
        ("ESWT", coded(SNOMED, "29836001"), (Region.HIP, None)),
        ("ESWT", [named("left knee"), named("right knee")], (Region.KNEE, Side.BOTH)),
        ("ESWT", [coded(SNOMED, "2812003", "Structure of head of femur")], (Region.HIP, None)),
        ("ESWT", [coded(SNOMED, "12611008", "Tibia"), named("left")], (Region.OTHER, Side.LEFT)),
        ("ESWT of the left hip", [named("right side")], (Region.HIP, Side.RIGHT)),
        ("ESWT of the left knee", [coded(SNOMED, "12611008"), named("left")], (Region.KNEE, Side.LEFT)),
        ("ESWT of the left hip", [], (Region.HIP, Side.LEFT)),
        ("ESWT", [], (None, None)),
    ],
)
def test_the_site_of_an_order(code: str, body_site: Any, site: tuple[Region | None, Side | None]) -> None:
    """Its body site, else what the code says; the femoral head belongs to the hip."""
    assert ordered(code, bodySite=body_site).site == Site(*site)


# -- for how long


@pytest.mark.parametrize(
    ("changed", "days"),
    [
        ({"occurrencePeriod": {"start": day(0), "end": day(-70)}}, 70),
        ({"occurrencePeriod": {"end": day(-70)}}, 70),
        ({"occurrencePeriod": {"start": day(0)}}, None),
        ({"occurrencePeriod": {"start": day(0), "end": day(5)}}, None),
        ({"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": day(0), "end": day(-14)}}}}, 14),
        ({"occurrenceTiming": {"repeat": {"boundsDuration": {"value": 6, "unit": "weeks", "code": "wk"}}}}, 42),
        ({"occurrenceTiming": {"repeat": {"boundsRange": {"high": {"value": 8, "code": "wk"}}}}}, 56),
        ({"occurrenceTiming": {"repeat": {"boundsRange": {"low": {"value": 8, "code": "wk"}}}}}, None),
        ({"occurrenceTiming": {"repeat": {"boundsDuration": {"value": 6, "unit": "moons"}}}}, None),
        ({"note": [{"text": "for 10 weeks"}]}, 70),
        ({"orderDetail": [named("x 6-8 weeks")]}, 56),
        ({"note": [{"text": "für 3 Monate"}]}, 90),
        ({"note": [{"text": "pendant 10 jours"}]}, 10),
        ({"note": [{"text": "review in 10 weeks"}]}, None),
        ({"note": [{"text": "Duration: 10 weeks"}]}, 70),
        ({"note": [{"text": "10 weeks"}]}, None),
        ({"orderDetail": [named("8 weeks")]}, 56),
        ({"orderDetail": [named("Planned duration: 8-10 weeks")]}, 70),
        ({"orderDetail": [named("check in 2 weeks, cast 8 weeks")]}, 56),
        ({"orderDetail": [named("cast check every 2 weeks")]}, None),
        ({"orderDetail": [named("6 weeks postoperatively")]}, None),
        ({}, None),
    ],
)
def test_how_long_it_is_to_last(changed: Json, days: float | None) -> None:
    assert ordered("Short leg cast", authoredOn=day(0), **changed).planned_days == days


def test_a_period_without_any_start_begins_today() -> None:
    order = fhir_service_order(named("Cast"), status="draft", occurrencePeriod={"end": day(-7)})
    del order["authoredOn"]
    [found] = read(drafts=[order]).drafts

    assert found.planned_days == 7


def test_the_levels_of_an_augmentation() -> None:
    """From its name and its site; of another order nobody asks."""
    assert ordered("Kyphoplasty T12 and L1").levels == {"T12", "L1"}
    assert ordered("Kyphoplasty", bodySite=[named("L1 vertebra")]).levels == {"L1"}
    assert ordered("Strict bed rest, fracture L1").levels == frozenset()


# -- MR sequences


@pytest.mark.parametrize(
    ("detail", "sequences"),
    [
        ("T1 and STIR", {Series.T1, Series.FLUID_SENSITIVE}),
        ("T1w, fat-saturated T2", {Series.T1, Series.FLUID_SENSITIVE, Series.OTHER}),
        ("T1-weighted; PD FS", {Series.T1, Series.FLUID_SENSITIVE, Series.OTHER}),
        ("T1 TSE cor, T2 TSE FS ax", {Series.T1, Series.FLUID_SENSITIVE, Series.OTHER}),
        ("proton density fat sat", {Series.FLUID_SENSITIVE, Series.OTHER}),
        ("T2 only", {Series.OTHER}),
        ("without T1", set()),
        ("levels T1-T12", set()),
        ("routine", set()),
    ],
)
def test_the_sequences_that_an_mri_lists(detail: str, sequences: set[Series]) -> None:
    assert ordered("MRI hip", orderDetail=[named(detail)]).sequences == sequences
    assert ordered("MRI hip", note=[{"text": detail}]).sequences == sequences
    assert ordered("Cast", note=[{"text": detail}]).sequences == frozenset()


def test_the_title_of_a_spine_study_names_levels() -> None:
    """T1 is a vertebra there; of a hip it is a sequence."""
    assert ordered("MRI thoracic spine T1").sequences == frozenset()
    assert ordered("MRI hip T1 STIR").sequences == {Series.T1, Series.FLUID_SENSITIVE}


# -- contrast agents


@pytest.mark.parametrize(
    ("detail", "agents"),
    [
        ("Contrast agent: gadodiamide (Omniscan)", {DrugGroup.GADOLINIUM_GROUP_1}),
        ("with Gadovist", {DrugGroup.GADOLINIUM_GROUP_2}),
        ("no Magnevist", set()),
        ("with contrast", set()),
    ],
)
def test_the_contrast_agents_that_an_mri_names(detail: str, agents: set[DrugGroup]) -> None:
    """In its details or a note; it is an examination all the same and gives no medicine."""
    assert ordered("MRI hip", orderDetail=[named(detail)]).agents == agents
    assert ordered("MRI hip", note=[{"text": detail}]).agents == agents
    assert ordered("MRI hip", note=[{"text": detail}]).medication is None
    assert ordered("Cast", note=[{"text": detail}]).agents == frozenset()


# -- medicines


@pytest.mark.parametrize(
    ("text", "group", "route"),
    [
        ("Iloprost infusion", DrugGroup.PROSTACYCLIN, Route.PARENTERAL),
        ("Iloprost 5 days", DrugGroup.PROSTACYCLIN, Route.UNKNOWN),
        ("Zoledronic acid infusion 5 mg", DrugGroup.BISPHOSPHONATE, Route.PARENTERAL),
        ("Heparin infusion", DrugGroup.ANTICOAGULANT, Route.PARENTERAL),
        ("Intra-articular triamcinolone injection, left knee", DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION, Route.LOCAL),
        ("Triamcinolone injection right shoulder", DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION, Route.LOCAL),
        ("Intramuscular triamcinolone, hip pain", DrugGroup.GLUCOCORTICOID_SYSTEMIC, Route.PARENTERAL),
        ("Denosumab injection, knee edema", DrugGroup.DENOSUMAB, Route.PARENTERAL),
    ],
)
def test_a_service_that_gives_a_medicine(text: str, group: DrugGroup, route: Route) -> None:
    """An infusion or injection is an order of its drug; a steroid into a joint is local."""
    order = ordered(text, reasonCode=[named("bone marrow edema")])

    assert order.medication is not None
    assert order.gives(group)
    assert (order.medication.medicine.route, order.medication.standing) == (route, Standing.DRAFT)
    assert order.medication.reference == order.reference
    assert order.reasons == order.medication.reasons == order.why.value


def test_a_drug_by_its_code() -> None:
    assert ordered(coded(RXNORM, "1364430", "apixaban")).gives(DrugGroup.ANTICOAGULANT)


@pytest.mark.parametrize(
    "code",
    [
        "25-hydroxyvitamin D",
        "Calcium",
        "Lithium level",
        "Heparin anti-Xa level before infusion",
        "Warfarin education",
        "MRI hip with gadobutrol injection",
        "Physical therapy",
        coded(LOINC, "17861-6", "Calcium infusion"),
        {},
    ],
)
def test_a_service_that_measures_or_teaches_gives_nothing(code: Json | str) -> None:
    assert ordered(code).medication is None


def test_the_site_of_a_joint_injection() -> None:
    """Of a medication order too: the site of its dosage, or its words."""
    order = ordered("Triamcinolone injection left knee")
    depot = named("triamcinolone acetonide 40 mg/mL injection")
    by_words = fhir_draft(depot, id="d1", dosageInstruction=[{"text": "40 mg intra-articular left hip once"}])
    by_site = fhir_draft(depot, id="d2", dosageInstruction=[{"site": named("right ankle")}])
    thigh = fhir_draft(named("denosumab 60 mg"), id="d3", dosageInstruction=[{"text": "into the left hip"}])
    found = read(drafts=[by_words, by_site, thigh]).drafts

    assert order.medication is not None
    assert order.site == order.medication.site == Site(Region.KNEE, Side.LEFT)
    assert [each.site for each in found] == [Site(Region.HIP, Side.LEFT), Site(Region.ANKLE_FOOT, Side.RIGHT), Site()]
