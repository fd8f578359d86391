"""From proposals to suggestions: the only place that builds FHIR orders.

Each kind of resource is built and validated by fhir.resources (R4B models, which cover R4 for the types used) once,
when the advisor is built; a call only fills in references, the reason and the date. An update is the client's own draft
with the named elements changed and all else as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from fhir.resources.R4B.communicationrequest import CommunicationRequest
from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.devicerequest import DeviceRequest
from fhir.resources.R4B.fhirresourcemodel import FHIRResourceModel
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task
from msgspec import Raw

from cds_hooks.authoring.verdict import DeleteDraft, MakeProvisional, Proposal, Propose, UpdateDraft
from cds_hooks.cards import changes
from cds_hooks.evaluation.merge import CardPlan
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Service, Treatment
from cds_hooks.wire.card import Action, Suggestion
from cds_hooks.wire.request import Request
from mappings.knowledge import Knowledge
from mappings.models import ServiceEntry
from mappings.text import whole_text

PLACEHOLDER = {"reference": "Patient/placeholder"}
REQUESTERS = ("Practitioner/", "PractitionerRole/")
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
LABELS = {
    "ServiceRequest": "Order: ",
    "DeviceRequest": "Order: ",
    "Task": "Create a task: ",
    "MedicationRequest": "Draft an order (dose left to the prescriber): ",
    "CommunicationRequest": "Send: ",
    "Condition": "Add to the problem list (provisional): ",
}
MODELS: Mapping[str, type[FHIRResourceModel]] = {
    "ServiceRequest": ServiceRequest,
    "DeviceRequest": DeviceRequest,
    "Task": Task,
    "MedicationRequest": MedicationRequest,
    "CommunicationRequest": CommunicationRequest,
    "Condition": Condition,
}
_NO_TREATMENT = {Treatment.ILOPROST, Treatment.IBANDRONATE, Treatment.DENOSUMAB, Treatment.NIFEDIPINE}
_NO_TREATMENT |= {Treatment.ESWT, Treatment.PEMF, Treatment.SYMPATHETIC_BLOCK}
PROPOSED = tuple(treatment for treatment in Treatment if treatment not in _NO_TREATMENT)
"""The treatments that a card may offer as a draft; the others are only named as options."""


Recorded = Callable[[str], Raw | None]
"""A Condition of the chart (`Condition/id`) as it came."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a suggestion takes from the call. `namespace` is the card's uuid: the same question, the same ids."""

    request: Request
    patient: Patient
    recorded: Recorded
    card: CardPlan
    namespace: UUID

    def uuid(self, name: str) -> str:
        return str(uuid5(self.namespace, name))


