"""Searching over HTTP: by patient, code, status and date, sorted and in pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import aiohttp
import pytest
from fhir.resources.R4B.bundle import Bundle
from yarl import URL

from service.sample_ehr import load_patients, stories
from service.sample_ehr.parameters import PARAMETERS

pytestmark = pytest.mark.asyncio

LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ACTIVE = "http://terminology.hl7.org/CodeSystem/condition-clinical|active"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def search(ehr: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """The Bundle that a search gives."""
    async with ehr.get(url) as reply:
        assert reply.status == 200, await reply.text()
        body: dict[str, Any] = await reply.json()
    return body


async def complaint(ehr: aiohttp.ClientSession, url: str) -> str:
    """The sentence with which a search is refused."""
    async with ehr.get(url) as reply:
        assert reply.status == 400
        body = await reply.json()
    assert body["resourceType"] == "OperationOutcome"
    return str(body["issue"][0]["diagnostics"])


def rows(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of a Bundle, in order."""
    return [entry["resource"] for entry in bundle.get("entry", [])]


def ids(bundle: dict[str, Any]) -> list[str]:
    """The ids of a Bundle, in order."""
    return [row["id"] for row in rows(bundle)]


def next_link(bundle: dict[str, Any]) -> str | None:
    """Where the next page is."""
    return next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)


async def pages(ehr: aiohttp.ClientSession, url: str) -> Sequence[dict[str, Any]]:
    """Every page of a search, by its next links."""
    found = [await search(ehr, url)]
    while link := next_link(found[-1]):
        found.append(await search(ehr, link))
    return found


async def test_all_patients_are_listed(ehr: aiohttp.ClientSession) -> None:
    assert ids(await search(ehr, "Patient")) == [story.id for story in stories()]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"Observation?patient=sample-safe&code={LOINC}|98979-8", ["safe-egfr"]),
        ("Observation?patient=sample-safe&code=98979-8", ["safe-egfr"]),
        ("Observation?patient=sample-safe&code=http://snomed.info/sct|98979-8", []),
        ("Observation?patient=sample-safe&code=|98979-8", []),
        (f"Observation?patient=sample-safe&code={LOINC}|2160-0,1751-7", ["safe-creatinine", "safe-albumin"]),
        (f"Observation?patient=sample-unclear&category=laboratory&code={LOINC}|", ["unclear-egfr"]),
        (
            "Observation?patient=sample-apixaban&category=vital-signs,survey",
            ["apixaban-blood-pressure", "apixaban-pain"],
        ),
        ("Observation?patient=sample-apixaban&category=survey&category=vital-signs", []),  # repeated means "and"
        (f"MedicationRequest?patient=sample-apixaban&code={RXNORM}|1364445", ["apixaban-apixaban"]),
        ("MedicationRequest?patient=sample-apixaban&status=active&intent=order", ["apixaban-apixaban"]),
        ("MedicationRequest?patient=sample-apixaban&status=completed,stopped", []),
        ("MedicationRequest?patient=sample-warfarin&code=855332", []),  # named by a reference only
        ("MedicationStatement?patient=sample-unclear&effective=ge2025-01-01", ["unclear-blood-thinner"]),
        ("Medication?code=855332", ["warfarin-warfarin-tablet"]),
        ("Medication?status=http://hl7.org/fhir/CodeSystem/medication-status|active", ["warfarin-warfarin-tablet"]),
        (f"Condition?patient=sample-pregnant&clinical-status={ACTIVE}&code=77386006", ["pregnant-pregnancy"]),
        ("Condition?patient=sample-pregnant&recorded-date=ge2025-03-01", ["pregnant-bmes"]),
        ("MedicationRequest?patient=sample-ongoing&authoredon=gt2025-04-10", ["ongoing-rivaroxaban"]),
        ("MedicationAdministration?patient=sample-ongoing&effective-time=ge2025-01-01", []),
        ("Condition?_id=safe-bmes,apixaban-bmes", ["apixaban-bmes", "safe-bmes"]),
        ("ImagingStudy?patient=sample-safe&modality=MR", ["safe-mri-study"]),
        ("DeviceRequest?patient=sample-safe&_format=json", ["safe-crutches"]),
        ("AllergyIntolerance?patient=sample-safe", []),
        ("Device?patient=sample-safe", []),
        ("Immunization?patient=sample-safe&status=completed", []),
        ("Observation?patient=nobody", []),
    ],
)
async def test_a_search_finds_its_rows(ehr: aiohttp.ClientSession, url: str, expected: list[str]) -> None:
    bundle = await search(ehr, url)
    assert ids(bundle) == expected
    assert bundle["total"] == len(expected)


