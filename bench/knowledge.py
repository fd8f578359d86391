"""The mapping library: how long it takes to load, what it weighs, what a look-up costs.

`python -m bench.knowledge` loads it once in a process of its own and prints the figures as JSON; `measure` runs that
several times, because a process that has loaded once is no measure any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from timeit import repeat

from rich.table import Table

import mappings
from bench.running import resident
from mappings import Knowledge

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC = "http://hl7.org/fhir/sid/ndc"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ORDER_TEXT = "Coumadin 5 mg oral tablet, take one tablet daily as directed by the clinic"

Work = Callable[[], object]
# What is timed, in microseconds. Add a line to time something else that the knowledge answers.
LOOK_UPS: Mapping[str, tuple[Callable[[Knowledge], Work], float | None]] = {
    "drug by RxNorm code": (lambda k: lambda: k.drugs(RXNORM, "855332"), 2),
    "drug by a code that is not known": (lambda k: lambda: k.drugs(RXNORM, "861007"), 2),
    "drug by hyphenated NDC": (lambda k: lambda: k.drugs(NDC, "0003-0894-21"), 2),
    "value sets by ICD-10-CM code": (lambda k: lambda: k.concepts(ICD10CM, "O24.410"), 2),
    "value sets by ICD-10 code": (lambda k: lambda: k.concepts(ICD10, "O24.4"), 2),
    "value sets by LOINC code": (lambda k: lambda: k.concepts(LOINC, "6301-6"), 2),
    "value sets by SNOMED CT code": (lambda k: lambda: k.concepts(SNOMED, "77386006"), 2),
    "drug names in an order's text": (lambda k: lambda: k.drugs_named(ORDER_TEXT), None),
    "conditions in a problem's text": (lambda k: lambda: k.concepts_named("Transient osteoporosis of the hip"), None),
}
LOAD = "load (milliseconds)"
MEMORY = "memory that it adds (megabytes)"
TARGETS: Mapping[str, float | None] = {LOAD: 200, MEMORY: 60, **{name: most for name, (_, most) in LOOK_UPS.items()}}


def measure(times: int) -> Table:
    """The figures of several fresh processes (median), with what they must stay under."""
    mappings.load()  # so that a checkout has built what the text says
    runs = [_one_run() for _ in range(times)]
    table = Table("mapping library", "measured", "limit", title=f"Median of {times} processes", title_justify="left")
    for name, limit in TARGETS.items():
        unit = "" if name in (LOAD, MEMORY) else " us"
        value = median(run[name] for run in runs)
        table.add_row(name, f"{value:.2f}{unit}", f"{limit:g}{unit}" if limit else "")
    return table


def _one_run() -> dict[str, float]:
    said = subprocess.run([sys.executable, "-m", "bench.knowledge"], capture_output=True, text=True, check=True).stdout
    figures: dict[str, float] = json.loads(said)
    return figures


def _figures() -> dict[str, float]:
    before = resident()
    start = perf_counter()
    knowledge = mappings.load()
    figures = {LOAD: (perf_counter() - start) * 1000, MEMORY: resident() - before}
    for name, (work, _) in LOOK_UPS.items():
        times = 5000
        figures[name] = min(repeat(work(knowledge), number=times, repeat=5)) / times * 1e6
    return figures


if __name__ == "__main__":
    print(json.dumps(_figures()))
