"""House rules that a tool can check: what stands where, and that pages agree with the code."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from cds_hooks.evaluation.thresholds import thresholds_of
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup
from mappings.load import load
from service.config import Settings, describe
from tests.house.rule_book import PAGE, TABLES, page, tables

ROOT = Path(__file__).resolve().parents[2]
RULE_FILES = sorted(path for path in (ROOT / "cds_hooks" / "rules").rglob("*.py") if path.name != "__init__.py")
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").glob("*.md"), ROOT / "deploy/README.md"]
)


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_a_rule_file_opens_with_words_to_sign(path: Path) -> None:
    """Recommendation, When, Unless, Then; thresholds before the rule; one rule, one judging function per kind of hook;
    no codes."""
    text = path.read_text()
    for clause in ("When    ", "Then    "):
        assert clause in text.split('"""')[1], f"{path.name} lacks {clause.strip()}"
    assert text.count("RULE = Rule(") == 1
    judging = re.findall(r"^def (assess(?:_order|_chart)?)\(", text, re.MULTILINE)
    assert sorted(judging) in (["assess"], ["assess_chart", "assess_order"])
    assert not re.search(r"\b\d{4,5}-\d\b|[\"']\d{5,}[\"']", text), "a code stands in a rule"


def test_every_rule_file_is_in_the_catalog() -> None:
    """The catalog is written by hand; a rule that is not in it would never be asked."""
    assert len(RULE_FILES) == len({rule.rule.id for rule in CATALOG})
    assert len({(rule.rule.id, type(rule)) for rule in CATALOG}) == len(CATALOG)


def test_the_rule_book_is_up_to_date() -> None:
    """`make docs` writes it; a rule or a spec that changed without it stops here."""
    assert PAGE.read_text() == page()
    assert TABLES.read_text() == tables()


def test_every_threshold_of_a_rule_is_declared() -> None:
    """A limit that the core names stands in a `RULE` or among the shared ones, or no site could set it."""
    known = set(thresholds_of(CATALOG).values())
    core = [module for name, module in sys.modules.items() if name.startswith("cds_hooks.")]
    named = {value for module in core for value in vars(module).values() if isinstance(value, Threshold)}
    assert sorted(limit.name for limit in named - known) == []
    assert len({limit.name for limit in named}) == len(named)


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_every_rule_has_its_spec(path: Path) -> None:
    """One concept, one file, one name: the spec stands at the same place under `tests/spec`."""
    folder = path.parent.relative_to(ROOT / "cds_hooks" / "rules")
    assert (ROOT / "tests" / "spec" / folder / f"test_{path.stem}.py").is_file()


def test_every_word_of_the_rules_has_a_table() -> None:
    """A drug group or concept without a code and without a name could never be found, and nobody would notice."""
    knowledge = load()
    value_sets = {path.stem for path in (ROOT / "mappings").glob("**/value_sets/*.csv")}
    names = {path.stem for path in (ROOT / "mappings/lexicon/condition_names").glob("*.csv")}
    assert sorted(set(map(str, Concept)) - value_sets - names) == []
    assert sorted(set(map(str, DrugGroup)) - set(knowledge.groups())) == []


def test_decision_records_are_numbered_once() -> None:
    """Each ADR has a number of its own and the sections that make it readable."""
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [record.name[:4] for record in records]
    assert numbers
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", record.name) for record in records)


def test_the_readme_names_every_setting() -> None:
    """One row per setting in the configuration table, with its default."""
    readme = (ROOT / "README.md").read_text()
    for setting in describe(Settings.model_construct()):
        row = next((line for line in readme.splitlines() if line.startswith(f"| `{setting.variable}` |")), None)
        assert row, f"{setting.variable} is not in the README"
        assert not setting.default or setting.default in row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links in the documents point to files that exist."""
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"
