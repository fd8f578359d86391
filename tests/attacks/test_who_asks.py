"""Attacks with client tokens: every one gets 401 and not a word more, and the log knows why."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from service.clients import load_clients
from service.config import Mode, Settings
from service.errors import SetupError
from service.security.keys import KNOWN_TO_ALL
from tests.attacks.site import FETCHED_ISSUER, JWKS_URL, OTHER_ISSUER, TENANT_ISSUER, site
from tests.integration.test_shell_support import SIGN, the_problem
from tests.unit.service.signing import BASE, ISSUER, NOW, PATH, claims, ec_jwk, ec_key, rsa_key, token

NOW_S = int(NOW.timestamp())
Header = dict[str, Any]


def b64(value: object) -> bytes:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def forged(header: object, payload: object, sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    """A token that no library would make."""
    signed = b64(header) + b"." + b64(payload)
    return (signed + b"." + base64.urlsafe_b64encode(sign(signed)).rstrip(b"=")).decode()


def head(**more: Any) -> Header:
    return {"alg": "ES384", "typ": "JWT", "kid": "ec-1", **more}


def pem(key: Any) -> bytes:
    return bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def with_secret(secret: bytes, algorithm: str = "HS256") -> str:
    digest = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}[algorithm]
    return forged(head(alg=algorithm), claims(), lambda text: hmac.digest(secret, text, digest))


def attacker(**header: Any) -> str:
    """Signed by the attacker's own key."""
    return token(ec_key("attacker"), header=header)


def spliced() -> str:
    """The signature of one good token under the claims of another."""
    good, better = token().split("."), token(exp=NOW_S + 3000).split(".")
    return ".".join((better[0], better[1], good[2]))


def other_curve() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec

    return jwt.encode(claims(), ec.generate_private_key(ec.SECP256R1()), "ES256", {"typ": "JWT", "kid": "ec-1"})


