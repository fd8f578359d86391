"""The public keys of a client, from a JWK Set (RFC 7517): which keys may sign, and with which algorithm.

Each key is tied to one algorithm, so that a token can never choose how it is checked: the one that it names (`alg`), or
the first of the client's that fits its kind. CDS Hooks recommends ES384 and RS384 ("JWT Signing Algorithm"); a client
may be allowed others of `KINDS`, none of which is symmetric.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jwt

from service.errors import SetupError

RSA_MIN_BITS = 2048
KINDS: Mapping[str, tuple[str, str | None]] = {  # algorithm -> key type and curve (RFC 7518)
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "RS256": ("RSA", None),
    "RS384": ("RSA", None),
    "PS384": ("RSA", None),
}
RECOMMENDED = ("ES384", "RS384")
# The key of the public CDS Hooks sandbox (its JWK Set, github.com/cds-hooks/sandbox). Its private part is public too.
KNOWN_TO_ALL = frozenset({"dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB"})


def read_keys(
    jwks: Iterable[Mapping[str, Any]],
    owner: str,
    algorithms: Sequence[str] = RECOMMENDED,
    *,
    known_to_all: bool = True,
) -> Mapping[str, jwt.PyJWK]:
    """Key id -> key, for the keys of the set that can sign; `owner` names the client in errors.

    Keys for encryption or for other algorithms are passed over. Raises SetupError: a private key, an unreadable or weak
    one, the same id twice, no key that can sign, and unless `known_to_all` a key whose private part is public.
    """
    keys: dict[str, jwt.PyJWK] = {}
    for jwk in jwks:
        algorithm = _algorithm(jwk, algorithms)
        if algorithm is None:
            continue
        kid = jwk.get("kid")
        if not isinstance(kid, str) or not kid:
            raise SetupError(f"{owner}: a key has no `kid`; client tokens name their key by it")
        if kid in keys:
            raise SetupError(f"{owner}: two keys have the `kid` {kid}")
        if not known_to_all and str(jwk.get("x")) in KNOWN_TO_ALL:
            raise SetupError(f"{owner}: the private key of the public sandbox is known to all; remove {kid}")
        keys[kid] = _read(jwk, algorithm, f"{owner}: the key {kid}")
    if not keys:
        raise SetupError(f"{owner}: no key for {' or '.join(algorithms)} in its JWK Set")
    return keys


def _algorithm(jwk: Mapping[str, Any], algorithms: Sequence[str]) -> str | None:
    """The one algorithm that this key may sign with."""
    if jwk.get("use", "sig") != "sig":
        return None
    kind = (jwk.get("kty"), jwk.get("crv") if jwk.get("kty") == "EC" else None)
    fitting = [name for name in algorithms if KINDS[name] == kind and jwk.get("alg", name) == name]
    return fitting[0] if fitting else None


def _read(jwk: Mapping[str, Any], algorithm: str, name: str) -> jwt.PyJWK:
    if "d" in jwk:
        raise SetupError(f"{name} is a private key; give the public part only, and replace the key")
    try:
        key = jwt.PyJWK(dict(jwk), algorithm=algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise SetupError(f"{name} cannot be read as a public key") from None
    if jwk["kty"] == "RSA" and key.key.key_size < RSA_MIN_BITS:
        raise SetupError(f"{name} is shorter than {RSA_MIN_BITS} bits")
    return key
