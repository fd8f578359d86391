"""What the shell's integration tests share: the application with the real advisor, called in process.

Holds no tests itself, except that this set-up answers.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import httpx2 as httpx
import pytest

from cds_hooks.advisor import Advisor, build_advisor
from mappings.load import load
from service.app import create_app
from service.config import Mode, Settings
from service.persistence.decisions import DecisionStore, MemoryDecisions
from service.persistence.feedback import FeedbackStore, MemoryFeedback
from service.sample_ehr import draft

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TODAY: date = NOW.date()
SIGN = "/cds-services/bme-order-sign"
DEVELOPMENT = Settings(mode=Mode.DEVELOPMENT)


@cache
def advisor() -> Advisor:
    return build_advisor(load())


@asynccontextmanager
async def calling(
    settings: Settings = DEVELOPMENT,
    *,
    store: DecisionStore | None = None,
    feedback: FeedbackStore | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    with_advisor: Advisor | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running application."""
    app = create_app(
        settings,
        advisor=with_advisor or advisor(),
        store=store or MemoryDecisions(),
        feedback=feedback or MemoryFeedback(),
        clock=clock,
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client,
    ):
        yield client


def a_call(patient: str = "sample-apixaban", drug: str = "iloprost-iv", **changed: Any) -> dict[str, Any]:
    """An order-sign with one draft; a change to None leaves the element out."""
    drafts = {"resourceType": "Bundle", "entry": [{"resource": draft(drug, patient, TODAY)}]}
    body: dict[str, Any] = {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": patient, "draftOrders": drafts},
        **changed,
    }
    return {name: value for name, value in body.items() if value is not None}


def the_problem(reply: httpx.Response, status: int) -> str:
    """The sentence of an error, after checking that it is an OperationOutcome of this status."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-request-id"]
    outcome = json.loads(reply.content)
    assert outcome["resourceType"] == "OperationOutcome"
    [issue] = outcome["issue"]
    assert issue["severity"] == "error"
    assert issue["code"]
    return str(issue["details"]["text"])


@pytest.mark.asyncio
async def test_the_set_up_answers() -> None:
    async with calling() as client:
        assert (await client.get("/health/live")).status_code == 200
