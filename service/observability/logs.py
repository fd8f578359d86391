"""Log lines to stderr: one JSON object each (or colored text to read along), always through `redaction`.

What libraries log comes out as `library_logged`, without their text: only uvicorn's, whose templates are known, may
say what it does, and that without the values put into the template.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from service.config import Settings
from service.observability.redaction import described, keep_allowed

SPEAKING_LIBRARIES = ("uvicorn",)


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Send everything that this process logs to `stream` (stderr unless told)."""
    out = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            keep_allowed,
            _renderer(settings, out),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[LibraryHandler()], level=max(level, logging.INFO), force=True)


def _renderer(settings: Settings, out: TextIO) -> Processor:
    if settings.log_format == "console":
        return structlog.dev.ConsoleRenderer(colors=out.isatty())
    return structlog.processors.JSONRenderer()


class LibraryHandler(logging.Handler):
    """Turns a library's log record into a line of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record without what it quotes."""
        fields: dict[str, Any] = {"library": record.name}
        text = _text(record)
        if text:
            fields["text"] = text
        if record.exc_info and record.exc_info[1] is not None:
            fields |= described(record.exc_info[1])
        structlog.get_logger().log(record.levelno, "library_logged", **fields)


def _text(record: logging.LogRecord) -> str:
    """The template as the library wrote it; nothing where values may already be in it."""
    if not record.name.startswith(SPEAKING_LIBRARIES):
        return ""
    if isinstance(record.msg, OSError) and record.msg.errno:
        return os.strerror(record.msg.errno)
    return record.msg if isinstance(record.msg, str) and "\n" not in record.msg else ""
