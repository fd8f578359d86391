"""The services, one per hook, listed by hand."""

from cds_hooks.hooks import order_select, order_sign, patient_view

SERVICES = (patient_view.SERVICE, order_select.SERVICE, order_sign.SERVICE)
