"""Who may ask, and whom Marrow may ask for them: the site's `clients.yaml`.

    clients:
      - name: general-hospital                       # how records and logs name this client
        issuer: https://ehr.example.org/fhir         # `iss` of its tokens
        jwks: {keys: [...]}                          # its public keys, or
        jwks_file: general-hospital.jwks.json        #   a file beside this one, or
        jwks_url: https://ehr.example.org/jwks.json  #   an address that they are fetched from
        jku: [https://ehr.example.org/jwks.json]     # what its tokens may name as `jku`; fetched from with `jwks_url`
        algorithms: [ES384, RS384]                   # what its tokens may be signed with
        audience: [sand_man]                         # instead of our own addresses, for a client that sends another
        tenant: north                                # tokens must carry this `tenant`
        fhir_servers: [https://ehr.example.org/fhir] # nothing but these is ever called
        networks: [10.20.0.0/16]                     # private networks that these servers may stand in
        selection_behavior: any                      # or at-most-one: how its users pick among suggestions
        replacements: true                           # whether it takes suggestions that replace a draft by another
      - name: laptop
        unsigned: true                               # calls without a token; development only

A file that does not fit stops the start, with the file and the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import jwt
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from cds_hooks.wire.card import Presentation
from service.config import Settings
from service.errors import SetupError
from service.security.keys import KINDS, RECOMMENDED, read_keys
from service.security.outbound import LOOPBACK, FhirBase, parse_base

# The private key of the public CDS Hooks sandbox is public: its tokens prove nothing.
SANDBOX_ISSUER = "https://sandbox.cds-hooks.org"
SANDBOX_HOST = "sandbox.cds-hooks.org"
SANDBOX_KEY_ID = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"


@dataclass(frozen=True, slots=True)
class Client:
    """Someone who may ask. One whose calls come unsigned has neither `keys` nor `jwks_url`."""

    name: str
    issuer: str = ""
    tenant: str | None = None
    audience: tuple[str, ...] = ()
    keys: Mapping[str, jwt.PyJWK] | None = None
    jwks_url: str | None = None
    jku: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = RECOMMENDED
    fhir_servers: tuple[FhirBase, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    presentation: Presentation = Presentation()
    loopback: bool = False  # may also name any FHIR server on this machine

    @property
    def unsigned(self) -> bool:
        """Calls without a token. Its FHIR servers are read without one too, when the call brings none."""
        return self.keys is None and self.jwks_url is None

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that is called for this client."""
        addresses = (*((self.jwks_url, *self.jku) if self.jwks_url else ()), *(base.url for base in self.fhir_servers))
        return frozenset(urlsplit(address).hostname or "" for address in addresses)


DEVELOPMENT_CLIENT = Client(name="development", loopback=True)


@dataclass(frozen=True, slots=True)
class Clients:
    """All clients. `unsigned` answers for calls without a token; None refuses those."""

    signed: Mapping[tuple[str, str | None], Client]
    unsigned: Client | None

    def claiming(self, issuer: str, tenant: str | None) -> Client | None:
        """The client that a token says it is from: of this issuer and tenant, or of this issuer for all tenants."""
        return self.signed.get((issuer, tenant)) or self.signed.get((issuer, None))

    def networks(self) -> dict[str, tuple[IPv4Network | IPv6Network, ...]]:
        """The private networks that a host may stand in, by host: those of every client that it is called for."""
        found: dict[str, tuple[IPv4Network | IPv6Network, ...]] = {}
        for client in (*self.signed.values(), *((self.unsigned,) if self.unsigned else ())):
            for host in client.hosts:
                found[host] = (*found.get(host, ()), *client.networks)
        return found


class JwkSet(BaseModel):
    """A JWK Set (RFC 7517)."""

    keys: list[dict[str, Any]]


