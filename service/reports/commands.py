"""`marrow report`: what a committee asks, on the terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from service.persistence.commands import with_database

Since = Annotated[str, typer.Option(help="First day, as 2026-01-31.")]


def report(
    since: Since = "",
    until: Annotated[str, typer.Option(help="Last day.")] = "",
    by: Annotated[str, typer.Option(help="Some of rule, version, client and week, comma-separated.")] = "rule,version",
    form: Annotated[str, typer.Option("--format", help="table, csv, json, or fhir for a MeasureReport.")] = "table",
    flag_above: Annotated[float, typer.Option(min=0, max=1, help="Override rate above which a line is flagged.")] = 0.8,
    at_least: Annotated[int, typer.Option(min=1, help="Answered cards below which no line is flagged.")] = 20,
) -> None:
    """Count cards, answers, overrides, missing data and failures."""
    from rich.console import Console

    from service.reports.forms import FORMS, as_csv, as_json, as_measure_report, as_table
    from service.reports.questions import Question, ask, parse_dimensions

    if form not in FORMS:
        raise typer.BadParameter(f"--format is one of {', '.join(FORMS)}")
    try:
        question = Question(_day(since), _day(until), parse_dimensions(by), flag_above, at_least)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    found = with_database(lambda database: ask(database, question))
    if form == "table":
        Console().print(as_table(found))
    elif form == "csv":
        typer.echo(as_csv(found), nl=False)
    else:
        typer.echo(as_json(found) if form == "json" else as_measure_report(found, datetime.now(UTC)))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
