"""How hard to try. Imported by the tests and not by `conftest`, since pytest chooses the profile in between."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

EFFORT = (
    settings.get_profile("fuzz")
    if settings.get_current_profile_name() == "fuzz"
    else settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
)
