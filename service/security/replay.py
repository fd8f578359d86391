"""Tokens that were used already (`jti`; CDS Hooks best practices: a token is used once).

One process remembers by itself; several remember together in Redis. While Redis does not answer, each process goes on
with its own memory and says so in the log: a decision service that falls silent harms patients, and a token that is
used twice within its minutes opens nothing that it did not open before (docs/adr/0020).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import structlog

from service.errors import OverloadedError, SetupError

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = structlog.get_logger()
MOST_TOKENS = 500_000
ANSWER_SECONDS = 0.25
PAUSE_SECONDS = 5.0


class UsedTokens(Protocol):
    """Remembers which tokens were used."""

    async def first_use(self, issuer: str, jti: str, now: float, until: float) -> bool:
        """Whether this token comes for the first time; it is remembered `until` (seconds since 1970, as `now`)."""
        ...

    async def close(self) -> None:
        """Let go of what it holds."""
        ...


class TokensInMemory:
    """The memory of one process. Raises OverloadedError when more tokens are alive than it holds."""

    def __init__(self, most: int = MOST_TOKENS) -> None:
        self._most = most
        self._used: set[bytes] = set()
        self._ends: list[tuple[float, bytes]] = []

    async def first_use(self, issuer: str, jti: str, now: float, until: float) -> bool:
        """As UsedTokens says."""
        while self._ends and self._ends[0][0] < now:
            self._used.discard(heapq.heappop(self._ends)[1])
        token = _digest(issuer, jti)
        if token in self._used:
            return False
        if len(self._used) >= self._most:
            raise OverloadedError("too_many_tokens")
        self._used.add(token)
        heapq.heappush(self._ends, (until, token))
        return True

    async def close(self) -> None:
        """Nothing to let go."""


class TokensInRedis:
    """The memory of all processes of a site, with the process's own beside it for when Redis is away."""

    def __init__(self, redis: Redis, clock: Callable[[], float] = monotonic) -> None:
        self._redis = redis
        self._own = TokensInMemory()
        self._clock = clock
        self._again = float("-inf")  # not asked before then

    async def first_use(self, issuer: str, jti: str, now: float, until: float) -> bool:
        """As UsedTokens says."""
        if not await self._own.first_use(issuer, jti, now, until):
            return False
        if self._clock() < self._again:
            return True
        from redis.exceptions import RedisError

        try:
            key = f"marrow:token:{_digest(issuer, jti).hex()}"
            return bool(await self._redis.set(key, b"1", nx=True, ex=max(1, int(until - now) + 1)))
        except (RedisError, OSError, TimeoutError) as error:
            self._again = self._clock() + PAUSE_SECONDS
            log.error("token_memory_unreachable", error=type(error).__name__)  # noqa: TRY400 -- never with its message
            return True

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def open_used_tokens(redis_url: str | None) -> UsedTokens:
    """The memory that this site has. Raises SetupError: an address that is none, or the extra is not installed."""
    if redis_url is None:
        return TokensInMemory()
    try:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        raise SetupError("MARROW_REDIS_URL needs the extra `redis`: pip install 'marrow-cds[redis]'") from None
    try:
        redis: Redis = Redis.from_url(
            redis_url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError:
        raise SetupError("MARROW_REDIS_URL: give redis://HOST:6379/0 or rediss://...") from None
    return TokensInRedis(redis)


def _digest(issuer: str, jti: str) -> bytes:
    """Always of one length, whatever a token holds; the zero byte keeps the two apart."""
    return hashlib.sha256(f"{issuer}\x00{jti}".encode("utf-8", "surrogatepass")).digest()
