"""A token is used once: by the memory of one process, or by Redis for several."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from service.errors import OverloadedError, SetupError
from service.security.replay import PAUSE_SECONDS, TokensInMemory, TokensInRedis, open_used_tokens
from tests.builders.redis_server import redis_running

pytestmark = pytest.mark.asyncio
ISSUER = "https://ehr.example.org"


@pytest.mark.conforms("F14")
async def test_a_token_comes_once_for_its_issuer() -> None:
    used = TokensInMemory()
    assert await used.first_use(ISSUER, "a", 0, 300)
    assert not await used.first_use(ISSUER, "a", 300, 300)
    assert await used.first_use(ISSUER, "b", 0, 300)
    assert await used.first_use("https://other.example.org", "a", 0, 300)
    assert await used.first_use(f"{ISSUER}a", "", 0, 300)


async def test_what_has_expired_is_forgotten() -> None:
    used = TokensInMemory(most=2)
    assert await used.first_use(ISSUER, "a", 0, 10)
    assert await used.first_use(ISSUER, "b", 0, 20)
    with pytest.raises(OverloadedError):
        await used.first_use(ISSUER, "c", 10, 20)
    assert await used.first_use(ISSUER, "c", 11, 20)
    assert not await used.first_use(ISSUER, "b", 11, 20)


async def test_a_number_that_is_no_text_is_remembered_all_the_same() -> None:
    used = TokensInMemory()
    assert await used.first_use(ISSUER, "\ud800\x00", 0, 300)
    assert not await used.first_use(ISSUER, "\ud800\x00", 0, 300)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_running(tmp_path_factory.mktemp("redis")) as (_, url):
        yield url


@pytest.mark.conforms("F14")
async def test_processes_share_their_memory_in_redis(redis_url: str) -> None:
    one, other = open_used_tokens(redis_url), open_used_tokens(redis_url)
    now = time.time()
    assert await one.first_use(ISSUER, "a", now, now + 300)
    assert not await one.first_use(ISSUER, "a", now, now + 300)
    assert not await other.first_use(ISSUER, "a", now, now + 300)
    assert await other.first_use(ISSUER, "b", now, now + 300)
    both = await asyncio.gather(*(each.first_use(ISSUER, "race", now, now + 300) for each in (one, other)))
    assert sorted(both) == [False, True]
    await one.close()
    await other.close()


async def test_redis_forgets_what_has_expired_and_holds_no_token(redis_url: str) -> None:
    used = open_used_tokens(redis_url)
    assert isinstance(used, TokensInRedis)
    assert await used.first_use("issuer-canary", "jti-canary", 1000, 1200)
    keys = [key.decode() async for key in used._redis.scan_iter()]
    assert keys
    assert "canary" not in str(keys)
    for key in keys:
        assert 0 < await used._redis.ttl(key) <= 302
    await used.close()


async def test_without_redis_each_process_goes_on_with_its_own_memory() -> None:
    now = 0.0
    used = open_used_tokens("redis://127.0.0.1:1/0")
    assert isinstance(used, TokensInRedis)
    used._clock = lambda: now
    assert await used.first_use(ISSUER, "a", 0, 300)
    assert not await used.first_use(ISSUER, "a", 0, 300)
    # A dead server is not asked with every call.
    assert used._again == PAUSE_SECONDS
    assert await used.first_use(ISSUER, "b", 0, 300)
    await used.close()


async def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(SetupError, match="MARROW_REDIS_URL"):
        open_used_tokens("http://redis.example.org")
