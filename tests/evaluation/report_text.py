"""Measures how well reports are read: `python -m tests.evaluation.report_text` prints the tables of the docs page.

With `--write` it puts them into the page; with `--errors` it also lists what reports.yaml expects and the reader gives.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from cds_hooks.snapshot.report_text import Assertion, Finding, Mention, ReportReader

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "report-text.md"
LISTS = ROOT / "mappings" / "lexicon" / "report"
SETS = {"reports.yaml": "Set it was improved on", "held_out.yaml": "Set kept for measuring"}

Said = tuple[Finding, Assertion]


@dataclass(frozen=True)
class Case:
    """A text with what a radiologist would read in it; site, side and depth where the case states them."""

    text: str
    expected: frozenset[Said]
    of_mri: bool
    places: Mapping[str, str | float]


class Score(NamedTuple):
    """Pairs of finding and assertion: read rightly, read wrongly, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: object) -> Score:
        assert isinstance(other, Score)
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)


@cache
def report_lists() -> Mapping[str, tuple[str, ...]]:
    """The report lexicon as it stands in the text files."""
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted(LISTS.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            found[file.stem] = tuple(row["phrase"] for row in csv.DictReader(rows))
    return found


@cache
def reader() -> ReportReader:
    return ReportReader(report_lists())


def cases(name: str) -> list[Case]:
    rows = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return [
        Case(
            row["text"],
            frozenset(_said(row["expect"])),
            row.get("mri", True),
            {key: row[key] for key in ("site", "side", "depth_mm") if key in row},
        )
        for row in rows
    ]


def _said(text: str) -> Iterable[Said]:
    for pair in filter(None, text.split("; ")):
        finding, assertion = pair.split()
        yield Finding(finding), Assertion(assertion)


def read(case: Case) -> frozenset[Said]:
    return frozenset((mention.finding, mention.assertion) for mention in _mentions(case))


def _mentions(case: Case) -> tuple[Mention, ...]:
    return reader().read(case.text, of_mri=case.of_mri).mentions


def scores(found: Iterable[Case]) -> dict[Finding, Score]:
    totals = {finding: Score() for finding in Finding}
    for case in found:
        said = read(case)
        for finding, _ in said & case.expected:
            totals[finding] += Score(right=1)
        for finding, _ in said - case.expected:
            totals[finding] += Score(wrong=1)
        for finding, _ in case.expected - said:
            totals[finding] += Score(missed=1)
    return totals


def places(found: Iterable[Case]) -> dict[str, tuple[int, int]]:
    """For site, side and depth: how many of the places stated by the cases the first expected mention has."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case in found:
        mentions = [each for each in _mentions(case) if (each.finding, each.assertion) in case.expected]
        for place, value in case.places.items():
            total[place] += 1
            right[place] += bool(mentions) and any(getattr(each, place) == value for each in mentions[:1])
    return {place: (right[place], total[place]) for place in ("site", "side", "depth_mm") if total[place]}


def tables() -> str:
    """Both sets as Markdown."""
    parts = []
    for name, title in SETS.items():
        found = cases(name)
        rows = scores(found)
        lines = [f"### {title}", "", f"`tests/evaluation/{name}`, {len(found)} texts.", ""]
        lines += ["| finding | right | wrong | missed | precision | recall |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [_row(finding, score) for finding, score in rows.items() if any(score)]
        lines += [_row("**all**", sum(rows.values(), Score())), ""]
        placed = [f"{place.removesuffix('_mm')} {right} of {total}" for place, (right, total) in places(found).items()]
        lines += [f"Places read rightly: {', '.join(placed)}.", ""]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _row(name: str, score: Score) -> str:
    precision = _share(score.right, score.right + score.wrong)
    recall = _share(score.right, score.right + score.missed)
    return f"| {name} | {score.right} | {score.wrong} | {score.missed} | {precision} | {recall} |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->"


def page_tables(page: str) -> str:
    """The measured part of the page."""
    return page.partition(BEGIN)[2].partition(END)[0]


def _write() -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{tables()}{END}{rest.partition(END)[2]}", encoding="utf-8")


def _errors() -> str:
    lines = []
    for case in cases("reports.yaml"):
        said = read(case)
        if said != case.expected:
            lines.append(f"{case.text!r}")
            lines += [f"    + {' '.join(pair)}" for pair in sorted(said - case.expected)]
            lines += [f"    - {' '.join(pair)}" for pair in sorted(case.expected - said)]
        mention = next((each for each in _mentions(case) if (each.finding, each.assertion) in case.expected), None)
        for place, value in case.places.items():
            if mention is not None and getattr(mention, place) != value:
                lines.append(f"{case.text!r}\n    {place}: {getattr(mention, place)}, not {value}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(tables())
    if "--errors" in sys.argv:
        sys.stdout.write(_errors() + "\n")
    if "--write" in sys.argv:
        _write()
