"""What the fuzz tests share: the process that they call, and what every answer must hold to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.contract.schemas import faults
from tests.integration.test_shell_command import MARROW, environment, free_port

CANARY = "canary-4711"
PLAIN = ("text/plain", "text/csv")  # metrics, and reports for a spreadsheet
REFUSALS = {400, 401, 404, 405, 408, 412, 413, 415, 429, 503}
NOT_LIMITED = {"MARROW_CALLS_PER_SECOND": "100000", "MARROW_LOG_LEVEL": "debug"}


@dataclass(frozen=True)
class Target:
    url: str
    client: httpx.Client
    log: Path

    def post(self, service: str, body: bytes, **headers: str) -> httpx.Response:
        """Call a service; what comes back has been judged."""
        sent = {"Content-Type": "application/json", **headers}
        reply = self.client.post(f"/cds-services/{service}", content=body, headers=sent)
        judge(reply.status_code, reply.headers["content-type"], reply.content)
        return reply


def judge(status: int, content_type: str, content: bytes) -> None:
    """An answer that fits the schema, or a refusal in words that repeats nothing of the call."""
    if status == 200 and content_type.startswith(PLAIN):
        return
    body: Any = json.loads(content)
    if status == 200:
        assert "cards" not in body or faults(body) == []
        return
    assert status in REFUSALS, status
    assert body["resourceType"] == "OperationOutcome"
    [issue] = body["issue"]
    assert issue["details"]["text"]
    assert CANARY not in str(body)


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, Path]]:
    """A Marrow process in development mode; yields its address and the file of its log."""
    port, log = free_port(), folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*MARROW, "serve", "--port", str(port)],
            cwd=folder,
            env=environment(MARROW_MODE="development", **NOT_LIMITED),
            stderr=out,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}", log
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{url}/health/live", timeout=5)
        except httpx.TransportError:
            continue
        return
    raise AssertionError(log.read_text())
