"""Who may ask. Each refused token differs from a good one in one thing."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from service.clients import DEVELOPMENT_CLIENT, Client, Clients
from service.errors import ClientRefusedError
from service.security.client_jwt import Gate
from service.security.key_ring import KeyRing
from service.security.keys import read_keys
from service.security.replay import TokensInMemory
from tests.unit.service.signing import BASE, ISSUER, NOW, PATH, claims, ec_jwk, ec_key, rsa_jwk, rsa_key, token

KEYS = read_keys([ec_jwk(), rsa_jwk()], "client")
HOSPITAL = Client("hospital", ISSUER, keys=KEYS)
NORTH = Client("north", ISSUER, tenant="north", keys=read_keys([ec_jwk("ec-1", "north")], "north"))
MELD = Client("meld", "https://meld.example.org", audience=("sand_man",), keys=KEYS)


def gate(*clients: Client, unsigned: Client | None = None) -> Gate:
    signed = {(client.issuer, client.tenant): client for client in clients or (HOSPITAL,)}
    urls = (BASE, "https://other.example.org/marrow")
    return Gate(Clients(signed, unsigned), urls, lambda: NOW, KeyRing(no_fetch), TokensInMemory())


async def no_fetch(url: str) -> list[dict[str, Any]]:
    raise AssertionError(f"{url} was asked for")


def admitted(*authorization: str, at: Gate | None = None, path: str = PATH) -> str:
    return asyncio.run((at or gate()).admit(list(authorization), path)).name


def reason(*authorization: str, at: Gate | None = None, path: str = PATH) -> str:
    with pytest.raises(ClientRefusedError) as refused:
        asyncio.run((at or gate()).admit(list(authorization), path))
    return refused.value.reason


@pytest.mark.conforms("F2", "F7", "T21")
def test_both_recommended_algorithms_are_accepted() -> None:
    assert admitted(f"Bearer {token()}") == "hospital"
    assert admitted(f"bearer {token(rsa_key(), 'RS384', {'kid': 'rsa-1'})}") == "hospital"


@pytest.mark.parametrize(
    "audience",
    [
        BASE + PATH,
        BASE + PATH + "/",
        "https://other.example.org/marrow" + PATH,
        ["https://elsewhere.example.org", BASE + PATH],
    ],
)
@pytest.mark.conforms("F4", "F12", "F13", "P3")
def test_the_audience_is_one_of_our_own_addresses(audience: object) -> None:
    assert admitted(f"Bearer {token(aud=audience)}") == "hospital"


@pytest.mark.parametrize(
    "audience",
    [BASE, BASE + "/cds-services", BASE + PATH + "//", BASE + PATH + "/feedback", "http://cds.example.org" + PATH, []],
)
@pytest.mark.conforms("F12", "F13", "P3", "T21")
def test_another_audience_is_refused(audience: object) -> None:
    assert reason(f"Bearer {token(aud=audience)}") in {"InvalidAudienceError", "MissingRequiredClaimError"}


@pytest.mark.conforms("F12")
def test_feedback_may_name_its_own_address_or_that_of_the_service() -> None:
    feedback = PATH + "/feedback"
    assert admitted(f"Bearer {token(aud=BASE + feedback)}", path=feedback) == "hospital"
    assert admitted(f"Bearer {token(aud=BASE + PATH)}", path=feedback) == "hospital"
    assert reason(f"Bearer {token(aud=BASE + '/cds-services/bme-patient-view')}", path=feedback)


@pytest.mark.conforms("F14")
def test_a_token_is_good_once() -> None:
    at = gate(HOSPITAL, MELD)
    assert admitted(f"Bearer {token()}", at=at) == "hospital"
    assert reason(f"Bearer {token()}", at=at) == "replayed"
    assert reason(f"Bearer {token(exp=NOW_S + 299)}", at=at) == "replayed"
    assert admitted(f"Bearer {token(jti='another')}", at=at) == "hospital"
    # Another client may use the same number.
    assert admitted(f"Bearer {token(iss=MELD.issuer, aud='sand_man')}", at=at) == "meld"


def test_a_refused_token_uses_up_no_number() -> None:
    at = gate()
    assert reason(f"Bearer {token(ec_key('attacker'))}", at=at) == "InvalidSignatureError"
    assert admitted(f"Bearer {token()}", at=at) == "hospital"


@pytest.mark.conforms("P3")
def test_an_audience_of_the_clients_own_replaces_ours() -> None:
    at = gate(MELD)
    assert admitted(f"Bearer {token(iss=MELD.issuer, aud='sand_man')}", at=at) == "meld"
    assert reason(f"Bearer {token(iss=MELD.issuer)}", at=at) == "InvalidAudienceError"


@pytest.mark.conforms("F5", "F14")
def test_a_tenant_has_its_own_keys() -> None:
    at = gate(HOSPITAL, NORTH)
    assert admitted(f"Bearer {token(ec_key('north'), tenant='north')}", at=at) == "north"
    assert admitted(f"Bearer {token(tenant='south', jti='2')}", at=at) == "hospital"
    assert reason(f"Bearer {token(tenant='north')}", at=at) == "InvalidSignatureError"
    assert reason(f"Bearer {token(tenant='south')}", at=gate(NORTH)) == "unknown_issuer"


@pytest.mark.parametrize("missing", ["aud", "exp", "iat", "jti"])
@pytest.mark.conforms("F4", "T21")
def test_every_claim_is_required(missing: str) -> None:
    changed: dict[str, Any] = {missing: None}
    assert reason(f"Bearer {token(**changed)}") == "MissingRequiredClaimError"


NOW_S = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"iss": None}, "bad_issuer"),
        ({"iss": ISSUER + "/"}, "unknown_issuer"),
        ({"tenant": 7}, "bad_issuer"),
        ({"jti": ""}, "bad_jti"),
        ({"exp": NOW_S - 60, "iat": NOW_S - 300}, "expired"),
        ({"exp": NOW_S + 400, "iat": NOW_S + 61}, "not_yet_valid"),
        ({"nbf": NOW_S + 61}, "not_yet_valid"),
        ({"exp": NOW_S + 3601}, "lives_too_long"),
        ({"exp": NOW_S - 10, "iat": NOW_S}, "lives_too_long"),
        ({"exp": "soon"}, "bad_time"),
        ({"exp": True}, "bad_time"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": 10**400}, "malformed"),
    ],
)
@pytest.mark.conforms("F4", "F8", "F14", "T21")
def test_a_claim_that_does_not_fit(changed: dict[str, Any], expected: str) -> None:
    assert reason(f"Bearer {token(**changed)}") == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": NOW_S - 59, "iat": NOW_S - 300},
        {"iat": NOW_S + 60},
        {"nbf": NOW_S + 60},
        {"exp": NOW_S + 3600},
        {"sub": "someone"},
    ],
)
@pytest.mark.conforms("F14")
def test_a_minute_of_difference_between_clocks_is_tolerated(changed: dict[str, Any]) -> None:
    assert admitted(f"Bearer {token(**changed)}") == "hospital"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"kid": "other"}, "unknown_key"),
        ({"kid": "rsa-1"}, "bad_algorithm"),
        ({"typ": "at+jwt"}, "bad_type"),
        ({"crit": ["exp"]}, "critical_header"),
    ],
)
@pytest.mark.conforms("F3", "F7", "T21")
def test_a_header_that_does_not_fit(header: dict[str, Any], expected: str) -> None:
    assert reason(f"Bearer {token(header=header)}") in {expected, "InvalidTokenError"}


def test_a_header_cannot_bring_its_own_key() -> None:
    foreign = token(ec_key("attacker"), header={"jwk": ec_jwk("ec-1", "attacker"), "jku": "https://evil.example.org"})
    assert reason(f"Bearer {foreign}") == "InvalidSignatureError"


def forged(alg: str, sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make: good claims, any algorithm, any signature."""
    parts = [{"alg": alg, "typ": "JWT", "kid": "ec-1"}, claims()]
    signed = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    return (signed + b"." + base64.urlsafe_b64encode(sign(signed)).rstrip(b"=")).decode()


