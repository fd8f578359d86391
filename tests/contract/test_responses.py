"""What leaves the service is what CDS Hooks defines, by a schema that is closed for everything we emit (`schemas/`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from service.sample_ehr import draft, load_patients, stories
from tests.builders.calls import a_request, answer_of, full_prefetch, the_advisor
from tests.builders.moment import AS_OF
from tests.contract.schemas import faults

Json = dict[str, Any]
TODAY: date = AS_OF.date()
HOOKS = ("patient-view", "order-select", "order-sign")


def rows_of(patient: str) -> list[Mapping[str, Any]]:
    """The resources of a sample patient."""

    def owner(row: Mapping[str, Any]) -> str:
        return str((row.get("subject") or row.get("patient") or {}).get("reference", f"Patient/{row['id']}"))

    return [row for row in load_patients(TODAY) if owner(row) == f"Patient/{patient}"]


@dataclass(frozen=True)
class Response:
    """What came back, and the resources that the call held: drafts and chart."""

    patient: str
    hook: str
    body: Json
    sent: tuple[Json, ...]

    @property
    def cards(self) -> list[Json]:
        return list(self.body["cards"])

    def actions(self, kind: str) -> Iterator[Json]:
        for card in self.cards:
            for suggestion in card.get("suggestions", ()):
                yield from (action for action in suggestion["actions"] if action["type"] == kind)


def responses() -> Iterator[Response]:
    """Every hook for every sample patient, with all data and with little."""
    advisor = the_advisor()
    for story in stories():
        rows = [dict(row) for row in rows_of(story.id)]
        drafts = [draft(name, story.id, TODAY) for name in ("iloprost-iv", "warfarin", "metformin")]
        for hook in HOOKS:
            context: Json = {"userId": "Practitioner/1", "patientId": story.id, "encounterId": "e1"}
            if hook != "patient-view":
                context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": each} for each in drafts]}
            if hook == "order-select":
                context["selections"] = [f"{each['resourceType']}/{each['id']}" for each in drafts]
            chart = full_prefetch(advisor, hook, rows)
            for prefetch in (chart, {**chart, "medications": None}, {"conditions": chart["conditions"]}):
                body = json.loads(answer_of(hook, a_request(hook, drafts, prefetch, context=context)).body)
                yield Response(story.id, hook, body, tuple([*drafts, *rows] if hook != "patient-view" else rows))


EVERY_RESPONSE = list(responses())


@pytest.mark.conforms("H1", "H3", "H9", "I2", "I4", "I5", "I6", "I7", "I8", "I9", "J1", "J2", "J3", "J4", "J5")
@pytest.mark.conforms("K1", "K2", "K4", "K7", "K8", "K9", "K10", "M2", "O3", "P5", "T18", "V13")
def test_every_response_fits_the_schema() -> None:
    """Closed-world schema of the response, its cards, suggestions and actions. System actions are never sent."""
    assert sum(len(response.cards) for response in EVERY_RESPONSE) > 20
    for response in EVERY_RESPONSE:
        assert faults(response.body) == [], (response.patient, response.hook)
        assert "systemActions" not in response.body


@pytest.mark.conforms("A2", "A3", "A4")
def test_nothing_is_null_or_empty() -> None:
    """Absent is left out: no null, no empty string, list or object anywhere but `cards: []`."""

    def blanks(node: object, path: str) -> Iterator[str]:
        if node in (None, "", [], {}):
            yield path
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for name, child in children:
            yield from blanks(child, f"{path}.{name}")

    for response in EVERY_RESPONSE:
        assert set(blanks(response.body, "")) <= {".cards"}
    assert not list(blanks(the_advisor().discovery(), ""))


@pytest.mark.conforms("I1", "K2", "C14")
def test_ids_are_unique_and_repeat_with_the_question() -> None:
    """A retry gives the same cards; two cards of a response never share an id."""
    for response in EVERY_RESPONSE:
        ids = [card["uuid"] for card in response.cards]
        ids += [suggestion["uuid"] for card in response.cards for suggestion in card.get("suggestions", ())]
        assert len(ids) == len(set(ids))
    assert list(responses()) == EVERY_RESPONSE


@pytest.mark.conforms("I11")
def test_urgent_cards_come_first() -> None:
    order = ["critical", "warning", "info"]
    told = [[card["indicator"] for card in response.cards] for response in EVERY_RESPONSE]
    assert any(len(set(indicators)) == 3 for indicators in told)
    for indicators in told:
        assert indicators == sorted(indicators, key=order.index)


@pytest.mark.conforms("J4")
def test_a_topic_names_the_rules_of_the_card() -> None:
    """By their ids, which are never reused: an EHR may remember an override by it."""
    for response in EVERY_RESPONSE:
        for card in response.cards:
            rules = card["extension"]["org.marrow-cds.basis"]["rules"]
            assert set(card["source"]["topic"]["code"].split("+")) <= {rule["id"] for rule in rules}


REQUESTS = {"ServiceRequest", "DeviceRequest", "MedicationRequest", "CommunicationRequest", "Task"}


@pytest.mark.conforms("A5", "K9", "K11", "T19")
def test_every_created_resource_is_valid_r4() -> None:
    """Each passes fhir.resources, is a draft (a diagnosis: provisional), for this patient, by this user."""
    created = [
        (response.patient, action["resource"]) for response in EVERY_RESPONSE for action in response.actions("create")
    ]
    assert {resource["resourceType"] for _, resource in created} == {*REQUESTS, "Condition"}
    for patient, resource in created:
        kind = resource["resourceType"]
        get_fhir_model_class(kind).model_validate(resource)
        assert resource["for" if kind == "Task" else "subject"] == {"reference": f"Patient/{patient}"}
        assert resource["recorder" if kind == "Condition" else "requester"] == {"reference": "Practitioner/1"}
        assert resource["encounter"] == {"reference": "Encounter/e1"}
        if kind == "Condition":
            assert resource["verificationStatus"]["coding"][0]["code"] == "provisional"
        else:
            assert resource["status"] == "draft"


@pytest.mark.conforms("K12", "T17")
def test_deletes_name_drafts_only() -> None:
    """Only the prostacyclin draft is ever offered for removal, never the anticoagulant and never an active order."""
    deleted = {action["resourceId"] for response in EVERY_RESPONSE for action in response.actions("delete")}
    assert deleted == {"MedicationRequest/draft-iloprost"}


@pytest.mark.conforms("K9", "K12", "T17")
def test_updates_change_a_draft_or_the_certainty_of_a_diagnosis() -> None:
    """The whole resource goes back, all else as it came. No active order is touched."""
    changed = set()
    for response in EVERY_RESPONSE:
        for action in response.actions("update"):
            after = action["resource"]
            [before] = [
                each
                for each in response.sent
                if (each["resourceType"], each["id"]) == (after["resourceType"], after["id"])
            ]
            if after["resourceType"] == "Condition":
                assert after["verificationStatus"]["coding"][0]["code"] == "provisional"
            else:
                assert before["status"] == "draft"
            assert before.keys() <= after.keys()
            changed |= {(after["resourceType"], name) for name in after if after[name] != before.get(name)}
    assert changed == {
        ("Condition", "verificationStatus"),
        ("MedicationRequest", "note"),
        ("MedicationRequest", "status"),  # on hold
    }
