"""The settings of the shell: one frozen object, and the only reader of the environment.

Every setting is a variable `MARROW_<NAME>`. A variable with that prefix which is no setting stops the start, because a
mistyped safety setting must not be silently ignored. `describe` gives the table for people.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mappings.layout import LICENSED_SETS
from service.errors import SetupError

PREFIX = "MARROW_"
# Read by docker-compose.yml to build the database address; it may stand in the same shell.
NOT_SETTINGS = frozenset({"MARROW_DB_PASSWORD"})
MIB = 1024 * 1024
HASH_KEY_MIN_LENGTH = 16
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


class Mode(StrEnum):
    """`production` trusts nobody unknown; `development` also takes unsigned calls and a FHIR server on loopback."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class Settings(BaseSettings):
    """What a site decides about the shell. Clinical choices are not here."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    mode: Mode = Field(Mode.PRODUCTION, description="`production`, or `development` for unsigned calls from anyone")
    public_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://127.0.0.1:8000",),
        description="addresses under which clients call, comma-separated; a client token must name one as its audience",
    )
    clients_file: Path | None = Field(None, description="YAML file: who may ask, and whose FHIR server may be read")
    code_sets_off: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="licensed code sets that are not used, comma-separated: `atc`, `snomed_ct`"
    )
    local_codes_file: Path | None = Field(None, description="CSV file: what the site's own codes mean")
    policy_file: Path | None = Field(None, description="YAML file: how rules are run, and the site's thresholds")
    site_files_seconds: float = Field(
        5, gt=0, le=3600, allow_inf_nan=False, description="how often these two files are looked at for a change"
    )
    database_url: SecretStr = Field(
        SecretStr("sqlite+aiosqlite:///marrow.db"),
        description="where decisions are kept: `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://USER:PASSWORD@HOST/DB`",
    )
    patient_hash_key: SecretStr | None = Field(
        None,
        description=f"secret of at least {HASH_KEY_MIN_LENGTH} characters that turns patient ids into keys; "
        "required in production, random in development",
    )
    decision_queue: int = Field(10_000, ge=1, description="decisions that may wait to be written; more are lost")
    redis_url: SecretStr | None = Field(
        None,
        description="`redis://...`: where the used tokens of all instances are remembered; needs the extra `redis`",
    )
    instances: int = Field(
        1,
        ge=1,
        description="Marrow processes that answer under the same addresses, replicas and workers together; "
        "more than one need `MARROW_REDIS_URL` in production",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="origins of browser clients that may call, comma-separated; none unless named"
    )
    tls_certificate: Path | None = Field(None, description="PEM file: Marrow itself speaks https with this chain")
    tls_key: Path | None = Field(None, description="PEM file: the private key of that certificate")
    calls_per_second: float = Field(
        500, gt=0, allow_inf_nan=False, description="calls per second that one client may make to one process"
    )
    calls_at_once: int = Field(64, ge=1, description="calls of one client that one process answers at the same time")
    drain_seconds: float = Field(
        5,
        ge=0,
        le=300,
        allow_inf_nan=False,
        description="how long calls are still taken after SIGTERM, while `/health/ready` says no; 0 stops at once",
    )
    record_values: bool = Field(False, description="also keep the values that the cards showed, which are patient data")
    feedback_comment_length: int = Field(
        1000, ge=0, le=10_000, description="characters kept of a comment in feedback; 0 keeps no comments"
    )
    admin_token: SecretStr | None = Field(
        None,
        description=f"secret of at least {HASH_KEY_MIN_LENGTH} characters that opens `/console`, `/reports` and "
        "`/metrics`; without it they are off in production and open in development, the console to this machine",
    )
    traces: bool = Field(
        False, description="send spans to the collector that the `OTEL_` variables name; needs the extra `traces`"
    )
    max_body_bytes: int = Field(16 * MIB, ge=1, description="longest request body")
    body_seconds: float = Field(10, gt=0, le=300, allow_inf_nan=False, description="time for a request body to arrive")
    max_resources: int = Field(20_000, ge=1, description="FHIR resources in one request")
    deadline_seconds: float = Field(
        2.5, gt=0, le=60, allow_inf_nan=False, description="time for all reading from the EHR in one call"
    )
    max_pages: int = Field(20, ge=1, description="pages followed per query")
    max_response_bytes: int = Field(8 * MIB, ge=1, description="bytes read per query, all pages together")
    max_queries: int = Field(32, ge=1, description="queries that one call runs at the same time")
    ehr_connections: int = Field(
        64, ge=1, description="connections that one process opens to one EHR, each for one query at a time"
    )
    ehr_failures: int = Field(60, ge=1, description="failed queries in a row after which a FHIR server is left alone")
    ehr_pause_seconds: float = Field(
        5, gt=0, le=60, allow_inf_nan=False, description="how long it is left alone before one query tries again"
    )
    ca_bundle: Path | None = Field(None, description="PEM file: further authorities whose https servers are trusted")
    proxy_url: str | None = Field(None, description="`http://...`: proxy for calls that Marrow makes")
    proxy_except: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="hosts that are called without the proxy, comma-separated; `.example.org` for all below"
    )
    timezone: str = Field("UTC", description="IANA name of the site's time zone: what `today` means")
    log_format: Literal["json", "console"] = Field("json", description="`json`, or `console` for reading along")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")

    @field_validator("public_urls", "code_sets_off", "cors_origins", "proxy_except", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("public_urls")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one address")
        for url in value:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
                raise ValueError("each must be an http or https address without query, such as https://cds.example.org")
        return tuple(url.rstrip("/") for url in value)

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError("each must be an origin as browsers send it, such as https://ehr.example.org; no `*`")
        return value

    @field_validator("proxy_url")
    @classmethod
    def _proxy(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "http://none")
        if parts.scheme != "http" or not parts.hostname or parts.username is not None:
            raise ValueError("give an http address without a password, such as http://proxy.example.org:3128")
        return value

    @field_validator("code_sets_off")
    @classmethod
    def _licensed_sets(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in LICENSED_SETS:
                raise ValueError(f"there are only {', '.join(LICENSED_SETS)}")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, LookupError):  # no such zone, a folder of zones, a path
            raise ValueError("not an IANA time zone; write it as in Europe/Berlin or America/New_York") from None
        return value

    @field_validator("patient_hash_key", "admin_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < HASH_KEY_MIN_LENGTH:
            raise ValueError(f"give at least {HASH_KEY_MIN_LENGTH} characters")
        return value

    @property
    def development(self) -> bool:
        return self.mode is Mode.DEVELOPMENT


@dataclass(frozen=True, slots=True)
class Described:
    """One setting as people read it. `value` is what holds now, secrets hidden."""

    variable: str
    default: str
    value: str
    meaning: str


def load_settings() -> Settings:
    """The settings from the environment.

    Raises SetupError: a variable that is no setting, or a value that does not fit. Values are not quoted: they may be
    secrets.
    """
    _refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        faults = (f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        raise SetupError("; ".join(faults)) from None


def describe(settings: Settings) -> Iterator[Described]:
    """Every setting in the order in which it is declared."""
    for name, field in Settings.model_fields.items():
        yield Described(
            variable=PREFIX + name.upper(),
            default=_shown(field.default),
            value=_shown(getattr(settings, name)),
            meaning=field.description or "",
        )


def _refuse_unknown(names: Iterable[str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(names):
        if name.upper().startswith(PREFIX) and name.upper() not in known | NOT_SETTINGS:
            near = get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`marrow config` lists the settings"
            raise SetupError(f"{name} is not a setting; {hint}")


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return _address(value.get_secret_value())
        case tuple():
            return ",".join(str(part) for part in value)
        case _:
            return str(value)


def _address(secret: str) -> str:
    """A database address without user, password and parameters; nothing of any other secret."""
    scheme, found, rest = secret.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}" if found else "(hidden)"
