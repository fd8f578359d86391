"""Draft orders by name, to be signed (or not) for any patient: ``drafts/<name>.json``, or built here.

Neither names a patient; the subject is set here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from service.sample_ehr.charts import LOINC, RXNORM, concept
from service.sample_ehr.placeholders import fill

_SUFFIX = ".json"
_EDEMA = "bone marrow edema syndrome"


class UnknownDraftError(LookupError):
    """No draft order has this name; the message lists those there are."""


def _medicine(text: str, code: str = "", route: str = "oral", **fields: Any) -> dict[str, Any]:
    """A draft for edema syndrome; `code` is of RxNorm."""
    return {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": concept(text, RXNORM, code),
        "reasonCode": [concept(_EDEMA)],
        "dosageInstruction": [{"route": concept(route)}],
        **fields,
    }


def _service(text: str, code: str = "", reason: str = _EDEMA, **fields: Any) -> dict[str, Any]:
    """A draft of a procedure or examination; `code` is of LOINC."""
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": concept(text, LOINC, code),
        "reasonCode": [concept(reason)],
        **fields,
    }


_DAYS_30: Mapping[str, Any] = {
    "dispenseRequest": {
        "expectedSupplyDuration": {"value": 30, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}
    }
}
_BUILT: Mapping[str, dict[str, Any]] = {
    "adalimumab": _medicine("adalimumab 40 mg prefilled pen", route="subcutaneous"),
    "bed-rest": _service("Bed rest", reason="Vertebral fracture"),
    "cast-ten-weeks": _service(
        "Fiberglass cast below the knee",
        occurrenceTiming={
            "repeat": {
                "boundsDuration": {"value": 10, "unit": "wk", "system": "http://unitsofmeasure.org", "code": "wk"}
            }
        },
    ),
    "cholecalciferol": _medicine("cholecalciferol 1.25 MG Oral Tablet", "1291276"),
    "core-decompression": _service("Core decompression of the femoral head"),
    "denosumab": _medicine("1 ML denosumab 60 MG/ML Prefilled Syringe", "993452", "subcutaneous"),
    "ibuprofen": _medicine("ibuprofen 600 MG Oral Tablet", "197806"),
    "iloprost-iv-for-edema": _medicine("1 ML iloprost 0.1 MG/ML Injection", "2680303", "intravenous"),
    "mri-hip-contrast": _service("MR Hip WO and W contrast IV", "30688-6"),
    "nifedipine": _medicine("24 HR nifedipine 30 MG Extended Release Oral Tablet", "198034"),
    "oxycodone": _medicine("oxycodone hydrochloride 10 MG Extended Release Oral Tablet", **_DAYS_30),
    "platelet-rich-plasma": _service("Injection of platelet-rich plasma"),
    "shock-wave": _service("Extracorporeal shock wave therapy of the foot"),
    "steroid-injection-hip": _medicine(
        "methylprednisolone acetate 40 MG/ML Injectable Suspension", "1358610", "intra-articular, right hip"
    ),
    "steroid-injection-knee": _medicine(
        "methylprednisolone acetate 40 MG/ML Injectable Suspension", "1358610", "intra-articular, right knee"
    ),
    "vertebroplasty": _service("Vertebroplasty", reason="Vertebral fracture"),
    "walking-exercise": _service("Weight-bearing exercise program", reason="Diabetic foot"),
    "zoledronate": _medicine("100 ML zoledronic acid 0.05 MG/ML Injection", "705824", "intravenous"),
}


def draft_names() -> tuple[str, ...]:
    """The names that ``draft`` knows, in alphabetical order."""
    folder = files(__package__).joinpath("drafts")
    stored = [file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX)]
    return tuple(sorted([*stored, *_BUILT]))


def draft(name: str, patient_id: str, today: date, reason: str | None = None) -> dict[str, Any]:
    """A fresh draft order for the patient, written today: a FHIR MedicationRequest or ServiceRequest.

    ``reason`` becomes the text of ``reasonCode``, as a prescriber would type it. UnknownDraftError for another name.
    """
    if name not in draft_names():
        raise UnknownDraftError(f"there is no draft order {name!r}; choose one of {', '.join(draft_names())}")
    order = _built(name, today) if name in _BUILT else _stored(name, today)
    order["subject"] = {"reference": f"Patient/{patient_id}"}
    if reason is not None:
        order["reasonCode"] = [{"text": reason}]
    return order


def _built(name: str, today: date) -> dict[str, Any]:
    order: dict[str, Any] = json.loads(json.dumps(_BUILT[name]))
    return {"id": f"draft-{name}", **order, "authoredOn": today.isoformat()}


def _stored(name: str, today: date) -> dict[str, Any]:
    text = files(__package__).joinpath("drafts", name + _SUFFIX).read_text(encoding="utf-8")
    order: dict[str, Any] = json.loads(fill(text, today))
    return order
