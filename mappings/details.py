"""The rows as they stand in the text files, for people: what `load` leaves out (displays, provenance, status, line).

Reads the files anew with each call. The rows were checked when the tables were built and are not checked again.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mappings import layout, systems
from mappings.rows import ConditionNameRow, DrugNameRow, DrugRow, Row, ValueSetRow
from mappings.stored import PACKAGE
from mappings.tables import read_cells
from mappings.text import spellings

# What a row has whose kind of file lacks the column.
_EMPTY = {"match": "exact", "ingredient": "", "route": "", "dose_form": "", "combination": ""}


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of a drug group or value set. What its kind of file has no column for is empty."""

    kind: Literal["drugs", "value_sets"]
    name: str
    file: str
    line: int
    system: str
    code: str
    match: str
    ingredient: str
    route: str
    dose_form: str
    combination: str
    display: str
    provenance: str
    status: str

    @property
    def normal(self) -> str:
        """The code as it is looked up."""
        return systems.normalize_code(self.system, self.code)


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name of a drug group or of a condition. `kind` is that of the file: "generic", "brand", "words" ..."""

    name: str
    of: str
    file: str
    line: int
    kind: str
    language: str
    provenance: str


def code_rows(without: Collection[str] = (), folder: Path | None = None) -> Iterator[CodeRow]:
    """Every drug row, then every row of a value set, file by file, without the sets that are off."""
    models: tuple[tuple[Literal["drugs", "value_sets"], type[Row]], ...] = (
        (layout.DRUGS, DrugRow),
        (layout.VALUE_SETS, ValueSetRow),
    )
    for kind, model in models:
        for directory in layout.directories(kind):
            if layout.set_of(directory) in without:
                continue
            for name, file, line, cells in _cells(folder or PACKAGE, directory, model):
                yield CodeRow(kind, name, file, line, **{**_EMPTY, **cells})


def drug_name_rows(folder: Path | None = None) -> Iterator[NameRow]:
    """Every name of a medicine."""
    for group, file, line, cells in _cells(folder or PACKAGE, layout.DRUG_NAMES, DrugNameRow):
        yield NameRow(cells["name"], group, file, line, cells["kind"], cells["language"], cells["provenance"])


def condition_name_rows(folder: Path | None = None) -> Iterator[NameRow]:
    """Every name of a condition, procedure or whatever else has a value set."""
    for concept, file, line, cells in _cells(folder or PACKAGE, layout.CONDITION_NAMES, ConditionNameRow):
        yield NameRow(cells["name"], concept, file, line, cells["match"], cells["language"], cells["provenance"])


def named_in(row: NameRow, words: tuple[str, ...]) -> bool:
    """True when the name stands in these words of a text (the whole of them, where the row asks for that)."""
    if row.kind == "whole":
        return words in spellings(row.name)
    return any(
        words[start : start + len(spelling)] == spelling
        for spelling in spellings(row.name)
        for start in range(len(words) - len(spelling) + 1)
    )


def _cells(root: Path, directory: str, model: type[Row]) -> Iterator[tuple[str, str, int, Mapping[str, str]]]:
    for path in sorted((root / directory).glob("*.csv")):
        file = layout.file_of(directory, path.stem)
        for line, cells in read_cells(file, path.read_bytes(), tuple(model.model_fields)):
            yield path.stem, file, line, cells
