"""`marrow db`: the schema of the database, and a copy of an SQLite file while the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from service.persistence.database import Database

EXIT_SETUP = 2
T = TypeVar("T")
db = typer.Typer(name="db", help="The schema of the database.", no_args_is_help=True, add_completion=False)


@db.command()
def status() -> None:
    """Say which schema the database has and which one this version works with. Exits with 1 when they differ."""
    from service.persistence.database import SCHEMA

    found = with_database(lambda database: database.revision())
    typer.echo(f"The database has {f'schema {found}' if found else 'no schema'}; this version works with {SCHEMA}.")
    raise typer.Exit(0 if found == SCHEMA else 1)


@db.command()
def upgrade() -> None:
    """Make the tables, or change them to what this version works with. Back up first."""
    from service.errors import SetupError
    from service.persistence.database import SCHEMA, steps

    async def run(database: Database) -> str | None:
        found = await database.revision()
        if found is not None and found not in steps():
            raise SetupError(f"the database has schema {found}, which this version does not know")
        await database.upgrade()
        return found

    found = with_database(run)
    typer.echo(f"The database had {f'schema {found}' if found else 'no schema'} and has {SCHEMA} now.")


@db.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="The schema that the older version works with, such as 0001.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Go back to the schema of an older version. What that has no place for is deleted. Stop the service first."""
    from service.persistence.database import steps

    if revision not in steps():
        raise typer.BadParameter(f"there are only {', '.join(reversed(steps()))}")
    if not yes:
        typer.confirm("Data of newer tables will be deleted. Is there a backup?", abort=True)
    with_database(lambda database: database.downgrade(revision))
    typer.echo(f"The database has schema {revision} now.")


@db.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy; must not exist.")]) -> None:
    """Copy an SQLite database to a file while the service runs. PostgreSQL has pg_dump for this."""
    from service.errors import SetupError

    async def run(database: Database) -> None:
        if not database.sqlite:
            raise SetupError("this is not SQLite: use pg_dump --format=custom, and pg_restore to bring it back")
        if file.exists():
            raise SetupError(f"{file} exists already")
        if await database.revision() is None:
            raise SetupError("the database has no schema: there is nothing to copy")
        async with database.engine.connect() as connection:
            await connection.exec_driver_sql("VACUUM INTO ?", (str(file),))

    with_database(run)
    typer.echo(f"Copied to {file}.")


def with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """What `work` gives on the database of the settings; ends the command with one sentence when it cannot be had."""
    from service.config import load_settings
    from service.errors import SetupError
    from service.persistence.database import Database

    async def run() -> T:
        database = Database(load_settings().database_url.get_secret_value())
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except SetupError as error:
        typer.echo(str(error), err=True)
    except Exception as error:  # noqa: BLE001 -- drivers raise errors of their own; their messages quote the address
        typer.echo(f"The database cannot be used: {type(error).__name__}.", err=True)
    raise typer.Exit(EXIT_SETUP)
