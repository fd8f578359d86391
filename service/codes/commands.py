"""The commands `marrow codes explain`, `unmapped` and `export`. What they need is imported when they run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

if TYPE_CHECKING:
    from service.codes.explain import Meaning
    from service.codes.library import Library
    from service.codes.unmapped import Survey, Unmapped

codes = typer.Typer(name="codes", help="Look into the library of codes.", no_args_is_help=True, add_completion=False)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EXIT_SETUP = 2
LONG_FILE_BYTES = 5 * 1024 * 1024


@codes.command()
def explain(
    code: Annotated[str, typer.Argument(help="SYSTEM|CODE; the system as URI, OID or short key (rxnorm).")] = "",
    text: Annotated[str, typer.Option(help="A text instead, such as 'Coumadin 5 mg'.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what a code or a text means, where that comes from, and which rules use it. Exits with 1 for nothing."""
    from service.codes.explain import explain_code, explain_text, parse_code

    if bool(code) == bool(text):
        raise typer.BadParameter("give either SYSTEM|CODE or --text")
    try:
        system, plain = parse_code(code) if code else ("", "")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    library = _library()
    meanings = explain_code(library, system, plain) if code else explain_text(library, text)
    if as_json:
        typer.echo(json.dumps([asdict(meaning) for meaning in meanings], indent=2, ensure_ascii=False))
    else:
        for line in _told(library, meanings, system, plain):
            typer.echo(line)
    raise typer.Exit(0 if meanings else 1)


@codes.command()
def unmapped(
    file: Annotated[Path, typer.Argument(help="FHIR resources, one per line (NDJSON).", exists=True, dir_okay=False)],
    as_json: AsJson = False,
    most: Annotated[int, typer.Option(min=0, help="How many to list; 0 for all.")] = 50,
) -> None:
    """List the codes of an export that the library does not know, the most frequent first.

    The list holds texts of the export: treat it as you treat the export.
    """
    from service.codes.unmapped import survey

    library = _library()
    with _opened(file) as lines:
        found = survey(lines, library.knowledge)
    listed = found.by_frequency()[: most or None]
    if as_json:
        typer.echo(json.dumps(_as_data(found, listed), indent=2, ensure_ascii=False))
        return
    for place, count in listed:
        where = f"{place.system or '(no system)'}|{place.code}" if place.code else "(text only)"
        read = "  [read by its text]" if place in found.named else ""
        typer.echo(f"{count:>8}  {place.resource}  {where}  {found.displays[place]}{read}")
    typer.echo(
        f"{found.lines:,} lines ({found.malformed:,} unreadable), {found.resources:,} resources, {found.concepts:,} "
        f"coded elements: {found.by_code:,} known by code, {found.by_name:,} by text only, "
        f"{len(found.counts):,} different ones without a known code"
    )


@codes.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", file_okay=False)],
) -> None:
    """Write the library as FHIR R4 ValueSets, without the sets that are switched off."""
    from service.codes.export import write_value_sets

    if folder.exists() and any(folder.iterdir()):
        raise typer.BadParameter("the folder is not empty; an older export could stay among the new files")
    library = _library()
    try:
        number = write_value_sets(library, folder)
    except OSError as error:
        typer.echo(f"cannot write there: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{number} value sets, revision {library.knowledge.revision}, in {folder}")


def _library() -> Library:
    from service.codes.library import open_library
    from service.config import load_settings
    from service.errors import SetupError

    try:
        return open_library(load_settings())
    except SetupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_SETUP) from None


def _told(library: Library, meanings: list[Meaning], system: str, code: str) -> Iterator[str]:
    if not meanings:
        other = library.knowledge.knows_system(system, code)
        yield "Another medicine: the system is known, and no table holds the code." if other else "Not in the library."
        return
    for meaning in meanings:
        about = ", ".join(part for part in (meaning.ingredient, meaning.route, meaning.dose_form, meaning.note) if part)
        yield f"{meaning.table} {meaning.name}{f' ({about})' if about else ''}"
        shown = f"{meaning.found}  {meaning.display}".rstrip()
        status = f", {meaning.status}" if meaning.status else ""
        yield f"    found as   {shown} (certainty: {meaning.certainty}{status})"
        yield f"    source     {meaning.source}; {meaning.place}"
        yield f"    rules      {', '.join(meaning.rules) or _no_rule(meaning)}"


def _no_rule(meaning: Meaning) -> str:
    if meaning.table == "drug group":
        return "none speaks of this group"
    return "no query asks for it by code; rules may read it from the chart"


def _as_data(found: Survey, listed: list[tuple[Unmapped, int]]) -> dict[str, Any]:
    unknown = [
        {**place._asdict(), "count": count, "display": found.displays[place], "by_name": place in found.named}
        for place, count in listed
    ]
    totals = {
        name: getattr(found, name) for name in ("lines", "malformed", "resources", "concepts", "by_code", "by_name")
    }
    return {**totals, "different": len(found.counts), "unmapped": unknown}


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The file, with a progress bar on stderr when it is long."""
    if file.stat().st_size < LONG_FILE_BYTES:
        with file.open("rb") as plain:
            yield plain
        return
    from rich import progress
    from rich.console import Console

    with progress.open(file, "rb", description=file.name, console=Console(stderr=True), transient=True) as shown:
        yield shown
