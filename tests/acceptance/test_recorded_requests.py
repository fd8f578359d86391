"""Requests recorded from the official CDS Hooks sandbox, invalid R4 drafts and all, are answered with 200.

The recordings stand beside the checkout (`shared/data`); where they do not, these tests say so and are skipped.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.test_shell_support import calling

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "data" / "sandbox-requests"
REQUESTS = sorted(path.name for path in RECORDINGS.glob("*.json") if path.name.startswith(("order-", "patient-view")))

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recorded requests are not beside this checkout")


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REQUESTS or ["none"])
async def test_a_recorded_request_is_answered(name: str) -> None:
    """The sandbox sends other prefetch keys and a FHIR server that is gone: answered, and gaps are said."""
    body = json.loads((RECORDINGS / name).read_text())["body"]
    async with calling() as client:
        reply = await client.post(f"/cds-services/bme-{body['hook']}", json=body)
    assert reply.status_code == 200
    topics = [card["source"]["topic"]["code"] for card in reply.json()["cards"]]
    names_a_drug_of_ours = "Warfarin" in json.dumps(body["context"])
    must_be_said = body["hook"] == "patient-view" or names_a_drug_of_ours
    assert topics == (["BME-SYS-01"] if must_be_said else [])
