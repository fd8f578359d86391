"""What became of the cards: charts from the reports and the metrics, each with the table behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from service.console.pictures import svg

Row = Mapping[str, Any]
MOST_BARS = 20
SECONDS = "marrow_request_seconds"
FILLS: tuple[Mapping[str, Any], ...] = (
    {"facecolor": "0.85", "edgecolor": "black"},
    {"facecolor": "0.45", "edgecolor": "black"},
    {"facecolor": "white", "edgecolor": "black", "hatch": "///"},
)
"""Told apart without color."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars: for each label one value per series."""

    title: str
    unit: str
    labels: tuple[str, ...]
    series: Mapping[str, tuple[float, ...]]

    @property
    def rows(self) -> Iterator[tuple[str, tuple[float, ...]]]:
        """The table behind the picture."""
        return zip(self.labels, zip(*self.series.values(), strict=True), strict=True)


def charts(report: Row, metrics: bytes, rule: str) -> list[Chart]:
    """The four charts. `report` is by rule and week, as JSON has it; `rule` narrows it to one, "" takes all."""
    lines = [line for line in report["lines"] if rule in ("", line["rule"])]
    return [
        _by_week(lines),
        _by_rule(lines),
        _reasons(lines),
        _ranked("Facts that were missing", "checks", Counter(report["missing_facts"]), "missing"),
        _latency(metrics),
    ]


def drawn(chart: Chart) -> str:
    """The chart as the address of an image."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, max(1.6, 0.5 + 0.32 * len(chart.labels) * len(chart.series))), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    thickness = 0.8 / len(chart.series)
    for number, (name, values) in enumerate(chart.series.items()):
        places = [place + (number - (len(chart.series) - 1) / 2) * thickness for place in range(len(values))]
        bars = axes.barh(places, values, height=thickness, label=name, **FILLS[number])
        axes.bar_label(bars, fmt="%g", padding=3, fontsize=8)
    axes.set_yticks(range(len(chart.labels)), [label.replace("$", r"\$") for label in chart.labels])
    axes.invert_yaxis()
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel(chart.unit)
    if len(chart.series) > 1:
        figure.legend(frameon=False, loc="outside lower center", ncols=len(chart.series))
    return svg(figure, chart.title)


def _by_week(lines: Sequence[Row]) -> Chart:
    weeks = sorted({line["week"] for line in lines})[-MOST_BARS:]
    return _summed("Cards and answers by week", weeks, "week", lines)


def _by_rule(lines: Sequence[Row]) -> Chart:
    shown = Counter[str]()
    for line in lines:
        shown[line["rule"]] += line["cards"]
    rules = [rule for rule, count in shown.most_common(MOST_BARS) if count]
    return _summed("Cards and answers by rule", rules, "rule", lines)


def _summed(title: str, labels: Sequence[str], dimension: str, lines: Sequence[Row]) -> Chart:
    def total(label: str, column: str) -> float:
        return float(sum(line[column] for line in lines if line[dimension] == label))

    columns = ("cards", "accepted", "overridden")
    return Chart(
        title, "cards", tuple(labels), {name: tuple(total(label, name) for label in labels) for name in columns}
    )


def _reasons(lines: Sequence[Row]) -> Chart:
    counts = Counter[str]()
    for line in lines:
        counts.update(line["top_override_reasons"])
    return _ranked("Reasons of overrides", "overrides", counts, "overridden")


def _ranked(title: str, unit: str, counts: Counter[str], name: str) -> Chart:
    most = counts.most_common(MOST_BARS)
    return Chart(title, unit, tuple(label for label, _ in most), {name: tuple(float(count) for _, count in most)})


def _latency(metrics: bytes) -> Chart:
    """Calls by the time that they took, all services together, since this process began."""
    upto: Counter[str] = Counter()
    for family in text_string_to_metric_families(metrics.decode()):
        for sample in family.samples if family.name == SECONDS else ():
            if sample.name == f"{SECONDS}_bucket" and sample.labels["service"] != "other":
                upto[sample.labels["le"]] += int(sample.value)
    bounds = sorted(upto, key=float)
    counts = [upto[bound] - (upto[bounds[place - 1]] if place else 0) for place, bound in enumerate(bounds)]
    labels = tuple(f"up to {float(bound):g} s" if float(bound) < float("inf") else "longer" for bound in bounds)
    return Chart("Time to the reply", "calls", labels, {"calls": tuple(float(count) for count in counts)})
