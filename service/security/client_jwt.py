"""Who may ask: the client token (CDS Hooks 2.0, "Trusting CDS Clients").

A token must be signed by a key of its issuer (`key_ring`) with the algorithm of that key, name one of our own public
addresses as audience, be in date, and come for the first time (`replay`). A key inside a token (`jwk`, `x5c`) is never
looked at; its `jku` only chooses among the addresses that `clients.yaml` lists for this issuer.
"""

from __future__ import annotations

import math
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
import msgspec

from service.clients import Client, Clients
from service.errors import ClientRefusedError
from service.security.key_ring import KeyRing
from service.security.replay import UsedTokens

FEEDBACK = "/feedback"
LEEWAY_SECONDS = 60
LONGEST_TOKEN = 8192  # characters; a token that carries a chain of certificates is shorter
LONGEST_LIFE_SECONDS = 3600  # CDS Hooks best practices: tokens live an hour at most
REQUIRED = ("iss", "aud", "exp", "iat", "jti")
# Times are compared below, with the clock that the service was given.
OPTIONS: Any = {"require": list(REQUIRED), "verify_exp": False, "verify_iat": False, "verify_nbf": False}


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets a call in as one of the clients, or refuses it."""

    clients: Clients
    public_urls: tuple[str, ...]
    clock: Callable[[], datetime]
    keys: KeyRing
    used: UsedTokens

    async def admit(self, authorization: list[str], path: str) -> Client:
        """The client that makes this call.

        `authorization` holds the Authorization headers as they came, `path` the path of the address that is called.
        Raises ClientRefusedError; OverloadedError when no more used tokens can be remembered.
        """
        if not authorization:
            if self.clients.unsigned is None:
                raise ClientRefusedError("no_token")
            return self.clients.unsigned
        try:
            return await self._verify(_bearer(authorization), path)
        except jwt.PyJWTError as error:
            raise ClientRefusedError(type(error).__name__) from None
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            # A token is untrusted to its last byte; what its parts hold may break a decoder.
            raise ClientRefusedError("malformed") from None

    async def _verify(self, token: str, path: str) -> Client:
        header, claims = _unverified(token)
        client = self._claimed(claims)
        key = await self._key(client, header)
        verified = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=client.issuer,
            audience=list(client.audience) or self._audiences(path),
            options=OPTIONS,
        )
        if self._claimed(verified) is not client:
            raise ClientRefusedError("malformed")  # a token that two parsers read in two ways
        now = self.clock().timestamp()
        expires = _check_times(verified, now)
        jti = verified["jti"]
        if not isinstance(jti, str) or not jti:
            raise ClientRefusedError("bad_jti")
        if not await self.used.first_use(client.issuer, jti, now, expires + LEEWAY_SECONDS):
            raise ClientRefusedError("replayed")
        return client

    async def _key(self, client: Client, header: Mapping[str, Any]) -> jwt.PyJWK:
        """The key that the header names, once everything else about the header fits."""
        if "crit" in header or "b64" in header:
            raise ClientRefusedError("critical_header")
        if str(header.get("typ", "")).upper() != "JWT":
            raise ClientRefusedError("bad_type")
        kid, jku = header.get("kid"), header.get("jku")
        if not isinstance(kid, str) or not (jku is None or isinstance(jku, str)):
            raise ClientRefusedError("unknown_key")
        if header.get("alg") not in client.algorithms:
            raise ClientRefusedError("bad_algorithm")
        key = await self.keys.find(client, kid, jku)
        if key is None:
            raise ClientRefusedError("unknown_key")
        if header["alg"] != key.algorithm_name:
            raise ClientRefusedError("bad_algorithm")
        return key

    def _claimed(self, claims: Mapping[str, Any]) -> Client:
        issuer, tenant = claims.get("iss"), claims.get("tenant")
        if not isinstance(issuer, str) or not (tenant is None or isinstance(tenant, str)):
            raise ClientRefusedError("bad_issuer")
        client = self.clients.claiming(issuer, tenant)
        if client is None:
            raise ClientRefusedError("unknown_issuer")
        return client

    def _audiences(self, path: str) -> list[str]:
        """Our own addresses, from the configuration: what a Host header says proves nothing.

        Feedback may also name the service that it is about; the specification leaves open which.
        """
        paths = {path.rstrip("/"), path.rstrip("/").removesuffix(FEEDBACK)}
        return [f"{base}{each}{slash}" for base in self.public_urls for each in paths for slash in ("", "/")]


def _bearer(authorization: list[str]) -> str:
    scheme, _, token = authorization[0].partition(" ")
    if len(authorization) > 1 or scheme.lower() != "bearer":
        raise ClientRefusedError("not_bearer")
    token = token.strip()
    if len(token) > LONGEST_TOKEN:
        raise ClientRefusedError("too_long")
    return token


def _unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims as the token states them: good for choosing a key, for nothing else.

    PyJWT reads the token once more with the key; letting it do this too would double what a call costs here.
    Raises ValueError: not three parts of base64 and JSON.
    """
    header, claims, _ = (part.encode() for part in token.split("."))
    return _part(header), _part(claims)


def _part(segment: bytes) -> dict[str, Any]:
    return msgspec.json.decode(urlsafe_b64decode(segment + b"=" * (-len(segment) % 4)), type=dict[str, Any])


def _check_times(claims: Mapping[str, Any], now: float) -> float:
    """When the token expires, in seconds since 1970. Raises ClientRefusedError: not in date, or made for too long."""
    expires, issued = _seconds(claims["exp"]), _seconds(claims["iat"])
    if now >= expires + LEEWAY_SECONDS:
        raise ClientRefusedError("expired")
    if issued > now + LEEWAY_SECONDS or ("nbf" in claims and _seconds(claims["nbf"]) > now + LEEWAY_SECONDS):
        raise ClientRefusedError("not_yet_valid")
    if not 0 <= expires - issued <= LONGEST_LIFE_SECONDS:
        raise ClientRefusedError("lives_too_long")
    return expires


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ClientRefusedError("bad_time")
    return value
