"""Discovery as clients and analysts rely on it (CDS Hooks 2.0, "Discovery"; prefetch query restrictions)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.calls import the_advisor
from tests.contract.schemas import DISCOVERY

SERVICES = the_advisor().discovery()["services"]
TEMPLATES = {(service["id"], key): query for service in SERVICES for key, query in service["prefetch"].items()}


MOST_QUERIES = 24
"""One for each kind of resource that the rules of a service read; Observations in a few, by subject."""


@pytest.mark.conforms("B5", "B6", "B8", "B11", "B12", "B13", "P6")
def test_one_service_per_hook() -> None:
    """Ids are URL-safe and used once; each answers one hook."""
    assert [(service["id"], service["hook"]) for service in SERVICES] == [
        ("bme-patient-view", "patient-view"),
        ("bme-order-select", "order-select"),
        ("bme-order-sign", "order-sign"),
        ("bme-encounter-start", "encounter-start"),
        ("bme-encounter-discharge", "encounter-discharge"),
        ("bme-medication-refill", "medication-refill"),
        ("bme-order-dispatch", "order-dispatch"),
        ("bme-problem-list-item-create", "problem-list-item-create"),
    ]
    for service in SERVICES:
        assert service["title"]
        assert service["description"]
        assert "without clinical sign-off" in service["usageRequirements"]
        assert service["extension"]["org.marrow-cds.knowledge"]["revision"] == the_advisor().knowledge_revision


@pytest.mark.conforms("B7", "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10")
@pytest.mark.parametrize(("service", "key"), list(TEMPLATES))
def test_a_template_keeps_to_the_common_subset(service: str, key: str) -> None:
    """A read or a search by equality, context tokens of 1.0 only, no modifier, no repeated parameter, short enough."""
    query = TEMPLATES[service, key]
    assert set(re.findall(r"\{\{(.*?)\}\}", query)) == {"context.patientId"}
    assert len(query) < 1500
    path, _, search = query.partition("?")
    assert re.fullmatch(r"[A-Za-z]+(/\{\{context\.patientId\}\})?", path)
    names = [part.split("=")[0] for part in search.split("&") if part]
    assert len(names) == len(set(names))
    assert not any(sign in name for name in names for sign in (":", ".", "_include", "_has", "_filter"))
    assert not any(sign in query for sign in ("+", " "))


@pytest.mark.conforms("B2", "B5", "B6", "B7", "B8", "B11", "B13")
def test_the_document_fits_the_schema() -> None:
    """Closed for members that CDS Hooks 2.0 does not know."""
    document = json.loads(json.dumps(the_advisor().discovery()))
    assert [error.message for error in DISCOVERY.iter_errors(document)] == []


def test_few_queries() -> None:
    """Analysts copy the queries by hand: they are few, and the same key is the same query."""
    assert all(len(service["prefetch"]) <= MOST_QUERIES for service in SERVICES)
    by_key: dict[str, set[str]] = {}
    for (_, key), query in TEMPLATES.items():
        by_key.setdefault(key, set()).add(query)
    assert all(len(queries) == 1 for queries in by_key.values())


@pytest.mark.conforms("B14")
def test_every_process_says_the_same() -> None:
    """Replicas give the same bytes, whatever their sets of names are shuffled by, so that clients may cache them."""
    code = "import json; from tests.builders.calls import the_advisor; print(json.dumps(the_advisor().discovery()))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {json.dumps(the_advisor().discovery()).encode()}
