"""Tokens, keys and addresses of any shape: refused in the way that is meant for them, never by breaking something."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from service.errors import ClientRefusedError, SetupError
from service.security.keys import read_keys
from service.security.outbound import allowed, parse_base, same_origin
from tests.fuzz.effort import EFFORT
from tests.unit.service.security.test_client_jwt import HOSPITAL, MELD, NORTH, gate
from tests.unit.service.signing import ISSUER, PATH, claims, ec_jwk, rsa_jwk, token

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(ISSUER)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner), max_leaves=6
)
headers = st.dictionaries(st.sampled_from(("alg", "kid", "typ", "jku", "jwk", "crit", "b64", "x5c", "cty")), anything)
payloads = st.dictionaries(st.sampled_from(("iss", "aud", "exp", "iat", "nbf", "jti", "sub", "tenant")), anything).map(
    lambda some: {**claims(), **some}
)


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def refused(authorization: str) -> None:
    with pytest.raises(ClientRefusedError):
        asyncio.run(gate(HOSPITAL, NORTH, MELD).admit([authorization], PATH))


@EFFORT
@given(headers, payloads, st.binary(max_size=100))
def test_a_forged_token_is_refused(header: Any, payload: Any, signature: bytes) -> None:
    whole = {"alg": "ES384", "typ": "JWT", "kid": "ec-1", **header}
    refused(f"Bearer {part(json.dumps(whole).encode())}.{part(json.dumps(payload).encode())}.{part(signature)}")


@EFFORT
@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_parts_that_are_no_json_are_refused(header: bytes, payload: bytes, signature: bytes) -> None:
    refused(f"Bearer {part(header)}.{part(payload)}.{part(signature)}")


@EFFORT
@given(st.text(max_size=200))
def test_any_text_is_refused(text: str) -> None:
    refused(text)
    refused(f"Bearer {text}")


GOOD = token()


@EFFORT
@given(st.integers(0, len(GOOD) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_good_token_with_one_other_letter_is_refused(place: int, letter: str) -> None:
    """But for the last bits of a part, which carry nothing; the library refuses those as well."""
    changed = GOOD[:place] + letter + GOOD[place + 1 :]
    if changed != GOOD:
        refused(f"Bearer {changed}")


keys = st.dictionaries(
    st.sampled_from(("kty", "crv", "kid", "use", "alg", "x", "y", "n", "e", "k", "d")),
    anything | st.sampled_from(("EC", "RSA", "oct", "P-384", "sig", "ES384", "AQAB")),
)


@EFFORT
@given(st.lists(keys | keys.map(lambda some: {**ec_jwk(), **some}) | keys.map(lambda some: {**rsa_jwk(), **some})))
def test_any_key_set_is_read_or_refused(found: list[dict[str, Any]]) -> None:
    with contextlib.suppress(SetupError):
        assert read_keys(found, "client", known_to_all=False)


LISTED = parse_base("https://ehr.example.org/fhir")
pieces = st.sampled_from(
    (
        "https://",
        "http://",
        "ehr.example.org",
        "/fhir",
        "/",
        "..",
        "%2e",
        "@",
        ":",
        "443",
        "#",
        "?",
        "\\",
        "[::1]",
        "evil",
    )
)
addresses = st.lists(pieces | st.text(max_size=2), max_size=8).map("".join)


@EFFORT
@given(addresses)
def test_no_address_leads_away_from_the_listed_server(address: str) -> None:
    """As aiohttp reads it, which makes the connection."""
    assert LISTED
    found = allowed(address, (LISTED,), loopback=False)
    if found is not None:
        url = URL(found.url)
        assert (url.scheme, url.host, url.port) == ("https", "ehr.example.org", 443)
        assert url.path == "/fhir" or url.path.startswith("/fhir/")
        assert url.user is None


@EFFORT
@given(addresses)
def test_no_link_leads_away_from_the_listed_server(link: str) -> None:
    assert LISTED
    followed = same_origin(LISTED, link, seen_from="https://ehr.example.org/fhir/Condition?page=1")
    if followed is not None:
        url = URL(followed)
        assert (url.scheme, url.host, url.port) == ("https", "ehr.example.org", 443)
        assert url.path == "/fhir" or url.path.startswith("/fhir/")
        assert url.user is None
