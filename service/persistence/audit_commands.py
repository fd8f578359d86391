"""`marrow audit`, `marrow purge` and `marrow erase`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from service.persistence.commands import with_database

if TYPE_CHECKING:
    from service.persistence.database import Database

audit = typer.Typer(name="audit", help="The audit trail.", no_args_is_help=True, add_completion=False)
_AGE = re.compile(r"(\d{1,5})d")
_KEY = re.compile(r"[0-9a-f]{64}")


@audit.command()
def verify() -> None:
    """Check every chain and every row that it tells of. Exits with 1 when something does not hold."""
    from service.persistence.verification import verify as check

    found = with_database(lambda database: check(database, _audit_key()))
    for problem in found.problems:
        typer.echo(problem, err=True)
    typer.echo(
        f"{found.chains} chains with {found.entries} entries; {found.present} rows as they were written, "
        f"{found.removed} removed as the trail says, {found.unchained} from before the trail; "
        f"{len(found.problems)} problems"
    )
    for chain, (number, told) in sorted(found.ends.items()):
        typer.echo(f"end of chain {chain}: {number} {told}")
    raise typer.Exit(1 if found.problems else 0)


@audit.command()
def export(since: Annotated[str, typer.Option(help="First day, as 2026-01-31.")] = "") -> None:
    """Print the decisions as FHIR R4 AuditEvents, one per line."""
    from service.persistence.audit_events import audit_events

    try:
        first = date.fromisoformat(since) if since else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None

    async def run(database: Database) -> None:
        async for event in audit_events(database, first):
            typer.echo(event)

    with_database(run)


def purge(
    older_than: Annotated[str, typer.Option(help="Age in days, as 365d.")],
    dry_run: Annotated[bool, typer.Option(help="Count, and remove nothing.")] = False,
) -> None:
    """Remove decisions, feedback and counts that are older than this. Print the reports that you want to keep first."""
    from service.persistence import removal

    age = _AGE.fullmatch(older_than)
    if age is None or int(age[1]) < 1:
        raise typer.BadParameter("give --older-than in days, as 365d")
    now = datetime.now(UTC)
    # Whole days: a day that is half there would make its counts wrong.
    before = datetime.combine(now.date() - timedelta(days=int(age[1])), time.min, UTC)
    found = with_database(lambda database: removal.purge(database, _audit_key(), before, now, dry=dry_run))
    done = "would be removed" if dry_run else "removed"
    typer.echo(f"{found.decisions} decisions and {found.feedback} answers from before {before.date()} {done}.")


def erase(
    patient_key: Annotated[
        str, typer.Option(help="The patient's key as in `decisions`; asked for when left out.")
    ] = "",
    client: Annotated[str, typer.Option(help="Only what was told this client.")] = "",
) -> None:
    """Remove all that is kept of one patient. Without a key it asks for the patient's id, which shows nowhere."""
    from service.app import hash_key
    from service.config import load_settings
    from service.persistence import removal
    from service.persistence.decisions import patient_key as key_of

    _audit_key()  # a site without its secret stops here, before anybody types an id
    if not patient_key:
        patient_key = key_of(typer.prompt("Patient id (FHIR)", hide_input=True).strip(), hash_key(load_settings()))
    if not _KEY.fullmatch(patient_key):
        raise typer.BadParameter("a patient key is 64 hexadecimal digits")
    now = datetime.now(UTC)
    found = with_database(lambda database: removal.erase(database, _audit_key(), patient_key, now, client or None))
    typer.echo(f"{found.decisions} decisions and {found.feedback} answers erased.")


def _audit_key() -> bytes:
    """The key of the trail; ends the command where the site's secret is not set."""
    from service.config import load_settings
    from service.errors import SetupError
    from service.persistence.audit import audit_key

    try:
        secret = load_settings().patient_hash_key
        if secret is None:
            raise SetupError("set MARROW_PATIENT_HASH_KEY to the secret that the service runs with")
        return audit_key(secret.get_secret_value().encode())
    except SetupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
