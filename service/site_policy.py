"""The clinical choices of a site: its `policy.yaml`, checked against the rules.

    rules:                        # live unless named here
      BME-DS-NSA-02: silent       # evaluated and recorded, not shown
      BME-RF-07: off              # not evaluated
    thresholds:                   # within the bounds that `marrow rules show ID` prints
      pregnancy-test-window: 7    # days

A file that does not fit is refused with every fault; `marrow rules list` shows what holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cds_hooks.snapshot.policy import Mode, Policy, Threshold

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor


class PolicyError(Exception):
    """The file cannot be used. `reason` is written for people; `line` is 0 where no line is to blame."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


class PolicyFile(BaseModel):
    """The file as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    rules: dict[str, Mode] = Field(default_factory=dict)
    thresholds: dict[str, float] = Field(default_factory=dict)

    @field_validator("rules", mode="before")
    @classmethod
    def _modes(cls, value: object) -> object:
        """YAML reads a bare `off` as false."""
        if not isinstance(value, dict):
            return value
        return {name: _mode(mode) for name, mode in value.items()}

    @field_validator("thresholds", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        """A yes or no is no number, though Python takes it for one."""
        if isinstance(value, dict) and any(isinstance(number, bool) for number in value.values()):
            raise ValueError("thresholds are numbers")
        return value


def _mode(value: object) -> object:
    if value is False:
        return Mode.OFF
    return Mode(value) if isinstance(value, str) and value in set(Mode) else value


def read_policy(content: bytes, advisor: Advisor) -> Policy:
    """The policy of the file, for the rules of this advisor. Raises PolicyError with every fault."""
    try:
        written = PolicyFile.model_validate(yaml.safe_load(content) or {})
    except yaml.MarkedYAMLError as error:
        raise PolicyError("is not YAML", error.problem_mark.line + 1 if error.problem_mark else 0) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise PolicyError("is not YAML") from None
    except ValidationError as error:
        raise PolicyError("; ".join(map(_fault, error.errors()))) from None
    faults = [*_unknown_rules(written.rules, advisor.rule_ids), *_unfit(written.thresholds, advisor.thresholds)]
    if faults:
        raise PolicyError("; ".join(faults))
    digest = hashlib.sha256(repr((sorted(written.rules.items()), sorted(written.thresholds.items()))).encode())
    return Policy(written.thresholds, written.rules, digest.hexdigest()[:16])


def _fault(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if place.startswith("rules."):
        return f"{place}: give live, silent or off"
    return f"{place}: {error['msg']}" if place else "give the keys `rules` and `thresholds`"


def _unknown_rules(named: Collection[str], known: Collection[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"there is no rule {_quoted(name)}{_hint(name, known)}"


def _unfit(values: Mapping[str, float], known: Mapping[str, Threshold]) -> Iterator[str]:
    for name, value in values.items():
        limit = known.get(name)
        if limit is None:
            yield f"there is no threshold {_quoted(name)}{_hint(name, known)}"
        elif not limit.low <= value <= limit.high:
            yield f"{name}: give {limit.low:g} to {limit.high:g} {limit.unit}"


def _quoted(name: str) -> str:
    """A mistyped name is shown only as far as it may be one."""
    return name if name.replace("-", "").isalnum() and len(name) <= 40 else "of that name"


def _hint(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "; `marrow rules list` names them"
