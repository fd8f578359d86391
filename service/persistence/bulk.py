"""Many rows in one statement with one parameter: the rows as JSON, which the database takes apart.

Row by row, each row costs SQLite's thread a fight with the event loop for the interpreter, which was measured to cost
several times the writing itself (docs/adr/0023). The rows are lists in the order of the table's columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import JSON, Column, ColumnElement, DateTime, Table, Text, bindparam, cast, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from service.persistence.database import insert_into
from service.persistence.tables import names_in

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

ROWS = "rows"
COUNT = "count"
ZONE = "+00:00"
# What becomes of a row whose key is there already.
Known = Literal["refused", "passed over", "counted on"]


def encoded(table: Table, row: Mapping[str, Any], without: tuple[str, ...] = ()) -> bytes:
    """A row as `add` takes it, but for the columns that its statement gives to all rows."""
    return msgspec.json.encode([_plain(row[name]) for name in names_in(table, without)])


async def add(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[bytes],
    *,
    known: Known = "refused",
    same: Mapping[str, Any] | None = None,
) -> None:
    """Add the rows, with the values of `same` in each of them."""
    if rows:
        statement = _statement(table, connection.dialect.name == "sqlite", known, tuple(same or ()))
        await connection.execute(statement, {ROWS: f"[{b','.join(rows).decode()}]", **(same or {})})


@cache
def _statement(table: Table, sqlite: bool, known: Known, same: tuple[str, ...]) -> SqliteInsert | PostgresqlInsert:
    given = bindparam(ROWS, type_=Text())
    names = names_in(table, same)
    if sqlite:
        each = func.json_each(given).table_valued("value")
        members = [_of_sqlite(table.columns[name], each.c.value, place) for place, name in enumerate(names)]
    else:
        each = func.json_array_elements(cast(given, JSON)).table_valued("value")
        members = [cast(each.c.value.op("->>")(place), table.columns[name].type) for place, name in enumerate(names)]
    members += [bindparam(name, type_=table.columns[name].type) for name in same]
    # SQLite takes ON CONFLICT after a SELECT for a join unless there is a WHERE (SQLite: "UPSERT", parsing ambiguity).
    filled = insert_into(table, sqlite=sqlite).from_select([*names, *same], select(*members).where(true()))
    if known == "passed over":
        return filled.on_conflict_do_nothing()
    if known == "counted on":
        more = table.columns[COUNT] + filled.excluded[COUNT]
        return filled.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_={COUNT: more})
    return filled


def _of_sqlite(column: Column[Any], row: ColumnElement[Any], place: int) -> ColumnElement[Any]:
    """Times as SQLAlchemy writes them into SQLite, which knows no zones."""
    member = func.json_extract(row, f"$[{place}]")
    return func.replace(member, ZONE, "") if isinstance(column.type, DateTime) else member


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") + ZONE
    return value.isoformat() if isinstance(value, date) else value
