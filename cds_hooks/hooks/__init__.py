"""The services, one per hook, listed by hand."""

from cds_hooks.hooks import (
    encounter_discharge,
    encounter_start,
    medication_refill,
    order_dispatch,
    order_select,
    order_sign,
    patient_view,
    problem_list_item_create,
)

SERVICES = (
    patient_view.SERVICE,
    order_select.SERVICE,
    order_sign.SERVICE,
    encounter_start.SERVICE,
    encounter_discharge.SERVICE,
    medication_refill.SERVICE,
    order_dispatch.SERVICE,
    problem_list_item_create.SERVICE,
)
