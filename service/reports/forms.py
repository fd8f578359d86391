"""A report as a table for the terminal, as CSV, as JSON, and as a FHIR R4 MeasureReport."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
from rich.box import SIMPLE
from rich.table import Table

from service.reports.questions import Report

Form = Literal["table", "csv", "json", "fhir"]
FORMS: tuple[Form, ...] = get_args(Form)
MEASURE = "https://marrow-cds.org/fhir/Measure/answers-to-cards"
POPULATIONS = "http://terminology.hl7.org/CodeSystem/measure-population"
# Column of a line -> FHIR population code; those without one are told in words.
COUNTS = {
    "cards": "initial-population",
    "answered": "denominator",
    "accepted": "numerator",
    "overridden": "",
    "judged": "",
    "missing": "",
    "failed": "",
}
SHOWN = ("judged", "missing", "failed", "cards")


def as_json(report: Report) -> bytes:
    return msgspec.json.encode(report.told())


def as_csv(report: Report) -> str:
    """One row per line; reasons as `code=count`, separated by blanks."""
    columns = [*report.question.by, *(name for name in _columns(report) if name not in report.question.by)]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    for line in report.lines:
        reasons = " ".join(f"{_inert(code)}={count}" for code, count in line["top_override_reasons"].items())
        writer.writerow({**line, "top_override_reasons": reasons, "flagged": "yes" if line["flagged"] else "no"})
    return out.getvalue()


def as_table(report: Report) -> Table:
    """For people; a flagged line is red and has an exclamation mark. `median` is the time to the answer."""
    told = report.told()
    period = f"{told['since'] or 'the beginning'} to {told['until'] or 'now'}"
    table = Table(title=f"Cards and answers, {period}: {report.calls} calls", title_justify="left", box=SIMPLE)
    for dimension in report.question.by:
        table.add_column(dimension, no_wrap=True)
    for name in (*SHOWN, "accepted", "overridden", "median"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("top reasons")
    for line in report.lines:
        table.add_row(
            *(line[name] for name in report.question.by),
            *(str(line[name]) for name in SHOWN),
            f"{line['accepted']}{_percent(line['acceptance_rate'])}",
            f"{line['overridden']}{_percent(line['override_rate'])}{' !' if line['flagged'] else ''}",
            _duration(line["median_seconds_to_feedback"]),
            ", ".join(f"{_plain(code)} {count}" for code, count in line["top_override_reasons"].items()),
            style="red" if line["flagged"] else None,
        )
    return table


def as_measure_report(report: Report, now: datetime) -> bytes:
    """A summary MeasureReport, valid R4: one group per line, the acceptance rate as its score."""
    from fhir.resources.R4B.measurereport import MeasureReport

    told = report.told()
    today = now.date().isoformat()
    resource = MeasureReport.model_validate(
        {
            "status": "complete",
            "type": "summary",
            "measure": MEASURE,
            "date": now.isoformat(timespec="seconds"),
            "period": {"start": told["since"] or today, "end": told["until"] or today},
            **({"group": [_group(report, line) for line in report.lines]} if report.lines else {}),
        }
    )
    dumped = resource.model_dump(by_alias=True, exclude_none=True, mode="json")
    return msgspec.json.encode({"resourceType": "MeasureReport", **dumped})


def _group(report: Report, line: dict[str, Any]) -> dict[str, Any]:
    group: dict[str, Any] = {
        "code": {"text": ", ".join(f"{name} {line[name]}" for name in report.question.by)},
        "population": [{"code": _population(name, code), "count": line[name]} for name, code in COUNTS.items()],
    }
    if line["acceptance_rate"] is not None:
        group["measureScore"] = {"value": line["acceptance_rate"]}
    return group


def _population(name: str, code: str) -> dict[str, Any]:
    return {"text": name, **({"coding": [{"system": POPULATIONS, "code": code}]} if code else {})}


def _columns(report: Report) -> list[str]:
    return list(report.lines[0]) if report.lines else []


def _inert(code: str) -> str:
    """Reason codes come from clients: a spreadsheet must not take one for a formula, nor a blank for the next."""
    return "'" + code if code[:1] in "=+-@\t\r" else code.replace(" ", "_")


def _plain(code: str) -> str:
    """Without control characters and markup of the terminal."""
    return "".join(each if each.isprintable() else "?" for each in code).replace("[", "(")


def _percent(rate: float | None) -> str:
    return "" if rate is None else f" ({100 * rate:.0f} %)"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
