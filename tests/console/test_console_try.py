from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cds_hooks.authoring.rule import OrderRule
from cds_hooks.snapshot.policy import Mode, Policy
from service.persistence.decisions import MemoryDecisions
from service.persistence.feedback import MemoryFeedback
from service.sample_ehr import draft, running, stories
from tests.console.pages import DEVELOPMENT, a_form, the_console, verdicts, words
from tests.integration.test_shell_support import TODAY, advisor, the_problem

HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))"


async def played(form: Mapping[str, Any] | None = None, **more: Any) -> Any:
    async with the_console(**more) as browser:
        return await browser.post("/console/try", data=form or a_form())


@pytest.mark.asyncio
@pytest.mark.parametrize("story", stories(), ids=lambda story: story.id)
async def test_every_sample_patient_can_be_chosen_and_played(story: Any) -> None:
    async with the_console() as browser:
        page = await browser.get("/console", params={"patient": story.id})
        assert f'<option value="{story.id}" selected>' in page.text
        form = a_form(patient=story.id, hook=story.hook, draft=list(story.drafts))
        reply = await browser.post("/console/try", data=form)
    assert reply.status_code == 200
    assert "Refused" not in reply.text
    if story.drafts and story.id not in ("sample-safe", "sample-inhaled"):
        assert '<article class="card' in reply.text, "an order that has a story has a card"


@pytest.mark.asyncio
async def test_the_card_stands_as_an_ehr_shows_it() -> None:
    told = words(await played())
    assert "critical Prostacyclin plus anticoagulant" in told
    assert "apixaban 5 MG Oral Tablet" in told
    assert "Remove the draft order of the prostacyclin" in told
    assert "Override reason" in told
    assert "gather what is missing" in told


@pytest.mark.asyncio
async def test_every_rule_has_a_verdict() -> None:
    reply = await played()
    told = verdicts(reply)
    assert set(told) == set(advisor().rule_ids)
    assert told["BME-CI-01"] == "advice"
    assert told["BME-CI-02"] == "satisfied"
    assert told["BME-DS-NSA-01"] == "not applicable"
    assert "No draft concerns it; it is about nsaid systemic" in words(reply)
    assert "Not asked at order-sign; it is asked at" in words(reply)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("state", "verdict", "told"),
    [
        ("data", "advice", "Prostacyclin plus anticoagulant"),
        ("empty", "satisfied", "Nothing to say"),
        ("failed", "missing", "medications failed"),
        ("absent", "advice", "Prostacyclin plus anticoagulant"),
    ],
)
async def test_each_key_comes_in_the_state_that_was_chosen(state: str, verdict: str, told: str) -> None:
    """What is absent, the sample server has."""
    reply = await played(a_form(**{"state.medications": state}))
    assert verdicts(reply)["BME-CI-01"] == verdict
    assert told in words(reply)


@pytest.mark.asyncio
async def test_where_no_server_can_be_asked_what_is_absent_stays_unknown() -> None:
    reply = await played(a_form(ask="no", **{"state.medications": "absent"}))
    assert verdicts(reply)["BME-CI-01"] == "missing"
    assert "no FHIR server could be asked" in words(reply)


@pytest.mark.asyncio
async def test_what_the_policy_switches_off_or_silences_is_named() -> None:
    policy = Policy(modes={"BME-CI-01": Mode.SILENT, "BME-CI-02": Mode.OFF})
    reply = await played(with_advisor=advisor().with_policy(policy))
    assert verdicts(reply)["BME-CI-01"] == "silent"
    assert "Switched off by the site's policy." in words(reply)


@pytest.mark.asyncio
async def test_a_rule_that_breaks_is_told_as_failed() -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("of a patient")

    rules = [OrderRule(each.rule, broken) if each.rule.id == "BME-CI-01" else each for each in advisor().rules]
    broken.__module__ = "cds_hooks.rules.contraindications.prostacyclin_with_anticoagulant"  # whose words describe it
    reply = await played(with_advisor=advisor().with_rules(rules))
    assert verdicts(reply)["BME-CI-01"] == "failed"
    assert "RuntimeError" in words(reply)
    assert "of a patient" not in reply.text


@pytest.mark.asyncio
async def test_the_request_can_be_sent_again_with_curl() -> None:
    told = words(await played())
    assert "curl -sS 'http://127.0.0.1:8000/cds-services/bme-order-sign'" in told
    _, _, rest = told.partition("<<'END-OF-REQUEST' ")
    request = json.loads(rest.partition(" END-OF-REQUEST")[0])
    assert request["context"]["patientId"] == "sample-apixaban"


@pytest.mark.asyncio
async def test_a_pasted_bundle_is_a_patient() -> None:
    story = next(each for each in stories() if each.id == "sample-nsaid-heart")
    bundle = {"resourceType": "Bundle", "entry": [{"resource": row} for row in story.resources(TODAY)]}
    reply = await played(a_form(source="paste", pasted=json.dumps(bundle), draft="ibuprofen"))
    assert verdicts(reply)["BME-DS-NSA-01"] == "advice"


