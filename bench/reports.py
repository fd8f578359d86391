"""What reading one imaging report costs."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from bench.figures import Figure
from cds_hooks.snapshot.report_text import ReportReader
from mappings.load import load

LIMIT_US = 300
REPORT = """MRI of the left hip without contrast

INDICATION: Left groin pain for six weeks, rule out osteonecrosis or fracture.
TECHNIQUE: Coronal T1, coronal STIR, axial and sagittal T2 with fat suppression at 1.5 T.
COMPARISON: Radiographs of the pelvis of the previous month.

FINDINGS:
There is diffuse bone marrow edema of the left femoral head and neck, extending to the intertrochanteric region. No
subchondral fracture line, rim sign, or double-line sign is seen. The contour of the femoral head is preserved without
collapse. Small reactive effusion of the left hip with mild synovitis. The right hip is unremarkable, with normal marrow
signal. The sacroiliac joints show no erosion and no bone marrow edema. The gluteal tendons are intact; there is no
soft tissue mass or fluid collection.

IMPRESSION:
1. Bone marrow edema of the left femoral head and neck, most likely transient osteoporosis.
2. No evidence of osteonecrosis, although early disease cannot be excluded entirely.
"""


def measure(times: int) -> Figure:
    """Microseconds to read a report of about 1,000 characters."""
    reader = ReportReader(load().report_lists)
    costs = []
    for _ in range(times):
        start = perf_counter()
        reader.read(REPORT, of_mri=True)
        costs.append(perf_counter() - start)
    return Figure("reading a report of 1,000 characters", (median(costs) * 1e6,), LIMIT_US, "us")
