"""Spans: a call with its stages, in our own words."""

from __future__ import annotations

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.observability.traces import open_traces, traced_by


def test_a_call_has_its_stages_one_after_the_other() -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    traced_by(provider)("bme-order-sign", "hospital", 2, {"read": 1.5, "answer": 3.0})
    read, answer, call = kept.get_finished_spans()
    assert [span.name for span in (read, answer, call)] == ["read", "answer", "call"]
    assert call.attributes == {"marrow.service": "bme-order-sign", "marrow.client": "hospital", "marrow.cards": 2}
    assert read.parent == answer.parent == call.context
    assert read.start_time == call.start_time
    assert read.end_time == answer.start_time
    assert answer.end_time == call.end_time
    assert (read.end_time or 0) - (read.start_time or 0) == 1_500_000


def test_the_extra_opens() -> None:
    provider = open_traces()
    assert provider.resource.attributes["service.name"] == "marrow"
    provider.shutdown()
