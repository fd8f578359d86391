"""`clients.yaml`: read, checked, and refused in production where it proves nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.clients import DEVELOPMENT_CLIENT, Clients, load_clients
from service.config import Mode, Settings
from service.errors import SetupError
from tests.unit.service.signing import ISSUER, ec_jwk, rsa_jwk


def load(folder: Path, text: str, mode: Mode = Mode.DEVELOPMENT) -> Clients:
    path = folder / "clients.yaml"
    path.write_text(text, "utf-8")
    return load_clients(Settings(mode=mode, clients_file=path))


def hospital(**changed: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": "hospital", "issuer": ISSUER, "jwks": {"keys": [ec_jwk()]}}
    return {name: value for name, value in {**entry, **changed}.items() if value is not None}


def file_of(*entries: dict[str, Any]) -> str:
    return json.dumps({"clients": list(entries)})  # JSON is YAML


def test_a_client_with_keys_in_the_file_or_beside_it(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [rsa_jwk()]}), "utf-8")
    text = file_of(
        hospital(fhir_servers=["https://ehr.example.org/fhir/"]),
        hospital(name="north", tenant="north", jwks=None, jwks_file="keys.json"),
    )
    clients = load(tmp_path, text, Mode.PRODUCTION)
    first, north = clients.claiming(ISSUER, None), clients.claiming(ISSUER, "north")
    assert first
    assert north
    assert (first.name, list(first.keys or ())) == ("hospital", ["ec-1"])
    assert [base.url for base in first.fhir_servers] == ["https://ehr.example.org/fhir"]
    assert (north.name, list(north.keys or ())) == ("north", ["rsa-1"])
    assert clients.unsigned is None
    assert not first.loopback


def test_a_client_with_keys_at_an_address(tmp_path: Path) -> None:
    entry = hospital(
        jwks=None,
        jwks_url="https://keys.example.org/jwks.json",
        jku=["https://more.example.org/jwks.json"],
        algorithms=["RS256"],
        fhir_servers=["https://ehr.example.org/fhir"],
        networks=["10.20.0.0/16", "fd00:1::/32"],
        selection_behavior="at-most-one",
        replacements=False,
    )
    other = hospital(name="other", issuer="https://b.example.org", fhir_servers=["https://ehr.example.org"])
    clients = load(tmp_path, file_of(entry, other), Mode.PRODUCTION)
    client = clients.claiming(ISSUER, None)
    assert client
    assert not client.unsigned
    assert (client.jwks_url, client.jku, client.algorithms) == (entry["jwks_url"], tuple(entry["jku"]), ("RS256",))
    assert (client.presentation.selection_behavior, client.presentation.replacements) == ("at-most-one", False)
    assert {host: [str(network) for network in found] for host, found in clients.networks().items()} == {
        "keys.example.org": ["10.20.0.0/16", "fd00:1::/32"],
        "more.example.org": ["10.20.0.0/16", "fd00:1::/32"],
        "ehr.example.org": ["10.20.0.0/16", "fd00:1::/32"],
    }


def test_development_knows_an_unsigned_client() -> None:
    assert load_clients(Settings(mode=Mode.DEVELOPMENT)).unsigned == DEVELOPMENT_CLIENT


def test_the_file_may_name_the_unsigned_client(tmp_path: Path) -> None:
    text = "clients:\n  - name: compose\n    unsigned: true\n    fhir_servers: ['http://ehr:8080/fhir']\n"
    unsigned = load(tmp_path, text).unsigned
    assert unsigned
    assert unsigned.unsigned
    assert [base.url for base in unsigned.fhir_servers] == ["http://ehr:8080/fhir"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clients: [\n", "clients.yaml:2: not YAML"),
        ("", "the file"),
        ("clients: 7", "clients.yaml: clients"),
        (file_of({**hospital(), "isuer": "x"}), "isuer"),
        (file_of(hospital(issuer=None)), "give `issuer` and one of"),
        (file_of(hospital(jwks_file="k.json")), "give `issuer` and one of"),
        (file_of(hospital(jwks=None, jwks_file="k.json")), "k.json is not a readable JWK Set"),
        (file_of(hospital(jwks_url="https://keys.example.org")), "give `issuer` and one of"),
        (file_of(hospital(jwks=None, jwks_url="https://u:p@keys.example.org")), "an address of keys is not"),
        (file_of(hospital(jwks=None, jwks_url="https://k.example.org", jku=["file:///k"])), "an address of keys"),
        (file_of(hospital(algorithms=["HS256"])), "there are only"),
        (file_of(hospital(algorithms=["none"])), "there are only"),
        (file_of(hospital(algorithms=[])), "clients.0.algorithms"),
        (file_of(hospital(networks=["10.0.0.0/33"])), "clients.0.networks"),
        (file_of(hospital(selection_behavior="all")), "clients.0.selection_behavior"),
        (file_of(hospital(unsigned=True)), "goes without issuer"),
        (file_of(hospital(name="a\nb")), "clients.0.name"),
        (file_of(hospital(fhir_servers=["https://u:p@ehr.example.org"])), "not a plain address"),
        (file_of(hospital(), hospital(tenant="north")), "stand there twice"),
        (file_of(hospital(), hospital(name="other")), "stand there twice"),
        (file_of({"name": "a", "unsigned": True}, {"name": "b", "unsigned": True}), "more than one"),
    ],
)
def test_a_file_that_does_not_fit_stops_the_start(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(SetupError) as refused:
        load(tmp_path, text)
    assert expected in str(refused.value)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        load_clients(Settings(clients_file=tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clients: []", "set MARROW_CLIENTS_FILE"),
        (file_of({"name": "laptop", "unsigned": True}), "`unsigned` is for development"),
        (file_of(hospital(issuer="https://sandbox.cds-hooks.org")), "public sandbox"),
        (file_of(hospital(jwks={"keys": [ec_jwk("44823f3d-0b01-4a6c-a80e-b9d3e8a7226f")]})), "public sandbox"),
        (file_of(hospital(fhir_servers=["http://ehr.example.org/fhir"])), "https"),
        (file_of(hospital(jwks=None, jwks_url="http://keys.example.org")), "https"),
        (file_of(hospital(jwks=None, jwks_url="https://sandbox.cds-hooks.org/jwks.json")), "public sandbox"),
    ],
)
@pytest.mark.conforms("P4")
def test_production_does_not_start_with_it(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(SetupError) as refused:
        load(tmp_path, text, Mode.PRODUCTION)
    assert expected in str(refused.value)
    if "clients: []" not in text:
        load(tmp_path, text, Mode.DEVELOPMENT)


def test_production_does_not_start_without_a_file() -> None:
    with pytest.raises(SetupError, match="MARROW_CLIENTS_FILE"):
        load_clients(Settings())


@pytest.mark.conforms("A1")
def test_production_is_called_over_https(tmp_path: Path) -> None:
    path = tmp_path / "clients.yaml"
    path.write_text(file_of(hospital()), "utf-8")
    with pytest.raises(SetupError, match="MARROW_PUBLIC_URLS"):
        load_clients(Settings(clients_file=path, public_urls=("https://a.example.org", "http://b.example.org")))
    # What does not leave the machine may stay http: a proxy beside Marrow, a first trial.
    assert load_clients(Settings(clients_file=path, public_urls=("http://127.0.0.1:8000",))).unsigned is None
