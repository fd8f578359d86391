"""Client tokens for the bench: a new one for every call, since a token counts once."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER, AUDIENCE = "https://bench.example.org", "marrow-bench"
LIFE_SECONDS = 3000  # longer than the bench runs

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Tokens:
    """Signed tokens, made when they are asked for. What was not used may be given back."""

    header = "Authorization"

    def __init__(self, key: Key, algorithm: str) -> None:
        self._key, self._algorithm = key, algorithm
        self._left: list[str] = []

    def take(self, count: int) -> list[str]:
        """So many tokens that nobody has used."""
        taken, self._left = self._left[:count], self._left[count:]
        return taken + [self._signed() for _ in range(count - len(taken))]

    def give_back(self, tokens: list[str]) -> None:
        """Those that were not used after all."""
        self._left += tokens

    def _signed(self) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + LIFE_SECONDS, "jti": uuid4().hex}
        return jwt.encode(claims, self._key, self._algorithm, {"kid": self._algorithm})


class Unread(Tokens):
    """One token, always the same, in a header that nobody reads: what it costs to send is paid all the same."""

    header = "X-Not-Read"

    def __init__(self, key: Key, algorithm: str) -> None:
        super().__init__(key, algorithm)
        self._one = self._signed()

    def take(self, count: int) -> list[str]:
        return [self._one]

    def give_back(self, tokens: list[str]) -> None:
        """Nothing was used up."""


def new_keys() -> dict[str, Key]:
    """A private key for each algorithm that clients may use."""
    return {
        "RS384": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES384": ec.generate_private_key(ec.SECP384R1()),
    }


def public(key: Key, algorithm: str) -> dict[str, Any]:
    """The public half, as a client publishes it; the algorithm is its name as well."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": algorithm}
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": algorithm}
