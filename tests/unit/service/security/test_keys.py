"""Which keys of a JWK Set may sign."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jwt.algorithms import ECAlgorithm

from service.errors import SetupError
from service.security.keys import KNOWN_TO_ALL, read_keys
from tests.unit.service.signing import ec_jwk, ec_key, rsa_jwk


@pytest.mark.conforms("F7")
def test_keys_are_tied_to_their_algorithm() -> None:
    keys = read_keys([ec_jwk(), rsa_jwk()], "client")
    assert {kid: key.algorithm_name for kid, key in keys.items()} == {"ec-1": "ES384", "rsa-1": "RS384"}


def test_other_keys_of_the_set_are_passed_over() -> None:
    others: list[dict[str, Any]] = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
        ec_jwk("b", use="enc"),
        {**ec_jwk("c"), "crv": "P-256"},
        rsa_jwk("d", alg="RS256"),
    ]
    assert list(read_keys([*others, ec_jwk("e")], "client")) == ["e"]
    with pytest.raises(SetupError, match="no key for ES384"):
        read_keys(others, "client")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([ec_jwk(), ec_jwk()], "two keys have the `kid`"),
        ([{**ec_jwk(), "kid": ""}], "has no `kid`"),
        ([{**json.loads(ECAlgorithm.to_jwk(ec_key())), "kid": "p"}], "is a private key"),
        ([{**ec_jwk(), "x": "AAAA"}], "cannot be read"),
        ([rsa_jwk(bits=1024)], "shorter than 2048"),
    ],
)
def test_a_set_that_cannot_be_trusted_stops_the_start(keys: list[dict[str, Any]], text: str) -> None:
    with pytest.raises(SetupError, match=text):
        read_keys(keys, "client")


@pytest.mark.conforms("F7")
def test_a_client_may_be_allowed_other_algorithms() -> None:
    allowed = ("RS256", "PS384")
    keys = read_keys([rsa_jwk("plain"), rsa_jwk("named", alg="PS384"), rsa_jwk("not", alg="RS384")], "client", allowed)
    assert {kid: key.algorithm_name for kid, key in keys.items()} == {"plain": "RS256", "named": "PS384"}


@pytest.mark.conforms("P4")
def test_a_key_whose_private_part_is_public_is_refused_under_any_name() -> None:
    sandbox = {**ec_jwk("renamed"), "x": next(iter(KNOWN_TO_ALL))}
    with pytest.raises(SetupError, match="known to all"):
        read_keys([sandbox], "client", known_to_all=False)
