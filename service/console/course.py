"""The course of a patient with bone marrow edema syndrome, as a picture and in words.

Onset, phases, the band in which recovery is expected, imaging, treatments, 25-OH vitamin D with its limits, today. What
is drawn is what the core has read: a value that it could not use is no point in the picture, and a gap is named.
Sources of the phases: StatPearls, "Bone Marrow Edema Syndrome", 2020 (onset in the first month, pain at its highest in
months 2 and 3, recovery in 3 to 9 months); consumer health article (up to 12 months).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from cds_hooks.snapshot import course as onset
from cds_hooks.snapshot import queries
from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.report_text import Assertion, Finding
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup
from cds_hooks.wire.delivery import Query
from service.console.form import Form, prepare
from service.console.pictures import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cds_hooks.advisor import Advisor
    from cds_hooks.snapshot.patient import Patient

KEYS = (
    *(queries.PATIENT, queries.CONDITIONS, queries.MEDICATIONS, queries.STATEMENTS, queries.IMAGING_REPORTS),
    *(queries.BONE_LABS, queries.PROCEDURES, queries.SERVICES, queries.DEVICE_REQUESTS),
)
FIRST_MONTH, THREE_MONTHS = 30, 90  # days: onset, then pain at its highest
EXPECTED, LATE = ("syndrome-expected-days", 270.0), ("syndrome-late-days", 365.0)
LIMITS = (("antiresorptive-vitamin-d-low", "low"), ("vitamin-d-high", "high"))
VITAMIN_D = (Concept.VITAMIN_D_25_OH, Concept.VITAMIN_D3_25_OH)
TREATMENTS = (
    *(DrugGroup.PROSTACYCLIN, DrugGroup.BISPHOSPHONATE, DrugGroup.DENOSUMAB, DrugGroup.VITAMIN_D),
    *(DrugGroup.CALCIUM_VITAMIN_D_COMBINATION, DrugGroup.NSAID_SYSTEMIC, DrugGroup.OPIOID, DrugGroup.TNF_INHIBITOR),
    *(DrugGroup.GLUCOCORTICOID_SYSTEMIC, DrugGroup.CALCIUM_CHANNEL_BLOCKER),
)
EDEMA_SAID = {Assertion.PRESENT: "edema", Assertion.UNCERTAIN: "edema not certain", None: "does not speak of edema"}
LONGEST_LABEL = 44
SIZE = (9.6, 6.2)  # inches
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """A treatment or an event: `end` is None for a single day."""

    label: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Level:
    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Limit:
    word: str
    value: float


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the usual course."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Course:
    """All that is drawn. Without an onset there are no phases."""

    title: str
    today: date
    onset: date | None
    phases: tuple[Phase, ...]
    imaging: tuple[Span, ...]
    treatments: tuple[Span, ...]
    vitamin_d: tuple[Level, ...]
    limits: tuple[Limit, ...]
    gaps: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The picture in words."""
        if self.onset is None:
            return "No active bone marrow edema syndrome with a date is on record, so no phases are shown."
        day = (self.today - self.onset).days
        phase = next(
            (each.name for each in self.phases if each.start <= self.today < each.end), "beyond the usual course"
        )
        levels = f" The newest 25-OH vitamin D is {self.vitamin_d[-1].value:g} ng/mL." if self.vitamin_d else ""
        return (
            f"Day {day} since the onset on {self.onset}: {phase}. Recovery is expected between {self.phases[2].start} "
            f"and {self.phases[2].end}.{levels} {len(self.imaging)} imaging reports and {len(self.treatments)} "
            "treatments are on record."
        )


def course_of(form: Form, advisor: Advisor, now: datetime) -> Course:
    """The course of the patient whom the form names. Raises FormError; ProblemError for a chart that is refused."""
    prepared = prepare(form, advisor, now.date())
    request = {**prepared.request, "hook": "patient-view", "prefetch": {}}
    request["context"] = {"userId": "Practitioner/console", "patientId": request["context"]["patientId"]}
    consultation = advisor.consult("bme-patient-view", json.dumps(request).encode(), now)
    chart = prepared.chart
    if chart is not None:
        patient_id = request["context"]["patientId"]
        asked = [Query(key, advisor.sources[key].path(patient_id)) for key in KEYS]
        consultation.reading.deliver(chart.deliver(asked))
    patient = consultation.reading.patient(KEYS, advisor.policy)
    return _course(patient, advisor, now.date(), request["context"]["patientId"])


