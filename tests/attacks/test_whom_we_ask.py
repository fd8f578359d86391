"""Attacks through addresses: Marrow calls nobody but the listed server, and the card says what could not be read."""

from __future__ import annotations

import asyncio
import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from aiohttp import web

from cds_hooks.wire.delivery import Query, State
from service.fhir.gather import Limits, Reader
from service.security.key_ring import KeysNotFetchedError, fetch_key_set
from service.security.outbound import parse_base
from service.security.outgoing import LOOPBACK_NETWORKS, open_outgoing
from tests.attacks.site import EHR, JWKS_URL, Site, site
from tests.integration.test_shell_support import a_call
from tests.unit.service.fhir.faulty_ehr import FaultyEhr, bundle
from tests.unit.service.security.test_outgoing import Names
from tests.unit.service.signing import token

pytestmark = pytest.mark.asyncio
NOT_DONE = "BME-SYS-01"
NOT_LISTED = "not among those that Marrow may read for this client"
LIMITS = Limits(seconds=5, pages=3, bytes=100_000, queries=4)
AUTHORIZATION = {"access_token": "secret-token", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.read"}

SERVERS = {
    "this machine": "https://127.0.0.1/fhir",
    "this machine by name": "https://localhost/fhir",
    "this machine in short": "https://127.1/fhir",
    "this machine as a number": "https://2130706433/fhir",
    "this machine in octal": "https://0177.0.0.1/fhir",
    "this machine in hexadecimal": "https://0x7f000001/fhir",
    "this machine in IPv6": "https://[::1]/fhir",
    "this machine as mapped IPv6": "https://[::ffff:127.0.0.1]/fhir",
    "any address": "https://0.0.0.0/fhir",
    "the cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "the cloud's metadata in IPv6": "http://[fd00:ec2::254]/latest/",
    "the cloud's metadata by name": "http://metadata.google.internal/computeMetadata/v1/",
    "a private network": "https://10.0.0.1/fhir",
    "another host": "https://evil.example.org/fhir",
    "a host that begins alike": "https://ehr.example.org.evil.example.org/fhir",
    "a host that ends alike": "https://evil-ehr.example.org/fhir",
    "the listed host as user name": "https://ehr.example.org@evil.example.org/fhir",
    "a user and a password": "https://user:pass@ehr.example.org/fhir",
    "another scheme": "http://ehr.example.org/fhir",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://ehr.example.org:70/_x",
    "another port": "https://ehr.example.org:8443/fhir",
    "another path": "https://ehr.example.org/admin",
    "a path that begins alike": "https://ehr.example.org/fhir-admin",
    "a path that climbs": "https://ehr.example.org/fhir/../admin",
    "a path that climbs in escapes": "https://ehr.example.org/fhir/%2e%2e/admin",
    "a query in the address": "https://ehr.example.org/fhir?x=",
    "a fragment in the address": "https://ehr.example.org/fhir#",
    "a backslash": "https://ehr.example.org\\@evil.example.org/fhir",
    "a line break": "https://ehr.example.org/fhir\r\nHost: evil.example.org",
    "another alphabet": "https://\u0435hr.example.org/fhir",
    "full-width letters": "https://\uff45hr.example.org/fhir",
    "a trailing dot": "https://ehr.example.org./fhir",
}


async def called(attacked: Site, **changed: Any) -> httpx.Response:
    body = json.dumps(a_call(drug="iloprost-iv", **changed)).encode()
    return await attacked.call(f"Bearer {token(jti=uuid4().hex)}", body)


@pytest.mark.conforms("G8")
@pytest.mark.parametrize("name", SERVERS)
async def test_a_fhir_server_that_is_not_listed(name: str, tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        reply = await called(attacked, fhirServer=SERVERS[name], fhirAuthorization=AUTHORIZATION)
        assert reply.status_code == 200
        [notice] = [card for card in reply.json()["cards"] if card["source"]["topic"]["code"] == NOT_DONE]
        assert NOT_LISTED in notice["detail"]
        assert "secret-token" not in reply.text


async def test_a_listed_name_that_leads_inside(tmp_path: Path) -> None:
    """The name is on the list, and DNS says 169.254.169.254: nothing is sent."""
    base = parse_base(EHR)
    assert base
    for inside in ("169.254.169.254", "127.0.0.1", "10.0.0.1", "::1", "fd00:ec2::254", "::ffff:10.0.0.1"):
        outgoing = open_outgoing(resolver=Names([inside]))
        async with outgoing.session:
            reader = Reader(outgoing, base, "secret-token", asyncio.get_running_loop().time() + 5, LIMITS)
            [delivery] = (await reader.gather([Query("patient", "Patient/1")])).values()
        assert delivery.state is State.FAILED
        assert "an address that Marrow may not call" in delivery.reason


async def test_a_name_that_changes_its_mind() -> None:
    """DNS rebinding: public when it is checked, inside when it is used. There is one answer for both."""
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    async with FaultyEhr().running() as ehr:
        ehr.answer("Patient/1", {"resourceType": "Patient", "id": "1"})
        base = parse_base(ehr.base.replace("127.0.0.1", "ehr.example.org"))
        assert base
        outgoing = open_outgoing({"ehr.example.org": LOOPBACK_NETWORKS}, resolver=names)
        async with outgoing.session:
            reader = Reader(outgoing, base, None, asyncio.get_running_loop().time() + 5, LIMITS)
            for _ in range(2):
                [delivery] = (await reader.gather([Query("patient", "Patient/1")])).values()
                assert delivery.state is State.DATA
    assert names.asked == ["ehr.example.org"]


async def test_a_network_that_is_listed_for_another_server(tmp_path: Path) -> None:
    outgoing = open_outgoing({"inside.example.org": (ip_network("10.0.0.0/8"),)}, resolver=Names(["10.0.0.1"]))
    base = parse_base(EHR)
    assert base
    async with outgoing.session:
        reader = Reader(outgoing, base, None, asyncio.get_running_loop().time() + 5, LIMITS)
        [delivery] = (await reader.gather([Query("patient", "Patient/1")])).values()
    assert delivery.state is State.FAILED


@pytest.mark.parametrize(
    "status", [301, 302, 303, 307, 308], ids=["moved", "found", "see other", "temporary", "permanent"]
)
async def test_a_redirect_to_somebody_else(status: int) -> None:
    """The token would go along."""
    async with FaultyEhr().running() as evil, FaultyEhr().running() as ehr:
        evil.answer("Patient/1", {"resourceType": "Patient", "id": "1"})
        ehr.answer("Patient/1", b"", status, location=f"{evil.base}/Patient/1")
        base = parse_base(ehr.base)
        assert base
        outgoing = open_outgoing()
        async with outgoing.session:
            reader = Reader(outgoing, base, "secret-token", asyncio.get_running_loop().time() + 5, LIMITS)
            [delivery] = (await reader.gather([Query("patient", "Patient/1")])).values()
        assert delivery.state is State.FAILED
        assert evil.calls == []


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest",
        "//evil.example.org/fhir",
        "https://evil.example.org/fhir?page=2",
        "file:///etc/passwd",
        "../../admin",
        "http://user:pass@{host}/fhir?page=2",
        "http://{host}@evil.example.org/fhir?page=2",
        "http://{host}/fhir/%2e%2e/admin",
    ],
)
async def test_a_next_link_that_leads_away(link: str) -> None:
    async with FaultyEhr().running() as ehr:
        host = ehr.base.removeprefix("http://").removesuffix("/fhir")
        ehr.answer("Condition", bundle("a", following=link.replace("{host}", host)))
        base = parse_base(ehr.base)
        assert base
        outgoing = open_outgoing()
        async with outgoing.session:
            reader = Reader(outgoing, base, "secret-token", asyncio.get_running_loop().time() + 5, LIMITS)
            [delivery] = (await reader.gather([Query("conditions", "Condition?patient=1")])).values()
        assert delivery.state is State.FAILED
        assert ehr.calls == ["Condition?patient=1"]


