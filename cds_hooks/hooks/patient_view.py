"""patient-view: a clinician opens the chart."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import ChartContext

SERVICE = Service(
    id="bme-patient-view",
    hook=Hook.PATIENT_VIEW,
    title="Bone marrow edema: chart review",
    description="Looks through the chart when it is opened: open steps in the diagnosis and treatment of bone marrow "
    "edema, and ongoing treatment that has become unsafe.",
    context=ChartContext,
    needs_data=True,
)
