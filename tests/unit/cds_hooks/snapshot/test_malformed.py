"""Whatever stands in one element of a resource: the reader goes on, and what it cannot read is a gap or is left out."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.queries import BONE_LABS
from tests.builders.fhir import (
    CESAREAN,
    EDEMA_SYNDROME,
    LOINC,
    SUBJECT,
    WARFARIN,
    Json,
    a_quantity,
    coded,
    fhir_administration,
    fhir_allergy,
    fhir_appointment,
    fhir_condition,
    fhir_device,
    fhir_device_order,
    fhir_draft,
    fhir_encounter,
    fhir_imaging_study,
    fhir_immunization,
    fhir_medication_request,
    fhir_observation,
    fhir_procedure,
    fhir_service_order,
    fhir_statement,
    named,
)
from tests.builders.moment import day
from tests.property.mutations import EXTREME, WRONG, changed, positions
from tests.unit.cds_hooks.snapshot.reading import read

TABLET = named("warfarin 5 mg oral tablet")
REPEAT: Json = {
    "frequency": 1,
    "frequencyMax": 2,
    "period": 1,
    "periodUnit": "d",
    "dayOfWeek": ["mon"],
    "when": ["MORN"],
    "boundsPeriod": {"start": day(9), "end": day(5)},
    "boundsDuration": {"value": 3, "unit": "d"},
    "boundsRange": {"high": {"value": 3, "unit": "d"}},
}
DOSAGE: Json = {
    "text": "1 tablet daily",
    "route": named("oral"),
    "site": named("left knee"),
    "asNeededBoolean": True,
    "timing": {"repeat": REPEAT, "code": {"coding": [{"code": "BID"}]}},
    "doseAndRate": [{"doseQuantity": a_quantity(1, "tablet"), "doseRange": {"high": a_quantity(1, "tablet")}}],
    "maxDosePerPeriod": {"numerator": a_quantity(3, "tablet"), "denominator": a_quantity(1, "d")},
}
DISPENSE: Json = {
    "validityPeriod": {"start": day(90), "end": day(-5)},
    "quantity": a_quantity(30, "tablet"),
    "expectedSupplyDuration": a_quantity(30, "d"),
    "numberOfRepeatsAllowed": 2,
}
CARE: Json = {
    "bodySite": [named("left hip")],
    "note": [{"text": "with contrast, T1"}],
    "occurrenceDateTime": day(-3),
    "reasonCode": [EDEMA_SYNDROME],
    "reasonReference": [{"reference": "Condition/c1", "display": "pain"}],
    "occurrencePeriod": {"start": day(0), "end": day(-30)},
    "occurrenceTiming": {"repeat": REPEAT},
    "performerType": named("orthopedics"),
}
ROWS = {
    "order": fhir_medication_request(TABLET, dosageInstruction=[DOSAGE], dispenseRequest=DISPENSE),
    "statement": fhir_statement(TABLET, dosage=[DOSAGE]),
    "dose": fhir_administration("another", 5, dosage={key: DOSAGE[key] for key in ("text", "route", "site")}),
    "problem": fhir_condition(bodySite=[named("left hip")], stage=[{"summary": named("x")}], severity=named("severe")),
    "procedure": fhir_procedure(CESAREAN, bodySite=[named("left hip")], performedPeriod={"start": day(9)}),
    "result": fhir_observation(
        coded(LOINC, "17861-6"),
        valueQuantity=a_quantity(9.4, "mg/dL", comparator="<"),
        referenceRange=[{"low": a_quantity(8.5, "mg/dL"), "high": a_quantity(10.5, "mg/dL"), "type": named("normal")}],
        interpretation=[{"coding": [{"code": "N"}]}],
        component=[{"code": coded(LOINC, "17861-6"), "valueQuantity": a_quantity(9.4, "mg/dL")}],
    ),
    "allergy": fhir_allergy(
        criticality="high",
        type="allergy",
        reaction=[{"substance": WARFARIN, "manifestation": [named("hives")], "severity": "mild"}],
    ),
    "device": fhir_device(deviceName=[{"name": "pacemaker"}], safety=[named("MR unsafe")]),
    "vaccine": fhir_immunization(),
    "service": fhir_service_order(named("MRI hip"), orderDetail=[named("STIR")], **CARE),
    "aid": fhir_device_order(codeReference={"display": "crutches"}, **CARE),
    "visit": fhir_appointment(description="dentist", reasonCode=[named("pain")], specialty=[named("x")]),
    "contact": fhir_encounter(
        diagnosis=[{"condition": {"reference": "Condition/c1"}}], reasonCode=[EDEMA_SYNDROME], reasonReference=[{}]
    ),
    "message": {
        "resourceType": "Communication",
        "id": "m1",
        "status": "completed",
        "subject": SUBJECT,
        "sent": day(3),
        "topic": named("patient education"),
        "category": [named("x")],
        "payload": [{"contentString": "leaflet", "contentAttachment": {"title": "x"}}],
    },
    "study": fhir_imaging_study(description="MRI"),
    "report": {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "subject": SUBJECT,
        "code": coded(LOINC, "36488-5", "MR Hip - left WO contrast"),
        "category": [{"coding": [{"code": "NMR"}]}],
        "effectiveDateTime": day(3),
        "conclusion": "Marrow edema.",
        "conclusionCode": [named("bone marrow edema")],
        "presentedForm": [{"contentType": "text/plain", "data": "eA=="}],
    },
}
DRAFTS = {
    "medicine": fhir_draft(TABLET, dosageInstruction=[DOSAGE], dispenseRequest=DISPENSE),
    "service": fhir_service_order(named("Triamcinolone injection, left knee for 6 weeks"), status="draft", **CARE),
    "nutrition": {
        "resourceType": "NutritionOrder",
        "id": "n1",
        "status": "draft",
        "subject": SUBJECT,
        "oralDiet": {"type": [named("soft")]},
        "supplement": [{"type": named("vitamin D3 tablets"), "productName": "x"}],
    },
}


LISTS = {
    "contact": "encounters",
    "message": "communications",
    "study": "imaging_studies",
    "order": "medications",
    "statement": "medications",
    "dose": "medications",
    "problem": "problems",
    "procedure": "procedures",
    "result": "bone_labs",
    "allergy": "allergies",
    "device": "devices",
    "vaccine": "immunizations",
    "service": "care",
    "aid": "care",
    "visit": "appointments",
    "report": "mri_reports",
}


def broken(resource: Json) -> list[Any]:
    """The resource with each wrong or extreme value in each of its places."""
    return [
        changed(resource, path, value) for path in positions(resource) if path != () for value in (*WRONG, *EXTREME)
    ]


@pytest.mark.parametrize("name", ROWS)
def test_no_row_makes_the_reader_raise(name: str) -> None:
    rows = [row for row in broken(ROWS[name]) if row.get("resourceType") == ROWS[name]["resourceType"]]
    good = ROWS[name] | {"id": "as-it-should-be"}
    patient = read([*rows, good], observations_under=BONE_LABS)

    read_rows = {item.fact.resource.split("/")[1] for item in getattr(patient, LISTS[name]).items}
    assert "as-it-should-be" in read_rows


@pytest.mark.parametrize("name", DRAFTS)
def test_no_draft_makes_the_reader_raise(name: str) -> None:
    drafts = broken(DRAFTS[name])

    assert len(read(drafts=drafts).drafts) == len(drafts)
