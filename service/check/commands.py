"""The command `marrow check-request`. What it needs is imported when it runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from cds_hooks.advisor import Advisor
    from service.check.request import Checked, Placed

EXIT_FAULTS, EXIT_NOT_CHECKED = 1, 2
LONG = 200  # resources from which on a progress bar is worth showing
MOST_BYTES = 256 * 1024 * 1024
SECONDS = 60


def check_request(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A CDS Hooks request, a Bundle, or NDJSON.")],
    token: Annotated[str | None, typer.Option(help="Access token for the URL.", envvar="FHIR_TOKEN")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    most: Annotated[int, typer.Option(min=0, help="How many lines of each list; 0 for all.")] = 30,
) -> None:
    """Say what is wrong or missing in what an EHR sends. Exits with 1 when something is.

    The list of codes holds texts of what was sent: treat it as you treat the source.
    """
    from rich.console import Console

    from service.check.request import CheckError, check, read

    try:
        content = asyncio.run(_fetched(source, token)) if source.startswith(("http://", "https://")) else _file(source)
        found = check(read(content), _advisor(), datetime.now().astimezone(), _shown)
    except CheckError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_NOT_CHECKED) from None
    if as_json:
        typer.echo(json.dumps(_data(found, most), indent=2, ensure_ascii=False))
    else:
        _tell(found, most, Console())
    raise typer.Exit(0 if found.fine else EXIT_FAULTS)


def _file(name: str) -> bytes:
    from service.check.request import CheckError

    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CheckError(f"{name}: cannot be read ({error.strerror}).") from None


async def _fetched(url: str, token: str | None) -> bytes:
    import aiohttp

    from service.check.request import CheckError

    headers = {"Accept": "application/fhir+json, application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session,
            session.get(url, headers=headers) as reply,
        ):
            if reply.status != 200:
                raise CheckError(f"The address answered with status {reply.status}.")
            content = await reply.content.read(MOST_BYTES + 1)
            while not reply.content.at_eof() and len(content) <= MOST_BYTES:
                content += await reply.content.read(MOST_BYTES + 1)
    except (aiohttp.ClientError, ValueError, TimeoutError) as error:
        raise CheckError(f"The address cannot be read ({type(error).__name__}).") from None
    if len(content) > MOST_BYTES:
        raise CheckError(f"The answer is longer than {MOST_BYTES // 1024 // 1024} MiB. Save it and give the file.")
    return content


def _advisor() -> Advisor:
    from service.app import site_advisor
    from service.check.request import CheckError
    from service.config import load_settings
    from service.errors import SetupError

    try:
        return site_advisor(load_settings())
    except SetupError as error:
        raise CheckError(str(error)) from None


def _shown(placed: Sequence[Placed]) -> Iterable[Placed]:
    """The resources, with a progress bar on stderr when there are many."""
    if len(placed) < LONG:
        return placed
    from rich.console import Console
    from rich.progress import track

    return track(placed, "validating", console=Console(stderr=True), transient=True)


def _tell(found: Checked, most: int, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        shown = rows[: most or None]
        drawn = Table(*columns, title=title, title_justify="left")
        for row in shown:
            drawn.add_row(*(Text(str(cell)) for cell in row))
        if rows:
            console.print(drawn)
        if len(shown) < len(rows):
            console.print(f"... and {len(rows) - len(shown)} more (--most 0 lists all)")

    if found.refused:
        console.print(Text(f"The call would be refused. {found.refused}", style="bold red"))
    table("Prefetch", ("key", "state", "note"), [(each.key, each.state, each.note) for each in found.keys])
    table("Not valid FHIR R4", ("count", "element", "what is wrong", "first at"), list(_faults(found)))
    table("Codes that no table holds", ("count", "in", "code", "text"), list(_codes(found)))
    console.print(
        f"{found.resources:,} resources, {found.valid:,} of them valid FHIR R4; {found.codes.concepts:,} coded "
        f"elements, {found.codes.by_code:,} known by code, {found.codes.by_name:,} by text only"
    )


def _faults(found: Checked) -> Iterator[tuple[int, str, str, str]]:
    for fault, count in found.faults.most_common():
        yield count, f"{fault.resource}.{fault.path}".rstrip("."), fault.text, found.first[fault]


def _codes(found: Checked) -> Iterator[tuple[int, str, str, str]]:
    for place, count in found.codes.by_frequency():
        text = found.codes.displays[place] + (" (read by its text)" if place in found.codes.named else "")
        yield (
            count,
            place.resource,
            f"{place.system or '(no system)'}|{place.code}" if place.code else "(text only)",
            text,
        )


def _data(found: Checked, most: int) -> dict[str, Any]:
    limit = most or None
    return {
        "hook": found.hook,
        "refused": found.refused,
        "resources": found.resources,
        "valid": found.valid,
        "prefetch": [{"key": each.key, "state": each.state, "note": each.note} for each in found.keys],
        "faults": [
            dict(zip(("count", "element", "text", "first"), row, strict=True)) for row in list(_faults(found))[:limit]
        ],
        "codes": [dict(zip(("count", "in", "code", "text"), row, strict=True)) for row in list(_codes(found))[:limit]],
    }
