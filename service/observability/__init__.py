"""Logs that never carry a patient: fields from an allow-list, exceptions without their message."""
