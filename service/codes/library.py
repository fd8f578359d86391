"""The library as this site runs it: its tables, its text, its own codes, and the rules that read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cds_hooks.authoring.rule import AnyRule
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.queries import HELD_IN, sources
from cds_hooks.snapshot.vocabulary import DrugGroup, Need
from mappings.errors import MappingError
from mappings.knowledge import Knowledge
from mappings.load import load
from mappings.local import with_local_codes
from mappings.models import Code
from service.config import Settings
from service.errors import SetupError


@dataclass(frozen=True, slots=True)
class Library:
    """What the commands ask. `folder` holds the text files; None is the one that ships."""

    knowledge: Knowledge
    local_codes: bytes = b""
    folder: Path | None = None

    def rules_of_group(self, group: str) -> tuple[str, ...]:
        """The rules that judge drafts of a drug group, and those that look for the groups of rules in the chart."""
        known = group in set(DrugGroup)
        return _ids(
            each for each in CATALOG if group in each.rule.orders or (known and Need.MEDICATIONS in each.rule.needs)
        )

    def rules_of_codes(self, codes: tuple[Code, ...]) -> tuple[str, ...]:
        """The rules that need a query which asks for one of these codes by name."""
        asked = [f"{code.system}|{code.code}" for code in codes]
        keys = {
            key for key, source in sources(self.knowledge).items() if any(each in source.template for each in asked)
        }
        needs = {need for need, held in HELD_IN.items() if keys & set(held)}
        return _ids(each for each in CATALOG if needs & set(each.rule.needs))


def _ids(rules: Iterable[AnyRule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.rule.id for each in rules))


def open_library(settings: Settings, folder: Path | None = None) -> Library:
    """The library with the sets and the local codes of these settings. Raises SetupError."""
    try:
        knowledge = load(folder, without=settings.code_sets_off)
    except MappingError as error:
        raise SetupError(f"a mapping file cannot be used: {error}") from None
    content = b""
    if settings.local_codes_file is not None:
        try:
            content = settings.local_codes_file.read_bytes()
            knowledge = with_local_codes(knowledge, content, settings.local_codes_file.name)
        except (OSError, MappingError) as error:
            reason = error if isinstance(error, MappingError) else f"cannot be read ({type(error).__name__})"
            raise SetupError(f"MARROW_LOCAL_CODES_FILE: {reason}") from None
    return Library(knowledge, content, folder)