@pytest.mark.asyncio
async def test_a_pasted_request_is_sent_as_it_is() -> None:
    order = draft("iloprost-iv", "p1", TODAY)
    context = {
        "userId": "Practitioner/1",
        "patientId": "p1",
        "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
    }
    request = {
        "hook": "order-sign",
        "hookInstance": "a",
        "context": context,
        "fhirAuthorization": {"access_token": "secret-token"},
    }
    reply = await played(a_form(source="paste", hook="patient-view", pasted=json.dumps(request)))
    assert verdicts(reply)["BME-CI-01"] == "missing"
    assert "secret-token" not in reply.text.partition('id="result"')[2]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"source": "paste", "pasted": "{"}, "What you pasted is not JSON."),
        ({"source": "paste", "pasted": "[" * 100_000}, "What you pasted is not JSON."),
        ({"source": "paste", "pasted": "7"}, "Paste a FHIR Bundle"),
        ({"source": "paste", "pasted": '{"hook": "none", "context": {}}'}, "No service answers the hook"),
        ({"draft": []}, "Choose at least one draft"),
        ({"own_draft": "no"}, "Your draft is not JSON."),
        ({"own_draft": "[7]"}, "Your draft is no FHIR resource."),
        ({"hook": "tea-time"}, "Choose a hook"),
        ({"source": "server"}, "Give the address of a FHIR server"),
    ],
)
async def test_what_cannot_be_sent_is_said(changed: Mapping[str, Any], told: str) -> None:
    reply = await played(a_form(**changed))
    assert reply.status_code == 422
    assert told in words(reply)


@pytest.mark.asyncio
async def test_a_call_that_the_service_refuses_is_told_as_a_client_is_told() -> None:
    reply = await played(a_form(hook="patient-view", source="paste", pasted='{"resourceType": "Patient", "id": "a b"}'))
    assert "Refused with status 400" in words(reply)
    assert "patientId is not a FHIR id" in words(reply)


@pytest.mark.asyncio
async def test_hostile_fhir_is_shown_as_text() -> None:
    rows = [
        {"resourceType": "Patient", "id": "p1", "gender": "male", "name": [{"text": HOSTILE}]},
        {
            "resourceType": "MedicationRequest",
            "id": HOSTILE,
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            "medicationCodeableConcept": {"text": f"apixaban {HOSTILE}"},
        },
    ]
    reply = await played(a_form(source="paste", pasted=json.dumps(rows)))
    assert verdicts(reply)["BME-CI-01"] == "advice"
    assert "<script>alert" not in reply.text
    assert "<img src=x" not in reply.text
    assert '<a href="javascript' not in reply.text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "row",
    [
        {},
        {"resourceType": 7},
        {"resourceType": "Observation", "code": 3},
        {"resourceType": "Condition", "code": {"coding": ["x", {"code": 1}]}},
    ],
)
async def test_fhir_that_is_broken_in_any_way_breaks_nothing(row: Any) -> None:
    reply = await played(
        a_form(source="paste", pasted=json.dumps([row, {"resourceType": "Bundle", "entry": [None, 7]}]))
    )
    assert reply.status_code == 200


@pytest.mark.asyncio
async def test_a_fhir_server_is_read_by_marrow_itself() -> None:
    async with running(TODAY) as base:
        form = a_form(source="server", server=base, server_patient="sample-apixaban", token="a-token")
        reply = await played(form)
    assert verdicts(reply)["BME-CI-01"] == "advice"
    assert "a-token" not in reply.text


@pytest.mark.asyncio
async def test_a_fhir_server_that_is_not_listed_is_not_read() -> None:
    reply = await played(a_form(source="server", server="https://stranger.example.org/fhir", server_patient="1"))
    assert "not among those that Marrow may read" in words(reply)


@pytest.mark.asyncio
async def test_another_patient_or_hook_brings_another_form() -> None:
    async with the_console() as browser:
        chosen = await browser.post("/console/form", data=a_form(patient="sample-early", change="patient"))
        assert "<option selected>patient-view</option>" in chosen.text
        assert 'name="draft"' not in chosen.text
        chosen = await browser.post("/console/form", data=a_form(hook="encounter-discharge", change="hook"))
        assert "<option selected>encounter-discharge</option>" in chosen.text
        part = await browser.post("/console/form", data=a_form(), headers={"HX-Request": "true"})
        assert part.text.lstrip().startswith('<div id="fields">')


@pytest.mark.asyncio
async def test_dispatched_orders_are_read_like_the_rest() -> None:
    reply = await played(a_form(hook="order-dispatch"))
    assert verdicts(reply)["BME-CI-01"] == "advice"


@pytest.mark.asyncio
async def test_answers_to_cards_are_real_feedback() -> None:
    store, kept = MemoryDecisions(), MemoryFeedback()
    async with the_console(store=store, feedback=kept) as browser:
        await browser.post("/console/try", data=a_form())
        [record] = store.records
        card = record.decision.cards[0].uuid
        answer = {"service": "bme-order-sign", "card": card}
        yes = await browser.post("/console/feedback", data={**answer, "outcome": "accepted", "suggestion": "s1"})
        no = {**answer, "outcome": "overridden", "reason": "emergency", "system": "https://marrow-cds.org/x"}
        assert "Kept: overridden." in words(await browser.post("/console/feedback", data=no))
        assert "Kept: accepted." in words(yes)
        wrong = await browser.post("/console/feedback", data={**answer, "outcome": "ignored"})
        assert wrong.status_code == 422
        assert (await browser.post("/console/feedback", data={"service": "none"})).status_code == 422
    assert record.client == "console"
    assert sorted(item.outcome for item in kept.kept.values()) == ["accepted", "overridden"]
    assert {item.card for item in kept.kept.values()} == {card}


@pytest.mark.asyncio
async def test_the_console_is_held_to_the_limits_of_a_client() -> None:
    slow = DEVELOPMENT.model_copy(update={"calls_per_second": 0.001})
    async with the_console(slow) as browser:
        await browser.post("/console/try", data=a_form())
        the_problem(await browser.post("/console/try", data=a_form()), 429)
