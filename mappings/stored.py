"""The built file: the compact table of a folder, kept beside its text.

In a checkout the file carries a stamp of the text it was made from, and another text makes it stale. In a wheel it is
sealed: text and built file came together, so nothing is compared and nothing is ever built there.
"""

import hashlib
import os
from pathlib import Path

import msgspec

from mappings import layout
from mappings.built import FORMAT, Built, BuiltFile

SEALED = ""
PACKAGE = Path(__file__).parent


def read_or_build(root: Path = PACKAGE) -> Built:
    """The compact table of a folder: as it was built, or built now when the text has changed since.

    Raises MappingError as `compile_folder` does. A folder that cannot be written to is built in memory each time.
    """
    path = root / layout.BUILT
    found = _read(path)
    if found is not None and found.stamp == SEALED:
        return _decoded(found)
    stamp = stamp_of(root)
    if found is not None and found.stamp == stamp:
        return _decoded(found)
    content, built = build(root, stamp)
    _try_to_write(path, content)
    return built


def build(root: Path = PACKAGE, stamp: str = SEALED) -> tuple[bytes, Built]:
    """The bytes of the built file and what they hold. Raises MappingError. The same text gives the same bytes."""
    # Only a build needs the models of the rows; a service that starts does not wait for them.
    from mappings.compile import compile_folder

    built = compile_folder(root)
    return msgspec.msgpack.encode(BuiltFile(FORMAT, stamp, msgspec.Raw(msgspec.msgpack.encode(built)))), built


def stamp_of(root: Path) -> str:
    """A digest of names, sizes and times of the text files and of the code that reads them."""
    digest = hashlib.sha256()
    files = sorted([*root.rglob("*.csv"), *PACKAGE.glob("*.py")])
    for path in files:
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _read(path: Path) -> BuiltFile | None:
    try:
        found = msgspec.msgpack.decode(path.read_bytes(), type=BuiltFile)
    except (OSError, msgspec.DecodeError):  # none yet, cut short, or of another form
        return None
    return found if found.format == FORMAT else None


def _decoded(found: BuiltFile) -> Built:
    return msgspec.msgpack.decode(found.built, type=Built)


def _try_to_write(path: Path, content: bytes) -> None:
    try:
        write(path, content)
    except OSError:  # a read-only installation: nothing is lost but time
        return


def write(path: Path, content: bytes) -> None:
    """Put the file in place whole, so that no other process reads half of it. Raises OSError."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)
