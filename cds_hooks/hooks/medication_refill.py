"""medication-refill: a prescription is to be renewed. Asked like order-sign."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import RefillContext

SERVICE = Service(
    id="bme-medication-refill",
    hook=Hook.MEDICATION_REFILL,
    title="Bone marrow edema: checks of a refill",
    description="Checks medicines that are to be refilled like orders that are signed.",
    context=RefillContext,
    like=Hook.ORDER_SIGN,
)
