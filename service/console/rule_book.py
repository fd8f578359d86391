"""The rule book: search and filter by pathway, drug, hook and indicator, and all that there is about one rule."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, get_args

from cds_hooks.snapshot.vocabulary import Concept, DrugGroup
from cds_hooks.wire.card import Indicator
from mappings.details import CodeRow, code_rows
from service.rules.describe import PATHWAYS, Description, describe_rules, limit_text

if TYPE_CHECKING:
    from types import ModuleType

    from cds_hooks.advisor import Advisor

INDICATORS: tuple[str, ...] = get_args(Indicator)
WORDS: Mapping[str, type[Concept] | type[DrugGroup]] = {"Concept": Concept, "DrugGroup": DrugGroup}
SHOWN_CODES = 6


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; an empty field takes any."""

    text: str = ""
    pathway: str = ""
    drug: str = ""
    hook: str = ""
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule in the list."""

    described: Description
    indicators: tuple[str, ...]
    drugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A drug group or value set that the rule reads: how many codes of which system, and the first of them."""

    name: str
    counts: tuple[tuple[str, int], ...]
    first: tuple[CodeRow, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by."""

    pathways: tuple[str, ...]
    drugs: tuple[str, ...]
    hooks: tuple[str, ...]
    indicators: tuple[str, ...] = INDICATORS


def entries(advisor: Advisor) -> tuple[Entry, ...]:
    """Every rule, in the order of the catalog."""
    return tuple(Entry(each, *_words(each, advisor)) for each in describe_rules(advisor))


def choices(found: Sequence[Entry]) -> Choices:
    return Choices(
        tuple(name for name in PATHWAYS.values() if any(each.described.pathway == name for each in found)),
        tuple(sorted({drug for each in found for drug in each.drugs})),
        tuple(sorted({str(hook) for each in found for hook in each.described.rule.hooks})),
    )


def matching(found: Sequence[Entry], wanted: Filter) -> list[Entry]:
    """The entries that fit all that is asked; every word of the text must occur somewhere."""
    return [each for each in found if _fits(each, wanted)]


def limits(each: Description, advisor: Advisor) -> list[Limit]:
    return [Limit(limit.name, limit_text(limit, advisor.policy[limit])) for limit in each.rule.thresholds]


def cases(rule_id: str) -> list[tuple[str, str]]:
    """The rule's test table: what each test states, and the verdict that it expects. `make docs` writes it."""
    return [(case, verdict) for case, verdict in _tables().get(rule_id, ())]


def code_sets(each: Description, advisor: Advisor) -> list[CodeSet]:
    """The codes that the rule's own words stand for, those of the drafts first."""
    rows = _rows(tuple(advisor.knowledge.sets_off))
    found = []
    names = [str(order) for order in each.rule.orders]
    for name in dict.fromkeys([*names, *_named_in(_module(each, advisor))]):
        mine = rows.get(name, [])
        systems = dict.fromkeys(row.system for row in mine)
        counts = tuple((system, sum(row.system == system for row in mine)) for system in systems)
        found.append(CodeSet(name, counts, tuple(mine[:SHOWN_CODES])))
    return found


def _fits(each: Entry, wanted: Filter) -> bool:
    rule, described = each.described.rule, each.described
    text = " ".join(
        (
            rule.id,
            rule.title,
            rule.check,
            described.recommendation,
            *(text for _, text in described.clauses),
            *each.drugs,
        )
    ).lower()
    return (
        all(word in text for word in wanted.text.lower().split())
        and wanted.pathway in ("", described.pathway)
        and (not wanted.drug or wanted.drug in each.drugs)
        and (not wanted.hook or wanted.hook in rule.hooks)
        and (not wanted.indicator or wanted.indicator in each.indicators)
    )


def _words(each: Description, advisor: Advisor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The indicators that the rule's file names, and the drug groups it is about or looks for."""
    module = _module(each, advisor)
    named = _indicators_in(module)
    groups = set(DrugGroup)
    drugs = {str(order) for order in each.rule.orders if order in groups} | {
        name for name in _named_in(module) if name in groups
    }
    return tuple(word for word in INDICATORS if word in named), tuple(sorted(drugs))


def _module(each: Description, advisor: Advisor) -> ModuleType:
    assess = next(rule.assess for rule in advisor.rules if rule.rule.id == each.rule.id)
    return sys.modules[assess.__module__]


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


@cache
def _indicators_in(module: ModuleType) -> frozenset[str]:
    return frozenset(_spoken(_tree(module)))


def _spoken(tree: ast.Module) -> Iterator[str]:
    """Indicators as values ("critical") and as names of arguments (critical=...)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in INDICATORS:
            yield str(node.value)
        elif isinstance(node, ast.keyword) and node.arg in INDICATORS:
            yield node.arg


@cache
def _named_in(module: ModuleType) -> tuple[str, ...]:
    """The concepts and drug groups that the file names, in their order."""
    names = [
        str(WORDS[node.value.id][node.attr])
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in WORDS
    ]
    return tuple(dict.fromkeys(names))


@cache
def _rows(sets_off: tuple[str, ...]) -> Mapping[str, list[CodeRow]]:
    """The rows of all tables by the name of their set; read once, since there are many."""
    found: dict[str, list[CodeRow]] = {}
    for row in code_rows(sets_off):
        found.setdefault(row.name, []).append(row)
    return found


@cache
def _tables() -> Mapping[str, list[tuple[str, str]]]:
    text = files("service.rules").joinpath("tables.json").read_text(encoding="utf-8")
    tables: dict[str, list[tuple[str, str]]] = json.loads(text)
    return tables
