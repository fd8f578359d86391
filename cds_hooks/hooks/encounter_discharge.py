"""encounter-discharge: a patient leaves."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import EncounterContext

SERVICE = Service(
    id="bme-encounter-discharge",
    hook=Hook.ENCOUNTER_DISCHARGE,
    title="Bone marrow edema: what to arrange at discharge",
    description="Asks at discharge for education, offloading, a review date and support in bone marrow "
    "edema, and for open safety questions.",
    context=EncounterContext,
    needs_data=True,
)
