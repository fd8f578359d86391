"""The advisor in force, and the site's `local_codes.csv` that it follows while the service runs.

The file is looked at again and again. A good one gives a whole new advisor, which takes the place of the old one
between two calls; a bad one is said in the log with line and reason, and changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from service.observability.redaction import described

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor
    from mappings.knowledge import Knowledge

log = structlog.get_logger()
Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class AdvisorHolder:
    """Holds the advisor in force. A call that has begun keeps the one that it began with."""

    advisor: Advisor


class CodesFile:
    """The site's file of local codes. Remembers in which state it was last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[int, ...] | None = None

    @property
    def changed(self) -> bool:
        """True until the file has been read as it stands now, whether it was good or bad."""
        return self._state() != self._read

    def applied(self, advisor: Advisor) -> Advisor:
        """A new advisor that knows the codes of the file, with the rules and the policy of this one.

        Raises MappingError: the file cannot be read, or a row does not fit.
        """
        from cds_hooks.advisor import build_advisor
        from mappings.local import with_local_codes

        knowledge = with_local_codes(advisor.knowledge, self._content(), self._path.name)
        return build_advisor(knowledge, advisor.rules, advisor.policy)

    def _content(self) -> bytes:
        from mappings.errors import MappingError

        self._read = self._state()  # before the reading: a change during it is seen the next time
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise MappingError(self._path.name, 0, f"cannot be read ({type(error).__name__})") from None

    def _state(self) -> tuple[int, ...]:
        try:
            state = self._path.stat()
        except OSError:
            return ()
        return state.st_mtime_ns, state.st_size, state.st_ino


@asynccontextmanager
async def watching(in_force: AdvisorHolder, file: CodesFile | None, seconds: float) -> AsyncIterator[None]:
    """Follow the file in the background, if there is one."""
    if file is None:
        yield
        return
    task = asyncio.create_task(follow(in_force, file, seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def follow(in_force: AdvisorHolder, file: CodesFile, seconds: float, sleep: Sleep = asyncio.sleep) -> None:
    """Look at the file every so many seconds, for ever."""
    while True:
        await sleep(seconds)
        await renew(in_force, file)


async def renew(in_force: AdvisorHolder, file: CodesFile) -> None:
    """Take a changed file in, or say why it is refused. Calls go on being answered meanwhile."""
    from mappings.errors import MappingError

    try:
        if not await asyncio.to_thread(lambda: file.changed):
            return
        in_force.advisor = await asyncio.to_thread(file.applied, in_force.advisor)
    except MappingError as error:
        log.error("local_codes_refused", line=error.line, reason=error.reason, knowledge=_revision(in_force))  # noqa: TRY400 -- the reason is written for people, and quotes no text
    except Exception as error:  # noqa: BLE001 -- a watch that dies in silence would leave every later change unread
        log.error("local_codes_failed", knowledge=_revision(in_force), **described(error))  # noqa: TRY400 -- never with its message
    else:
        tell_loaded(in_force.advisor.knowledge)


def tell_loaded(knowledge: Knowledge) -> None:
    """Say in the log what is in force: the revision, the sets, and how much of each there is."""
    log.info(
        "knowledge_loaded",
        knowledge=knowledge.revision,
        sets_on=list(knowledge.sets),
        sets_off=list(knowledge.sets_off),
        drug_codes=knowledge.drug_code_count,
        value_sets=len(knowledge.value_sets.names),
        local_codes=len(knowledge.site),
    )


def _revision(in_force: AdvisorHolder) -> str:
    return in_force.advisor.knowledge_revision