@pytest.mark.parametrize("story", [story.id for story in stories()])
@pytest.mark.parametrize("by", ["patient={}", "patient=Patient/{}", "subject={}", "subject=Patient/{}"])
async def test_rows_of_another_patient_never_come(ehr: aiohttp.ClientSession, today: date, story: str, by: str) -> None:
    own = [row for row in load_patients(today) if row.get("subject") == {"reference": f"Patient/{story}"}]
    for kind in ("Condition", "Observation", "MedicationRequest", "DiagnosticReport"):
        found = rows(await search(ehr, f"{kind}?{by.format(story)}"))
        assert found == [row for row in own if row["resourceType"] == kind]


@pytest.mark.parametrize("kind", PARAMETERS)
async def test_every_type_answers_by_every_parameter(ehr: aiohttp.ClientSession, kind: str) -> None:
    """A value that fits no row is an empty Bundle, and each answer is valid FHIR."""
    Bundle.model_validate(await search(ehr, kind))
    for parameter in PARAMETERS[kind].values():
        value = "1800-01-01" if parameter.kind.value == "date" else "nothing"
        assert ids(await search(ehr, f"{kind}?{parameter.name}={value}")) == []


@pytest.mark.parametrize("count", [1, 2, 5, 100])
async def test_paging_gives_every_row_exactly_once(ehr: aiohttp.ClientSession, today: date, count: int) -> None:
    all_pages = await pages(ehr, f"Observation?code={LOINC}|,nothing&_sort=-date&_count={count}")
    seen = [row for page in all_pages for row in ids(page)]
    assert all(len(ids(page)) <= count for page in all_pages)
    assert len(seen) == all_pages[0]["total"]
    assert sorted(seen) == sorted(row["id"] for row in load_patients(today) if row["resourceType"] == "Observation")


async def test_the_last_page_may_be_full(ehr: aiohttp.ClientSession) -> None:
    assert [len(ids(page)) for page in await pages(ehr, "Patient?_id=sample-safe,sample-mood&_count=1")] == [1, 1]


async def test_a_next_link_leads_to_the_same_origin(ehr: aiohttp.ClientSession, base: str) -> None:
    assert str(next_link(await search(ehr, "Patient?_count=3"))).startswith(f"{base}/Patient?")


async def test_a_next_link_keeps_what_was_asked_whatever_its_characters(ehr: aiohttp.ClientSession) -> None:
    asked = {"code": f"a&b|c+d ä,{LOINC}|98979-8", "_count": "1"}
    async with ehr.get("Observation", params=asked) as reply:
        link = next_link(await reply.json())
    assert dict(URL(str(link)).query) == {**asked, "_page": "1"}
    assert len(ids(await search(ehr, str(link)))) == 1


async def test_count_zero_asks_for_the_total_alone(ehr: aiohttp.ClientSession) -> None:
    bundle = await search(ehr, "Patient?_count=0")
    assert (bundle["total"], ids(bundle), next_link(bundle)) == (len(stories()), [], None)


async def test_a_page_beyond_the_end_is_empty(ehr: aiohttp.ClientSession) -> None:
    bundle = await search(ehr, "Patient?_page=1000")
    assert (ids(bundle), next_link(bundle)) == ([], None)


