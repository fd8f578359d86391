"""Marked identifiers and tokens go through good and bad calls; none may appear in a log line or an error."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import structlog
from pydantic import SecretStr

from cds_hooks.advisor import Advisor, build_advisor
from cds_hooks.authoring.rule import OrderRule
from cds_hooks.authoring.verdict import Verdict
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Patient
from mappings.load import load
from service.config import Mode, Settings
from service.observability.logs import configure_logs
from service.persistence.database import Database
from service.persistence.feedback import SqlFeedback
from service.persistence.sql import SqlDecisions
from tests.builders.feedback import an_item
from tests.integration.test_shell_support import NOW, SIGN, a_call, calling
from tests.unit.service.fhir.faulty_ehr import FaultyEhr
from tests.unit.service.signing import BASE, ec_jwk, token
from tests.unit.service.sqlite_threads import sqlite_threads_end

pytestmark = pytest.mark.asyncio
CANARY = "canary"
PATIENT = f"{CANARY}-patient-4711"
TOKEN = f"{CANARY}-access-token"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(Settings(mode=Mode.DEVELOPMENT, log_level="debug"), stream)
    root.setLevel(logging.DEBUG)  # libraries too, at their most talkative
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def marked(**changed: Any) -> dict[str, Any]:
    call = a_call(PATIENT, **changed)
    call["context"]["userId"] = f"Practitioner/{CANARY}-user"
    call["context"]["draftOrders"]["entry"][0]["resource"]["id"] = f"{CANARY}-draft"
    return {**call, "hookInstance": f"{CANARY}-instance", "extension": {CANARY: CANARY}}


def broken(order: Order, patient: Patient) -> Verdict:
    raise ValueError(f"{CANARY}: {order} {patient}")


def broken_advisor() -> Advisor:
    rules = [replace(rule, assess=broken) if isinstance(rule, OrderRule) else rule for rule in CATALOG]
    return build_advisor(load(), rules)


def check(lines: io.StringIO, *replies: httpx.Response) -> list[dict[str, Any]]:
    """No mark in any line or error body; the lines, read."""
    assert CANARY not in lines.getvalue().lower()
    for reply in replies:
        if reply.status_code != 200:
            assert CANARY not in reply.text.lower()
        assert CANARY not in str(reply.headers).lower()
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.conforms("F16", "G6")
async def test_good_calls_and_an_ehr_that_fails(lines: io.StringIO) -> None:
    async with FaultyEhr().running() as ehr, calling() as client:
        ehr.answer("MedicationRequest", f"{CANARY} is not JSON".encode())
        ehr.answer("Condition", {"resourceType": "OperationOutcome", "issue": [{"diagnostics": CANARY}]})
        ehr.answer(f"Patient/{PATIENT}", {"resourceType": "Patient", "id": PATIENT, "birthDate": CANARY})
        for name in ("MedicationStatement", "MedicationAdministration", "Observation", "Procedure", "ServiceRequest"):
            ehr.answer(name, CANARY.encode(), 500)
        authorization = {
            "access_token": TOKEN,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": f"patient/*.* {CANARY}",
        }
        good = marked(fhirServer=ehr.base, fhirAuthorization=authorization)
        replies = [
            await client.post(SIGN, json=good),
            await client.post(SIGN, json=marked(fhirServer=f"https://{CANARY}.example.org/fhir")),
            await client.post(
                SIGN, json=marked(fhirServer=ehr.base, fhirAuthorization={"access_token": f"{TOKEN}\r\n"})
            ),
        ]
        assert f"Bearer {TOKEN}" in ehr.tokens
    assert [reply.status_code for reply in replies] == [200] * 3
    events = [line["event"] for line in check(lines, *replies)]
    assert events.count("call_answered") == 3


@pytest.mark.conforms("F16", "N9")
async def test_feedback_kept_and_refused(lines: io.StringIO, tmp_path: Path) -> None:
    def answer(**changed: Any) -> dict[str, Any]:
        comment = {"reason": {"code": CANARY, "system": CANARY}, "userComment": f"{CANARY}: {PATIENT}"}
        return {**an_item(f"{CANARY}-card", outcome="overridden", overrideReason=comment), **changed}

    store = SqlFeedback(Database(f"sqlite+aiosqlite:///{tmp_path}/{CANARY}/marrow.db"), b"key", lambda: NOW)
    async with calling() as client:
        kept = [await client.post(SIGN + "/feedback", json=answer())]
        kept.append(await client.post(SIGN + "/feedback", json={"feedback": [answer(), {CANARY: CANARY}]}))
        refused = await client.post(SIGN + "/feedback", json=answer(outcome=CANARY))
    async with calling(feedback=store) as client:
        failed = await client.post(SIGN + "/feedback", json=answer())
    await sqlite_threads_end()
    assert [reply.status_code for reply in (*kept, refused, failed)] == [200, 200, 400, 503]
    assert all(CANARY not in reply.text for reply in kept)
    events = [line["event"] for line in check(lines, *kept, refused, failed)]
    assert {"feedback_kept", "call_refused", "feedback_not_kept"} <= set(events)


@pytest.mark.conforms("F16", "H5")
async def test_bad_calls(lines: io.StringIO) -> None:
    def changed(**more: Any) -> dict[str, Any]:
        return {**marked(), **more}

    bodies: list[Any] = [
        CANARY,
        [CANARY],
        changed(hook=CANARY),
        changed(hookInstance={CANARY: CANARY}),
        changed(context=CANARY),
        changed(context={"patientId": f"{CANARY} with space", "userId": CANARY}),
        changed(fhirAuthorization={"access_token": TOKEN}),
        changed(
            fhirServer="http://127.0.0.1:9", fhirAuthorization={"access_token": TOKEN, "patient": f"{CANARY}-other"}
        ),
        changed(fhirAuthorization={"access_token": TOKEN, "scope": [CANARY]}),
        changed(prefetch=CANARY),
        {**marked(), "context": {**marked()["context"], "patientId": "another"}},
    ]
    async with calling() as client:
        replies = [await client.post(SIGN, json=body) for body in bodies]
        replies += [
            await client.post(SIGN, content=b'{"canary": NaN', headers={"Content-Type": "application/json"}),
            await client.post(SIGN, content=b"canary", headers={"Content-Type": f"text/{CANARY}"}),
            await client.post(f"/cds-services/{PATIENT}", json=marked()),
            await client.get(f"/{CANARY}?{CANARY}={CANARY}", headers={"X-Request-Id": CANARY, "User-Agent": CANARY}),
            await client.put(f"/cds-services/{PATIENT}"),
            await client.post(SIGN, json=marked(), headers={"Authorization": f"Bearer {token(iss=CANARY)}"}),
            await client.post(SIGN, json=marked(), headers={"Authorization": f"Basic {CANARY}"}),
        ]
    assert {reply.status_code for reply in replies} == {400, 401, 404, 405, 415}
    check(lines, *replies)


async def test_refusals_of_every_kind(lines: io.StringIO, tmp_path: Path) -> None:
    """Too often, too slow, too much, used twice, by unknown keys: the reason is a word of ours."""
    entry = {
        "name": "hospital",
        "issuer": f"https://{CANARY}.example.org",
        "audience": [CANARY],
        "jwks_url": f"https://{CANARY}.invalid/{CANARY}.json",
        "fhir_servers": [f"https://{CANARY}.invalid/{CANARY}"],
    }
    signed = {"name": "signed", "issuer": f"https://signed.{CANARY}.example.org", "jwks": {"keys": [ec_jwk()]}}
    (tmp_path / "clients.yaml").write_text(json.dumps({"clients": [entry, signed]}))
    base = {"mode": Mode.DEVELOPMENT, "clients_file": tmp_path / "clients.yaml", "public_urls": (BASE,)}

    async def slowly() -> AsyncIterator[bytes]:
        while True:
            yield CANARY.encode()
            await asyncio.sleep(0.01)

    async def told(settings: dict[str, Any], *bodies: Any, **headers: str) -> list[httpx.Response]:
        async with calling(Settings.model_validate({**base, **settings})) as client:
            sent = {"Content-Type": "application/json", **headers}
            return [await client.post(SIGN, content=body, headers=sent) for body in bodies]

    body = json.dumps(marked(drug="metformin")).encode()
    rows = json.dumps(marked(prefetch={CANARY: [{"resourceType": CANARY}] * 50})).encode()
    unknown = token(iss=entry["issuer"], aud=CANARY, jti=CANARY, header={"kid": CANARY})
    used = token(iss=signed["issuer"], jti=CANARY)
    away = {"redis_url": f"redis://{CANARY}:{CANARY}@127.0.0.1:1/0"}
    replies = [
        *await told({"calls_per_second": 0.01}, body, body),
        *await told({"body_seconds": 0.05}, slowly()),
        *await told({"max_resources": 10}, rows),
        *await told({}, body, Authorization=f"Bearer {unknown}"),
        *await told(away, body, body, Authorization=f"Bearer {used}"),
    ]
    assert [reply.status_code for reply in replies] == [200, 429, 408, 413, 401, 200, 401]
    events = [line["event"] for line in check(lines, *replies)]
    assert {"keys_not_fetched", "token_memory_unreachable", "calls_without_token_accepted"} <= set(events)


async def test_a_rule_that_breaks_is_recorded_without_what_it_says(lines: io.StringIO) -> None:
    async with calling(with_advisor=broken_advisor()) as client:
        reply = await client.post(SIGN, json=marked())
    assert reply.status_code in {200, 500}
    assert reply.status_code == 500 or reply.json()["cards"]
    failures = [line for line in check(lines, reply) if line["event"] in {"rule_failed", "call_failed"}]
    assert failures
    assert all(line["error"] and line["frames"] for line in failures)
    assert any(frame.endswith(":broken") for line in failures for frame in line["frames"])


@pytest.mark.conforms("H5", "H6")
async def test_an_error_of_our_own_is_a_500_without_trace(lines: io.StringIO) -> None:
    def stopped() -> Any:
        raise RuntimeError(f"{CANARY} {PATIENT}")

    async with calling(clock=stopped) as client:
        reply = await client.post(SIGN, json=marked())
    assert reply.status_code == 500
    text = reply.json()["issue"][0]["details"]["text"]
    assert reply.headers["x-request-id"] in text
    [line] = [line for line in check(lines, reply) if line["event"] == "call_failed"]
    assert line["error"] == "RuntimeError"
    assert line["request_id"] == reply.headers["x-request-id"]
    assert line["frames"][-1].endswith(":stopped")


async def test_a_store_that_fails_is_said_without_the_record(lines: io.StringIO, tmp_path: Path) -> None:
    store = SqlDecisions(Database(f"sqlite+aiosqlite:///{tmp_path / 'marrow.db'}", create=True), b"key", 1000)
    async with calling(store=store) as client:
        with closing(sqlite3.connect(tmp_path / "marrow.db")) as connection:
            connection.execute("DROP TABLE decisions")
        reply = await client.post(SIGN, json=marked())
    assert reply.status_code == 200
    events = [line["event"] for line in check(lines, reply)]
    assert store.lost == 1
    assert "decisions_lost" in events


async def test_settings_do_not_reach_the_log(lines: io.StringIO) -> None:
    secret = SecretStr(f"sqlite+aiosqlite:////nowhere/{CANARY}/marrow.db")
    settings = Settings(mode=Mode.DEVELOPMENT, database_url=secret)
    store = SqlDecisions(Database(settings.database_url.get_secret_value(), create=True), CANARY.encode(), 10)
    async with calling(settings, store=store) as client:
        reply = await client.get("/health/ready")
    await sqlite_threads_end()
    assert reply.status_code == 503
    assert "decision_store_unreachable" in [line["event"] for line in check(lines, reply)]
