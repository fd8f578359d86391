"""Cards in a terminal, as a person would like to read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from service.play.ehr import Played

COLORS = {"critical": "red", "warning": "yellow", "info": "blue"}


def show(played: Played, console: Console) -> None:
    """The cards of one call, or what the service said instead."""
    if played.status != 200:
        console.print(Panel(Text(_outcome(played.body)), title=f"status {played.status}", border_style="red"))
    elif not played.cards:
        console.print(Panel(Text("No card: checked, nothing to say."), border_style="green"))
    for card in played.cards:
        console.print(_panel(card))


def show_sent(played: Played, console: Console) -> None:
    """What the EHR sent: the drafts, and per prefetch key what the FHIR server gave."""
    table = Table("prefetch", "sent", title="What was sent", title_justify="left")
    for key, state in played.states.items():
        table.add_row(key, state)
    if not played.states:
        table.add_row("none", "Marrow reads what it needs from the FHIR server")
    console.print(table)


def _panel(card: Mapping[str, Any]) -> Panel:
    color = COLORS.get(str(card.get("indicator")), "white")
    parts: list[RenderableType] = [Text(str(card.get("summary")), style="bold"), Text()]
    parts.append(Markdown(str(card.get("detail", ""))))
    labels = [str(suggestion.get("label")) for suggestion in card.get("suggestions") or ()]
    parts += [Text.assemble(("\n[ ", color), label, (" ]", color)) for label in labels]
    reasons = ", ".join(str(reason.get("display")) for reason in card.get("overrideReasons") or ())
    if reasons:
        parts.append(Text(f"\nOverride: {reasons}", style="dim"))
    topic = ((card.get("source") or {}).get("topic") or {}).get("code", "")
    title = Text(f" {str(card.get('indicator')).upper()}  {topic} ", style=f"bold {color}")
    return Panel(Group(*parts), title=title, title_align="left", border_style=color)


def _outcome(body: Mapping[str, Any]) -> str:
    issues = body.get("issue") or ()
    texts = [(issue.get("details") or {}).get("text") or issue.get("diagnostics") for issue in issues]
    return "\n".join(str(text) for text in texts if text) or "The service gave no reason."
