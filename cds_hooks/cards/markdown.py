"""GitHub-flavored Markdown for card details. What comes from the chart is data, never markup.

Clients render raw HTML and turn bare addresses into links (the official sandbox does both), so both are broken up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cds_hooks.evaluation.options import LaidOut
from cds_hooks.snapshot.model import Fact

LONGEST = 120
_SIGNS = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\`*_[]|~#!"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
)
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|www)([.:])")


def plain(text: str) -> str:
    """Chart text on one line, without control and direction-changing characters, cut to a length that fits a card."""
    if not text.isprintable():
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def escape(text: str) -> str:
    """Chart text that renders as itself."""
    return _ADDRESS.sub(lambda match: f"{match[1]}&#{ord(match[2])};", plain(text).translate(_SIGNS))


def table(facts: Iterable[Fact]) -> str:
    """The facts as a short table: what, value, date, source."""
    rows = ["| What | Value | Date | Source |", "| --- | --- | --- | --- |"]
    for fact in dict.fromkeys(facts):
        value = f"{escape(fact.value)} {escape(fact.unit)}".strip()
        date = escape(fact.when.day) if fact.when else "not dated"
        rows.append(f"| {escape(fact.name)} | {value} | {date} | {escape(fact.kind)} |")
    return "\n".join(rows)


def option_table(options: Iterable[LaidOut]) -> str:
    """The treatments to discuss as a short table, all in sentences of our own."""
    rows = ["| Option | In this patient | Why |", "| --- | --- | --- |"]
    rows += [f"| {option.name} | {option.fit} | {' '.join(option.reasons)} |" for option in options]
    return "\n".join(rows)


def bullets(items: Iterable[str]) -> str:
    """Sentences of our own as a list, each once; chart text must be escaped before."""
    return "\n".join(f"- {item}" for item in dict.fromkeys(items))