ATTACKS: dict[str, tuple[Callable[[], str], set[str]]] = {
    # algorithm confusion
    "alg none": (lambda: forged(head(alg="none"), claims()), {"bad_algorithm"}),
    "alg None in capitals": (lambda: forged(head(alg="NONE"), claims()), {"bad_algorithm"}),
    "alg missing": (lambda: forged({"typ": "JWT", "kid": "ec-1"}, claims()), {"bad_algorithm"}),
    "alg as a list": (lambda: forged(head(alg=["ES384", "none"]), claims()), {"bad_algorithm"}),
    "HS256 with the public key as PEM": (lambda: with_secret(pem(ec_key())), {"bad_algorithm"}),
    "HS384 with the RSA public key": (lambda: with_secret(pem(rsa_key()), "HS384"), {"bad_algorithm"}),
    "HS512 with the JWK as secret": (lambda: with_secret(json.dumps(ec_jwk()).encode(), "HS512"), {"bad_algorithm"}),
    "HS256 with an empty secret": (lambda: with_secret(b""), {"bad_algorithm"}),
    "RS384 header for the EC key": (
        lambda: token(rsa_key(), "RS384", {"kid": "ec-1"}),
        {"bad_algorithm"},
    ),
    "RS256, which is not allowed": (lambda: token(rsa_key(), "RS256", {"kid": "rsa-1"}), {"bad_algorithm"}),
    "ES256 on another curve": (other_curve, {"bad_algorithm"}),
    # keys that the token brings
    "embedded jwk": (lambda: attacker(jwk=ec_jwk("ec-1", "attacker")), {"InvalidSignatureError"}),
    "embedded x5c": (lambda: attacker(x5c=["MIIB"]), {"InvalidSignatureError"}),
    "x5u at the attacker": (lambda: attacker(x5u="https://evil.example.org/c.pem"), {"InvalidSignatureError"}),
    "jku at the attacker, keys in the file": (
        lambda: attacker(jku="https://evil.example.org/jwks.json"),
        {"InvalidSignatureError"},
    ),
    "jku at the attacker, keys by address": (
        lambda: token(ec_key("attacker"), header={"jku": "https://evil.example.org/j"}, iss=FETCHED_ISSUER),
        {"foreign_jku"},
    ),
    "jku at the metadata service": (
        lambda: token(header={"jku": "http://169.254.169.254/latest/"}, iss=FETCHED_ISSUER),
        {"foreign_jku"},
    ),
    "jku that only begins like the listed one": (
        lambda: token(header={"jku": f"{JWKS_URL}.evil.example.org"}, iss=FETCHED_ISSUER),
        {"foreign_jku"},
    ),
    "jku with a user name": (
        lambda: token(header={"jku": JWKS_URL.replace("https://", "https://evil@")}, iss=FETCHED_ISSUER),
        {"foreign_jku"},
    ),
    "jku as an object": (lambda: forged(head(jku={"a": 1}), claims()), {"unknown_key"}),
    # kid injection
    "kid as a path": (lambda: attacker(kid="../../../../dev/null"), {"unknown_key"}),
    "kid as SQL": (lambda: attacker(kid="' UNION SELECT 'x"), {"unknown_key"}),
    "kid as a command": (lambda: attacker(kid="ec-1|whoami"), {"unknown_key"}),
    "kid with a zero byte": (lambda: attacker(kid="ec-1\x00"), {"unknown_key"}),
    "kid of ten thousand characters": (lambda: attacker(kid="k" * 10_000), {"unknown_key", "too_long"}),
    "kid as a number": (lambda: forged(head(kid=1), claims()), {"unknown_key"}),
    "kid missing": (lambda: forged({"alg": "ES384", "typ": "JWT"}, claims()), {"unknown_key"}),
    "kid of another client": (lambda: token(ec_key("other")), {"InvalidSignatureError"}),
    # claims
    "aud of another service": (lambda: token(aud=f"{BASE}/cds-services/bme-patient-view"), {"InvalidAudienceError"}),
    "aud of another host": (lambda: token(aud=f"https://evil.example.org{PATH}"), {"InvalidAudienceError"}),
    "aud in plain http": (lambda: token(aud=f"http://cds.example.org{PATH}"), {"InvalidAudienceError"}),
    "aud as a pattern": (lambda: token(aud=f"{BASE}/*"), {"InvalidAudienceError"}),
    "aud as an empty list": (lambda: token(aud=[]), {"InvalidAudienceError", "MissingRequiredClaimError"}),
    "aud as an object": (lambda: token(aud={"a": BASE + PATH}), {"InvalidAudienceError"}),
    "iss of nobody": (lambda: token(iss="https://evil.example.org"), {"unknown_issuer"}),
    "iss of another client": (lambda: token(iss=OTHER_ISSUER), {"InvalidSignatureError"}),
    "iss with a slash more": (lambda: token(iss=f"{ISSUER}/"), {"unknown_issuer"}),
    "iss in other letters": (lambda: token(iss=ISSUER.upper()), {"unknown_issuer"}),
    "iss as a list": (lambda: forged(head(), {**claims(), "iss": [ISSUER]}), {"bad_issuer"}),
    "iss twice, read in two ways": (
        lambda: forged(head(), b'{"iss":"%s","iss":"%s"}' % (ISSUER.encode(), b"https://evil.example.org")),
        {"unknown_issuer"},
    ),
    "tenant of the neighbor": (
        lambda: token(ec_key("north"), iss=TENANT_ISSUER, tenant="south"),
        {"InvalidSignatureError"},
    ),
    "tenant left out": (lambda: token(ec_key("north"), iss=TENANT_ISSUER), {"unknown_issuer"}),
    "exp in the past": (lambda: token(exp=NOW_S - 61, iat=NOW_S - 300), {"expired"}),
    "exp in a hundred years": (lambda: token(exp=NOW_S + 3_000_000_000), {"lives_too_long"}),
    "exp as a text": (lambda: token(exp="9999999999"), {"bad_time"}),
    "exp as infinity": (lambda: forged(head(), json.dumps(claims(exp=float("inf"))).encode()), {"malformed"}),
    "exp missing": (lambda: token(exp=None), {"MissingRequiredClaimError"}),
    "iat in the future": (lambda: token(iat=NOW_S + 120, exp=NOW_S + 300), {"not_yet_valid"}),
    "iat missing": (lambda: token(iat=None), {"MissingRequiredClaimError"}),
    "nbf in the future": (lambda: token(nbf=NOW_S + 120), {"not_yet_valid"}),
    "jti missing": (lambda: token(jti=None), {"MissingRequiredClaimError"}),
    "jti as an object": (lambda: token(jti={"a": 1}), {"bad_jti", "InvalidTokenError", "InvalidJTIError"}),
    # signature and shape
    "signature of another token": (spliced, {"InvalidSignatureError"}),
    "signature cut off": (lambda: token().rpartition(".")[0] + ".", {"InvalidSignatureError", "DecodeError"}),
    "signature of zeros": (lambda: forged(head(), claims(), lambda _: bytes(96)), {"InvalidSignatureError"}),
    "claims changed after signing": (
        lambda: ".".join((token().split(".")[0], b64(claims(jti="x")).decode(), token().split(".")[2])),
        {"InvalidSignatureError"},
    ),
    "critical header that nobody knows": (lambda: forged(head(crit=["exp"]), claims()), {"critical_header"}),
    "detached payload": (lambda: forged(head(b64=False, crit=["b64"]), claims()), {"critical_header"}),
    "another kind of token": (lambda: forged(head(typ="at+jwt"), claims()), {"bad_type"}),
    "an encrypted token of five parts": (lambda: token() + ".a.b", {"malformed", "DecodeError"}),
    "a token nested ten thousand deep": (lambda: forged(b"[" * 10_000, claims()), {"malformed", "too_long"}),
    "a token of a megabyte": (lambda: forged(head(), claims(jti="x" * 1_000_000)), {"too_long"}),
    "junk between the letters": (lambda: "\x7f".join(token()), {"malformed"}),
}


