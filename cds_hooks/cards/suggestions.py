"""From proposals to suggestions: the only place that builds FHIR orders.

Each kind of resource is built and validated by fhir.resources (R4B models, which cover R4 for the types used) once,
when the advisor is built; a call only fills in references and the date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task

from cds_hooks.authoring.verdict import DeleteDraft, Proposal, Propose
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Service
from cds_hooks.wire.card import Action, Suggestion
from cds_hooks.wire.request import Request
from mappings.knowledge import Knowledge
from mappings.models import ServiceEntry

PLACEHOLDER = {"reference": "Patient/placeholder"}
REQUESTERS = ("Practitioner/", "PractitionerRole/")


class Suggestions:
    """Knows a validated draft for every service that rules may propose.

    Raises KeyError when the tables lack one, and pydantic's error when one is not valid R4.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._services: Mapping[Service, ServiceEntry] = {name: knowledge.service(name) for name in Service}
        self._templates = {name: _template(entry) for name, entry in self._services.items()}

    def build(
        self, proposals: Iterable[Proposal], request: Request, patient: Patient, namespace: UUID
    ) -> list[Suggestion]:
        """One suggestion per proposal, one action each. What is ordered already is not proposed again.

        `namespace` is the card's uuid: the same question gives the same suggestion ids.
        """
        built = (self._suggestion(proposal, request, patient, namespace) for proposal in dict.fromkeys(proposals))
        return [suggestion for suggestion in built if suggestion]

    def _suggestion(self, proposal: Proposal, request: Request, patient: Patient, namespace: UUID) -> Suggestion | None:
        if isinstance(proposal, DeleteDraft):
            return _delete(proposal, namespace)
        if not isinstance(proposal, Propose):
            return None
        entry = self._services[proposal.service]
        if entry.code and (entry.code.system, entry.code.code) in patient.open_services:
            return None
        label = f"{'Order' if entry.resource_type == 'ServiceRequest' else 'Create a task'}: {entry.text}"
        resource = self._draft(proposal, request, patient.as_of)
        action = Action(type="create", description=label, resource=resource)
        return Suggestion(label=label, uuid=str(uuid5(namespace, proposal.service)), actions=[action])

    def _draft(self, proposal: Propose, request: Request, as_of: datetime) -> dict[str, Any]:
        draft = dict(self._templates[proposal.service])
        draft["for" if draft["resourceType"] == "Task" else "subject"] = {"reference": f"Patient/{request.patient_id}"}
        draft["authoredOn"] = as_of.isoformat(timespec="seconds")
        if request.context.user_id.startswith(REQUESTERS):
            draft["requester"] = {"reference": request.context.user_id}
        if request.context.encounter_id:
            encounter = request.context.encounter_id.removeprefix("Encounter/")
            draft["encounter"] = {"reference": f"Encounter/{encounter}"}
        return draft


def _delete(proposal: DeleteDraft, namespace: UUID) -> Suggestion | None:
    """Only an entry of the basket that has an id can be named."""
    if not proposal.what:
        return None
    action = Action(type="delete", description=proposal.label, resource_id=proposal.what)
    return Suggestion(label=proposal.label, uuid=str(uuid5(namespace, f"delete {proposal.what}")), actions=[action])


def _template(entry: ServiceEntry) -> dict[str, Any]:
    concept: dict[str, Any] = {"text": entry.text}
    if entry.code:
        coding = {"system": entry.code.system, "code": entry.code.code, "display": entry.code.display}
        concept["coding"] = [coding]
    shared = {"status": "draft", "intent": "proposal", "code": concept}
    model: Task | ServiceRequest
    if entry.resource_type == "Task":
        model = Task.model_validate({**shared, "for": PLACEHOLDER})
    else:
        model = ServiceRequest.model_validate({**shared, "subject": PLACEHOLDER})
    dumped: dict[str, Any] = model.model_dump(exclude_none=True, by_alias=True)
    return {"resourceType": entry.resource_type, **dumped}
