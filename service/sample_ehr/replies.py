"""The FHIR resources that the server makes itself: search Bundle, OperationOutcome, CapabilityStatement."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.sample_ehr.parameters import PARAMETERS
from service.sample_ehr.search import Page


def searchset(page: Page, base: str, self_link: str, next_link: str | None) -> dict[str, Any]:
    """A searchset Bundle; without rows it has no ``entry``, since FHIR forbids empty lists."""
    links = [{"relation": "self", "url": self_link}]
    if next_link is not None:
        links.append({"relation": "next", "url": next_link})
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": page.total, "link": links}
    entries = [
        {
            "fullUrl": f"{base}/{row['resourceType']}/{row['id']}",
            "resource": row,
            "search": {"mode": "match"},
        }
        for row in page.rows
    ]
    return {**bundle, "entry": entries} if entries else bundle


def outcome(code: str, text: str) -> dict[str, Any]:
    """An OperationOutcome with one error; ``code`` is an IssueType such as "not-found"."""
    issue = {"severity": "error", "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def capability(base: str, today: date) -> dict[str, Any]:
    """The CapabilityStatement: every type and search parameter that the server has."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": today.isoformat(),
        "kind": "instance",
        "software": {"name": "Marrow sample EHR"},
        "implementation": {"description": "Synthetic sample patients, read only", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [{"mode": "server", "resource": [_capability_of(kind) for kind in PARAMETERS]}],
    }


def _capability_of(kind: str) -> dict[str, Any]:
    parameters = [{"name": row.name, "type": row.kind.value} for row in PARAMETERS[kind].values()]
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": parameters,
    }
