"""Draft orders by name, to be signed (or not) for any patient: ``drafts/<name>.json``.

The files name no patient; the subject is set here.
"""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import Any

from service.sample_ehr.placeholders import fill

_SUFFIX = ".json"


class UnknownDraftError(LookupError):
    """No draft order has this name; the message lists those there are."""


def draft_names() -> tuple[str, ...]:
    """The names that ``draft`` knows, in alphabetical order."""
    folder = files(__package__).joinpath("drafts")
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX)))


def draft(name: str, patient_id: str, today: date, reason: str | None = None) -> dict[str, Any]:
    """A fresh draft order for the patient, written today: a FHIR MedicationRequest or ServiceRequest.

    ``reason`` becomes the text of ``reasonCode``, as a prescriber would type it. UnknownDraftError for another name.
    """
    if name not in draft_names():
        raise UnknownDraftError(f"there is no draft order {name!r}; choose one of {', '.join(draft_names())}")
    text = files(__package__).joinpath("drafts", name + _SUFFIX).read_text(encoding="utf-8")
    order: dict[str, Any] = json.loads(fill(text, today))
    order["subject"] = {"reference": f"Patient/{patient_id}"}
    if reason is not None:
        order["reasonCode"] = [{"text": reason}]
    return order
