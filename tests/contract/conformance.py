"""docs/conformance.md, made from the markers of the tests: `python -m tests.contract.conformance` writes it anew.

A test says which items of the checklist it states: `@pytest.mark.conforms("A1", "T1")`. The page is stale when it
differs from what the markers say, and the checklist has a hole when an item has neither a test nor a word elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.contract.items import ELSEWHERE, ITEMS, SECTIONS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "conformance.md"
HEAD = """# Conformance

What CDS Hooks asks of a service, and where Marrow holds it. Made by `python -m tests.contract.conformance` from the
markers of the tests; do not edit. "ours" marks engineering rules where the specification is silent.

Marrow accepts requests of CDS Hooks 1.0, 2.0 and the 3.0 ballot. What it sends is valid 2.0 and, as far as a ballot can
be held to, valid 3.0. The schemas that the tests use are written by hand and stand in `tests/contract/schemas/`.
"""


def marked() -> dict[str, list[str]]:
    """Item -> the tests that state it, as `path::name` below tests/, in a stable order."""
    found: dict[str, list[str]] = {item: [] for item in ITEMS}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, items in _tests(ast.parse(path.read_text("utf-8"))):
            for item in items:
                found.setdefault(item, []).append(f"{path.relative_to(ROOT / 'tests').as_posix()}::{name}")
    return found


def _tests(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name, [item for decorator in node.decorator_list for item in _items(decorator)]


def _items(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.conforms":
        for argument in decorator.args:
            yield ast.literal_eval(argument)


def page() -> str:
    """The whole page."""
    tests = marked()
    parts = [HEAD]
    for letter, title in SECTIONS.items():
        rows = [f"## {letter}. {title}\n", "| item | what it asks | held by |", "| --- | --- | --- |"]
        for item in (item for item in ITEMS if item.rstrip("0123456789") == letter):
            held = [f"`{test}`" for test in tests[item]] or [ELSEWHERE.get(item, "**nothing**")]
            rows.append(f"| {item} | {ITEMS[item]} | {'<br>'.join(held)} |")
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
