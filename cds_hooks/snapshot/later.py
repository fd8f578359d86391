"""A value that is made when somebody first looks at it: most rules end before they look at most of a chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Later(Generic[V]):
    """Two are equal when their values are."""

    __slots__ = ("_make", "_value")
    _make: Callable[[], V] | None
    _value: V

    def __init__(self, make: Callable[[], V]) -> None:
        self._make = make

    @classmethod
    def of(cls, value: V) -> Later[V]:
        """One that is known already."""
        return cls(lambda: value)

    @property
    def value(self) -> V:
        if self._make is not None:
            self._value, self._make = self._make(), None
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Later) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Later.of({self.value!r})"
