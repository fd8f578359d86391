"""Who may ask, and whom Marrow may ask for them: the site's `clients.yaml`.

    clients:
      - name: general-hospital                       # how records and logs name this client
        issuer: https://ehr.example.org/fhir         # `iss` of its tokens
        jwks: {keys: [...]}                          # its public keys, or
        jwks_file: general-hospital.jwks.json        #   a file beside this one
        audience: [sand_man]                         # instead of our own addresses, for a client that sends another
        tenant: north                                # tokens must carry this `tenant`
        fhir_servers: [https://ehr.example.org/fhir] # nothing but these is ever called
      - name: laptop
        unsigned: true                               # calls without a token; development only

A file that does not fit stops the start, with the file and the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from service.config import Settings
from service.errors import SetupError
from service.security.keys import read_keys
from service.security.outbound import FhirBase, parse_base

# The private key of the public CDS Hooks sandbox is public: its tokens prove nothing.
SANDBOX_ISSUER = "https://sandbox.cds-hooks.org"
SANDBOX_KEY_ID = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"


@dataclass(frozen=True, slots=True)
class Client:
    """Someone who may ask. `keys` is empty for one whose calls come unsigned."""

    name: str
    issuer: str = ""
    tenant: str | None = None
    audience: tuple[str, ...] = ()
    keys: Mapping[str, jwt.PyJWK] | None = None
    fhir_servers: tuple[FhirBase, ...] = ()
    loopback: bool = False  # may also name any FHIR server on this machine

    @property
    def unsigned(self) -> bool:
        """Calls without a token. Its FHIR servers are read without one too, when the call brings none."""
        return self.keys is None


DEVELOPMENT_CLIENT = Client(name="development", loopback=True)


@dataclass(frozen=True, slots=True)
class Clients:
    """All clients. `unsigned` answers for calls without a token; None refuses those."""

    signed: Mapping[tuple[str, str | None], Client]
    unsigned: Client | None

    def claiming(self, issuer: str, tenant: str | None) -> Client | None:
        """The client that a token says it is from: of this issuer and tenant, or of this issuer for all tenants."""
        return self.signed.get((issuer, tenant)) or self.signed.get((issuer, None))


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
    audience: tuple[str, ...] = ()
    tenant: str | None = None
    fhir_servers: tuple[str, ...] = ()
    unsigned: bool = False

    @model_validator(mode="after")
    def _one_way_in(self) -> ClientEntry:
        keys = [given for given in (self.jwks, self.jwks_file) if given is not None]
        if self.unsigned and (self.issuer or keys):
            raise ValueError("`unsigned: true` goes without issuer and keys")
        if not self.unsigned and not (self.issuer and len(keys) == 1):
            raise ValueError("give `issuer` and one of `jwks` and `jwks_file`")
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
    found = _read_file(path) if path else []
    clients = _index(found, str(path), settings.development)
    if not settings.development:
        _refuse_unsafe(found)
    return clients


def _read_file(path: Path) -> list[Client]:
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
    return [_client(entry, path) for entry in parsed.clients]


def _client(entry: ClientEntry, path: Path) -> Client:
    where = f"{path}: client {entry.name}"
    return Client(
        name=entry.name,
        issuer=entry.issuer or "",
        tenant=entry.tenant,
        audience=entry.audience,
        keys=None if entry.unsigned else read_keys(_jwks(entry, path.parent, where), where),
        fhir_servers=tuple(_fhir_base(url, where) for url in entry.fhir_servers),
    )


def _jwks(entry: ClientEntry, folder: Path, where: str) -> list[dict[str, Any]]:
    if entry.jwks is not None:
        return entry.jwks.keys
    assert entry.jwks_file is not None  # noqa: S101 -- ClientEntry has one of the two
    try:
        return JwkSet.model_validate(json.loads((folder / entry.jwks_file).read_text("utf-8"))).keys
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, not JSON, not a JWK Set
        raise SetupError(f"{where}: {entry.jwks_file} is not a readable JWK Set ({type(error).__name__})") from None


def _fhir_base(url: str, where: str) -> FhirBase:
    base = parse_base(url)
    if base is None:
        raise SetupError(f"{where}: a FHIR server is not a plain address such as https://ehr.example.org/fhir")
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


def _refuse_unsafe(found: Iterable[Client]) -> None:
    """What production does not start with."""
    clients = list(found)
    if not clients:
        raise SetupError(
            "production answers known clients only: set MARROW_CLIENTS_FILE to a file with at least one client "
            "(issuer and keys), or set MARROW_MODE=development to try Marrow without"
        )
    for client in clients:
        if client.unsigned:
            raise SetupError(f"client {client.name}: `unsigned` is for development; give its issuer and keys")
        if client.issuer.rstrip("/") == SANDBOX_ISSUER or SANDBOX_KEY_ID in (client.keys or {}):
            raise SetupError(f"client {client.name}: the keys of the public sandbox are known to all; remove it")
        if any(base.scheme != "https" for base in client.fhir_servers):
            raise SetupError(f"client {client.name}: give its FHIR servers as https addresses")
