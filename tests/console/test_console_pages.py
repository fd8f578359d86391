"""The pages beside "Try it": rule book, patient course, what became of the cards."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from cds_hooks.snapshot.policy import Policy
from service.config import Mode, Settings
from service.sample_ehr import Story, stories
from tests.builders.history import a_call, an_override, answered, recorded
from tests.console.pages import DEVELOPMENT, a_form, the_console, words
from tests.integration.test_shell_support import TODAY, advisor, the_problem


def rules_in(reply: httpx.Response) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/console/rules/([^"]+)">', reply.text)


def picture(reply: httpx.Response) -> str:
    """The SVG of the first picture; an error where it is not well-formed."""
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', reply.text)
    assert found
    assert len(found[2]) > 20, "a picture has words"
    text = base64.b64decode(found[1]).decode()
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 -- our own
    return text


@pytest.mark.asyncio
async def test_the_rule_book_lists_every_rule_and_filters() -> None:
    async with the_console() as browser:
        everything = await browser.get("/console/rules")
        assert rules_in(everything) == list(advisor().rule_ids)
        found = await browser.get("/console/rules", params={"text": "prostacyclin pregnancy", "indicator": "critical"})
        assert "BME-CI-02" in rules_in(found)
        assert "BME-CI-03" not in rules_in(found), "it warns"
        at_chart = await browser.get(
            "/console/rules", params={"hook": "patient-view", "pathway": "Contraindications of prostacyclin analogs"}
        )
        assert rules_in(at_chart) == ["BME-CI-05"]
        of_drug = rules_in(await browser.get("/console/rules", params={"drug": "denosumab"}))
        assert {"BME-DS-DEN-01", "BME-RF-05"} <= set(of_drug)
        nothing = await browser.get("/console/rules", params={"text": "<b>teapot</b>"})
        assert "No rule fits" in nothing.text
        assert "<b>teapot" not in nothing.text


@pytest.mark.asyncio
async def test_a_rule_is_told_whole() -> None:
    held = advisor().with_policy(Policy(values={"vitamin-d-dose": 3000}))
    async with the_console(with_advisor=held) as browser:
        told = words(await browser.get("/console/rules/BME-DS-VTD-04"))
        for part in (
            "When",
            "Then",
            "Evidence",
            "Caution",
            "3000 IU/d",
            "default 4000",
            "Test table",
            "rxnorm",
            "Version 1",
        ):
            assert part in told
        the_problem(await browser.get("/console/rules/BME-XX-99"), 404)


@pytest.mark.asyncio
async def test_every_rule_has_its_page() -> None:
    async with the_console() as browser:
        for rule in advisor().rule_ids:
            assert (await browser.get(f"/console/rules/{rule}")).status_code == 200


@pytest.mark.asyncio
async def test_the_course_is_drawn_and_told() -> None:
    async with the_console() as browser:
        reply = await browser.get("/console/course", params={"patient": "sample-early"})
    told = words(reply)
    assert "Day 42 since the onset" in told
    assert "months 2 and 3, pain at its highest" in told
    assert "The newest 25-OH vitamin D is 17 ng/mL" in told
    assert "MRI: edema" in told
    assert "ibuprofen" in told
    colors = set(re.findall(r"#[0-9a-f]{6}", picture(reply)))
    assert all(len({color[1:3], color[3:5], color[5:7]}) == 1 for color in colors), "no color carries a meaning"


@pytest.mark.asyncio
@pytest.mark.parametrize("story", stories(), ids=lambda story: story.id)
async def test_every_sample_patient_has_a_course(story: Story) -> None:
    async with the_console() as browser:
        assert picture(await browser.post("/console/course", data=a_form(patient=story.id)))


@pytest.mark.asyncio
async def test_a_course_without_an_onset_says_so() -> None:
    patient = {"resourceType": "Patient", "id": "p1", "gender": "male"}
    async with the_console() as browser:
        reply = await browser.post("/console/course", data=a_form(source="paste", pasted=json.dumps(patient)))
        assert "no phases are shown" in words(reply)
        assert picture(reply)
        wrong = await browser.post("/console/course", data=a_form(source="paste", pasted="{"))
        assert wrong.status_code == 422
        refused = {**patient, "id": "a b"}
        reply = await browser.post("/console/course", data=a_form(source="paste", pasted=json.dumps(refused)))
        assert "patientId is not a FHIR id" in words(reply)


@pytest.mark.asyncio
async def test_a_hostile_name_is_no_formula_and_no_markup() -> None:
    rows = [
        {"resourceType": "Patient", "id": "p1"},
        {
            "resourceType": "MedicationRequest",
            "id": "m1",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            "authoredOn": TODAY.isoformat(),
            "medicationCodeableConcept": {"text": r"ibuprofen $\frac{</text><script>alert(1)</script>"},
        },
    ]
    async with the_console() as browser:
        reply = await browser.post("/console/course", data=a_form(source="paste", pasted=json.dumps(rows)))
    assert "<script>alert" not in picture(reply)
    assert "<script>alert" not in reply.text


@pytest.mark.asyncio
async def test_what_became_of_the_cards(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/marrow.db"
    await recorded(url, [a_call(number) for number in range(3)])
    await answered(url, [an_override(0)])
    settings = Settings(mode=Mode.DEVELOPMENT, database_url=SecretStr(url))
    async with the_console(settings) as browser:
        await browser.post("/cds-services/bme-order-sign", content=b"{}")  # a call that took some time
        reply = await browser.get("/console/answers", params={"days": "365"})
        narrowed = await browser.get("/console/answers", params={"days": "365", "rule": "BME-SP-04"})
    told = words(reply)
    assert "3 calls in the last 365 days" in told
    assert "Cards and answers by week" in told
    assert "2026-W09 3 0 1" in told
    assert "up to 5 s" in told
    assert picture(reply)
    assert "2026-W09 3" not in words(narrowed)


@pytest.mark.asyncio
async def test_a_database_that_does_not_answer_is_said(tmp_path: Path) -> None:
    gone = DEVELOPMENT.model_copy(update={"database_url": SecretStr("sqlite+aiosqlite:////nowhere/at/all.db")})
    async with the_console(gone) as browser:
        reply = await browser.get("/console/answers")
    assert reply.status_code == 503
    assert "The database does not answer" in words(reply)