class ClientEntry(BaseModel):
    """One entry of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$")
    issuer: str | None = None
    jwks: JwkSet | None = None
    jwks_file: Path | None = None
    jwks_url: str | None = None
    jku: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = Field(RECOMMENDED, min_length=1)
    audience: tuple[str, ...] = ()
    tenant: str | None = None
    fhir_servers: tuple[str, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    selection_behavior: Literal["any", "at-most-one"] = "any"
    replacements: bool = True
    unsigned: bool = False

    @field_validator("algorithms")
    @classmethod
    def _asymmetric(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not KINDS.keys() >= set(value):
            raise ValueError(f"there are only {', '.join(KINDS)}")
        return value

    @model_validator(mode="after")
    def _one_way_in(self) -> ClientEntry:
        keys = [given for given in (self.jwks, self.jwks_file, self.jwks_url) if given is not None]
        if self.unsigned and (self.issuer or keys or self.jku):
            raise ValueError("`unsigned: true` goes without issuer and keys")
        if not self.unsigned and not (self.issuer and len(keys) == 1):
            raise ValueError("give `issuer` and one of `jwks`, `jwks_file` and `jwks_url`")
        return self


class ClientsFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clients: list[ClientEntry]


def load_clients(settings: Settings) -> Clients:
    """The clients of this site.

    Raises SetupError: the file cannot be read, does not fit, or does not suit production.
    """
    path = settings.clients_file
    found = _read_file(path, settings.development) if path else []
    clients = _index(found, str(path), settings.development)
    if not settings.development:
        _refuse_unsafe(found, settings.public_urls)
    return clients


def _read_file(path: Path, development: bool) -> list[Client]:
    try:
        parsed = ClientsFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read ({type(error).__name__})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise SetupError(f"{place}: not YAML ({getattr(error, 'problem', None) or 'unreadable'})") from None
    except ValidationError as error:
        fault = error.errors()[0]
        raise SetupError(f"{path}: {'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}") from None
    return [_client(entry, path, development) for entry in parsed.clients]


def _client(entry: ClientEntry, path: Path, development: bool) -> Client:
    where = f"{path}: client {entry.name}"
    fixed = entry.jwks is not None or entry.jwks_file is not None
    for address in filter(None, (entry.jwks_url, *(entry.jku if entry.jwks_url else ()))):
        _base(address, where, "an address of keys")
    return Client(
        name=entry.name,
        issuer=entry.issuer or "",
        tenant=entry.tenant,
        audience=entry.audience,
        keys=read_keys(_jwks(entry, path.parent, where), where, entry.algorithms, known_to_all=development)
        if fixed
        else None,
        jwks_url=entry.jwks_url,
        jku=entry.jku,
        algorithms=entry.algorithms,
        fhir_servers=tuple(_base(url, where, "a FHIR server") for url in entry.fhir_servers),
        networks=entry.networks,
        presentation=Presentation(entry.selection_behavior, entry.replacements),
    )


def _jwks(entry: ClientEntry, folder: Path, where: str) -> list[dict[str, Any]]:
    if entry.jwks is not None:
        return entry.jwks.keys
    assert entry.jwks_file is not None  # noqa: S101 -- ClientEntry has one of the two
    try:
        return JwkSet.model_validate(json.loads((folder / entry.jwks_file).read_text("utf-8"))).keys
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, not JSON, not a JWK Set
        raise SetupError(f"{where}: {entry.jwks_file} is not a readable JWK Set ({type(error).__name__})") from None


def _base(url: str, where: str, what: str) -> FhirBase:
    base = parse_base(url)
    if base is None:
        raise SetupError(f"{where}: {what} is not a plain address such as https://ehr.example.org/fhir")
    return base


def _index(found: Iterable[Client], path: str, development: bool) -> Clients:
    signed: dict[tuple[str, str | None], Client] = {}
    unsigned: list[Client] = []
    names: set[str] = set()
    for client in found:
        if client.name in names or (client.issuer, client.tenant) in signed:
            raise SetupError(f"{path}: client {client.name}: its name, or its issuer and tenant, stand there twice")
        names.add(client.name)
        if client.unsigned:
            unsigned.append(client)
        else:
            signed[client.issuer, client.tenant] = client
    if len(unsigned) > 1:
        raise SetupError(f"{path}: more than one client is `unsigned`; calls without a token must mean one of them")
    own = unsigned[0] if unsigned else DEVELOPMENT_CLIENT
    return Clients(signed, own if development else None)


def _refuse_unsafe(found: Iterable[Client], public_urls: Iterable[str]) -> None:
    """What production does not start with."""
    clients = list(found)
    if any(url.startswith("http://") and urlsplit(url).hostname not in LOOPBACK for url in public_urls):
        raise SetupError(
            "MARROW_PUBLIC_URLS: production is called over https; give the addresses as the EHR calls them"
        )
    if not clients:
        raise SetupError(
            "production answers known clients only: set MARROW_CLIENTS_FILE to a file with at least one client "
            "(issuer and keys), or set MARROW_MODE=development to try Marrow without"
        )
    for client in clients:
        if client.unsigned:
            raise SetupError(f"client {client.name}: `unsigned` is for development; give its issuer and keys")
        if (
            client.issuer.rstrip("/") == SANDBOX_ISSUER
            or SANDBOX_KEY_ID in (client.keys or {})
            or SANDBOX_HOST in client.hosts
        ):
            raise SetupError(f"client {client.name}: the keys of the public sandbox are known to all; remove it")
        if any(base.scheme != "https" for base in client.fhir_servers):
            raise SetupError(f"client {client.name}: give its FHIR servers as https addresses")
        if client.jwks_url and not all(url.startswith("https://") for url in (client.jwks_url, *client.jku)):
            raise SetupError(f"client {client.name}: give `jwks_url` and `jku` as https addresses")
