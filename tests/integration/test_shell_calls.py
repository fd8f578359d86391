"""A call from the request to the cards, with the data read from a sample EHR on loopback."""

from __future__ import annotations

import httpx2 as httpx
import pytest

from service.persistence.decisions import MemoryDecisions
from service.sample_ehr import running
from tests.integration.test_shell_support import SIGN, TODAY, a_call, advisor, calling
from tests.unit.service.fhir.faulty_ehr import FaultyEhr

pytestmark = pytest.mark.asyncio


def indicators(reply: httpx.Response) -> list[tuple[str, str]]:
    assert reply.status_code == 200, reply.text
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in reply.json()["cards"]]


@pytest.mark.conforms("E12", "E16", "E18", "G7", "H8")
async def test_what_prefetch_does_not_bring_is_read_from_the_ehr() -> None:
    store = MemoryDecisions()
    async with running(TODAY) as base, calling(store=store) as client:
        reply = await client.post(SIGN, json=a_call(fhirServer=base))
        assert ("BME-CI-01", "critical") in indicators(reply)
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["content-type"] == "application/json; charset=utf-8"
        assert reply.headers["x-request-id"]
        assert indicators(await client.post(SIGN, json=a_call("sample-safe", fhirServer=base))) == []
    first = store.records[0]
    assert first.service == "bme-order-sign"
    assert first.client == "development"
    assert first.decision.queries["medications"] == "data"
    assert first.timings.keys() == {"body", "read", "gather", "answer"}


@pytest.mark.conforms("D14")
async def test_a_referenced_medication_is_read_in_a_second_round() -> None:
    async with running(TODAY) as base, calling() as client:
        reply = await client.post(SIGN, json=a_call("sample-warfarin", fhirServer=base))
    assert ("BME-CI-01", "critical") in indicators(reply)


@pytest.mark.conforms("G5")
async def test_each_call_reads_with_its_own_token_or_with_none() -> None:
    """The token of an earlier call is gone, also on a connection that is still open."""
    async with FaultyEhr().running() as ehr, calling() as client:
        for access_token in ("first", "second", None):
            ehr.tokens.clear()
            authorization = {"access_token": access_token, "token_type": "Bearer"} if access_token else None
            await client.post(SIGN, json=a_call(fhirServer=ehr.base, fhirAuthorization=authorization))
            assert set(ehr.tokens) == {f"Bearer {access_token}" if access_token else None}


@pytest.mark.conforms("G3", "G11")
@pytest.mark.parametrize(
    "scope", ["patient/Patient.read patient/Condition.read", "patient/Patient.rs patient/Condition.rs"]
)
async def test_what_the_scope_leaves_out_is_not_asked_for_and_told(scope: str) -> None:
    async with FaultyEhr().running() as ehr, calling() as client:
        authorization = {"access_token": "t", "token_type": "Bearer", "scope": scope}
        reply = await client.post(SIGN, json=a_call(fhirServer=ehr.base, fhirAuthorization=authorization))
        asked = {call.partition("?")[0].partition("/")[0] for call in ehr.calls}
    assert asked == {"Patient", "Condition"}
    [notice] = [card for card in reply.json()["cards"] if card["source"]["topic"]["code"] == "BME-SYS-01"]
    assert "the access token does not cover this kind of data" in notice["detail"]


@pytest.mark.conforms("H2", "P10")
async def test_a_draft_that_no_rule_concerns_asks_nobody() -> None:
    async with calling() as client:
        reply = await client.post(SIGN, json=a_call(drug="metformin", fhirServer="http://127.0.0.1:9/fhir"))
    assert reply.json() == {"cards": []}


@pytest.mark.parametrize(
    "fhir_server", [None, "http://127.0.0.1:9/fhir", "https://ehr.example.org/fhir", "http://169.254.169.254/"]
)
@pytest.mark.conforms("E17", "G8", "P2")
async def test_data_out_of_reach_is_never_silence(fhir_server: str | None) -> None:
    async with calling() as client:
        reply = await client.post(SIGN, json=a_call(fhirServer=fhir_server))
    assert any("BME-SYS-01" in topic for topic, _ in indicators(reply))


@pytest.mark.conforms("E17", "H4", "H5", "P2")
async def test_a_chart_without_any_data_is_a_412() -> None:
    body = a_call(hook="patient-view", context={"userId": "Practitioner/1", "patientId": "sample-apixaban"})
    async with calling() as client:
        reply = await client.post("/cds-services/bme-patient-view", json=body)
    assert reply.status_code == 412
    assert reply.json()["issue"][0]["expression"] == ["prefetch"]


@pytest.mark.conforms("B1", "B4", "B14")
async def test_discovery_is_cacheable() -> None:
    async with calling() as client:
        reply = await client.get("/cds-services")
        assert {service["id"] for service in reply.json()["services"]} == {one.id for one in advisor().services}
        assert "max-age" in reply.headers["cache-control"]
        again = await client.get("/cds-services", headers={"If-None-Match": reply.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.head("/cds-services")).status_code == 200


async def test_openapi_describes_the_bodies_that_are_read_raw() -> None:
    async with calling() as client:
        document = (await client.get("/openapi.json")).json()
    for service in advisor().services:
        operation = document["paths"][f"/cds-services/{service.id}"]["post"]
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        component = document["components"]["schemas"][reference.rpartition("/")[2]]
        assert {"hook", "hookInstance", "context"} <= set(component["required"])
    assert "/cds-services/{service_id}" not in document["paths"]


class DeadStore(MemoryDecisions):
    async def ping(self) -> bool:
        return False


async def test_readiness_says_what_works() -> None:
    store, dead = MemoryDecisions(), DeadStore()
    async with calling(store=store) as client:
        assert (await client.get("/health/ready")).json()["status"] == "ready"
        store.lost = 1
        reply = await client.get("/health/ready")
        assert (reply.status_code, reply.json()["status"]) == (200, "degraded")
    async with calling(store=dead) as client:
        assert (await client.get("/health/ready")).json()["status"] == "degraded"
        dead.ready = False
        reply = await client.get("/health/ready")
        assert (reply.status_code, reply.json()["status"]) == (503, "unavailable")
