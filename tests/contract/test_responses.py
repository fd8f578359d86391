"""What leaves the service is what CDS Hooks 2.0 defines, by a schema that is closed for everything we emit.

The schema is written by hand from the specification and knows nothing of the structs that make the response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from jsonschema import Draft202012Validator

from service.sample_ehr import draft, load_patients, stories
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor
from tests.builders.moment import AS_OF

TEXT = {"type": "string", "pattern": r"\S"}
CODING = {
    "type": "object",
    "properties": {"code": TEXT, "system": TEXT, "display": TEXT},
    "required": ["code", "system"],
    "additionalProperties": False,
}
UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
ACTION = {
    "type": "object",
    "properties": {
        "type": {"enum": ["create", "update", "delete"]},
        "description": TEXT,
        "resource": {"type": "object", "required": ["resourceType"]},
        "resourceId": {"type": "string", "pattern": "^[A-Za-z]+/.+$"},
    },
    "required": ["type", "description"],
    "additionalProperties": False,
    "if": {"properties": {"type": {"const": "delete"}}},
    "then": {"required": ["resourceId"], "properties": {"resource": False}},
    "else": {"required": ["resource"], "properties": {"resourceId": False}},
}
SUGGESTION = {
    "type": "object",
    "properties": {"label": TEXT, "uuid": UUID, "actions": {"type": "array", "minItems": 1, "items": ACTION}},
    "required": ["label", "uuid", "actions"],
    "additionalProperties": False,
}
CARD = {
    "type": "object",
    "properties": {
        "uuid": UUID,
        "summary": {"type": "string", "minLength": 1, "maxLength": 139, "pattern": r"^[^\n]+$"},
        "detail": TEXT,
        "indicator": {"enum": ["info", "warning", "critical"]},
        "source": {
            "type": "object",
            "properties": {"label": TEXT, "url": TEXT, "topic": CODING},
            "required": ["label", "topic"],
            "additionalProperties": False,
        },
        "suggestions": {"type": "array", "minItems": 1, "items": SUGGESTION},
        "selectionBehavior": {"enum": ["any", "at-most-one"]},
        "overrideReasons": {
            "type": "array",
            "minItems": 1,
            "items": {"allOf": [CODING, {"required": ["display"]}]},
        },
        "extension": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "object"}},
    },
    "required": ["uuid", "summary", "detail", "indicator", "source", "extension"],
    "dependentRequired": {"suggestions": ["selectionBehavior"], "selectionBehavior": ["suggestions"]},
    "additionalProperties": False,
}
RESPONSE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"cards": {"type": "array", "items": CARD}},
    "required": ["cards"],
    "additionalProperties": False,
}
VALIDATOR = Draft202012Validator(RESPONSE)
TODAY: date = AS_OF.date()
HOOKS = ("patient-view", "order-select", "order-sign")


def rows_of(patient: str) -> list[Mapping[str, Any]]:
    """The resources of a sample patient."""

    def owner(row: Mapping[str, Any]) -> str:
        return str((row.get("subject") or row.get("patient") or {}).get("reference", f"Patient/{row['id']}"))

    return [row for row in load_patients(TODAY) if owner(row) == f"Patient/{patient}"]


def responses() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Every hook for every sample patient, with all data and with none."""
    advisor = the_advisor()
    for story in stories():
        drafts = [draft(name, story.id, TODAY) for name in ("iloprost-iv", "warfarin", "metformin")]
        for hook in HOOKS:
            context: dict[str, Any] = {"userId": "Practitioner/1", "patientId": story.id, "encounterId": "e1"}
            if hook != "patient-view":
                context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": each} for each in drafts]}
            if hook == "order-select":
                context["selections"] = [f"{each['resourceType']}/{each['id']}" for each in drafts]
            chart = full_prefetch(advisor, hook, [dict(row) for row in rows_of(story.id)])
            for prefetch in (chart, {**chart, "medications": None}, {"conditions": chart["conditions"]}):
                body = a_request(hook, drafts, prefetch, context=context)
                yield story.id, hook, cards_in(answer_of(hook, body))


EVERY_RESPONSE = list(responses())


def test_every_response_fits_the_schema() -> None:
    """Closed-world schema of the response, its cards, suggestions and actions."""
    assert sum(len(cards) for _, _, cards in EVERY_RESPONSE) > 20
    for patient, hook, cards in EVERY_RESPONSE:
        problems = [error.message for error in VALIDATOR.iter_errors({"cards": cards})]
        assert not problems, (patient, hook, problems)


def test_nothing_is_null_or_empty() -> None:
    """Absent is left out: no null, no empty string, list or object anywhere in a card."""

    def blanks(node: object, path: str) -> Iterator[str]:
        if node in (None, "", [], {}):
            yield path
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for name, child in children:
            yield from blanks(child, f"{path}.{name}")

    for _, _, cards in EVERY_RESPONSE:
        assert not list(blanks(cards, "cards")) or cards == []


def test_ids_are_unique_and_repeat_with_the_question() -> None:
    """A retry gives the same cards; two cards of a response never share an id."""
    for _, _, cards in EVERY_RESPONSE:
        ids = [card["uuid"] for card in cards]
        ids += [suggestion["uuid"] for card in cards for suggestion in card.get("suggestions", ())]
        assert len(ids) == len(set(ids))
    assert list(responses()) == EVERY_RESPONSE


def test_every_created_resource_is_valid_r4() -> None:
    """Each order or task that a card offers passes fhir.resources, is a draft, for this patient, by this user."""
    created = [
        (patient, action["resource"])
        for patient, _, cards in EVERY_RESPONSE
        for card in cards
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    assert {resource["resourceType"] for _, resource in created} == {"ServiceRequest", "Task"}
    for patient, resource in created:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        owner = resource["for"] if resource["resourceType"] == "Task" else resource["subject"]
        assert owner == {"reference": f"Patient/{patient}"}
        assert resource["status"] == "draft"
        assert resource["requester"] == {"reference": "Practitioner/1"}
        assert resource["encounter"] == {"reference": "Encounter/e1"}


def test_deletes_name_drafts_only() -> None:
    """Only the prostacyclin draft is ever offered for removal, never the anticoagulant and never an active order."""
    deleted = {
        action["resourceId"]
        for _, _, cards in EVERY_RESPONSE
        for card in cards
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] == "delete"
    }
    assert deleted == {"MedicationRequest/draft-iloprost"}


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"summary": "x" * 140}, "too long"),
        ({"indicator": "hard-stop"}, "not one of"),
        ({"source": {"label": "a"}}, "required"),
        ({"selectionBehavior": "all"}, "not one of"),
        ({"suggestions": []}, "short"),
        ({"links": []}, "Additional"),
        ({"uuid": "urn:uuid:x"}, "match"),
        ({"summary": "two\nlines"}, "match"),
    ],
)
def test_the_schema_refuses_what_the_specification_forbids(broken: dict[str, Any], why: str) -> None:
    """The schema is no check that cannot fail: a card with one defect does not pass."""
    good = next(card for _, _, cards in EVERY_RESPONSE for card in cards if "suggestions" in card)
    assert VALIDATOR.is_valid({"cards": [good]})
    messages = " ".join(error.message for error in VALIDATOR.iter_errors({"cards": [{**good, **broken}]}))
    assert messages, why
