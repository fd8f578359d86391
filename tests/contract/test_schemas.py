"""Each rule of the schemas refuses something: one invalid message per rule, made from a valid one."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from cds_hooks.wire.feedback import read_feedback
from cds_hooks.wire.problem import RequestError
from tests.builders.calls import the_advisor
from tests.builders.moment import AS_OF
from tests.contract.schemas import DISCOVERY, FEEDBACK, REQUEST, faults

Json = dict[str, Any]
ORDER = {"resourceType": "ServiceRequest", "status": "draft", "intent": "proposal"}
CODING = {"code": "a", "system": "https://example.org/codes", "display": "A"}
RESPONSE: Json = {
    "cards": [
        {
            "uuid": "0b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11",
            "summary": "One sentence",
            "detail": "Some **Markdown**",
            "indicator": "warning",
            "source": {"label": "A source", "url": "https://example.org", "topic": CODING},
            "suggestions": [
                {
                    "label": "Order it",
                    "uuid": "1b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11",
                    "isRecommended": True,
                    "actions": [
                        {"type": "create", "description": "Order it", "resource": ORDER},
                        {"type": "delete", "description": "Remove it", "resourceId": "MedicationRequest/1"},
                    ],
                },
                {"label": "Do nothing", "uuid": "2b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11"},
            ],
            "selectionBehavior": "at-most-one",
            "overrideReasons": [CODING],
            "links": [{"label": "Read", "url": "https://example.org/a?b=c", "type": "absolute"}],
            "extension": {"org.example.basis": {"a": 1}},
        },
        {
            "uuid": "3b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11",
            "summary": "Another sentence",
            "indicator": "info",
            "source": {"label": "A source", "topic": CODING},
            "links": [{"label": "App", "url": "https://app.example.org", "type": "smart", "appContext": "{}"}],
        },
    ],
    "systemActions": [{"type": "update", "description": "Annotate", "resource": ORDER}],
}
SERVICE: Json = {
    "hook": "order-sign",
    "title": "A title",
    "description": "A description",
    "id": "an-id",
    "prefetch": {
        "patient": "Patient/{{context.patientId}}",
        "labs": "Observation?patient={{context.patientId}}&code=a|b",
    },
    "usageRequirements": "none",
    "extension": {"org.example.knowledge": {"a": 1}},
}
CALL: Json = {
    "hook": "order-select",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "fhirServer": "https://ehr.example.org/fhir",
    "fhirAuthorization": {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "s", "subject": "m"},
    "context": {
        "userId": "Practitioner/1",
        "patientId": "1",
        "encounterId": None,
        "draftOrders": {"resourceType": "Bundle", "entry": []},
        "selections": ["MedicationRequest/1"],
    },
    "prefetch": {"patient": None},
    "extension": {"com.example": {}},
}
ANSWERS: Json = {
    "feedback": [
        {
            "card": "0b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11",
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": "1b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11"}],
            "outcomeTimestamp": "2026-03-01T10:05:00.123Z",
        },
        {
            "card": "0b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11",
            "outcome": "overridden",
            "overrideReason": {"reason": {"code": "a", "system": "s"}, "userComment": "seen"},
            "outcomeTimestamp": "2026-03-01T11:05:00+01:00",
        },
        {
            "card": "0b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11",
            "outcome": "overridden",
            "outcomeTimestamp": "2026-03-01T10:06:00Z",
        },
    ]
}
GONE = object()


def changed(valid: Json, path: str, value: object) -> Json:
    """A copy with the element at `path` (a/0/b) replaced, added or, with GONE, taken away."""
    whole = copy.deepcopy(valid)
    *parents, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    node: Any = whole
    for step in parents:
        node = node[step]
    if value is GONE:
        del node[last]
    else:
        node[last] = value
    return whole


def test_the_valid_messages_are_valid() -> None:
    assert faults(RESPONSE) == []
    assert faults({"cards": []}) == []
    assert DISCOVERY.is_valid({"services": [SERVICE]})
    assert DISCOVERY.is_valid({"services": []})
    assert REQUEST.is_valid(CALL)
    assert FEEDBACK.is_valid(ANSWERS)
    assert REQUEST.is_valid({**CALL, "unknown": 1, "context": {**CALL["context"], "unknown": 1}})


CARD, SUGGESTION, ACTION, LINK = "cards/0", "cards/0/suggestions/0", "cards/0/suggestions/0/actions", "cards/0/links"
SMART = "cards/1/links/0"


BOTH_LINKS = [card["links"][0] for card in RESPONSE["cards"]]


@pytest.mark.conforms("A2", "A3", "K3", "K6", "L1", "L2", "L3", "L4", "M1", "P5", "P8", "T13", "T18")
@pytest.mark.conforms("V3", "V4", "V5", "V6", "V7", "V8", "V9", "V13")
@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ("A2 null", f"{CARD}/detail", None),
        ("A2 null inside an extension", f"{CARD}/extension/org.example.basis/a", None),
        ("A2 null inside a resource", f"{ACTION}/0/resource/note", None),
        ("A3 empty text", f"{CARD}/extension/org.example.basis/a", ""),
        ("A3 empty object", f"{ACTION}/0/resource/note", {}),
        ("A5 no resourceType", f"{ACTION}/0/resource", {"status": "draft"}),
        ("H1 no cards", "cards", GONE),
        ("H1 cards is no array", "cards", {}),
        ("H3 empty systemActions", "systemActions", []),
        ("I1 no uuid", f"{CARD}/uuid", GONE),
        ("I1 urn", f"{CARD}/uuid", "urn:uuid:0b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11"),
        ("I1 upper case", f"{CARD}/uuid", "0B5A3D9E-4C2F-5F0E-9F57-3C8F0C5B9D11"),
        ("I2 no summary", f"{CARD}/summary", GONE),
        ("I2 140 characters", f"{CARD}/summary", "x" * 140),
        ("I2 140 UTF-16 units", f"{CARD}/summary", "\U0001f9b4" * 70),
        ("I2 two lines", f"{CARD}/summary", "two\nlines"),
        ("I2 blank", f"{CARD}/summary", "  "),
        ("I3 HTML", f"{CARD}/detail", "a <b>bold</b> word"),
        ("I3 HTML comment", f"{CARD}/detail", "<!-- x -->"),
        ("I4 indicator of a draft", f"{CARD}/indicator", "hard-stop"),
        ("I4 no indicator", f"{CARD}/indicator", GONE),
        ("I5 no source", f"{CARD}/source", GONE),
        ("I6 no suggestion", f"{CARD}/suggestions", []),
        ("I7 suggestions alone (V8)", f"{CARD}/selectionBehavior", GONE),
        ("I7 selectionBehavior alone", f"{CARD}/suggestions", GONE),
        ("I7 unknown", f"{CARD}/selectionBehavior", "all"),
        ("I8 no display (V6)", f"{CARD}/overrideReasons/0", {"code": "a", "system": "b"}),
        ("I8 no reason", f"{CARD}/overrideReasons", []),
        ("I9 no link", f"{CARD}/links", []),
        ("J1 no label", f"{CARD}/source", {"topic": CODING}),
        ("J2 relative", f"{CARD}/source/url", "/about"),
        ("J3 relative", f"{CARD}/source/icon", "icon.png"),
        ("J4 no topic", f"{CARD}/source/topic", GONE),
        ("J5 no system", f"{CARD}/source/topic", {"code": "a"}),
        ("J5 unknown member", f"{CARD}/source/topic", {**CODING, "version": "1"}),
        ("K1 no label", f"{SUGGESTION}/label", GONE),
        ("K2 no uuid", f"{SUGGESTION}/uuid", GONE),
        ("K2 used twice", f"{SUGGESTION}/uuid", "0b5a3d9e-4c2f-5f0e-9f57-3c8f0c5b9d11"),
        ("K3 two recommended (V3)", "cards/0/suggestions/1/isRecommended", True),
        ("K4 no action", ACTION, []),
        ("K6 actionSelectionBehavior (V9)", f"{SUGGESTION}/actionSelectionBehavior", "any"),
        ("K7 unknown action", f"{ACTION}/0/type", "replace"),
        ("K8 no description (V7)", f"{ACTION}/0/description", GONE),
        ("K9 create without resource", f"{ACTION}/0/resource", GONE),
        ("K10 delete without resourceId (V4)", f"{ACTION}/1/resourceId", GONE),
        ("K10 delete with resource (V4)", f"{ACTION}/1/resource", ORDER),
        ("K10 bare id", f"{ACTION}/1/resourceId", "1"),
        ("L1 no label", f"{LINK}/0/label", GONE),
        ("L1 no type", f"{LINK}/0/type", GONE),
        ("L1 unknown type", f"{LINK}/0/type", "launch"),
        ("L2 appContext on absolute (V5)", f"{LINK}/0/appContext", "x"),
        ("L2 appContext as object", f"{SMART}/appContext", {"a": 1}),
        ("L3 script", f"{LINK}/0/url", "javascript:alert(1)"),
        ("L3 relative", f"{LINK}/0/url", "/a"),
        ("L3 user name", f"{LINK}/0/url", "https://a@example.org"),
        ("L4 autolaunchable", f"{SMART}/autolaunchable", True),
        ("T18 a smart link beside an absolute one", LINK, BOTH_LINKS),
        ("M1 no description", "systemActions/0/description", GONE),
        ("O3 extension is no object", f"{CARD}/extension/org.example.basis", "text"),
        ("O3 key without domain", f"{CARD}/extension/basis", {"a": 1}),
        ("V13 unknown member of a card", f"{CARD}/priority", 1),
        ("V13 unknown member of the response", "card", {"a": 1}),
    ],
    ids=lambda value: value if isinstance(value, str) and value[1:2].isdecimal() else "",
)
def test_a_response_that_breaks_one_rule(rule: str, path: str, value: object) -> None:
    assert faults(changed(RESPONSE, path, value)), rule


@pytest.mark.conforms("B5", "B6", "B7", "B8", "B9", "B10", "B11", "B13", "E1", "E3", "E4", "E8", "E9", "P8", "V13")
@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ("B5 no hook", "hook", GONE),
        ("B5 no description", "description", GONE),
        ("B5 no id", "id", GONE),
        ("B6 blank title", "title", " "),
        ("B7 no template", "prefetch", {}),
        ("B8 usageRequirements is no text", "usageRequirements", 1),
        ("B11 extension is no object", "extension/org.example.knowledge", []),
        ("B13 id that is no path", "id", "An id"),
        ("E1 absolute", "prefetch/patient", "https://ehr.example.org/Patient/{{context.patientId}}"),
        ("E3 user token", "prefetch/patient", "Patient/{{userPatientId}}"),
        ("E4 FHIRPath", "prefetch/patient", "Patient/{{context.draftOrders.entry}}"),
        ("E8 plus sign", "prefetch/labs", "Observation?code=a+b"),
        ("E9 modifier", "prefetch/labs", "Observation?code:not=a"),
        ("E9 chain", "prefetch/labs", "Observation?subject.name=a"),
        ("E9 _include", "prefetch/labs", "Observation?_include=a"),
        ("B9 version of a ballot", "version", "2.0.0"),
        ("B10 hookVersion", "hookVersion", "1.0"),
        ("V13 unknown member", "priority", 1),
    ],
    ids=lambda value: value if isinstance(value, str) and value[1:2].isdecimal() else "",
)
def test_a_discovery_that_breaks_one_rule(rule: str, path: str, value: object) -> None:
    assert not DISCOVERY.is_valid({"services": [changed(SERVICE, path, value)]}), rule


INVALID_CALLS = {
    "C2 no hook": ("hook", GONE),
    "D7 a hook that is not served": ("hook", "appointment-book"),
    "D10 a hook that is not served": ("hook", "allergyintolerance-create"),
    "C3 no hookInstance": ("hookInstance", GONE),
    "C3 blank": ("hookInstance", " "),
    "C3 a number": ("hookInstance", 1),
    "C4 a token without a server (V1)": ("fhirServer", GONE),
    "C5 a token that is none": ("fhirAuthorization", {"access_token": 1}),
    "C6 no context": ("context", GONE),
    "C6 context is no object": ("context", []),
    "C7 prefetch is no object": ("prefetch", []),
    "D1 no user": ("context/userId", GONE),
    "D1 no patient": ("context/patientId", GONE),
    "D1 a patient with a slash": ("context/patientId", "a/b"),
    "D1 a search as patient": ("context/patientId", "1?x=y"),
    "D2 no selections": ("context/selections", GONE),
    "D2 selections of another type": ("context/selections", [1]),
    "D3 no drafts": ("context/draftOrders", GONE),
    "D11 drafts that are no Bundle": ("context/draftOrders/resourceType", "List"),
    "D11 entries that are no array": ("context/draftOrders/entry", {}),
}


@pytest.mark.conforms("C2", "C3", "C4", "C5", "C6", "C7", "D1", "D2", "D3", "D7", "D10", "D11", "V1")
@pytest.mark.parametrize("rule", INVALID_CALLS)
def test_a_request_that_breaks_one_rule(rule: str) -> None:
    """Refused by the schema and by Marrow alike."""
    call = changed(CALL, *INVALID_CALLS[rule])
    assert not REQUEST.is_valid(call), rule
    with pytest.raises(RequestError):
        the_advisor().consult("bme-order-select", json.dumps(call).encode(), AS_OF)


@pytest.mark.conforms("N2", "N3", "N4", "N5", "N6", "V10", "V11", "V12", "V13")
@pytest.mark.parametrize(
    ("rule", "path", "value", "left"),
    [
        ("N2 no array", "feedback", GONE, 0),
        ("N2 an empty array", "feedback", [], 0),
        ("N2 an item that is none", "feedback/0", "accepted", 2),
        ("N3 no card", "feedback/0/card", GONE, 2),
        ("N3 no outcome", "feedback/0/outcome", GONE, 2),
        ("N3 no time", "feedback/0/outcomeTimestamp", GONE, 2),
        ("N3 a time without zone (V13)", "feedback/0/outcomeTimestamp", "2026-03-01T10:05:00", 2),
        ("N6 an ignored card (V10)", "feedback/0/outcome", "ignored", 2),
        ("N4 accepted, and nothing named (V11)", "feedback/0/acceptedSuggestions", GONE, 3),
        ("N4 a suggestion without id", "feedback/0/acceptedSuggestions/0", {"uuid": "s"}, 2),
        ("N5 neither reason nor comment (V12)", "feedback/1/overrideReason", {}, 3),
        ("N5 a reason without code", "feedback/1/overrideReason/reason", {"display": "A"}, 2),
        ("N5 a reason without system", "feedback/1/overrideReason/reason", {"code": "a"}, 3),
    ],
    ids=lambda value: value if isinstance(value, str) and value[1:2].isdecimal() else "",
)
def test_feedback_that_breaks_one_rule(rule: str, path: str, value: object, left: int) -> None:
    """`left` of three items are taken. What says no less for the fault is taken too: a lost answer helps nobody."""
    answers = changed(ANSWERS, path, value)
    assert not FEEDBACK.is_valid(answers), rule
    if left:
        found = read_feedback(json.dumps(answers).encode())
        assert (len(found.items), len(found.refused)) == (left, 3 - left)
    else:
        with pytest.raises(RequestError):
            read_feedback(json.dumps(answers).encode())
