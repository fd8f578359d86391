"""Mutation testing of the rules and the snapshot with mutmut (`make mutants`); docs/mutation.md says what came out.

Run as a program, it chooses mutants and has mutmut try them. Loaded as a plugin of pytest, it leaves to each mutant the
tests that are near to it, as `[tool.mutmut]` in pyproject.toml asks for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest

CORE = Path("cds_hooks")
SEED = "marrow"
KILLED = {"killed", "timeout"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A mutant of a rule meets the spec of this rule alone; one of the snapshot first the tests of its own module.

    mutmut names the mutant in the environment, and has left out the tests that do not reach it.
    """
    package, _, function = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")
    if "__mutmut_" not in function:
        return
    *_, folder, module = package.split(".")
    if package.startswith("cds_hooks.rules."):
        spec = f"tests/spec/{folder}/test_{module}.py"
        far = [item for item in items if not item.nodeid.startswith(spec)]
        items[:] = [item for item in items if item.nodeid.startswith(spec)]
        config.hook.pytest_deselected(items=far)
    else:
        items.sort(key=lambda item: (f"/test_{module}.py" not in item.nodeid, item.nodeid.startswith("tests/spec/")))


def parts() -> list[str]:
    """The folders that are reported on: each package of rules, and those of the snapshot."""
    folders = {path.parent for floor in ("rules", "snapshot") for path in (CORE / floor).rglob("*.py")}
    return sorted(str(folder.relative_to(CORE)) for folder in folders if folder != CORE / "rules")


def mutants(part: str, sample: int | None) -> list[str]:
    """The names of the mutants of a part; of a sample, those with the lowest digests, so that a larger one holds it."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    names = [
        get_mutant_name(path, function)
        for path in sorted((CORE / part).glob("*.py"))
        for function in mutate_file_contents(str(path), path.read_text("utf-8")).mutant_names
    ]
    return sorted(names, key=lambda name: sha256(f"{SEED} {name}".encode()).digest())[:sample]


def results(part: str, names: Iterable[str]) -> Counter[str]:
    """How many of them were killed, have survived, or met no test; survivors are printed."""
    from mutmut.stats import status_by_exit_code

    codes: dict[str, int] = {}
    for file in (Path("mutants") / CORE / part).glob("*.meta"):
        codes |= json.loads(file.read_text("utf-8"))["exit_code_by_key"]
    counts: Counter[str] = Counter()
    for name in names:
        status = status_by_exit_code[codes[name]]
        counts["killed" if status in KILLED else status] += 1
        if status not in KILLED:
            print(f"{status}: {name}")
    return counts


def main() -> int:
    """Try mutants and print a table; how to see one is said below it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--part", choices=parts(), action="append", help="by default all")
    arguments.add_argument("--sample", type=int, help="how many mutants of each part; by default all")
    asked = arguments.parse_args()
    chosen = {part: mutants(part, asked.sample) for part in asked.part or parts()}
    names = [name for each in chosen.values() for name in each]
    ran = subprocess.run([Path(sys.executable).with_name("mutmut"), "run", "--max-children=1", *names], check=False)
    if ran.returncode:
        return ran.returncode
    counts = {part: results(part, each) for part, each in chosen.items()}
    columns = ["killed", *sorted({status for each in counts.values() for status in each} - {"killed"})]
    print(f"\n| part | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
    for part, each in counts.items():
        print(f"| `{part}` | {' | '.join(str(each[column]) for column in columns)} |")
    print(f"\n{len(names)} mutants. See one with: mutmut show NAME")
    return 0


if __name__ == "__main__":
    sys.exit(main())
