"""Where connections go: names are looked up once, and answers that lead inside are refused."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from service.security.outgoing import (
    LOOPBACK_NETWORKS,
    CheckedResolver,
    ForbiddenAddressError,
    Proxy,
    may_call,
    open_outgoing,
    trusted,
)
from tests.builders.tls import self_signed
from tests.unit.service.fhir.faulty_ehr import FaultyEhr


class Names(AbstractResolver):
    """Answers for names from a list; each lookup takes the next answer."""

    def __init__(self, *answers: Iterable[str]) -> None:
        self.answers = [list(answer) for answer in answers]
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_a_public_address_may_be_called(address: str) -> None:
    assert may_call(address, ())


INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 -- an address that must be refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:1::1",
]


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.conforms("G8")
def test_an_address_inside_may_not(address: str) -> None:
    assert not may_call(address, ())


def test_a_listed_network_may_be_called() -> None:
    networks = (ip_network("10.20.0.0/16"), ip_network("fd00:1::/32"))
    assert may_call("10.20.3.4", networks)
    assert may_call("::ffff:10.20.3.4", networks)
    assert may_call("fd00:1::7", networks)
    assert not may_call("10.21.3.4", networks)
    assert not may_call("169.254.169.254", networks)


@pytest.mark.asyncio
async def test_one_address_inside_spoils_the_answer() -> None:
    resolver = CheckedResolver({}, inner=Names(["93.184.216.34", "10.0.0.1"]))
    with pytest.raises(ForbiddenAddressError):
        await resolver.resolve("ehr.example.org")


@pytest.mark.asyncio
async def test_a_network_is_listed_for_its_host_only() -> None:
    resolver = CheckedResolver({"ehr.example.org": (ip_network("10.0.0.0/8"),)}, inner=Names(["10.0.0.1"]))
    assert await resolver.resolve("ehr.example.org")
    with pytest.raises(ForbiddenAddressError):
        await resolver.resolve("other.example.org")


@pytest.mark.asyncio
@pytest.mark.conforms("G8")
async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """DNS rebinding: the second lookup would lead elsewhere, but there is no second lookup."""
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    async with FaultyEhr().running() as ehr:
        ehr.answer("metadata", {"resourceType": "CapabilityStatement"})
        outgoing = open_outgoing({"ehr.example.org": LOOPBACK_NETWORKS}, resolver=names)
        url = ehr.base.replace("127.0.0.1", "ehr.example.org")
        async with outgoing.session, outgoing.get(f"{url}/metadata", {}) as response:
            assert response.status == 200
    assert names.asked == ["ehr.example.org"]
    assert ehr.calls == ["metadata"]


@pytest.mark.asyncio
async def test_a_name_that_leads_inside_is_not_called() -> None:
    async with FaultyEhr().running() as ehr:
        outgoing = open_outgoing(resolver=Names(["127.0.0.1"]))
        async with outgoing.session:
            with pytest.raises(aiohttp.ClientConnectorDNSError):
                await outgoing.get(ehr.base.replace("127.0.0.1", "ehr.example.org"), {})
    assert ehr.calls == []


def test_a_proxy_is_for_all_but_the_named_hosts() -> None:
    proxy = Proxy("http://proxy.example.org:3128", ("ehr.example.org", ".inside.example.org"))
    assert proxy.of("keys.example.org") == "http://proxy.example.org:3128"
    assert proxy.of("not-ehr.example.org") == "http://proxy.example.org:3128"
    for host in ("ehr.example.org", "fhir.inside.example.org", "127.0.0.1", "localhost"):
        assert proxy.of(host) is None


@pytest.mark.asyncio
async def test_calls_go_through_the_proxy() -> None:
    """The proxy gets the whole address and looks the name up itself; its own address is the site's choice."""
    async with FaultyEhr().running() as proxy:
        proxy.answer("Patient/1", {"resourceType": "Patient"})
        port = proxy.base.split(":")[2].partition("/")[0]
        way = Proxy(f"http://proxy.inside:{port}")
        outgoing = open_outgoing(proxy=way, resolver=Names(["127.0.0.1"]))
        async with outgoing.session, outgoing.get("http://ehr.example.org/fhir/Patient/1", {}) as response:
            assert response.status == 200
    assert proxy.calls == ["Patient/1"]


def test_a_bundle_that_holds_no_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("empty.pem", "missing.pem"):
        with pytest.raises(OSError):
            trusted(tmp_path / name)
    assert trusted(None) is True


@pytest.mark.asyncio
async def test_the_sites_own_authority_is_trusted(tmp_path: Path) -> None:
    """https towards a server whose certificate comes from the site: refused without the bundle, taken with it."""
    chain, key = self_signed(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key)

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"resourceType": "Patient"})

    app = web.Application()
    app.router.add_get("/fhir/Patient/1", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/fhir/Patient/1"
    try:
        stranger = open_outgoing()
        async with stranger.session:
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await stranger.get(url, {})
        known = open_outgoing(trust=trusted(chain))
        async with known.session, known.get(url, {}) as response:
            assert response.status == 200
    finally:
        await runner.cleanup()