def drawn(course: Course) -> str:
    """The picture as the address of an image (SVG in a `data:` URL), so that no address names a patient."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_events(above, course)
    _draw_levels(below, course)
    return svg(figure, "Course of the edema syndrome")


# -- from the snapshot


def _course(patient: Patient, advisor: Advisor, today: date, title: str) -> Course:
    began = onset.syndrome_since(patient)
    first = began.first.date() if began else None
    gaps = (patient.problems, patient.medications, patient.mri_reports, patient.bone_labs)
    return Course(
        title=title,
        today=today,
        onset=first,
        phases=tuple(_phases(first, advisor)) if first else (),
        imaging=tuple(sorted(_imaging(patient), key=lambda span: span.start)),
        treatments=tuple(sorted(_treatments(patient, today), key=lambda span: span.start)),
        vitamin_d=tuple(sorted(_levels(patient), key=lambda level: level.day)),
        limits=tuple(_limits(advisor)),
        gaps=tuple(dict.fromkeys(gap.text for listing in gaps for gap in (*listing.gaps, *listing.remarks))),
    )


def _phases(first: date, advisor: Advisor) -> Iterator[Phase]:
    days = (0, FIRST_MONTH, THREE_MONTHS, *(_limit(advisor, *each) for each in (EXPECTED, LATE)))
    names = (
        "first month, pain rises",
        "months 2 and 3, pain at its highest",
        "recovery is expected",
        "late, still described",
    )
    ends = [first + timedelta(days=day) for day in days]
    for name, start, end in zip(names, ends, ends[1:], strict=False):
        yield Phase(name, start, end)


def _limit(advisor: Advisor, name: str, default: float) -> float:
    found = advisor.thresholds.get(name)
    return advisor.policy[found] if found else default


def _limits(advisor: Advisor) -> Iterator[Limit]:
    for name, word in LIMITS:
        if name in advisor.thresholds:
            yield Limit(word, advisor.policy[advisor.thresholds[name]])


def _imaging(patient: Patient) -> Iterator[Span]:
    for report in (*patient.mri_reports.items, *patient.radiographs.items):
        said = report.verdict(Finding.MARROW_EDEMA, Finding.EDEMA_SYNDROME) if report.readable else None
        told = EDEMA_SAID.get(said, "no edema") if report.readable else "not readable"
        yield Span(f"{report.modality}: {told}", report.when.first.date())


def _treatments(patient: Patient, today: date) -> Iterator[Span]:
    for item in patient.medications.items:
        if item.written and not item.groups.isdisjoint(TREATMENTS):
            active = item.standing is Standing.ACTIVE
            stopped = item.stopped.last.date() if item.stopped else None
            yield Span(_short(item.medicine.name), item.written.first.date(), today if active else stopped)
    for event in (*patient.care.items, *patient.procedures.items):
        if event.when and not event.when.is_future(patient.as_of):
            yield Span(_short(event.fact.value or event.fact.name), event.when.first.date())


def _levels(patient: Patient) -> Iterator[Level]:
    for result in patient.bone_labs.items:
        if result.concept in VITAMIN_D and result.when and result.number is not None:
            yield Level(result.when.last.date(), result.number)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


# -- the picture: shades and shapes, no color carries a meaning


def _draw_events(axes: Axes, course: Course) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    rows: Sequence[tuple[str, Span]] = [
        *(("o", span) for span in course.imaging),
        *(("s", span) for span in course.treatments),
    ]
    for number, (marker, span) in enumerate(reversed(rows)):
        if span.end and span.end > span.start:
            axes.plot(
                [_at(span.start), _at(span.end)], [number, number], color="0.25", linewidth=5, solid_capstyle="butt"
            )
        axes.plot([_at(span.start)], [number], marker=marker, color="black", markersize=7)
    axes.set_yticks(range(len(rows)), [_plain(span.label) for _, span in reversed(rows)])
    axes.set_ylim(-0.7, max(len(rows), 1) + 0.6)
    _draw_course(axes, course, named=True)


def _draw_levels(axes: Axes, course: Course) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    days, values = [_at(each.day) for each in course.vitamin_d], [each.value for each in course.vitamin_d]
    axes.plot(days, values, color="black", marker="D", linewidth=1.2)
    for day, value in zip(days, values, strict=True):
        axes.annotate(f"{value:g}", (day, value), textcoords="offset points", xytext=(0, 7), ha="center")
    top = max([*values, 40]) * 1.3
    for limit in course.limits:
        if limit.value < top:
            axes.axhline(limit.value, color="0.35", linestyle="--", linewidth=1)
            axes.annotate(
                f"{limit.word}: {limit.value:g}",
                (1, limit.value),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
            )
    axes.set_ylim(0, top)
    axes.set_ylabel("25-OH vitamin D, ng/mL")
    if not values:
        axes.annotate("no usable value on record", (0.5, 0.5), xycoords="axes fraction", ha="center")
    _draw_course(axes, course, named=False)
    axes.xaxis_date()


def _draw_course(axes: Axes, course: Course, *, named: bool) -> None:
    """Phases as bands of gray, the expected recovery hatched; onset and today as lines."""
    shades = ("0.93", "0.86", "0.97", "0.9")
    for number, (phase, shade) in enumerate(zip(course.phases, shades, strict=False)):
        hatch = "//" if number == 2 else None
        axes.axvspan(_at(phase.start), _at(phase.end), facecolor=shade, edgecolor="0.8", hatch=hatch, zorder=0)
        if named:
            name = f"{number + 1}: recovery expected" if hatch else f"{number + 1}"
            axes.annotate(name, (_at(phase.start) + 3, 0.98), xycoords=("data", "axes fraction"), va="top", fontsize=8)
    axes.axvline(_at(course.today), color="black", linewidth=2)
    if course.onset:
        axes.axvline(_at(course.onset), color="black", linewidth=1, linestyle=":")
    if named:
        marks = [(course.today, "today", "left")] + ([(course.onset, "onset", "right")] if course.onset else [])
        for day, word, side in marks:
            place = (_at(day), 1.02)
            axes.annotate(f" {word} {day} ", place, xycoords=("data", "axes fraction"), ha=side, annotation_clip=False)


def _at(day: date) -> float:
    """The place on the axis: days since 1970, which is how matplotlib counts."""
    return float((day - EPOCH).days)


def _plain(text: str) -> str:
    """Chart text in the picture: a dollar sign would begin a formula, and what cannot be printed has no shape."""
    return "".join(sign for sign in text if sign.isprintable()).replace("$", r"\$")
