"""What leaves the service is what CDS Hooks defines, by a schema that is closed for everything we emit (`schemas/`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from service.sample_ehr import draft, load_patients, stories
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor
from tests.builders.moment import AS_OF
from tests.contract.schemas import faults

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


@pytest.mark.conforms("H1", "H3", "H9", "I2", "I4", "I5", "I6", "I7", "I8", "I9", "J1", "J2", "J3", "J4", "J5")
@pytest.mark.conforms("K1", "K2", "K4", "K7", "K8", "K9", "K10", "O3", "P5", "V13")
def test_every_response_fits_the_schema() -> None:
    """Closed-world schema of the response, its cards, suggestions and actions."""
    assert sum(len(cards) for _, _, cards in EVERY_RESPONSE) > 20
    for patient, hook, cards in EVERY_RESPONSE:
        assert faults({"cards": cards}) == [], (patient, hook)


@pytest.mark.conforms("A2", "A3", "A4")
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


@pytest.mark.conforms("I1", "K2", "C14")
def test_ids_are_unique_and_repeat_with_the_question() -> None:
    """A retry gives the same cards; two cards of a response never share an id."""
    for _, _, cards in EVERY_RESPONSE:
        ids = [card["uuid"] for card in cards]
        ids += [suggestion["uuid"] for card in cards for suggestion in card.get("suggestions", ())]
        assert len(ids) == len(set(ids))
    assert list(responses()) == EVERY_RESPONSE


@pytest.mark.conforms("A5", "K9", "K11", "T19")
def test_every_created_resource_is_valid_r4() -> None:
    """Each order or task that a card offers passes fhir.resources, is a draft, for this patient, by this user;
    a problem that it offers is provisional."""
    created = [
        (patient, action["resource"])
        for patient, _, cards in EVERY_RESPONSE
        for card in cards
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    kinds = {resource["resourceType"] for _, resource in created}
    requests = {"ServiceRequest", "DeviceRequest", "MedicationRequest", "CommunicationRequest", "Task"}
    assert kinds == {*requests, "Condition"}
    for patient, resource in created:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        owner = resource["for"] if resource["resourceType"] == "Task" else resource["subject"]
        assert owner == {"reference": f"Patient/{patient}"}
        if resource["resourceType"] == "Condition":  # an entry of the problem list has no status of its own to draft
            assert resource["verificationStatus"]["coding"][0]["code"] == "provisional"
            continue
        assert resource["status"] == "draft"
        assert resource["requester"] == {"reference": "Practitioner/1"}
        assert resource["encounter"] == {"reference": "Encounter/e1"}


@pytest.mark.conforms("K12", "T17")
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