async def test_rows_are_sorted_by_date_either_way(ehr: aiohttp.ClientSession) -> None:
    newest_first = rows(await search(ehr, "Observation?patient=sample-safe&_sort=-date"))
    oldest_first = rows(await search(ehr, "Observation?patient=sample-safe&_sort=date"))
    dates = [row["effectiveDateTime"] for row in oldest_first]
    assert dates == sorted(dates)
    assert [row["effectiveDateTime"] for row in newest_first] == dates[::-1]


@pytest.mark.parametrize("sort", ["onset-date", "-onset-date"])
async def test_rows_without_the_date_come_last(ehr: aiohttp.ClientSession, sort: str) -> None:
    found = ids(await search(ehr, f"Condition?patient=sample-pregnant&_sort={sort},recorded-date"))
    assert found == ["pregnant-bmes", "pregnant-pregnancy"]


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("Observation", {"patient": "sample-safe", "code": f"{LOINC}|98979-8,{LOINC}|2160-0"}),
        ("Observation", {"patient": "Patient/sample-safe", "_sort": "-date", "_count": "2"}),
        ("Patient", {}),
        ("Condition", {"code": "no such code"}),
    ],
)
async def test_a_post_search_equals_the_get(ehr: aiohttp.ClientSession, url: str, form: dict[str, str]) -> None:
    async with ehr.post(f"{url}/_search", data=form, headers=FORM) as reply:
        assert reply.status == 200
        posted = await reply.json()
    async with ehr.get(url, params=form) as reply:
        assert posted == await reply.json()


async def test_a_post_joins_the_url_and_the_form(ehr: aiohttp.ClientSession) -> None:
    async with ehr.post("Condition/_search?patient=sample-pregnant", data={"code": "Z33.1"}) as reply:
        assert ids(await reply.json()) == ["pregnant-pregnancy"]


@pytest.mark.parametrize(
    "url",
    [
        "Observation?flavor=sweet",
        "Observation?patient=sample-safe&flavor=sweet",
        "Observation?code:in=http://example.org/set",
        "MedicationRequest?_include=MedicationRequest:medication",
        "AllergyIntolerance?subject=sample-safe",  # FHIR R4 has only ``patient`` there
        "Medication?patient=sample-safe",
    ],
)
async def test_an_unknown_parameter_is_refused_with_those_there_are(ehr: aiohttp.ClientSession, url: str) -> None:
    sentence = await complaint(ehr, url)
    assert "has no search parameter" in sentence
    assert "_count" in sentence


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("Observation?status=", "'status' has an empty value"),
        ("Observation?code=|", "'code' has an empty value"),
        ("Observation?code=98979-8,", "'code' has an empty value"),
        ("Observation?date=yesterday", "'date' has the prefix 'ye'"),
        ("Observation?date=", "'' is not a FHIR date"),
        ("Observation?date=ge2025-02-30", "write for example ge2025-01-31"),
        ("Observation?patient=", "'patient' is not a patient"),
        ("Observation?patient=Group/sample-safe", "'patient' is not a patient"),
        ("Observation?patient={{context.patientId}}", "'patient' is not a patient"),
        ("Observation?_count=many", "'_count' must be a whole number"),
        ("Observation?_count=-1", "'_count' must be a whole number"),
        ("Observation?_count=9999999999", "'_count' must be a whole number"),
        ("Observation?_count=1&_count=2", "'_count' is given twice"),
        ("Observation?_page=x", "'_page' must be a whole number"),
        ("Observation?_sort=code", "Observation cannot be sorted by 'code'; sort by date"),
        ("Observation?_sort=--date", "cannot be sorted by '--date'"),
        ("Medication?_sort=date", "sort by nothing"),
    ],
)
async def test_a_value_that_cannot_be_read_is_refused(ehr: aiohttp.ClientSession, url: str, sentence: str) -> None:
    assert sentence in await complaint(ehr, url)
