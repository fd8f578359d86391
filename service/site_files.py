"""The advisor in force, and the site's files that it follows while the service runs: `local_codes.csv`, `policy.yaml`.

The files are looked at again and again. A good one gives a whole new advisor, which takes the place of the old one
between two calls; a bad one is said in the log with line and reason, and changes nothing.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import structlog

from service.observability.redaction import described

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor

log = structlog.get_logger()
Sleep = Callable[[float], Awaitable[None]]


class SiteFileError(Exception):
    """A file of the site that cannot be used: its line (0 for the whole of it) and the reason, which quotes no text."""

    def __init__(self, setting: str, line: int, reason: str) -> None:
        super().__init__(f"{setting}: {f'line {line}: ' if line else ''}{reason}")
        self.line = line
        self.reason = reason


@dataclass(slots=True)
class AdvisorHolder:
    """Holds the advisor in force. A call that has begun keeps the one that it began with."""

    advisor: Advisor


class SiteFile(ABC):
    """A file of the site. Remembers in which state it was last read."""

    setting: ClassVar[str]
    event: ClassVar[str]

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[int, ...] | None = None

    @property
    def changed(self) -> bool:
        """True until the file has been read as it stands now, whether it was good or bad."""
        return self._state() != self._read

    @abstractmethod
    def applied(self, advisor: Advisor) -> Advisor:
        """A new advisor with what the file says. Raises SiteFileError."""

    def _content(self) -> bytes:
        self._read = self._state()  # before the reading: a change during it is seen the next time
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise SiteFileError(self.setting, 0, f"cannot be read ({type(error).__name__})") from None

    def _state(self) -> tuple[int, ...]:
        try:
            state = self._path.stat()
        except OSError:
            return ()
        return state.st_mtime_ns, state.st_size, state.st_ino


class CodesFile(SiteFile):
    """`local_codes.csv`: what the site's own codes mean."""

    setting = "MARROW_LOCAL_CODES_FILE"
    event = "local_codes"

    def applied(self, advisor: Advisor) -> Advisor:
        from cds_hooks.advisor import build_advisor
        from mappings.errors import MappingError
        from mappings.local import with_local_codes

        try:
            knowledge = with_local_codes(advisor.knowledge, self._content(), self._path.name)
        except MappingError as error:
            raise SiteFileError(self.setting, error.line, error.reason) from None
        return build_advisor(knowledge, advisor.rules, advisor.policy)


class PolicyOfSite(SiteFile):
    """`policy.yaml`: how each rule is run, and the thresholds that the site sets."""

    setting = "MARROW_POLICY_FILE"
    event = "policy"

    def applied(self, advisor: Advisor) -> Advisor:
        from service.site_policy import PolicyError, read_policy

        try:
            return advisor.with_policy(read_policy(self._content(), advisor))
        except PolicyError as error:
            raise SiteFileError(self.setting, error.line, error.reason) from None


@asynccontextmanager
async def watching(in_force: AdvisorHolder, files: Sequence[SiteFile], seconds: float) -> AsyncIterator[None]:
    """Follow the files in the background, if there are any."""
    if not files:
        yield
        return
    task = asyncio.create_task(follow(in_force, files, seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def follow(
    in_force: AdvisorHolder, files: Sequence[SiteFile], seconds: float, sleep: Sleep = asyncio.sleep
) -> None:
    """Look at the files every so many seconds, for ever."""
    while True:
        await sleep(seconds)
        for file in files:
            await renew(in_force, file)


async def renew(in_force: AdvisorHolder, file: SiteFile) -> None:
    """Take a changed file in, or say why it is refused. Calls go on being answered meanwhile."""
    try:
        if not await asyncio.to_thread(lambda: file.changed):
            return
        in_force.advisor = await asyncio.to_thread(file.applied, in_force.advisor)
    except SiteFileError as error:
        log.error(f"{file.event}_refused", line=error.line, reason=error.reason, **_revisions(in_force))  # noqa: TRY400 -- the reason is written for people, and quotes no text
    except Exception as error:  # noqa: BLE001 -- a watch that dies in silence would leave every later change unread
        log.error(f"{file.event}_failed", **_revisions(in_force), **described(error))  # noqa: TRY400 -- never with its message
    else:
        tell_loaded(in_force.advisor)


def tell_loaded(advisor: Advisor) -> None:
    """Say in the log what is in force: the revisions, the sets and how much of each, and what the site has changed."""
    knowledge, policy = advisor.knowledge, advisor.policy
    log.info(
        "knowledge_loaded",
        knowledge=knowledge.revision,
        sets_on=list(knowledge.sets),
        sets_off=list(knowledge.sets_off),
        drug_codes=knowledge.drug_code_count,
        value_sets=len(knowledge.value_sets.names),
        local_codes=len(knowledge.site),
        policy=policy.revision,
        rules_not_live={name: str(mode) for name, mode in policy.modes.items() if mode != "live"},
        thresholds_set=dict(policy.values),
    )


def _revisions(in_force: AdvisorHolder) -> dict[str, str]:
    return {"knowledge": in_force.advisor.knowledge_revision, "policy": in_force.advisor.policy.revision}