@pytest.mark.asyncio
@pytest.mark.conforms("F3", "F4", "F6", "F7", "F8", "F12", "F14", "F15", "F17", "T21")
@pytest.mark.parametrize("name", ATTACKS)
async def test_a_token_that_must_not_be_accepted(name: str, tmp_path: Path) -> None:
    make, reasons = ATTACKS[name]
    async with site(tmp_path) as attacked:
        reply = await attacked.call(f"Bearer {make()}", b"not even JSON")
        assert the_problem(reply, 401) == "Send a valid client token."
        assert reply.headers["www-authenticate"] == "Bearer"
        assert set(attacked.reasons) <= reasons
        assert not attacked.store.records


@pytest.mark.asyncio
async def test_a_good_token_is_no_attack(tmp_path: Path) -> None:
    """Without this the table above would prove nothing."""
    async with site(tmp_path) as attacked:
        for number, key in enumerate([("ES384", ec_key(), "ec-1"), ("RS384", rsa_key(), "rsa-1")]):
            good = token(key[1], key[0], {"kid": key[2]}, jti=f"good-{number}")
            assert (await attacked.call(f"Bearer {good}")).status_code == 200


@pytest.mark.asyncio
@pytest.mark.conforms("F14")
async def test_replay_of_a_good_token(tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        assert (await attacked.call(f"Bearer {token()}")).status_code == 200
        assert (await attacked.call(f"Bearer {token()}")).status_code == 401
        # The same number under a new signature is the same number.
        assert (await attacked.call(f"Bearer {token(exp=NOW_S + 200)}")).status_code == 401
        assert attacked.reasons == {"replayed": 2}


@pytest.mark.asyncio
async def test_replay_at_another_service(tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
        reply = await attacked.client.post("/cds-services/bme-patient-view", content=b"{}", headers=headers)
        assert reply.status_code == 401


@pytest.mark.asyncio
@pytest.mark.conforms("F13")
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example.org"},
        {"X-Forwarded-Host": "evil.example.org", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example.org;proto=https"},
    ],
    ids=["Host", "X-Forwarded-Host", "Forwarded"],
)
async def test_the_audience_never_comes_from_a_header(headers: dict[str, str], tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        evil = token(aud=f"https://evil.example.org{SIGN}")
        assert (await attacked.call(f"Bearer {evil}", headers=headers)).status_code == 401
        assert (await attacked.call(f"Bearer {token()}", headers=headers)).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("scheme", ["Basic", "Digest", "DPoP", "bearer\tx", "Bearer,"])
async def test_another_scheme(scheme: str, tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        assert (await attacked.call(f"{scheme} {token()}")).status_code == 401


@pytest.mark.asyncio
async def test_two_authorization_headers(tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        headers = [("Authorization", f"Bearer {token()}"), ("Authorization", f"Bearer {token(jti='b')}")]
        reply = await attacked.client.post(
            SIGN, content=b"{}", headers=[*headers, ("Content-Type", "application/json")]
        )
        assert reply.status_code == 401


@pytest.mark.asyncio
async def test_a_token_in_the_address_or_the_body_is_no_token(tmp_path: Path) -> None:
    async with site(tmp_path) as attacked:
        headers = {"Content-Type": "application/json"}
        reply = await attacked.client.post(f"{SIGN}?access_token={token()}", content=b"{}", headers=headers)
        assert reply.status_code == 401


# -- the key of the public sandbox, whose private part everybody has

SANDBOX = "https://sandbox.cds-hooks.org"


def sandbox_site(folder: Path, mode: Mode, **changed: Any) -> Settings:
    path = folder / "clients.yaml"
    entry = {"name": "sandbox", "issuer": SANDBOX, "jwks": {"keys": [ec_jwk("44823f3d-0b01-4a6c-a80e-b9d3e8a7226f")]}}
    path.write_text(json.dumps({"clients": [{**entry, **changed}]}), "utf-8")
    return Settings(mode=mode, clients_file=path, public_urls=(BASE,))


@pytest.mark.conforms("P4")
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"issuer": f"{SANDBOX}/"},
        {"issuer": "https://renamed.example.org"},
        {"issuer": "https://renamed.example.org", "jwks": {"keys": [{**ec_jwk("k"), "x": next(iter(KNOWN_TO_ALL))}]}},
        {"issuer": "https://renamed.example.org", "jwks": None, "jwks_url": f"{SANDBOX}/.well-known/jwks.json"},
    ],
    ids=["as it is", "with a slash", "by its key id", "by its key", "by its address"],
)
def test_the_sandbox_is_refused_in_production_however_it_is_written(changed: dict[str, Any], tmp_path: Path) -> None:
    settings = sandbox_site(tmp_path, Mode.PRODUCTION, **changed)
    with pytest.raises(SetupError, match="sandbox"):
        load_clients(settings)


def test_the_sandbox_may_be_tried_in_development(tmp_path: Path) -> None:
    client = load_clients(sandbox_site(tmp_path, Mode.DEVELOPMENT)).claiming(SANDBOX, None)
    assert client
    assert client.name == "sandbox"
