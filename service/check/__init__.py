"""Checking what an EHR sends: `marrow check-request`."""
