from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.check.request import Checked, CheckError, check, read
from tests.builders.calls import a_request, full_prefetch, the_advisor
from tests.builders.fhir import (
    PATIENT_ID,
    a_bundle,
    an_outcome,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_patient,
)
from tests.builders.moment import AS_OF
from tests.integration.test_shell_command import run


def checked(given: Any) -> Checked:
    return check(read(json.dumps(given).encode()), the_advisor(), AS_OF)


def a_call(prefetch: Any = None, **overrides: Any) -> Any:
    whole = full_prefetch(the_advisor(), "order-sign", [fhir_condition(), fhir_medication_request()])
    return json.loads(a_request("order-sign", [fhir_draft()], {**whole, **(prefetch or {})}, **overrides))


def test_a_good_request_is_fine() -> None:
    found = checked(a_call())
    assert found.fine
    assert found.resources == found.valid == 4
    assert {each.state for each in found.keys} == {"data", "empty"}


@pytest.mark.parametrize(
    ("sent", "state", "note"),
    [
        ({"conditions": None}, "empty", ""),
        ({"conditions": an_outcome()}, "failed", "error"),
        (
            {"conditions": a_bundle([fhir_condition(subject={"reference": "Patient/another"})])},
            "failed",
            "another patient",
        ),
        ({"conditions": a_bundle([fhir_condition()], next="https://ehr.example.org/p2")}, "failed", "further pages"),
        ({"conditions": a_bundle([{"resourceType": "Condition", "code": 7}])}, "data", "1 could not be read"),
        ({"conditions": [7]}, "failed", "not what the query asks for"),
    ],
)
def test_each_key_is_told_as_marrow_reads_it(sent: Any, state: str, note: str) -> None:
    [told] = [each for each in checked(a_call(sent)).keys if each.key == "conditions"]
    assert told.state == state
    assert note in told.note
    assert told.wrong is bool(note)


def test_a_key_that_is_not_sent_is_wrong_only_where_nobody_can_be_asked() -> None:
    call = a_call()
    del call["prefetch"]["labs"]
    [alone] = [each for each in checked(call).keys if each.key == "labs"]
    [asked] = [each for each in checked({**call, "fhirServer": "https://ehr.example.org"}).keys if each.key == "labs"]
    assert (alone.state, alone.wrong) == ("absent", True)
    assert (asked.state, asked.wrong) == ("absent", False)


def test_a_key_that_no_template_has_is_named() -> None:
    assert "not read" in checked(a_call({"mystery": None})).keys[-1].note


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"hook": "tea-time"}, "No service answers"),
        ({"hookInstance": " "}, "hookInstance"),
        ({"context": {}}, "context"),
    ],
)
def test_a_call_that_would_be_refused_says_why(changed: Any, told: str) -> None:
    found = checked({**a_call(), **changed})
    assert told in found.refused
    assert not found.fine


def test_faults_are_counted_by_element_and_quote_no_value() -> None:
    rows = [
        fhir_condition(id=f"c{n}", onsetDateTime="yesterday-SECRET", severity={"coding": [{"kode": 1}]})
        for n in range(3)
    ]
    found = checked(a_bundle(rows))
    told = {(fault.path, count) for fault, count in found.faults.items()}
    assert ("onsetDateTime", 3) in told
    assert ("severity.coding.kode", 3) in told
    assert found.first[next(iter(found.faults))].startswith("entry[0]")
    assert "SECRET" not in str(found.faults)
    assert (found.resources, found.valid) == (3, 0)


@pytest.mark.parametrize(
    "row", [7, None, {}, {"resourceType": "Teapot"}, {"resourceType": ["x"]}, {"resourceType": "../x"}]
)
def test_what_is_no_resource_is_a_fault(row: Any) -> None:
    found = checked(a_bundle([row]))
    assert [fault.path for fault in found.faults] == ["resourceType"]


def test_codes_that_no_table_holds_are_listed() -> None:
    strange = fhir_medication_request({"coding": [{"system": "urn:site", "code": "77"}], "text": "mystery"})
    [(place, count)] = checked(strange).codes.by_frequency()
    assert (place.code, count) == ("77", 1)


def test_an_export_is_read_line_by_line() -> None:
    lines = b"\n".join(json.dumps(row).encode() for row in (fhir_patient(), fhir_condition()))
    assert check(read(lines), the_advisor(), AS_OF).resources == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"{}\n{"])
def test_what_is_no_json_is_said(content: bytes) -> None:
    with pytest.raises(CheckError, match=r"Neither JSON|too deeply"):
        read(content)


def test_a_file_without_resources_is_said() -> None:
    with pytest.raises(CheckError, match="no FHIR resource"):
        checked([])


def test_the_command_tells_people_and_programs(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(a_call()))
    bad.write_text(
        json.dumps(
            a_bundle([fhir_condition(foo=1), *({**fhir_patient(), "id": f"{PATIENT_ID}{n}"} for n in range(250))])
        )
    )
    settings = {"MARROW_MODE": "development"}
    fine = run("check-request", str(good), cwd=tmp_path, **settings)
    assert fine.returncode == 0, fine.stdout
    told = run("check-request", str(bad), "--json", cwd=tmp_path, **settings)
    assert told.returncode == 1
    assert json.loads(told.stdout)["faults"][0]["element"] == "Condition.foo"
    assert run("check-request", "none.json", cwd=tmp_path, **settings).returncode == 2


def test_the_command_reads_an_address(tmp_path: Path) -> None:
    import asyncio

    from service.sample_ehr import running
    from tests.integration.test_shell_support import TODAY

    async def told(path: str) -> Any:
        async with running(TODAY) as base:
            return await asyncio.to_thread(
                run, "check-request", f"{base}/{path}", cwd=tmp_path, MARROW_MODE="development"
            )

    found = asyncio.run(told("Condition?patient=sample-safe"))
    assert "valid FHIR R4" in found.stdout
    assert found.returncode == 0, found.stdout
    assert asyncio.run(told("Teapot")).returncode == 2
    assert run("check-request", "http://127.0.0.1:1/x", cwd=tmp_path, MARROW_MODE="development").returncode == 2