@pytest.mark.conforms("F6", "T21")
def test_unsigned_and_symmetric_tokens_are_refused() -> None:
    public = (
        ec_key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    assert reason(f"Bearer {forged('none', lambda _: b'')}")
    assert reason(f"Bearer {forged('HS384', lambda text: hmac.digest(public, text, 'sha384'))}") == "bad_algorithm"
    assert reason(f"Bearer {forged('ES384', lambda _: bytes(96))}") == "InvalidSignatureError"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a.b.c", "Bearer .....", f"Bearer {token()[:-4]}", token()],
)
def test_what_is_no_token_is_refused(header: str) -> None:
    assert reason(header)


def test_a_deeply_nested_token_is_refused() -> None:
    nested = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    assert reason(f"Bearer {nested}.{nested}.AAAA")


def test_two_authorization_headers_are_refused() -> None:
    good = f"Bearer {token()}"
    assert reason(good, good) == "not_bearer"


def test_a_call_without_token_needs_an_unsigned_client() -> None:
    assert reason() == "no_token"
    assert admitted(at=gate(unsigned=DEVELOPMENT_CLIENT)) == "development"
    # Who brings a token must bring a good one, also where none is needed.
    assert reason("Bearer a.b.c", at=gate(unsigned=DEVELOPMENT_CLIENT))
