"""Changes of a client's own draft, and of a Condition: the named elements, and all else as it came, valid or not."""

from __future__ import annotations

from typing import Any

import msgspec

from cds_hooks.authoring.verdict import Change
from cds_hooks.wire.request import Request

SHORT_SUPPLY_DAYS = 7  # "3-7 d" (rule VF-03): the longest of it
_NOTES = {
    Change.WITHOUT_CONTRAST: "Without contrast.",
    Change.SEQUENCES: "Please include T1 and a fluid-sensitive sequence (STIR or fat-saturated T2).",
    Change.SHORTER: "Limit immobilization; plan graded loading.",
    Change.NON_WEIGHT_BEARING: "Non-weight-bearing, offloaded mobility only.",
    Change.MODIFIED_RELEASE: "Modified-release form.",
    Change.LOWER_START_DOSE: "Lower start dose as the label says for liver failure or dialysis.",
}


def draft_of(request: Request, reference: str) -> dict[str, Any] | None:
    """The draft with this `Type/id` as the client sent it."""
    for entry in request.draft_entries:
        found = json_object(entry.resource)
        if found is not None and reference and f"{found.get('resourceType')}/{found.get('id')}" == reference:
            return found
    return None


def json_object(raw: msgspec.Raw) -> dict[str, Any] | None:
    """The resource as it came; None when it is not a JSON object."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def changed(draft: dict[str, Any], change: Change) -> dict[str, Any]:
    """The draft with one change made. What cannot be said in an element of its own becomes a note to the order."""
    if change is Change.ON_HOLD:
        return {**draft, "status": "on-hold"}
    if change is Change.SHORT_SUPPLY:
        supply = {"value": SHORT_SUPPLY_DAYS, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}
        dispense = draft.get("dispenseRequest")
        kept = dispense if isinstance(dispense, dict) else {}
        return {**draft, "dispenseRequest": {**kept, "expectedSupplyDuration": supply}}
    notes = draft.get("note")
    return {**draft, "note": [*(notes if isinstance(notes, list) else []), {"text": _NOTES[change]}]}


def provisional(condition: dict[str, Any]) -> dict[str, Any]:
    """The Condition with the verification status provisional."""
    coding = {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "provisional"}
    return {**condition, "verificationStatus": {"coding": [coding]}}
