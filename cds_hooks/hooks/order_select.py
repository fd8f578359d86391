"""order-select: a clinician selects orders. Only the selected drafts get cards; the others count as partners."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import OrderSelectContext

SERVICE = Service(
    id="bme-order-select",
    hook=Hook.ORDER_SELECT,
    title="Bone marrow edema: order checks at selection",
    description="Checks selected orders for contraindications in bone marrow edema treatment, first of all a "
    "prostacyclin analog with an anticoagulant or in pregnancy, against active orders and the other drafts.",
    context=OrderSelectContext,
)
