"""What the server refuses.

RefusedError           any answer that is an OperationOutcome
├── BadSearchError     400: a parameter or value that the server does not understand
└── NotHeldError       404: a type, or an id of a type, that the server does not hold
"""

from __future__ import annotations

from typing import ClassVar


class RefusedError(Exception):
    """A request that gets an OperationOutcome; the message is a sentence that says what to do."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid"


class BadSearchError(RefusedError):
    """A search that cannot be run as asked. Dropping the odd parameter instead would return too many rows."""


class NotHeldError(RefusedError):
    """Nothing is held under this type or id."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not-found"
