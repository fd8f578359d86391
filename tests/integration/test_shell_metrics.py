"""Metrics over HTTP: behind the admin token, of real calls, and of all workers together."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from tests.builders.feedback import an_item
from tests.integration.test_shell_command import free_port, started
from tests.integration.test_shell_reports import ADMIN, development
from tests.integration.test_shell_support import SIGN, a_call, calling, the_problem
from tests.integration.test_shell_trust import production
from tests.unit.service.fhir.faulty_ehr import FaultyEhr


def total(page: str, name: str) -> float:
    """The sum over all labels."""
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", page, re.MULTILINE))


@pytest.mark.asyncio
async def test_real_calls_are_counted_without_the_patient(tmp_path: Path) -> None:
    async with FaultyEhr().running() as ehr, calling(development(tmp_path)) as client:
        await client.post(SIGN, json=a_call("canary-patient", fhirServer=ehr.base))
        await client.post(SIGN, json=[])
        await client.post(SIGN + "/feedback", json=an_item("canary-card"))
        await client.get("/canary")
        page = (await client.get("/metrics")).text
    assert 'marrow_requests_total{client="development",service="bme-order-sign",status="200"} 2.0' in page
    assert 'marrow_requests_total{client="development",service="bme-order-sign",status="400"} 1.0' in page
    assert 'marrow_requests_total{client="unknown",service="other",status="404"} 1.0' in page
    assert 'marrow_cards_total{indicator="warning",rule="BME-SYS-01"} 1.0' in page
    assert total(page, "marrow_ehr_request_seconds_count") == len(ehr.calls) > 0
    assert total(page, "marrow_queries_total") > 0
    assert "canary" not in page


@pytest.mark.asyncio
async def test_metrics_are_for_those_who_run_it(tmp_path: Path) -> None:
    async with calling(development(tmp_path, admin_token=SecretStr(ADMIN))) as client:
        assert the_problem(await client.get("/metrics"), 401)
        opened = await client.get("/metrics", headers={"Authorization": f"Bearer {ADMIN}"})
        assert opened.headers["content-type"].startswith("text/plain")
    async with calling(production(tmp_path)) as client:
        assert the_problem(await client.get("/metrics"), 404)


def test_any_worker_answers_for_all(tmp_path: Path) -> None:
    """Each call opens a connection of its own, so that the workers share them; none is counted twice or not at all."""
    site = {"MARROW_MODE": "development", "MARROW_LOG_LEVEL": "error"}
    with started("serve", "--workers", "2", "--port", str(free_port()), cwd=tmp_path, **site) as (process, url):
        for _ in range(20):
            assert httpx.post(url + SIGN, json=a_call(drug="metformin"), timeout=30).status_code == 200
        pages = [httpx.get(url + "/metrics", timeout=30).text for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    name = 'marrow_requests_total{client="development",service="bme-order-sign",status="200"}'
    assert {line for page in pages for line in page.splitlines() if line.startswith(name)} == {f"{name} 20.0"}
