"""Reading one mapping file: UTF-8, a header that names the columns, one checked row per line."""

import csv
import io
from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from mappings.errors import MappingError
from mappings.rows import Row

R = TypeVar("R", bound=Row)


class Folder:
    """The mapping files of a folder, each read once."""

    __slots__ = ("_bytes", "sources")

    def __init__(self, root: Path) -> None:
        self._bytes = {
            path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.csv") if path.is_file()
        }
        # Filled from provenance/sources.csv before any other file is read.
        self.sources: frozenset[str] = frozenset()

    @property
    def content(self) -> Mapping[str, bytes]:
        """The bytes of every file by its relative name."""
        return MappingProxyType(self._bytes)

    def stems(self, directory: str) -> tuple[str, ...]:
        """The names of the files that stand in a directory, without their ending, sorted."""
        head = f"{directory}/"
        names = (name[len(head) :] for name in self._bytes if name.startswith(head))
        return tuple(sorted(name.removesuffix(".csv") for name in names if "/" not in name))

    def rows(self, file: str, kind: type[R], identity: Callable[[R], Hashable]) -> tuple[R, ...]:
        """The rows of a file. Raises MappingError when it is missing, or for its first bad or repeated row."""
        return tuple(row for _, row in self.numbered(file, kind, identity))

    def numbered(self, file: str, kind: type[R], identity: Callable[[R], Hashable]) -> Iterator[tuple[int, R]]:
        """The rows with their lines. Raises MappingError as `rows` does, when the bad row is reached."""
        if file not in self._bytes:
            raise MappingError(file, 0, "the file is missing")
        seen: dict[Hashable, int] = {}
        for line, row in read_rows(file, self._bytes[file], kind):
            provenance = getattr(row, "provenance", None)
            if provenance is not None and provenance not in self.sources:
                raise MappingError(file, line, f"unknown provenance {provenance!r}; add it to provenance/sources.csv")
            key = identity(row)
            if key in seen:
                raise MappingError(file, line, f"repeats line {seen[key]}: {key}")
            seen[key] = line
            yield line, row


def read_rows(file: str, content: bytes, kind: type[R]) -> Iterator[tuple[int, R]]:
    """The checked rows of a file's bytes with their lines; `file` names it in errors. Raises MappingError."""
    for line, cells in read_cells(file, content, tuple(kind.model_fields)):
        yield line, _checked(file, line, kind, cells)


def read_cells(file: str, content: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of each line by column, unchecked. Raises MappingError for what is not such a table."""
    reader = csv.reader(io.StringIO(_decoded(file, content), newline=""), strict=True)
    try:
        if tuple(next(reader, ())) != columns:
            raise MappingError(file, 1, f"the header must be {','.join(columns)}")
        for cells in reader:
            if len(cells) != len(columns):
                raise MappingError(file, reader.line_num, f"{len(cells)} cells, expected {len(columns)}")
            yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise MappingError(file, reader.line_num, f"not CSV: {error}") from error


def _decoded(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MappingError(file, content.count(b"\n", 0, error.start) + 1, "not UTF-8") from error


def _checked(file: str, line: int, kind: type[R], cells: dict[str, str]) -> R:
    try:
        return kind.model_validate(cells)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MappingError(file, line, f"{place}: {first['msg']}" if place else first["msg"]) from error
