"""Records of calls, for the tests of what is kept of them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

from cds_hooks.decision import CardRecord, Decision, Outcome
from service.persistence.decisions import CallRecord, DecisionStore

PATIENT = "patient-4711"
KEY = b"a key of the site"
AT = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))


def a_card(number: int = 0) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def a_record(
    number: int = 0, *, client: str = "hospital", tenant: str | None = None, response: bytes = b"", **changed: Any
) -> CallRecord:
    """A critical card at order-sign; `changed` are members of the decision."""
    decision: dict[str, Any] = {
        "hook": "order-sign",
        "hook_instance": f"instance-{number}",
        "patient_id": PATIENT,
        "as_of": AT,
        "knowledge_revision": "abc",
        "policy_revision": "site-1",
        "outcomes": (Outcome("BME-CI-01", 1, "advice", "MedicationRequest/1", None),),
        "cards": (CardRecord(a_card(number), "BME-CI-01", "critical"),),
        "facts": ("active orders",),
        "missing": (),
        "queries": {"medications": "data"},
        "foreign_rows": 0,
        "failures": (),
        **changed,
    }
    return CallRecord(
        decision_id=f"decision-{number}",
        service="bme-order-sign",
        client=client,
        tenant=tenant,
        decision=Decision(**decision),
        program_version="1.0",
        timings={"answer": 0.5},
        response=response,
    )


async def nothing_waits(store: DecisionStore) -> None:
    """Wait until the store has written, or lost, all that it was given; for ten seconds at most."""
    async with asyncio.timeout(10):
        while store.waiting:  # noqa: ASYNC110 -- the store tells nobody when it has written
            await asyncio.sleep(0.01)
