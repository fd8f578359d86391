"""JSON with one thing wrong: every position, and what real and hostile clients put there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Path = tuple[str | int, ...]


class Deleted:
    """Stands for the key or row that is not there."""

    def __repr__(self) -> str:
        return "deleted"


DELETED: Final = Deleted()
WRONG: tuple[Any, ...] = (
    *(DELETED, None, True, 0, -1, 1e300, 10**30, "garbage", "", [], {}, [[]], [None], {"a": 1}, "2025-02-30", "\u0000"),
)
EXTREME: tuple[Any, ...] = (
    *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "9999-12-31", "9999", "9998-12-01"),
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01", "0001", "0000"),
    *(1e300, -1e300, 10**30, -(10**30), 1e-300),
)


def positions(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every position in a JSON value, the whole included."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from positions(child, (*path, key))


def changed(value: Any, path: Path, new: Any) -> Any:
    """The value with something else in this position; itself where the position is not there."""
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(value, dict) and key in value:
        return _without(value, key) if _gone(rest, new) else {**value, key: changed(value[key], rest, new)}
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        head, tail = value[:key], value[key + 1 :]
        return [*head, *tail] if _gone(rest, new) else [*head, changed(value[key], rest, new), *tail]
    return value


def _gone(rest: Path, new: Any) -> bool:
    return not rest and isinstance(new, Deleted)


def _without(value: dict[Any, Any], key: str | int) -> dict[Any, Any]:
    return {name: child for name, child in value.items() if name != key}


def shown(path: Path) -> str:
    return ".".join(map(str, path)) or "(whole)"
