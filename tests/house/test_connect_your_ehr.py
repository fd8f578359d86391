"""What docs/connect-your-ehr.md tells analysts to set up is what Marrow has: services, scopes, override codes."""

from __future__ import annotations

import re
from pathlib import Path

from cds_hooks.authoring.override import BY_INDICATOR, SYSTEM
from cds_hooks.rules import CATALOG
from tests.builders.calls import the_advisor

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "connect-your-ehr.md").read_text("utf-8")


def rows(column: str) -> list[list[str]]:
    """The cells of the table whose first column has this name."""
    table = PAGE.partition(f"\n| {column} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in table]


def test_it_names_every_service_and_its_hook() -> None:
    served = {(f"/{service['id']}", service["hook"]) for service in the_advisor().discovery()["services"]}
    assert {(address, hook) for address, hook, _ in rows("address below `/cds-services`")} == served


def test_it_names_every_kind_of_resource_that_is_read() -> None:
    """A token whose scope leaves one out has its checks told as not made."""
    named = PAGE.partition("with read access\nto ")[2].partition(".")[0]
    read = {source.row_type for source in the_advisor().sources.values()}
    assert set(re.findall(r"[A-Z]\w+", named)) == {*read, "Medication"}  # which orders refer to


def test_it_lists_every_override_code() -> None:
    told: dict[tuple[str, str], set[str]] = {}
    for indicator, reasons in BY_INDICATOR.items():
        for reason in reasons:
            told.setdefault((reason.code, reason.display), set()).add(indicator)
    for rule in CATALOG:
        for reason in rule.rule.overrides:
            told.setdefault((reason.code, reason.display), set()).add(rule.rule.id)
    on = {
        (code, shown): set(re.findall(r"BME-[A-Z0-9-]+|critical|warning|info", where))
        for code, shown, where in rows("code")
    }
    assert on == told
    assert SYSTEM in PAGE
