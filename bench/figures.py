"""What was found, beside what is to be reached: one line per figure, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.box import MARKDOWN
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """`values` are those of the rounds. Their median must be at most `limit`, or at least, in words of the figure."""

    name: str
    values: tuple[float, ...]
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def found(self) -> float:
        return median(self.values)

    @property
    def reached(self) -> bool:
        """Never where nothing could be measured: not a number reaches nothing."""
        return self.found >= self.limit if self.at_least else self.found <= self.limit

    @property
    def target(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {short(self.limit)}{self._unit}"

    @property
    def shown(self) -> str:
        return spread(self.values, self._unit)

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


def spread(values: Sequence[float], unit: str = "") -> str:
    """The median, and between which values the rounds lay."""
    between = f" ({short(min(values))}-{short(max(values))})" if len(values) > 1 else ""
    return f"{short(median(values))}{unit}{between}"


def short(value: float) -> str:
    """Three digits that count, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(figures: Iterable[Figure]) -> Table:
    """All figures, drawn so that the table can be put into a document as it is."""
    lines = Table("figure", "to reach", "found: median (spread)", "reached", box=MARKDOWN)
    for figure in figures:
        lines.add_row(figure.name, figure.target, figure.shown, "yes" if figure.reached else "**no**")
    return lines
