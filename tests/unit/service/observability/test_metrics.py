"""Metrics: what is counted, that labels stay few, and that no patient is among them."""

from __future__ import annotations

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cds_hooks.decision import CardRecord, Failure, Outcome
from cds_hooks.wire.feedback import read_feedback
from service.observability.metrics import MOST_VALUES, Metered, Metrics
from service.persistence.decisions import MemoryDecisions
from tests.builders.decisions import PATIENT, a_record
from tests.builders.feedback import an_item


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """(name, label values in the order of their names) -> value; without the moments of creation."""
    families = text_string_to_metric_families(metrics.page().decode())
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_what_a_decision_counts() -> None:
    metrics = Metrics(["bme-order-sign"])
    record = a_record(
        outcomes=(Outcome("BME-CI-03", 1, "missing", None, "pregnancy status"),),
        cards=(CardRecord("uuid", "BME-RF-04+BME-DS-05", "warning"),),
        queries={"labs": "failed"},
        failures=(Failure("BME-CI-01", 1, ValueError(PATIENT)),),
    )
    metrics.decided(record.decision)
    counted = samples(metrics)
    assert counted["marrow_cards_total", "warning", "BME-RF-04"] == 1
    assert counted["marrow_cards_total", "warning", "BME-DS-05"] == 1
    assert counted["marrow_missing_facts_total", "pregnancy status"] == 1
    assert counted["marrow_queries_total", "labs", "failed"] == 1
    assert counted["marrow_rule_failures_total", "BME-CI-01"] == 1
    assert PATIENT not in metrics.page().decode()


def test_requests_by_service_status_and_client() -> None:
    metrics = Metrics(["bme-order-sign"])
    metrics.replied("/cds-services/bme-order-sign", 200, "hospital", 0.1)
    metrics.replied("/cds-services/bme-order-sign/feedback", 503, "hospital", 0.1)
    metrics.replied(f"/cds-services/{PATIENT}", 404, "unknown", 0.1)
    counted = samples(metrics)
    assert counted["marrow_requests_total", "hospital", "bme-order-sign", "200"] == 1
    assert counted["marrow_requests_total", "hospital", "bme-order-sign", "503"] == 1
    assert counted["marrow_requests_total", "unknown", "other", "404"] == 1
    assert PATIENT not in metrics.page().decode()


def test_the_store_and_the_feedback() -> None:
    metrics, store = Metrics(["bme-order-sign"]), MemoryDecisions()
    store.waiting, store.failing = 7, True
    metrics.watch(store)
    metrics.lose(3, "queue_full")
    metrics.heard("bme-order-sign", "hospital", read_feedback(json.dumps(an_item()).encode()))
    counted = samples(metrics)
    assert counted["marrow_decisions_waiting",] == 7
    assert counted["marrow_store_failing",] == 1
    assert counted["marrow_decisions_lost_total", "queue_full"] == 3
    assert counted["marrow_feedback_total", "hospital", "accepted", "bme-order-sign"] == 1


def test_labels_stay_few() -> None:
    metrics = Metrics([])
    for number in range(MOST_VALUES + 50):
        metrics.decided(a_record(queries={f"query-{number}": "data"}).decision)
    counted = [key for key in samples(metrics) if key[0] == "marrow_queries_total"]
    assert len(counted) == MOST_VALUES + 1
    assert samples(metrics)["marrow_queries_total", "other", "data"] == 50


@pytest.mark.asyncio
async def test_a_caller_that_left_is_counted_too() -> None:
    metrics = Metrics([])

    async def leaves(_scope: object, _receive: object, _send: object) -> None:
        raise ConnectionResetError

    async def nothing(*_anything: object) -> dict[str, object]:
        return {}

    with pytest.raises(ConnectionResetError):
        await Metered(leaves, metrics)({"type": "http", "path": "/"}, nothing, nothing)  # type: ignore[arg-type]
    assert samples(metrics)["marrow_requests_total", "unknown", "other", "499"] == 1
