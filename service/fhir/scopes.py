"""Whether an access token covers a resource type, by its SMART scopes (App Launch 1 `.read` and 2 `.rs` alike).

Only a clear no counts: without a scope that speaks of resources the server is asked and decides by itself.
"""

from __future__ import annotations

import re

_SCOPE = re.compile(r"(?:patient|user|system)/(\*|[A-Za-z]+)\.(\*|read|write|[cruds]+)(?:\?\S*)?")


def covers(scope: str | None, resource_type: str) -> bool:
    """Whether resources of this type may be read, as far as the scopes say."""
    granted = [found for found in map(_SCOPE.fullmatch, (scope or "").split()) if found]
    if not granted:
        return True
    return any(found[1] in {"*", resource_type} and _reads(found[2]) for found in granted)


def _reads(permission: str) -> bool:
    return permission in {"*", "read"} or (permission != "write" and not {"r", "s"}.isdisjoint(permission))
