"""The checks of the Inferno test kit for CDS servers, re-expressed (davinci-crd-test-kit 0.13.0, server suite).

Kept apart from the schemas and from our models: plain statements about what came over HTTP, in production mode, with a
signed token on every call.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2 as httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class
from pydantic import SecretStr

from service.config import Settings
from service.sample_ehr import draft, stories
from tests.builders.calls import a_request, full_prefetch, the_advisor
from tests.contract.test_responses import rows_of
from tests.integration.test_shell_support import NOW, TODAY, calling
from tests.unit.service.signing import BASE, ISSUER, ec_jwk, rsa_jwk, rsa_key, token

Json = dict[str, Any]
HOOKS = ("patient-view", "order-select", "order-sign")


@dataclass(frozen=True)
class Call:
    hook: str
    algorithm: str
    drafts: tuple[str, ...]
    status: int
    response: Json

    @property
    def cards(self) -> list[Json]:
        return list(self.response["cards"])


@cache
def run() -> tuple[list[httpx.Response], list[Call]]:
    """Discovery without and with a token, and a call of every hook for every sample patient."""
    return asyncio.run(_run())


async def _run() -> tuple[list[httpx.Response], list[Call]]:
    with TemporaryDirectory() as folder:
        clients = Path(folder) / "clients.yaml"
        keys = {"keys": [ec_jwk(), rsa_jwk()]}
        clients.write_text(json.dumps({"clients": [{"name": "inferno", "issuer": ISSUER, "jwks": keys}]}), "utf-8")
        secret = SecretStr("a secret of sixteen or more")
        settings = Settings(clients_file=clients, public_urls=(BASE,), patient_hash_key=secret)
        async with calling(settings, clock=lambda: NOW) as client:
            found = [await client.get("/cds-services", headers=headers) for headers in ({}, signed("/cds-services"))]
            asked = [(hook, story.id) for hook in HOOKS for story in stories()]
            return found, [
                await _call(client, hook, patient, ("ES384", "RS384")[number % 2])
                for number, (hook, patient) in enumerate(asked)
            ]


def signed(path: str, algorithm: str = "ES384") -> dict[str, str]:
    key, kid = (rsa_key(), "rsa-1") if algorithm == "RS384" else (None, "ec-1")
    value = token(key, algorithm, {"kid": kid}, aud=BASE + path, jti=uuid4().hex)
    return {"Authorization": f"Bearer {value}", "Content-Type": "application/json", "Accept": "application/json"}


async def _call(client: httpx.AsyncClient, hook: str, patient: str, algorithm: str) -> Call:
    drafts = [] if hook == "patient-view" else [draft(name, patient, TODAY) for name in ("iloprost-iv", "warfarin")]
    context: Json = {"userId": "Practitioner/1", "patientId": patient}
    if drafts:
        context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": each} for each in drafts]}
    if hook == "order-select":
        context["selections"] = [f"MedicationRequest/{each['id']}" for each in drafts]
    prefetch = full_prefetch(the_advisor(), hook, [dict(row) for row in rows_of(patient)])
    path = f"/cds-services/bme-{hook}"
    body = a_request(hook, drafts, prefetch, context=context)
    reply = await client.post(path, content=body, headers=signed(path, algorithm))
    names = tuple(f"{each['resourceType']}/{each['id']}" for each in drafts)
    return Call(hook, algorithm, names, reply.status_code, reply.json())


def cards() -> Iterator[Json]:
    for call in run()[1]:
        yield from call.cards


def suggestions() -> Iterator[Json]:
    for card in cards():
        yield from card.get("suggestions", ())


def actions() -> Iterator[tuple[Json, Call]]:
    for call in run()[1]:
        for card in call.cards:
            for suggestion in card.get("suggestions", ()):
                yield from ((action, call) for action in suggestion.get("actions", ()))
        yield from ((action, call) for action in call.response.get("systemActions", ()))


def said(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


@pytest.mark.conforms("T2", "T3")
def test_discovery_answers_with_and_without_a_token() -> None:
    for reply in run()[0]:
        assert reply.status_code == 200
        services = reply.json()["services"]
        assert isinstance(services, list)
        assert {service["hook"] for service in services} >= set(HOOKS)
        assert all(said(service[name]) for service in services for name in ("hook", "description", "id"))


@pytest.mark.conforms("T4", "T5", "T16")
def test_every_signed_call_is_answered() -> None:
    for call in run()[1]:
        assert call.status == 200
        assert isinstance(call.response["cards"], list)
        assert isinstance(call.response.get("systemActions", []), list)
    for algorithm in ("ES384", "RS384"):
        assert any(call.cards for call in run()[1] if call.algorithm == algorithm)


@pytest.mark.conforms("T6", "T7", "T8", "T9")
def test_required_members_of_a_card() -> None:
    for card in cards():
        assert said(card["summary"])
        assert len(card["summary"]) < 140
        assert card["indicator"] in ("info", "warning", "critical")
        assert said(card["source"]["label"])
        assert said(card["source"]["topic"]["code"])
        assert said(card["source"]["topic"]["system"])


@pytest.mark.conforms("T10", "T11", "T12")
def test_optional_members_of_a_card() -> None:
    for name in ("uuid", "detail", "suggestions", "overrideReasons"):
        assert any(name in card for card in cards())
    for card in cards():
        assert all(said(card[name]) for name in ("uuid", "detail") if name in card)
        lists = [card[name] for name in ("suggestions", "overrideReasons", "links") if name in card]
        assert all(isinstance(each, list) and each for each in lists)
        if "suggestions" in card:
            assert card["selectionBehavior"] in ("at-most-one", "any")
        for reason in card.get("overrideReasons", ()):
            assert all(said(reason[name]) for name in ("code", "system", "display"))


@pytest.mark.conforms("T13", "T18")
def test_links() -> None:
    """None is sent yet; one that comes must fit."""
    for card in cards():
        links = card.get("links", ())
        for link in links:
            address = urlsplit(link["url"])
            assert address.scheme in ("http", "https")
            assert address.netloc
            assert said(link["label"])
            assert link["type"] == "smart" or "appContext" not in link
        assert len({link["type"] for link in links}) <= 1


@pytest.mark.conforms("T14", "T15")
def test_suggestions_and_their_actions() -> None:
    assert any(suggestions())
    for suggestion in suggestions():
        assert said(suggestion["label"])
        assert "actions" not in suggestion or suggestion["actions"]
    for action, _ in actions():
        assert said(action["description"])
        assert action["type"] in ("create", "update", "delete")
        if action["type"] == "delete":
            kind, _, identifier = action["resourceId"].partition("/")
            assert kind.isalpha()
            assert identifier
        else:
            get_fhir_model_class(action["resource"]["resourceType"]).model_validate(action["resource"])


@pytest.mark.conforms("T17")
def test_what_is_changed_or_removed_is_a_draft() -> None:
    kinds = set()
    for action, call in actions():
        if action["type"] == "delete":
            assert action["resourceId"] in call.drafts
        if action["type"] == "update" and call.drafts:
            assert f"{action['resource']['resourceType']}/{action['resource']['id']}" in call.drafts
        kinds.add(action["type"])
    assert kinds == {"create", "update", "delete"}
