"""What the mapping files become before they are loaded: one compact table, made by `compile`, kept by `build`."""

import msgspec

from mappings.models import DrugEntry, ResourceType, RouteGroup, Source, Unit
from mappings.phrases import PhraseTable

# Rises with every change of the structure, so that an older file is never misread.
FORMAT = 1

# By short key of the system, then by normalized code.
Positions = dict[str, dict[str, int]]


class BuiltService(msgspec.Struct, frozen=True, array_like=True):
    """A service with the short key of its code system; "" for one without a code."""

    name: str
    resource_type: ResourceType
    system: str
    code: str
    display: str
    text: str


class Built(msgspec.Struct, frozen=True, array_like=True):
    """The checked rows of all files, each repeated value once: a position points into the sequence before it."""

    digests: dict[str, str]
    """SHA-256 of the text files, by set: "base" and each licensed one."""
    sources: tuple[Source, ...]
    drug_groups: tuple[str, ...]
    drug_entries: tuple[DrugEntry, ...]
    drug_bundles: tuple[tuple[int, ...], ...]
    drug_codes: Positions
    drug_names: tuple[tuple[int, str], ...]
    drug_phrases: PhraseTable
    concepts: tuple[str, ...]
    concept_bundles: tuple[tuple[int, ...], ...]
    exact_codes: Positions
    prefix_codes: Positions
    members: dict[str, list[tuple[str, str, str]]]
    condition_phrases: PhraseTable
    condition_texts: dict[str, tuple[str, ...]]
    route_codes: dict[str, dict[str, RouteGroup]]
    route_names: list[tuple[str, RouteGroup]]
    negations: tuple[str, ...]
    negations_behind: tuple[str, ...]
    clause_breaks: tuple[str, ...]
    flush_words: tuple[str, ...]
    report_lists: dict[str, tuple[str, ...]]
    units: list[tuple[str, Unit]]
    services: tuple[BuiltService, ...]


class BuiltFile(msgspec.Struct, frozen=True, array_like=True):
    """The content of the built file. `stamp` says from which text it was made; "" where that is not asked."""

    format: int
    stamp: str
    built: msgspec.Raw
