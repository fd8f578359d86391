"""encounter-start: a patient arrives, or is admitted. Asked like patient-view."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import EncounterContext

SERVICE = Service(
    id="bme-encounter-start",
    hook=Hook.ENCOUNTER_START,
    title="Bone marrow edema: chart review at the start of an encounter",
    description="Asks at the start of an encounter what is asked when the chart is opened.",
    context=EncounterContext,
    like=Hook.PATIENT_VIEW,
    needs_data=True,
)
