"""order-sign: a clinician signs the orders of the session."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import OrderSignContext

SERVICE = Service(
    id="bme-order-sign",
    hook=Hook.ORDER_SIGN,
    title="Bone marrow edema: order checks before signing",
    description="Checks the orders of the session for contraindications in bone marrow edema treatment, first of all a "
    "prostacyclin analog with an anticoagulant or in pregnancy, against active orders and the other drafts.",
    context=OrderSignContext,
)
