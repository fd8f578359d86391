"""What a log line may hold."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from service.config import Settings
from service.observability.logs import configure_logs
from service.observability.redaction import WITHHELD, described

CANARY = "canary-4711"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged while the test runs."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    configure_logs(Settings(), stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def boom() -> None:
    raise ValueError(f"bad value {CANARY}")


def test_fields_come_from_a_list(lines: io.StringIO) -> None:
    structlog.get_logger().info("call_answered", status=200, patient=CANARY)
    line = json.loads(lines.getvalue())
    assert line["status"] == 200
    assert line["patient"] == WITHHELD
    assert {"event", "level", "at"} <= line.keys()


def test_an_event_is_a_constant_name(lines: io.StringIO) -> None:
    structlog.get_logger().info(f"answered {CANARY}")
    assert json.loads(lines.getvalue())["event"] == WITHHELD


def test_an_exception_is_its_type_and_where_it_passed(lines: io.StringIO) -> None:
    try:
        boom()
    except ValueError as error:
        structlog.get_logger().error("call_failed", **described(error))
    line = json.loads(lines.getvalue())
    assert line["error"] == "ValueError"
    assert line["frames"][-1].endswith(":boom")
    assert "/" not in line["frames"][-1]
    assert CANARY not in lines.getvalue()


def test_an_exception_that_is_handed_over_whole_is_withheld(lines: io.StringIO) -> None:
    try:
        boom()
    except ValueError:
        structlog.get_logger().exception("call_failed")
    assert CANARY not in lines.getvalue()


def test_a_library_does_not_speak_unless_its_templates_are_known(lines: io.StringIO) -> None:
    logging.getLogger("aiohttp.client").warning(f"cannot read {CANARY}")
    logging.getLogger("uvicorn.error").info("Uvicorn running on %s", CANARY)
    logging.getLogger("uvicorn.error").error(f"Traceback\n{CANARY}")
    logging.getLogger("uvicorn.error").error(OSError(98, CANARY))
    try:
        boom()
    except ValueError:
        logging.getLogger("asyncio").exception(f"Task failed: {CANARY}")
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line.get("text") for line in written] == [
        None,
        "Uvicorn running on %s",
        None,
        "Address already in use",
        None,
    ]
    assert written[-1]["error"] == "ValueError"
    assert CANARY not in lines.getvalue()


def test_lines_below_the_level_are_not_written(lines: io.StringIO) -> None:
    configure_logs(Settings(log_level="warning"), lines)
    structlog.get_logger().info("call_answered")
    assert lines.getvalue() == ""


def test_console_lines_keep_to_the_same_rules(lines: io.StringIO) -> None:
    configure_logs(Settings(log_format="console"), lines)
    structlog.get_logger().info("call_answered", status=200, patient=CANARY)
    assert "call_answered" in lines.getvalue()
    assert CANARY not in lines.getvalue()
