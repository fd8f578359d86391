"""What may stand in a log line: constant event names, fields from a list, exceptions without their message.

Messages of exceptions quote values, and values here are patients. So an exception is its type and where it passed.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, MutableMapping
from types import FrameType
from typing import Any

WITHHELD = "[withheld]"
FIELDS = frozenset(
    {
        "at",
        "cards",
        "client",
        "count",
        "development",
        "drug_codes",
        "error",
        "event",
        "frames",
        "hook",
        "knowledge",
        "level",
        "library",
        "line",
        "local_codes",
        "lost",
        "milliseconds",
        "queries",
        "reason",
        "request_id",
        "rule",
        "rules",
        "server",
        "service",
        "sets_off",
        "sets_on",
        "status",
        "text",
        "value_sets",
        "version",
    }
)
_EVENT = re.compile(r"[a-z]+(_[a-z]+)*")
_MOST_FRAMES = 20


def keep_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: a field that is not on the list keeps its name and loses its value."""
    kept = {name: value if name in FIELDS else WITHHELD for name, value in event.items()}
    if not _EVENT.fullmatch(str(event.get("event"))):
        kept["event"] = WITHHELD
    return kept


def described(error: BaseException) -> dict[str, Any]:
    """Type and frames of an exception, as fields of a log line."""
    return {"error": type(error).__name__, "frames": frames(error)}


def frames(error: BaseException) -> list[str]:
    """Where the exception passed, innermost last, as `module:line:function`: no path of the machine, no source line."""
    passed = [_place(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    return passed[-_MOST_FRAMES:]


def _place(frame: FrameType, line: int) -> str:
    return f"{frame.f_globals.get('__name__', '?')}:{line}:{frame.f_code.co_name}"
