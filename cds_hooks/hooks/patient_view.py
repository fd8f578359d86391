"""patient-view: a clinician opens the chart."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import ChartContext

SERVICE = Service(
    id="bme-patient-view",
    hook=Hook.PATIENT_VIEW,
    title="Bone marrow edema: chart review",
    description="Checks an ongoing prostacyclin against new contraindications when the chart of a patient is opened.",
    context=ChartContext,
    needs_data=True,
)
