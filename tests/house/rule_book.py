"""The rule book: `docs/rules.md` and the test tables of the console, written from the rules and from their specs
(`make docs`).

A rule's table of cases is taken from its spec: what each test states, and the verdicts that it expects.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from cds_hooks.advisor import Advisor, build_advisor
from mappings.load import load
from service.rules.describe import PATHWAYS, Description, describe_rules, limit_text

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules.md"
TABLES = ROOT / "service" / "rules" / "tables.json"
HEAD = """# The rule book

Written by `make docs` from the rules and their specs; do not edit it by hand. Every rule follows a specification that
has had no clinical sign-off: a hospital must sign each rule before it may show a card in live use. A site switches
rules to silent or off and sets thresholds within their bounds in `policy.yaml` ([deployment.md](deployment.md)).
"""
KINDS = {"satisfied": "nothing to say", "missing": "could not be checked", "not_applicable": "does not apply"}


def page() -> str:
    """The whole page."""
    advisor = build_advisor(load())
    described = list(describe_rules(advisor))
    parts = [HEAD, *_contents(described)]
    for pathway in PATHWAYS.values():
        chapter = [each for each in described if each.pathway == pathway]
        if chapter:
            parts += [f"## {pathway}\n", *(_rule(each, advisor) for each in chapter)]
    return "\n".join(parts).rstrip() + "\n"


def _contents(described: list[Description]) -> Iterator[str]:
    yield "| rule | version | hooks | title |\n| --- | --- | --- | --- |"
    for each in described:
        hooks = ", ".join(sorted(each.rule.hooks))
        yield f"| [{each.rule.id}](#{each.rule.id.lower()}) | {each.rule.version} | {hooks} | {each.rule.title} |"
    yield ""


def _rule(each: Description, advisor: Advisor) -> str:
    rule = each.rule
    lines = [f"### {rule.id}\n", f"**{rule.title}**, version {rule.version}. {each.recommendation}\n"]
    lines += [f"- **{word}** {text}" for word, text in each.clauses]
    lines += [f"- **Asked** at {', '.join(each.hooks)}; {each.gate}"]
    lines += [f"- **Limit** `{limit.name}`: {limit_text(limit, advisor.policy[limit])}" for limit in rule.thresholds]
    lines += [f"- **Source** {item.title}, {item.section}" for item in rule.evidence]
    lines += [f"- **Caution** {rule.limits}"]
    if cases := [_row(*case) for case in _cases(each, advisor)]:
        lines += ["", "| case | verdict |", "| --- | --- |", *cases]
    return "\n".join(lines) + "\n"


def tables() -> str:
    """The cases of every rule as JSON, which the console shows."""
    advisor = build_advisor(load())
    found = {each.rule.id: list(_cases(each, advisor)) for each in describe_rules(advisor)}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _row(case: str, verdict: str) -> str:
    escaped = case.replace("|", "\\|")
    return f"| {escaped} | {verdict} |"


def _cases(each: Description, advisor: Advisor) -> Iterator[tuple[str, str]]:
    """What each test of the rule's spec states, and the verdicts that it expects."""
    assess = next(rule.assess for rule in advisor.rules if rule.rule is each.rule)
    package, name = assess.__module__.split(".")[-2:]
    tree = ast.parse((ROOT / "tests" / "spec" / package / f"test_{name}.py").read_text())
    named = _verdicts_by_name(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            stated = ast.get_docstring(node) or node.name.removeprefix("test_").replace("_", " ")
            verdicts = dict.fromkeys(verdict for part in (node, *node.decorator_list) for verdict in _in(part, named))
            yield " ".join(stated.split()), ", ".join(verdicts) or "see the spec"


def _verdicts_by_name(tree: ast.Module) -> Mapping[str, tuple[str, ...]]:
    """The verdicts behind the names that a spec gives them: `ASK = advice(RULE, "warning")`."""
    named: dict[str, tuple[str, ...]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[node.targets[0].id] = tuple(_in(node.value, named))
    return named


def _in(part: ast.AST, named: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for node in ast.walk(part):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "advice":
                yield from (str(arg.value) for arg in node.args[1:2] if isinstance(arg, ast.Constant))
            elif node.func.id in KINDS:
                yield KINDS[node.func.id]
        elif isinstance(node, ast.Name):
            yield from named.get(node.id, ())


if __name__ == "__main__":
    for file, text in ((PAGE, page()), (TABLES, tables())):
        file.write_text(text)
        sys.stdout.write(f"wrote {file.relative_to(ROOT)}\n")