class Suggestions:
    """Knows a validated draft for every service and treatment that rules may propose.

    Raises KeyError when the tables lack one, and pydantic's error when one is not valid R4.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        entries: dict[Service | Treatment, ServiceEntry] = {name: knowledge.service(name) for name in Service}
        entries |= {each: knowledge.service(f"treat_{each.name.lower()}") for each in PROPOSED}
        self._entries: Mapping[Service | Treatment, ServiceEntry] = entries
        self._templates = {name: _template(entry) for name, entry in self._entries.items()}

    def build(self, proposals: Iterable[Proposal], call: Call) -> list[Suggestion]:
        """One suggestion per proposal, one action each. What is ordered already is not proposed again."""
        built = (self._suggestion(proposal, call) for proposal in proposals)
        return [suggestion for suggestion in built if suggestion]

    def _suggestion(self, proposal: Proposal, call: Call) -> Suggestion | None:
        match proposal:
            case DeleteDraft():
                return _delete(proposal, call)
            case UpdateDraft():
                return _update(proposal, call)
            case MakeProvisional():
                return _provisional(proposal, call)
            case Propose(service):
                return self._create(service, call)
            case _:
                return self._create(proposal.treatment, call)

    def _create(self, name: Service | Treatment, call: Call) -> Suggestion | None:
        entry = self._entries[name]
        known_as = (entry.code.system, entry.code.code) if entry.code else ("", whole_text(entry.text))
        if known_as in call.patient.open_services.value:
            return None
        label = f"{LABELS[entry.resource_type]}{entry.text}"
        action = Action(type="create", description=label, resource=self._draft(name, call))
        return Suggestion(label=label, uuid=call.uuid(name), actions=[action])

    def _draft(self, name: Service | Treatment, call: Call) -> dict[str, Any]:
        draft, request = dict(self._templates[name]), call.request
        kind = draft["resourceType"]
        written, author = ("recordedDate", "recorder") if kind == "Condition" else ("authoredOn", "requester")
        draft["for" if kind == "Task" else "subject"] = {"reference": f"Patient/{request.patient_id}"}
        draft[written] = _moment(call.patient.as_of)
        if request.context.user_id.startswith(REQUESTERS):
            draft[author] = {"reference": request.context.user_id}
        if request.context.encounter_id:
            encounter = request.context.encounter_id.removeprefix("Encounter/")
            draft["encounter"] = {"reference": f"Encounter/{encounter}"}
        return draft if kind == "Condition" else {**draft, **_reason(kind, call)}


def _moment(as_of: datetime) -> str:
    return as_of.isoformat(timespec="seconds")


def _reason(kind: str, call: Call) -> dict[str, Any]:
    """Why: the Condition that the card stands on, else the finding in words. A Task has room for one of them."""
    facts = [fact for each in call.card.members for fact in each.advice.because]
    condition = next((fact.resource for fact in facts if fact.resource.startswith("Condition/")), None)
    if condition:
        reference = {"reference": condition}
        return {"reasonReference": reference if kind == "Task" else [reference]}
    concept = {"text": call.card.lead.rule.title}
    return {"reasonCode": concept if kind == "Task" else [concept]}


def _delete(proposal: DeleteDraft, call: Call) -> Suggestion | None:
    """Only an entry of the basket that has an id can be named; an order that is signed already is never removed."""
    if changes.draft_of(call.request, proposal.what) is None:
        return None
    action = Action(type="delete", description=proposal.label, resource_id=proposal.what)
    return Suggestion(label=proposal.label, uuid=call.uuid(f"delete {proposal.what}"), actions=[action])


def _update(proposal: UpdateDraft, call: Call) -> Suggestion | None:
    """Only an entry that has an id can be named; one that is not a JSON object cannot be changed."""
    draft = changes.draft_of(call.request, proposal.what)
    if draft is None:
        return None
    label = f"Change the draft: {proposal.change}"
    action = Action(type="update", description=label, resource=changes.changed(draft, proposal.change))
    return Suggestion(label=label, uuid=call.uuid(f"update {proposal.what} {proposal.change}"), actions=[action])


def _provisional(proposal: MakeProvisional, call: Call) -> Suggestion | None:
    """Where problems have just been entered they are final: the hook asks for follow-up, not for edits."""
    if call.request.context.new_conditions is not None:
        return None
    raw = call.recorded(proposal.what)
    condition = changes.json_object(raw) if raw else None
    if condition is None:
        return None
    label = "Mark the diagnosis as provisional"
    action = Action(type="update", description=label, resource=changes.provisional(condition))
    return Suggestion(label=label, uuid=call.uuid(f"provisional {proposal.what}"), actions=[action])


# -- templates


def _template(entry: ServiceEntry) -> dict[str, Any]:
    """The draft of an entry, without what a call fills in."""
    concept: dict[str, Any] = {"text": entry.text}
    if entry.code:
        coding = {"system": entry.code.system, "code": entry.code.code, "display": entry.code.display}
        concept["coding"] = [coding]
    model = MODELS[entry.resource_type].model_validate(_fields(entry.resource_type, concept))
    dumped: dict[str, Any] = model.model_dump(exclude_none=True, by_alias=True)
    return {"resourceType": entry.resource_type, **dumped}


def _fields(kind: str, concept: dict[str, Any]) -> dict[str, Any]:
    proposal = {"status": "draft", "intent": "proposal"}
    match kind:
        case "Task":
            return {**proposal, "code": concept, "for": PLACEHOLDER}
        case "DeviceRequest":
            return {**proposal, "codeCodeableConcept": concept, "subject": PLACEHOLDER}
        case "MedicationRequest":
            return {**proposal, "medicationCodeableConcept": concept, "subject": PLACEHOLDER}
        case "CommunicationRequest":
            payload = [{"contentString": concept["text"]}]
            return {"status": "draft", "category": [concept], "payload": payload, "subject": PLACEHOLDER}
        case "Condition":
            return {
                "clinicalStatus": _status("clinical", "active"),
                "verificationStatus": _status("ver-status", "provisional"),
                "category": [{"coding": [{"system": CONDITION_CATEGORY, "code": "problem-list-item"}]}],
                "code": concept,
                "subject": PLACEHOLDER,
            }
        case _:
            return {**proposal, "code": concept, "subject": PLACEHOLDER}


def _status(kind: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/condition-{kind}", "code": code}]}
