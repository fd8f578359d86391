"""The service follows the site's file of local codes: a good change is taken in, a bad one changes nothing."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from cds_hooks.advisor import Advisor
from service.app import create_app
from service.config import Mode, Settings
from service.errors import SetupError
from service.observability.logs import configure_logs
from service.persistence.decisions import MemoryDecisions
from service.site_files import AdvisorHolder, CodesFile, SiteFileError, follow, renew
from tests.builders.calls import a_request, full_prefetch, service_of, the_advisor, topics
from tests.builders.fhir import coded, fhir_draft, fhir_medication_request
from tests.builders.moment import AS_OF
from tests.integration.test_shell_support import calling

SITE = "https://hospital.example.org/drugs"
HEADER = "system,code,target,display\n"
GOOD = f"{HEADER}{SITE},17,drug:anticoagulant/warfarin,Warfarin\n"
BETTER = f"{GOOD}{SITE},18,drug:prostacyclin/iloprost,Iloprost\n"
BAD = f"{GOOD}{SITE},18,drug:leeches/hirudo,Free text\n"


@pytest.fixture
def advisor(tmp_path: Path) -> Advisor:
    return the_advisor()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "local_codes.csv"
    found.write_text(GOOD)
    return found


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What has been logged so far."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    configure_logs(Settings(), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def started(advisor: Advisor, path: Path) -> tuple[AdvisorHolder, CodesFile]:
    file = CodesFile(path)
    return AdvisorHolder(file.applied(advisor)), file


def put(path: Path, content: str | None) -> None:
    """Another content for the file; None takes it away."""
    if content is None:
        path.unlink()
    else:
        path.write_text(content)


async def until(changed: Callable[[], Awaitable[bool]]) -> None:
    """Wait, for ten seconds at most."""
    async with asyncio.timeout(10):
        while not await changed():  # noqa: ASYNC110 -- what is waited for happens in the service, which tells nobody
            await asyncio.sleep(0.01)


def known(in_force: AdvisorHolder, code: str) -> bool:
    return bool(in_force.advisor.knowledge.drugs(SITE, code))


def test_a_drug_that_only_the_site_can_name_is_judged_like_any_other(path: Path) -> None:
    in_force, _ = started(the_advisor(), path)
    ordered = fhir_draft(coded("http://www.nlm.nih.gov/research/umls/rxnorm", "40138"))
    chart = [fhir_medication_request({"coding": [{"system": SITE, "code": "17"}]})]
    prefetch = full_prefetch(in_force.advisor, "order-sign", chart)
    consultation = in_force.advisor.consult(
        service_of("order-sign"), a_request("order-sign", [ordered], prefetch), AS_OF
    )

    cards = json.loads(consultation.answer({}).body)["cards"]

    assert "BME-CI-01" in topics(cards)


@pytest.mark.asyncio
async def test_a_good_change_gives_a_new_advisor(
    advisor: Advisor, path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    in_force, file = started(advisor, path)
    before = in_force.advisor
    put(path, BETTER)

    await renew(in_force, file)

    assert known(in_force, "18")
    assert in_force.advisor is not before
    assert not before.knowledge.drugs(SITE, "18")
    [line] = lines()
    assert (line["event"], line["local_codes"]) == ("knowledge_loaded", 2)
    assert line["knowledge"] == in_force.advisor.knowledge_revision != before.knowledge_revision


@pytest.mark.asyncio
async def test_a_bad_change_is_refused_once_with_line_and_reason(
    advisor: Advisor, path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    in_force, file = started(advisor, path)
    before = in_force.advisor
    put(path, BAD)

    await renew(in_force, file)
    await renew(in_force, file)

    assert in_force.advisor is before
    [line] = lines()
    assert (line["event"], line["line"]) == ("local_codes_refused", 3)
    assert line["reason"] == "target 'drug:leeches/hirudo': there is no drug group of this name"
    assert line["knowledge"] == before.knowledge_revision
    assert "Free text" not in json.dumps(line)


@pytest.mark.asyncio
async def test_a_file_that_is_mended_or_comes_back_is_taken_in(advisor: Advisor, path: Path) -> None:
    in_force, file = started(advisor, path)
    put(path, None)
    await renew(in_force, file)
    assert known(in_force, "17")

    put(path, BETTER)
    await renew(in_force, file)
    assert known(in_force, "18")


@pytest.mark.asyncio
async def test_what_has_not_changed_is_not_read_again(
    advisor: Advisor, path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    in_force, file = started(advisor, path)
    await renew(in_force, file)
    assert lines() == []


@pytest.mark.asyncio
async def test_the_watch_looks_again_after_each_pause(advisor: Advisor, path: Path) -> None:
    in_force, file = started(advisor, path)
    pauses: list[float] = []
    contents = iter([BAD, BETTER])

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        content = next(contents, None)
        if content is None:
            raise asyncio.CancelledError
        put(path, content)

    with pytest.raises(asyncio.CancelledError):
        await follow(in_force, [file], 5, sleep)

    assert known(in_force, "18")
    assert pauses == [5, 5, 5]


@pytest.mark.asyncio
async def test_an_error_of_our_own_does_not_end_the_watch(
    advisor: Advisor, path: Path, monkeypatch: pytest.MonkeyPatch, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    in_force, file = started(advisor, path)
    put(path, BETTER)

    def broken(_advisor: Advisor) -> Advisor:
        raise RuntimeError("Free text")

    monkeypatch.setattr(file, "applied", broken)
    await renew(in_force, file)

    [line] = lines()
    assert (line["event"], line["error"]) == ("local_codes_failed", "RuntimeError")
    assert "Free text" not in json.dumps(line)
    assert known(in_force, "17")


def test_a_file_that_cannot_be_read_is_an_error_without_its_path(tmp_path: Path, advisor: Advisor) -> None:
    with pytest.raises(SiteFileError, match="cannot be read") as refused:
        CodesFile(tmp_path / "nothing.csv").applied(advisor)
    assert str(tmp_path) not in str(refused.value)


def settings(path: Path) -> Settings:
    return Settings(mode=Mode.DEVELOPMENT, local_codes_file=path, site_files_seconds=0.01)


def test_a_bad_file_stops_the_start(advisor: Advisor, path: Path) -> None:
    put(path, BAD)
    with pytest.raises(SetupError, match=r"MARROW_LOCAL_CODES_FILE: line 3: target"):
        create_app(settings(path), advisor=advisor, store=MemoryDecisions())


@pytest.mark.asyncio
async def test_the_running_service_says_which_revision_is_in_force(
    advisor: Advisor, path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    async with calling(settings(path), with_advisor=advisor) as client:
        first = (await client.get("/health/ready")).json()["knowledge"]
        discovered = await client.get("/cds-services")
        put(path, BETTER)

        async def changed() -> bool:
            return bool((await client.get("/health/ready")).json()["knowledge"] != first)

        await until(changed)
        second = (await client.get("/health/ready")).json()["knowledge"]
        again = await client.get("/cds-services")

    assert again.headers["etag"] != discovered.headers["etag"]
    assert first in discovered.text
    assert second in again.text
    assert [line["event"] for line in lines() if "codes" in str(line)] == ["knowledge_loaded", "knowledge_loaded"]


@pytest.mark.asyncio
async def test_the_start_says_what_is_loaded(advisor: Advisor, lines: Callable[[], list[dict[str, Any]]]) -> None:
    async with calling(with_advisor=advisor):
        pass
    [line] = [line for line in lines() if line["event"] == "knowledge_loaded"]
    assert line["sets_on"] == ["base", "atc", "snomed_ct"]
    assert line["sets_off"] == []
    assert line["drug_codes"] > 8
