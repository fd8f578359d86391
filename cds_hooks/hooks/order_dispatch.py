"""order-dispatch: signed orders are sent to a performer. Asked like order-sign; nothing can be removed any more."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import DispatchContext

SERVICE = Service(
    id="bme-order-dispatch",
    hook=Hook.ORDER_DISPATCH,
    title="Bone marrow edema: checks of dispatched orders",
    description="Checks orders that are sent to a performer like orders that are signed. They are read "
    "from the FHIR server.",
    context=DispatchContext,
    like=Hook.ORDER_SIGN,
)
