"""Who calls: a few senders at a steady rate, as one signed client; now and then all the calls of a rush at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from bench.soak.ehr import ANSWERED, EVERYWHERE, FAULTS, NONE, token
from bench.soak.ledger import Call, Ledger, Reply
from bench.soak.scenes import Scene

ISSUER, AUDIENCE, KEY_ID = "https://soak.example.org", "marrow-soak", "soak"
TOKEN_SECONDS = 60
TYPES = (
    "MedicationRequest",
    "MedicationStatement",
    "Condition",
    "Observation",
    "DiagnosticReport",
    "Patient",
    "Procedure",
)
SENDERS = 8
CALLS_AT_ONCE = 16  # what the service takes of this client; a rush is several times that
RUSH_CALLS = 100
AGAIN_SECONDS = 60.0  # for feedback that was not kept, at the end
FEEDBACK, WRONG = 0.15, 0.1  # of the requests; the rest are calls
SENT_ALONG, SOUND, ALL_FAIL = 0.3, 0.3, 0.1  # of the calls; of the rest one type fails


class Signer:
    """The client's key. Every request has a token of its own, as a token counts once."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP384R1())

    def clients(self, fhir_server: str) -> dict[str, Any]:
        """The content of `clients.yaml`."""
        key = {**ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True), "kid": KEY_ID}
        client = {"name": "soak", "issuer": ISSUER, "audience": [AUDIENCE], "jwks": {"keys": [key]}}
        return {"clients": [{**client, "fhir_servers": [fhir_server]}]}

    def header(self) -> dict[str, str]:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + TOKEN_SECONDS, "jti": uuid4().hex}
        return {"Authorization": f"Bearer {jwt.encode(claims, self._key, 'ES384', {'kid': KEY_ID})}"}


@dataclass
class Sending:
    """One soak. `hit` are tokens of calls that met their fault; `sent` counts requests of all kinds; `until` is a time
    of `time.monotonic`."""

    session: aiohttp.ClientSession
    marrow: str
    ehr: str
    scenes: Sequence[Scene]
    signer: Signer
    ledger: Ledger
    hit: set[str]
    dice: Random
    rate: float
    most: int
    until: float
    sent: int = 0
    _numbers: count[int] = field(default_factory=count)
    _unanswered: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=500))  # path, card
    _not_kept: deque[tuple[str, str]] = field(default_factory=deque)

    async def steadily(self) -> None:
        """Send at the rate until time or count is up, then once more what feedback was not kept."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(SENDERS):
                tasks.create_task(self._send())
        give_up = time.monotonic() + AGAIN_SECONDS
        while self._not_kept and time.monotonic() < give_up:
            await self._answer_card(self._not_kept)
            await asyncio.sleep(1 / self.rate)

    async def rush(self) -> None:
        """Many calls at once, for all of which the EHR has to be asked."""
        calls = (Call(self.dice.choice(self.scenes), NONE, EVERYWHERE) for _ in range(RUSH_CALLS))
        await asyncio.gather(*map(self._call, calls))

    async def _send(self) -> None:
        while time.monotonic() < self.until and self.sent < self.most:
            began, chosen = time.monotonic(), self.dice.random()
            if chosen < FEEDBACK and self._unanswered:
                await self._answer_card(self._unanswered)
            elif chosen < FEEDBACK + WRONG:
                await self._wrong()
            else:
                await self._call(Call(self.dice.choice(self.scenes), *self._fault()))
            await asyncio.sleep(max(0.0, began + SENDERS / self.rate - time.monotonic()))

    async def _call(self, call: Call) -> None:
        access = token(call.fault, call.at, next(self._numbers))
        body = {
            **call.scene.request,
            "hookInstance": str(uuid4()),
            "fhirServer": self.ehr,
            "fhirAuthorization": {"access_token": access, "token_type": "Bearer"},
        }
        if call.at:
            del body["prefetch"]
        reply = await self._post("call", call.scene.path, json=body)
        if reply is None:
            return
        self.ledger.call(call, reply, hit=access in self.hit)
        self.hit.discard(access)
        if reply.status == 200:
            self._unanswered.extend((call.scene.path, card["uuid"]) for card in reply.body["cards"])

    def _fault(self) -> tuple[str, str]:
        """(fault, type that it hits); no type: the data are sent along and nothing has to be read."""
        chosen = self.dice.random()
        if chosen < SENT_ALONG:
            return NONE, ""
        if chosen < SENT_ALONG + SOUND:
            return NONE, EVERYWHERE
        if chosen < SENT_ALONG + SOUND + ALL_FAIL:
            return self.dice.choice(ANSWERED), EVERYWHERE
        return self.dice.choice([fault for fault in FAULTS if fault != NONE]), self.dice.choice(TYPES)

    async def _answer_card(self, cards: deque[tuple[str, str]]) -> None:
        """What a clinician says to a card. What is not kept is sent again at the end, as the service asks."""
        path, card = cards.popleft()
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        outcome = self.dice.choice(["accepted", "overridden"])
        item = {"card": card, "outcome": outcome, "outcomeTimestamp": at}
        reply = await self._post("feedback", f"{path}/feedback", json={"feedback": [item]})
        if reply is not None and not self.ledger.feedback(card, reply):
            self._not_kept.append((path, card))

    async def _wrong(self) -> None:
        """A request that must be refused, whatever else goes on."""
        scene = self.dice.choice(self.scenes)
        context = {**scene.request["context"], "patientId": "another"}
        wrong: list[tuple[str, int, str, dict[str, Any]]] = [
            ("not JSON", 400, scene.path, {"data": b"{", "headers": {"Content-Type": "application/json"}}),
            ("another hook", 400, scene.path, {"json": {**scene.request, "hook": "no-hook"}}),
            ("two patients", 400, scene.path, {"json": {**scene.request, "context": context}}),
            ("no such service", 404, "/cds-services/none", {"json": dict(scene.request)}),
            ("not called JSON", 415, scene.path, {"data": b"{}", "headers": {"Content-Type": "text/plain"}}),
            ("a bad token", 401, scene.path, {"json": {}, "headers": {"Authorization": "Bearer a.b.c"}}),
        ]
        what, expected, path, sent = self.dice.choice(wrong)
        reply = await self._post(what, path, **sent)
        if reply is not None:
            self.ledger.wrong(what, expected, reply)

    async def _post(self, what: str, path: str, **sent: Any) -> Reply | None:
        self.sent += 1
        since = time.monotonic()
        headers = {**self.signer.header(), **sent.pop("headers", {})}
        try:
            async with self.session.post(self.marrow + path, headers=headers, **sent) as reply:
                told = await reply.json(content_type=None) if reply.status == 200 else await reply.text()
                return Reply(since, reply.status, reply.headers, told)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.ledger.broken(what, error)
            return None
