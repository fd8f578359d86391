"""Client keys and tokens for the tests, made anew in every run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://ehr.example.org/fhir"
BASE = "https://cds.example.org"
PATH = "/cds-services/bme-order-sign"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@cache
def _ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


@cache
def _rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def ec_key(name: str = "ours") -> ec.EllipticCurvePrivateKey:
    return _ec_key(name)


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return _rsa_key(bits)


def ec_jwk(kid: str = "ec-1", name: str = "ours", **more: Any) -> dict[str, Any]:
    return {**json.loads(ECAlgorithm.to_jwk(ec_key(name).public_key())), "kid": kid, **more}


def rsa_jwk(kid: str = "rsa-1", bits: int = 2048, **more: Any) -> dict[str, Any]:
    return {**json.loads(RSAAlgorithm.to_jwk(rsa_key(bits).public_key())), "kid": kid, **more}


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token; a change to None leaves the claim out."""
    now = int(NOW.timestamp())
    good = {"iss": ISSUER, "aud": BASE + PATH, "iat": now, "exp": now + 300, "jti": "a-nonce"}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(key: Any = None, algorithm: str = "ES384", header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A signed token: a good one unless something is changed."""
    return jwt.encode(claims(**changed), key or ec_key(), algorithm, {"typ": "JWT", "kid": "ec-1", **(header or {})})
