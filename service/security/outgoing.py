"""The way out: one pooled session for every call that Marrow makes, to EHRs and for the keys of clients.

Names are looked up here and nowhere else, and the connection goes to the address that was checked: an answer of DNS
that points into this machine, the private network or the cloud's own addresses is refused, unless `clients.yaml` lists
that network for the server (`networks`). A second answer cannot change where a connection goes (DNS rebinding).

Through a proxy the proxy looks the name up, so this check is the proxy's to make; the address of the proxy itself is
the site's choice and is not checked.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from socket import AF_INET, AddressFamily
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from service.version import program_version

Network = IPv4Network | IPv6Network
LOOPBACK_NETWORKS: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
ANYWHERE: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
# Global by some versions of the registry, but another address is written inside them (NAT64, 6to4, Teredo), or clouds
# keep their metadata there.
NOT_OUTSIDE = tuple(map(ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32", "192.0.0.0/24")))


class ForbiddenAddressError(OSError):
    """A name leads to an address that may not be called."""


def may_call(address: str, networks: Sequence[Network]) -> bool:
    """Whether this address is a public one, or in one of the networks."""
    found: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if any(found in network for network in networks):
        return True
    return found.is_global and not found.is_multicast and not any(found in network for network in NOT_OUTSIDE)


class CheckedResolver(AbstractResolver):
    """Looks names up and refuses answers that lead inside. `networks` is what the site lists, by host."""

    def __init__(
        self,
        networks: Mapping[str, Sequence[Network]],
        everywhere: Sequence[Network] = (),
        inner: AbstractResolver | None = None,
    ) -> None:
        self._networks = networks
        self._everywhere = tuple(everywhere)
        self._inner = inner or aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        """The addresses of a host. Raises ForbiddenAddressError when one of them may not be called."""
        found = await self._inner.resolve(host, port, family)
        allowed = (*self._networks.get(host, ()), *self._everywhere)
        if not all(may_call(each["host"], allowed) for each in found):
            raise ForbiddenAddressError("the name leads to an address that may not be called")
        return found

    async def close(self) -> None:
        """Let go of what the lookup holds."""
        await self._inner.close()


@dataclass(frozen=True, slots=True)
class Proxy:
    """The site's way to the outside; `beside` are hosts that are called directly."""

    url: str | None = None
    beside: tuple[str, ...] = ()

    def of(self, host: str) -> str | None:
        """The proxy for calls to this host."""
        named = any(host == each or (each.startswith(".") and host.endswith(each)) for each in self.beside)
        return None if named or host in {"localhost", "127.0.0.1", "::1"} else self.url


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The session and the proxy that calls go through."""

    session: aiohttp.ClientSession
    proxy: Proxy = Proxy()

    def get(self, url: str, headers: Mapping[str, str]) -> aiohttp.client._RequestContextManager:
        """Ask for one address. Redirects are never followed: they would carry a token to another server."""
        target = URL(url)
        return self.session.get(target, headers=headers, allow_redirects=False, proxy=self.proxy.of(target.host or ""))


def open_outgoing(
    networks: Mapping[str, Sequence[Network]] | None = None,
    everywhere: Sequence[Network] = (),
    *,
    proxy: Proxy = Proxy(),
    trust: ssl.SSLContext | bool = True,
    per_host: int = 0,
    resolver: AbstractResolver | None = None,
) -> Outgoing:
    """The way out. It keeps no cookies and knows no time limit: each call brings its own.

    `everywhere` are networks that any host may stand in; `per_host` connections are opened to one server, 0 for any
    number. Close the session when done.
    """
    listed = dict(networks or {})
    if proxy.url:
        listed[urlsplit(proxy.url).hostname or ""] = ANYWHERE
    connector = aiohttp.TCPConnector(
        limit=0, limit_per_host=per_host, ssl=trust, resolver=CheckedResolver(listed, everywhere, resolver)
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        headers={"Accept-Encoding": "gzip, deflate", "User-Agent": f"marrow/{program_version()}"},
    )
    return Outgoing(session, proxy)


def trusted(ca_bundle: Path | None) -> ssl.SSLContext | bool:
    """Whom https trusts: this machine's authorities and those of the bundle.

    Raises OSError for a file that cannot be read or holds no certificate (ssl.SSLError is one).
    """
    if ca_bundle is None:
        return True
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=ca_bundle)
    return context
