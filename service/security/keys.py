"""The public keys of a client, from a JWK Set (RFC 7517): which keys may sign, and with which algorithm.

Only the two algorithms that CDS Hooks recommends ("JWT Signing Algorithm"), each tied to its kind of key, so that a
token can never choose how it is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jwt

from service.errors import SetupError

RSA_MIN_BITS = 2048
ALGORITHMS = {"EC": "ES384", "RSA": "RS384"}


def read_keys(jwks: Iterable[Mapping[str, Any]], owner: str) -> Mapping[str, jwt.PyJWK]:
    """Key id -> key, for the keys of the set that can sign; `owner` names the client in errors.

    Keys for encryption or for other algorithms are passed over. Raises SetupError: a private key, an unreadable or weak
    one, the same id twice, or no key that can sign.
    """
    keys: dict[str, jwt.PyJWK] = {}
    for jwk in jwks:
        if not _can_sign(jwk):
            continue
        kid = jwk.get("kid")
        if not isinstance(kid, str) or not kid:
            raise SetupError(f"{owner}: a key has no `kid`; client tokens name their key by it")
        if kid in keys:
            raise SetupError(f"{owner}: two keys have the `kid` {kid}")
        keys[kid] = _read(jwk, f"{owner}: the key {kid}")
    if not keys:
        raise SetupError(f"{owner}: no key for ES384 (kty EC, crv P-384) or RS384 (kty RSA) in its JWK Set")
    return keys


def _can_sign(jwk: Mapping[str, Any]) -> bool:
    algorithm = ALGORITHMS.get(str(jwk.get("kty")))
    if algorithm is None or (algorithm == "ES384" and jwk.get("crv") != "P-384"):
        return False
    return (jwk.get("use", "sig"), jwk.get("alg", algorithm)) == ("sig", algorithm)


def _read(jwk: Mapping[str, Any], name: str) -> jwt.PyJWK:
    if "d" in jwk:
        raise SetupError(f"{name} is a private key; give the public part only, and replace the key")
    try:
        key = jwt.PyJWK(dict(jwk), algorithm=ALGORITHMS[jwk["kty"]])
    except (jwt.PyJWTError, ValueError, TypeError):
        raise SetupError(f"{name} cannot be read as a public key") from None
    if jwk["kty"] == "RSA" and key.key.key_size < RSA_MIN_BITS:
        raise SetupError(f"{name} is shorter than {RSA_MIN_BITS} bits")
    return key
