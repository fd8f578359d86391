"""Attacks with bodies and headers, and with data of somebody else."""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.attacks.site import site
from tests.integration.test_shell_support import a_call, the_problem
from tests.unit.service.signing import token

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]


def deep(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def inside(element: bytes) -> bytes:
    """A good call with this element in it, as bytes."""
    call = json.dumps(a_call(drug="metformin")).encode()
    return call[:-1] + b', "extension": ' + element + b"}"


def many(count: int) -> bytes:
    rows = [{"resource": {"resourceType": "Condition"}}] * count
    return json.dumps(a_call(prefetch={"conditions": {"resourceType": "Bundle", "entry": rows}})).encode()


BODIES: dict[str, tuple[Callable[[], bytes], dict[str, str], int]] = {
    "a gzip bomb": (lambda: gzip.compress(b"0" * 10_000_000), {"Content-Encoding": "gzip"}, 415),
    "a deflate bomb": (lambda: b"x\x9c", {"Content-Encoding": "deflate"}, 415),
    "a body in two codings": (lambda: b"x", {"Content-Encoding": "identity, gzip"}, 415),
    "a hundred thousand levels": (lambda: deep(100_000), {}, 400),
    "a hundred thousand levels in what is ignored": (lambda: inside(deep(100_000)), {}, 400),
    "a hundred thousand arrays": (lambda: inside(b"[" * 100_000 + b"]" * 100_000), {}, 400),
    "levels that never close": (lambda: b"[" * 500_000, {}, 400),
    "seventeen megabytes": (lambda: inside(b'"' + b"x" * 17_000_000 + b'"'), {}, 413),
    "a number of a million digits": (lambda: b'{"hook": ' + b"9" * 1_000_000 + b"}", {}, 400),
    "a number that is none": (lambda: inside(b"1e99999999999999999999x"), {}, 400),
    "NaN": (lambda: inside(b"NaN"), {}, 400),
    "Infinity": (lambda: inside(b"-Infinity"), {}, 400),
    "broken UTF-8": (lambda: inside(b'"\xff\xfe"').replace(b"order-sign", b"order-sign\xff"), {}, 400),
    "UTF-16": (lambda: json.dumps(a_call()).encode("utf-16"), {}, 400),
    "twenty thousand resources and one": (lambda: many(20_001), {}, 413),
    "a form": (lambda: b"hook=order-sign", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "XML with an entity": (
        lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        {"Content-Type": "application/fhir+xml"},
        415,
    ),
    "a script as JSON": (lambda: b"<script>alert(1)</script>", {}, 400),
    "an announced length that is not true": (lambda: b"{}", {"Content-Length": "99999999999"}, 413),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_must_be_refused(name: str, tmp_path: Path) -> None:
    make, headers, status = BODIES[name]
    async with site(tmp_path) as attacked:
        reply = await attacked.call(f"Bearer {token()}", make(), headers)
        assert the_problem(reply, status)
        assert "passwd" not in reply.text
        assert "script" not in reply.text


async def test_a_slow_body(tmp_path: Path) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    async with site(tmp_path, body_seconds=0.1) as attacked:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token()}"}
        reply = await attacked.client.post("/cds-services/bme-order-sign", content=drip(), headers=headers)
        assert the_problem(reply, 408)


async def test_a_flood_of_calls(tmp_path: Path) -> None:
    async with site(tmp_path, calls_per_second=0.01) as attacked:
        statuses = [(await attacked.call(f"Bearer {token(jti=str(n))}")).status_code for n in range(5)]
    assert statuses == [200, 429, 429, 429, 429]


async def test_a_flood_without_a_token_uses_up_nobodys_allowance(tmp_path: Path) -> None:
    async with site(tmp_path, calls_per_second=0.01) as attacked:
        for _ in range(20):
            assert (await attacked.call("Bearer a.b.c")).status_code == 401
        assert (await attacked.call(f"Bearer {token()}")).status_code == 200


# -- log and header injection

LINE_BREAK = 'x\r\nX-Injected: 1\r\n\r\n{"event": "forged"}'


@pytest.mark.parametrize(
    "changed",
    [
        {"hookInstance": LINE_BREAK},
        {"fhirServer": LINE_BREAK},
        {"hook": LINE_BREAK},
        {"context": {"patientId": LINE_BREAK, "userId": "x"}},
        {LINE_BREAK: LINE_BREAK},
        {"prefetch": {LINE_BREAK: LINE_BREAK}},
    ],
    ids=["hookInstance", "fhirServer", "hook", "patientId", "a name", "a prefetch key"],
)
async def test_a_line_break_reaches_neither_log_nor_header(
    changed: Json, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with site(tmp_path) as attacked:
        reply = await attacked.call(f"Bearer {token()}", json.dumps(a_call(**changed)).encode())
    assert reply.status_code in {200, 400}
    assert "x-injected" not in reply.headers
    said = capsys.readouterr()
    assert "forged" not in said.out + said.err


@pytest.mark.parametrize("header", ["X-Request-Id", "User-Agent", "Accept", "Referer", "Origin"])
async def test_a_header_of_the_caller_is_not_repeated(
    header: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with site(tmp_path) as attacked:
        reply = await attacked.call(f"Bearer {token()}", headers={header: "forged-value"})
    assert "forged-value" not in str(reply.headers)
    said = capsys.readouterr()
    assert "forged-value" not in said.out + said.err


@pytest.mark.parametrize(
    "path", ["/cds-services/../health/live", "/cds-services/%2e%2e/x", "/cds-services/a%00b", "//x"]
)
async def test_a_path_that_climbs(path: str, tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        headers = {"Content-Type": "application/json"}
        reply = await attacked.client.post(path, content=b"{}", headers=headers)
        assert reply.status_code in {401, 404, 405}


# -- data of somebody else

PATIENT = "sample-apixaban"


def own_row(kind: str, **more: Any) -> Json:
    return {"resourceType": kind, "id": "row-1", "subject": {"reference": f"Patient/{PATIENT}"}, **more}


def foreign(row: Json) -> Json:
    changed = copy.deepcopy(row)
    changed["subject"] = {"reference": "Patient/somebody-else"}
    return changed


APIXABAN = own_row(
    "MedicationRequest",
    status="active",
    intent="order",
    authoredOn="2026-02-01",
    medicationCodeableConcept={"text": "apixaban 5 mg tablet"},
)
EMPTY: Json = {"resourceType": "Bundle", "type": "searchset"}


def chart(*medications: Json) -> Json:
    keys = (
        "medicationStatements",
        "medicationAdministrations",
        "conditions",
        "pregnancy",
        "labs",
        "procedures",
        "serviceRequests",
    )
    patient = {"resourceType": "Patient", "id": PATIENT, "gender": "male", "birthDate": "1973-01-10"}
    rows = {**EMPTY, "entry": [{"resource": row} for row in medications]}
    return {"patient": patient, "medications": rows, **dict.fromkeys(keys, EMPTY)}


async def topics(folder: Path, **changed: Any) -> tuple[int, list[str]]:
    async with site(folder) as attacked:
        body = json.dumps(a_call(PATIENT, **changed)).encode()
        reply = await attacked.call(f"Bearer {token(jti=uuid4().hex)}", body)
        cards = reply.json().get("cards", [])
        return reply.status_code, [card["source"]["topic"]["code"] for card in cards]


@pytest.mark.conforms("E21")
async def test_rows_of_another_patient_raise_no_card(tmp_path: Path) -> None:
    assert "BME-CI-01" in (await topics(tmp_path, prefetch=chart(APIXABAN)))[1]
    status, said = await topics(tmp_path, prefetch=chart(foreign(APIXABAN)))
    assert status == 200
    assert "BME-CI-01" not in said
    # A query that was answered for somebody else says nothing about this patient.
    assert "BME-SYS-01" in said


@pytest.mark.conforms("D15")
async def test_a_prefetched_patient_who_is_another(tmp_path: Path) -> None:
    other = chart(APIXABAN)
    other["patient"]["id"] = "somebody-else"
    assert await topics(tmp_path, prefetch=other) == (400, [])


@pytest.mark.conforms("D13")
async def test_a_draft_for_another_patient(tmp_path: Path) -> None:
    drafts = a_call("somebody-else")["context"]["draftOrders"]
    context = {"userId": "Practitioner/1", "patientId": PATIENT, "draftOrders": drafts}
    assert await topics(tmp_path, context=context) == (400, [])


@pytest.mark.conforms("G2")
async def test_an_access_token_for_another_patient(tmp_path: Path) -> None:
    authorization = {"access_token": "t", "patient": "somebody-else"}
    changed = {"fhirServer": "https://ehr.example.org/fhir", "fhirAuthorization": authorization}
    assert await topics(tmp_path, **changed) == (400, [])


# -- text of the chart

HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an image with a handler": '<img src=x onerror="alert(1)">',
    "a style": "<style>*{display:none}</style>",
    "a frame": '<iframe src="https://evil.example.org">',
    "an HTML comment": "<!-- hidden -->",
    "entities that become a tag": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "a link to a script": "[click](javascript:alert(1))",
    "a link by reference": "[click][1]\n\n[1]: https://evil.example.org",
    "an autolink": "<https://evil.example.org>",
    "a bare address": "https://evil.example.org/?patient=1",
    "an image that calls home": "![x](https://evil.example.org/pixel.png)",
    "a table that ends early": "| a | b |\n| --- | --- |\n| forged | row |",
    "a heading": "\n# All clear\n",
    "a code block": "```\nall clear\n```",
    "text that runs backward": "apixaban \u202eraelc lla",
    "text that cannot be seen": "apix\u200baban\u2060",
    "a mention": "@everyone",
}


@pytest.mark.conforms("P9")
@pytest.mark.parametrize("name", HOSTILE)
async def test_text_of_the_chart_stays_text(name: str, tmp_path: Path) -> None:
    drug = {**APIXABAN, "medicationCodeableConcept": {"text": f"apixaban {HOSTILE[name]}"}}
    async with site(tmp_path) as attacked:
        body = json.dumps(a_call(PATIENT, prefetch=chart(drug))).encode()
        cards = (await attacked.call(f"Bearer {token()}", body)).json()["cards"]
    assert cards
    for card in cards:
        detail = card["detail"]
        assert "<" not in detail
        assert "https://evil" not in detail
        assert "\n# " not in detail
        assert "```" not in detail
        assert "\u202e" not in detail
        assert "\u200b" not in detail
        assert "@everyone" not in detail
        assert "| forged |" not in detail
        for opening in ("[click]", "![x]"):
            assert opening not in detail
        assert "evil" not in card["summary"]
        assert HOSTILE[name] not in card["summary"]
