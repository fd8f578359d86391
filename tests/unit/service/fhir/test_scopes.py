from __future__ import annotations

import pytest

from service.fhir.scopes import covers


@pytest.mark.parametrize(
    "scope",
    [
        None,
        "",
        "openid launch",
        "patient/*.read",
        "user/*.*",
        "patient/Condition.read",
        "system/Condition.rs",
        "patient/Condition.cruds?category=x",
        "patient/Observation.read patient/Condition.s",
        "patient/Condition.*",
    ],
)
@pytest.mark.conforms("G3")
def test_covered_or_not_said(scope: str | None) -> None:
    assert covers(scope, "Condition")


@pytest.mark.parametrize(
    "scope", ["patient/Observation.read", "patient/Condition.write", "patient/*.cud", "launch user/Patient.rs"]
)
@pytest.mark.conforms("G3", "G11")
def test_clearly_not_covered(scope: str) -> None:
    assert not covers(scope, "Condition")
