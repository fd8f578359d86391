"""What a suggestion says in FHIR: valid R4, coded, about this patient, in this encounter, for this reason."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class
from msgspec import Raw

from cds_hooks.authoring.verdict import (
    Advice,
    Change,
    DeleteDraft,
    MakeProvisional,
    Proposal,
    Propose,
    Treat,
    UpdateDraft,
)
from cds_hooks.cards.suggestions import PROPOSED, Call
from cds_hooks.evaluation.merge import CardPlan, Spoken
from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.vocabulary import Service, Treatment
from cds_hooks.wire.card import Suggestion
from cds_hooks.wire.request import Request
from tests.builders.calls import a_request, the_advisor
from tests.builders.fhir import fhir_draft
from tests.builders.moment import AS_OF
from tests.builders.snapshot import a_patient
from tests.spec.test_offers import rule_about

CONDITION = Fact(name="problem", value="edema", kind="problem list", resource="Condition/c1")
VITAMIN_D = ("http://loinc.org", "62292-8")


def a_call(
    *facts: Fact,
    drafts: list[Any] | None = None,
    recorded: bytes | None = None,
    context: dict[str, Any] | None = None,
    open_services: tuple[tuple[str, str], ...] = (),
) -> Call:
    body = json.loads(a_request("order-sign", drafts or [fhir_draft()]))
    body["context"] |= context or {}
    consultation = the_advisor().consult("bme-order-sign", json.dumps(body).encode(), AS_OF)
    request: Request = consultation.request
    advice = Advice(indicator="info", summary="s", detail=(), because=facts)
    card = CardPlan(Spoken(rule_about().rule, None, advice))
    raw = Raw(recorded) if recorded is not None else None
    patient = a_patient(open_services=open_services)
    return Call(request, patient, lambda reference: raw if reference == "Condition/c1" else None, card, NAMESPACE)


NAMESPACE = UUID("8e7c6c1e-6f5c-5d0e-9a55-0d6c6c8f9b1a")


def built(proposal: Proposal, call: Call) -> list[Suggestion]:
    return the_advisor().suggestions.build([proposal], call)


def resource_of(proposal: Proposal, call: Call) -> dict[str, Any]:
    [suggestion] = built(proposal, call)
    [action] = suggestion.actions or []
    assert action.resource is not None
    return json.loads(json.dumps(action.resource))  # type: ignore[no-any-return]


EVERYTHING: list[Proposal] = [*(Propose(each) for each in Service), *(Treat(each) for each in PROPOSED)]


@pytest.mark.parametrize("proposal", EVERYTHING, ids=lambda each: str(getattr(each, "service", "") or each.treatment))
@pytest.mark.parametrize("facts", [(), (CONDITION,)], ids=["reason in words", "reason by reference"])
def test_every_proposal_is_valid_r4(proposal: Proposal, facts: tuple[Fact, ...]) -> None:
    """Each is a draft about the patient, with who asked, in which encounter, why, and without a dose."""
    context = {"userId": "Practitioner/p1", "encounterId": "e1"}
    resource = resource_of(proposal, a_call(*facts, context=context))
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    if resource["resourceType"] == "Condition":
        assert resource["verificationStatus"]["coding"][0]["code"] == "provisional"
        assert resource["recorder"] == {"reference": "Practitioner/p1"}
        return
    assert resource["status"] == "draft"
    subject = "for" if resource["resourceType"] == "Task" else "subject"
    assert resource[subject]["reference"].startswith("Patient/")
    assert resource["requester"] == {"reference": "Practitioner/p1"}
    assert resource["encounter"] == {"reference": "Encounter/e1"}
    assert "reasonReference" in resource if facts else "reasonCode" in resource
    assert "dosageInstruction" not in resource


def test_only_what_is_a_person_becomes_the_requester() -> None:
    """`userId` may be a patient or a device of another kind; the encounter may be missing or already a reference."""
    call = a_call(context={"userId": "Patient/1", "encounterId": "Encounter/e1"})
    resource = resource_of(Propose(Service.PHYSIOTHERAPY), call)
    assert "requester" not in resource
    assert resource["encounter"] == {"reference": "Encounter/e1"}


def test_the_same_question_gives_the_same_suggestion() -> None:
    one, other = (built(Propose(Service.VITAMIN_D_TEST), a_call()) for _ in range(2))
    assert one == other


def test_what_is_ordered_already_is_not_proposed_again() -> None:
    assert built(Propose(Service.VITAMIN_D_TEST), a_call(open_services=(VITAMIN_D,))) == []
    assert len(built(Propose(Service.MDT_REFERRAL), a_call(open_services=(VITAMIN_D,)))) == 1
    by_text = a_call(open_services=(("", "interdisciplinary case conference"),))
    assert built(Propose(Service.MDT_REFERRAL), by_text) == []


def test_options_that_are_only_named_have_no_draft() -> None:
    """Off-label treatments are never drafted by a card."""
    assert not {Treatment.ILOPROST, Treatment.DENOSUMAB, Treatment.IBANDRONATE, Treatment.NIFEDIPINE} & set(PROPOSED)


# -- the client's own resources

DRAFT = "MedicationRequest/draft-1"


def a_draft_with(**fields: Any) -> dict[str, Any]:
    return {**fhir_draft(id="draft-1"), "unknownElement": {"kept": [1]}, **fields}


def test_a_draft_is_removed_by_its_name() -> None:
    """A draft without an id cannot be named."""
    [suggestion] = built(DeleteDraft(DRAFT, "Remove the draft order"), a_call())
    assert [(each.type, each.resource_id) for each in suggestion.actions or []] == [("delete", DRAFT)]
    assert built(DeleteDraft("", "Remove the draft order"), a_call()) == []


@pytest.mark.parametrize("change", list(Change))
def test_a_change_leaves_all_else_as_it_came(change: Change) -> None:
    """Only the named element differs; what is not valid R4 is kept as well."""
    before = a_draft_with()
    after = resource_of(UpdateDraft(DRAFT, change), a_call(drafts=[before]))
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert changed == {
        {Change.ON_HOLD: "status", Change.SHORT_SUPPLY: "dispenseRequest"}.get(change, "note"),
    }


def test_notes_and_supply_are_added_to_what_is_there() -> None:
    before = a_draft_with(note=[{"text": "first"}], dispenseRequest={"numberOfRepeatsAllowed": 1})
    call = a_call(drafts=[before])
    assert resource_of(UpdateDraft(DRAFT, Change.SHORTER), call)["note"][0] == {"text": "first"}
    supply = resource_of(UpdateDraft(DRAFT, Change.SHORT_SUPPLY), call)["dispenseRequest"]
    assert supply["numberOfRepeatsAllowed"] == 1
    assert supply["expectedSupplyDuration"]["value"] == 7
    odd = a_call(drafts=[a_draft_with(note="words", dispenseRequest="words")])
    assert len(resource_of(UpdateDraft(DRAFT, Change.SHORTER), odd)["note"]) == 1
    assert list(resource_of(UpdateDraft(DRAFT, Change.SHORT_SUPPLY), odd)["dispenseRequest"]) == [
        "expectedSupplyDuration"
    ]


@pytest.mark.parametrize("reference", ["", "MedicationRequest/another"])
def test_a_draft_that_is_not_there_is_not_changed(reference: str) -> None:
    drafts = [fhir_draft(id="draft-1"), []]
    assert built(UpdateDraft(reference, Change.ON_HOLD), a_call(drafts=drafts)) == []


def test_a_diagnosis_becomes_provisional() -> None:
    """The Condition of the chart with one element changed."""
    recorded = b'{"resourceType": "Condition", "id": "c1", "note": "kept", "verificationStatus": {"text": "confirmed"}}'
    resource = resource_of(MakeProvisional("Condition/c1"), a_call(recorded=recorded))
    assert resource["verificationStatus"]["coding"][0]["code"] == "provisional"
    assert resource["note"] == "kept"


@pytest.mark.parametrize("recorded", [None, b"[]", b"{", b"\xff"])
def test_a_diagnosis_that_cannot_be_read_is_not_changed(recorded: bytes | None) -> None:
    assert built(MakeProvisional("Condition/c1"), a_call(recorded=recorded)) == []
