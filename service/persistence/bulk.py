"""Many rows in one statement with one parameter: the rows as JSON, which the database takes apart.

Row by row, each row costs SQLite's thread a fight with the event loop for the interpreter, which was measured to cost
several times the writing itself (docs/adr/0023). The rows are lists in the order of the table's columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import JSON, ColumnElement, Select, Table, Text, bindparam, cast, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from service.persistence.database import insert_into

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

ROWS = "rows"


async def add(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, known_too: bool = False
) -> None:
    """Add the rows; with `known_too`, those that are there already are passed over."""
    if rows:
        sqlite = connection.dialect.name == "sqlite"
        given = _encoded(table, rows, "" if sqlite else "+00:00")
        await connection.execute(_statement(table, sqlite, known_too), {ROWS: given})


@cache
def _statement(table: Table, sqlite: bool, known_too: bool) -> SqliteInsert | PostgresqlInsert:
    insert = insert_into(table, sqlite=sqlite)
    names = [column.name for column in table.columns]
    # SQLite takes ON CONFLICT after a SELECT for a join unless there is a WHERE (SQLite: "UPSERT", parsing ambiguity).
    filled = insert.from_select(names, _taken_apart(table, sqlite).where(true()))
    return filled.on_conflict_do_nothing() if known_too else filled


def _taken_apart(table: Table, sqlite: bool) -> Select[Any]:
    given = bindparam(ROWS, type_=Text())
    if sqlite:
        each = func.json_each(given).table_valued("value")
        return select(*(func.json_extract(each.c.value, f"$[{index}]") for index in range(len(table.columns))))
    each = func.json_array_elements(cast(given, JSON)).table_valued("value")

    def member(index: int) -> ColumnElement[Any]:
        return cast(each.c.value.op("->>")(index), table.columns[index].type)

    return select(*(member(index) for index in range(len(table.columns))))


def _encoded(table: Table, rows: Sequence[Mapping[str, Any]], zone: str) -> str:
    names = [column.name for column in table.columns]
    return msgspec.json.encode([[_plain(row[name], zone) for name in names] for row in rows]).decode()


def _plain(value: object, zone: str) -> object:
    """Times as SQLAlchemy writes them into SQLite, which knows no zones; for PostgreSQL with theirs. Always UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") + zone
    return value.isoformat() if isinstance(value, date) else value
