"""The commands `marrow try` and `marrow demo`. What they play with is imported when they run."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from service.play.ehr import Played

EXIT_NOT_PLAYED = 2


def try_hook(
    hook: Annotated[str, typer.Argument(help="patient-view, order-select or order-sign")],
    fhir_server: Annotated[str, typer.Option(help="Base URL of any FHIR R4 server.")],
    patient: Annotated[str, typer.Option(help="Id of the patient there.")],
    draft: Annotated[list[str] | None, typer.Option(help="A draft order: a JSON file, or a sample's name.")] = None,
    marrow: Annotated[str, typer.Option(help="Base URL of the running Marrow.")] = "http://127.0.0.1:8000",
    user: Annotated[str, typer.Option(help="userId of the context.")] = "Practitioner/example",
    token: Annotated[str | None, typer.Option(help="Access token for the FHIR server.", envvar="FHIR_TOKEN")] = None,
    prefetch: Annotated[bool, typer.Option(help="Send the prefetch that Marrow asks for, or none.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the request and the response as JSON.")] = False,
) -> None:
    """Play the EHR: read a patient from a FHIR server, call a running Marrow, print the cards."""
    from service.play.ehr import ORDER_HOOKS, Play, PlayError, play

    today = datetime.now().astimezone().date()
    try:
        drafts = [_draft(name, patient, today) for name in draft or ()]
        if hook in ORDER_HOOKS and not drafts:
            raise PlayError(f"{hook} needs at least one --draft. Samples: {_samples()}.")
        what = Play(hook, marrow.rstrip("/"), fhir_server.rstrip("/"), patient, drafts, user, token, prefetch)
        played = asyncio.run(play(what))
    except PlayError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_NOT_PLAYED) from None
    _print(played, as_json)
    raise typer.Exit(0 if played.status == 200 else 1)


def demo() -> None:
    """Start Marrow and the sample EHR, play three patients and print their cards. Fails unless the cards are right."""
    from rich.console import Console

    from service.play.demo import demo as play_scenes
    from service.play.ehr import PlayError

    console = Console()
    try:
        right = asyncio.run(play_scenes(datetime.now().astimezone().date(), console))
    except PlayError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_NOT_PLAYED) from None
    console.print("All cards are as they must be." if right else "Some cards are wrong.")
    console.print("To go on by hand: `make serve` starts the service, `marrow try --help` plays an EHR against it.")
    raise typer.Exit(0 if right else 1)


def _print(played: Played, as_json: bool) -> None:
    from rich.console import Console

    from service.play.show import show, show_sent

    if as_json:
        typer.echo(json.dumps({"request": played.request, "status": played.status, "response": played.body}, indent=2))
        return
    console = Console()
    show_sent(played, console)
    show(played, console)


def _draft(name: str, patient: str, today: date) -> dict[str, Any]:
    """A draft from a file, or a sample by name; its subject becomes the patient that is played."""
    from service.play.ehr import PlayError
    from service.sample_ehr import draft, draft_names

    if name in draft_names():
        return draft(name, patient, today)
    try:
        found = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        text = f"{name} is neither a readable JSON file ({type(error).__name__}) nor a sample. Samples: {_samples()}."
        raise PlayError(text) from None
    if not isinstance(found, dict) or not found.get("resourceType") or not found.get("id"):
        raise PlayError(f"{name} is not a FHIR resource with resourceType and id.")
    return {**found, "subject": {"reference": f"Patient/{patient}"}}


def _samples() -> str:
    from service.sample_ehr import draft_names

    return ", ".join(draft_names())
