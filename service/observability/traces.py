"""Spans for OpenTelemetry: one per call with its stages, made when the call is over from the times that were taken.

An optional extra (`marrow-cds[traces]`). The exporter reads the standard `OTEL_` variables. Attributes are our own
words, never text of the chart; nothing is sent along to the EHR.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Thread
from time import time_ns
from typing import TYPE_CHECKING, Any

from service.errors import SetupError
from service.version import program_version

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

STOP_SECONDS = 2.0
Trace = Callable[[str, str, int, Mapping[str, float]], None]


def no_trace(_service: str, _client: str, _cards: int, _laps: Mapping[str, float]) -> None:
    """Where traces are off."""


def open_traces() -> TracerProvider:
    """Sends spans to the collector. Raises SetupError when the extra is not installed."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SetupError("MARROW_TRACES: install the extra, marrow-cds[traces]") from None
    resource = Resource.create({"service.name": "marrow", "service.version": program_version()})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def close_traces(provider: TracerProvider) -> None:
    """Send what waits, for two seconds at most: a collector that is away must not hold up the stop. Blocks."""
    sending = Thread(target=provider.shutdown, daemon=True)
    sending.start()
    sending.join(STOP_SECONDS)


def traced_by(provider: TracerProvider) -> Trace:
    """Tells the provider of a call: service, client, number of cards, milliseconds by stage."""
    tracer: Any = provider.get_tracer("marrow")

    def tell(service: str, client: str, cards: int, laps: Mapping[str, float]) -> None:
        from opentelemetry.trace import set_span_in_context

        end = time_ns()
        at = end - round(sum(laps.values()) * 1_000_000)
        attributes = {"marrow.service": service, "marrow.client": client, "marrow.cards": cards}
        call = tracer.start_span("call", start_time=at, attributes=attributes)
        for stage, milliseconds in laps.items():
            part = tracer.start_span(stage, context=set_span_in_context(call), start_time=at)
            at += round(milliseconds * 1_000_000)
            part.end(end_time=at)
        call.end(end_time=end)

    return tell