async def test_a_compressed_bomb_from_the_ehr() -> None:
    """A hundred megabytes of zeros in a hundred kilobytes: reading stops at the limit."""
    import gzip

    async with FaultyEhr().running() as ehr:
        ehr.answer("Condition", gzip.compress(b"0" * 100_000_000), encoding="gzip")
        base = parse_base(ehr.base)
        assert base
        outgoing = open_outgoing()
        async with outgoing.session:
            reader = Reader(outgoing, base, None, asyncio.get_running_loop().time() + 30, LIMITS)
            [delivery] = (await reader.gather([Query("conditions", "Condition?patient=1")])).values()
    assert delivery.state is State.FAILED


async def test_an_ehr_that_drips() -> None:
    """One byte at a time, for ever: the deadline of the call ends it."""

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)

    async with FaultyEhr().running() as ehr:
        ehr.handle("Condition", drip)
        base = parse_base(ehr.base)
        assert base
        outgoing = open_outgoing()
        async with outgoing.session:
            reader = Reader(outgoing, base, None, asyncio.get_running_loop().time() + 0.1, LIMITS)
            [delivery] = (await reader.gather([Query("conditions", "Condition?patient=1")])).values()
    assert delivery.state is State.FAILED


@pytest.mark.parametrize("access_token", ["a\r\nHost: evil.example.org", "a b", "", "t\u00f6ken", "a\x00b"])
async def test_an_access_token_that_would_break_a_header(access_token: str, tmp_path: Path) -> None:
    authorization = {**AUTHORIZATION, "access_token": access_token}
    async with site(tmp_path) as attacked:
        reply = await called(attacked, fhirServer=EHR, fhirAuthorization=authorization)
        assert reply.status_code == 200
        assert "the access token cannot be used" in reply.text


@pytest.mark.conforms("G9")
@pytest.mark.parametrize("expires_in", [0, -1, "0", -0.5])
async def test_an_access_token_that_has_expired_is_not_used(expires_in: object, tmp_path: Path) -> None:
    authorization = {**AUTHORIZATION, "expires_in": expires_in}
    async with site(tmp_path) as attacked:
        reply = await called(attacked, fhirServer=EHR, fhirAuthorization=authorization)
        assert "the access token has expired" in reply.text


@pytest.mark.conforms("G7")
async def test_a_listed_server_without_a_token_is_not_asked(tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        reply = await called(attacked, fhirServer=EHR)
        assert "no access token was given" in reply.text


@pytest.mark.conforms("F11")
async def test_an_address_of_keys_that_leads_inside() -> None:
    """The name is listed, and DNS says that it stands beside the cloud's metadata: no key comes from there."""
    for inside in ("169.254.169.254", "127.0.0.1", "10.0.0.1", "::1"):
        outgoing = open_outgoing(resolver=Names([inside]))
        async with outgoing.session:
            with pytest.raises(KeysNotFetchedError):
                await fetch_key_set(outgoing, JWKS_URL)
