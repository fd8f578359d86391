"""Spans as a collector gets them over OTLP/HTTP: calls and their stages, and nothing of a patient."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from service.config import Mode, Settings
from service.observability import traces
from tests.integration.test_shell_no_patient_in_logs import CANARY, PATIENT, TOKEN, broken_advisor, marked
from tests.integration.test_shell_support import SIGN, calling
from tests.unit.service.fhir.faulty_ehr import FaultyEhr

pytestmark = pytest.mark.asyncio
TRACED = Settings(mode=Mode.DEVELOPMENT, traces=True)


class Collector(ThreadingHTTPServer):
    """A collector on loopback, in a thread of its own as the exporter is. `silent` ones answer when `go` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.bodies: list[bytes] = []
        self.heads: list[str] = []
        self.silent, self.go = False, Event()
        self.answered = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def read(self) -> ExportTraceServiceRequest:
        """All that came, as one message."""
        whole = ExportTraceServiceRequest()
        for body in self.bodies:
            whole.MergeFromString(body)
        return whole


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heads.append(f"{self.path} {self.headers}")
        self.server.bodies.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        if self.server.silent:
            self.server.go.wait()
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.server.answered += 1
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with Collector() as server:
        listening = Thread(target=server.serve_forever, daemon=True)
        listening.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.address)
        yield server
        server.go.set()
        server.shutdown()
        listening.join()


def plain(value: Any) -> object:
    return getattr(value, value.WhichOneof("value"))


def told(span: Span) -> dict[str, object]:
    return {each.key: plain(each.value) for each in span.attributes}


@pytest.mark.conforms("F16", "G6")
@pytest.mark.parametrize("compression", ["none", "gzip"])
async def test_a_collector_gets_calls_with_their_stages_and_no_patient(
    compression: str, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that reads from an EHR, one whose EHR fails, one whose rules break, and two that are refused."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", compression)
    authorization = {"access_token": TOKEN, "token_type": "Bearer", "scope": f"patient/*.* {CANARY}"}
    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", {"resourceType": "OperationOutcome", "issue": [{"diagnostics": CANARY}]})
        ehr.answer(f"Patient/{PATIENT}", {"resourceType": "Patient", "id": PATIENT, "birthDate": CANARY})
        async with calling(TRACED) as client:
            good = marked(fhirServer=ehr.base, fhirAuthorization=authorization)
            replies = [await client.post(SIGN, json=each) for each in (good, marked(), marked(hook=CANARY))]
            replies.append(await client.post(f"/cds-services/{CANARY}", json=marked()))
    async with calling(TRACED, with_advisor=broken_advisor()) as client:
        replies.append(await client.post(SIGN, json=marked()))
    assert [reply.status_code for reply in replies] == [200, 200, 400, 404, 200]

    found = collector.read()
    spans = [span for resource in found.resource_spans for scope in resource.scope_spans for span in scope.spans]
    calls = [span for span in spans if span.name == "call"]
    stages = [span for span in spans if span.name != "call"]
    assert [told(call).keys() for call in calls] == [{"marrow.service", "marrow.client", "marrow.cards"}] * 3
    assert {(told(call)["marrow.service"], told(call)["marrow.client"]) for call in calls} == {
        ("bme-order-sign", "development")
    }
    assert [stage.name for stage in stages] == ["body", "read", "gather", "answer"] * 3
    assert {stage.parent_span_id for stage in stages} == {call.span_id for call in calls}
    assert len({call.trace_id for call in calls}) == 3
    for stage in stages:
        [call] = [call for call in calls if call.span_id == stage.parent_span_id]
        assert call.start_time_unix_nano <= stage.start_time_unix_nano <= stage.end_time_unix_nano
        assert stage.end_time_unix_nano <= call.end_time_unix_nano
        assert not stage.attributes
    assert not any(span.events or span.links or span.status.message or span.trace_state for span in spans)

    resources = [
        {each.key: plain(each.value) for each in one.resource.attributes}["service.name"]
        for one in found.resource_spans
    ]
    assert set(resources) == {"marrow"}
    assert all(head.startswith("/v1/traces ") for head in collector.heads)
    assert CANARY.encode() not in b"".join(collector.bodies).lower()
    assert CANARY not in "".join(collector.heads).lower()


async def test_nothing_is_sent_where_traces_are_off(collector: Collector) -> None:
    async with calling() as client:
        assert (await client.post(SIGN, json=marked())).status_code == 200
    assert collector.bodies == []


async def test_a_collector_that_does_not_answer_holds_up_neither_call_nor_stop(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "STOP_SECONDS", 0.2)
    collector.silent = True
    async with calling(TRACED) as client:
        assert (await client.post(SIGN, json=marked())).json()["cards"]
    # The service has stopped; the collector has the span, and has not answered.
    assert (len(collector.bodies), collector.answered) == (1, 0)
