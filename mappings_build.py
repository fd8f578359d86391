"""The build hook of the wheel: checks every mapping row and puts the built file beside the text, sealed.

A row that does not fit stops the build with file, line and reason. An editable installation gets nothing: a checkout
builds for itself.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MappingsBuildHook(BuildHookInterface):  # type: ignore[type-arg] # hatchling's own hooks leave it open too
    """Adds mappings/_built/knowledge.msgpack to the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is put together. Raises MappingError."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from mappings.layout import BUILT
            from mappings.stored import build
        finally:
            sys.path.remove(self.root)
        content, _ = build(Path(self.root) / "mappings")
        self._scratch = tempfile.TemporaryDirectory(prefix="marrow-build-")
        built = Path(self._scratch.name) / "knowledge.msgpack"
        built.write_bytes(content)
        build_data["force_include"][str(built)] = f"mappings/{BUILT}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when the wheel is there."""
        if version != "editable":
            self._scratch.cleanup()
