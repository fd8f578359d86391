from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bench.slow_ehr import QUERY_SECONDS, SlowEhr, answering


async def ask(base: str, *paths: str) -> list[object]:
    async with aiohttp.ClientSession() as session:

        async def one(path: str) -> object:
            async with session.get(f"{base}/{path}") as reply:
                return await reply.json(content_type=None)

        return await asyncio.gather(*map(one, paths))


@pytest.mark.asyncio
async def test_what_is_asked_together_is_one_round_and_what_follows_the_next() -> None:
    ehr = SlowEhr({"Patient/1": b'{"resourceType":"Patient"}'})
    async with answering(ehr) as base:
        assert (await ask(base, "Patient/1", "Condition?patient=1"))[0] == {"resourceType": "Patient"}
        assert ehr.rounds == 1
        await ask(base, "Medication/1")
    assert ehr.rounds == 2
    assert ehr.asked == ["Patient/1", "Condition?patient=1", "Medication/1"]
    assert ehr.slowest >= QUERY_SECONDS


@pytest.mark.asyncio
async def test_a_path_is_found_however_it_was_encoded() -> None:
    ehr = SlowEhr({"Observation?code=http://loinc.org|1,http://loinc.org|2": b'{"resourceType":"Observation"}'})
    async with answering(ehr) as base:
        found = await ask(base, "Observation?code=http%3A%2F%2Floinc.org%7C1,http://loinc.org%7C2")
    assert found == [{"resourceType": "Observation"}]


@pytest.mark.asyncio
async def test_a_silent_query_is_noted_and_never_answered() -> None:
    ehr = SlowEhr({})
    ehr.silent = frozenset({"Condition?patient=1"})
    async with answering(ehr) as base:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(4 * QUERY_SECONDS):
                await ask(base, "Condition?patient=1")
    assert ehr.asked == ["Condition?patient=1"]
