"""What it costs to know who asks: the same calls without a token, signed with RS384, and signed with ES384.

Every call brings a token of its own, since a token counts once. All three go through the same load script, so that
what the script costs does not count.
"""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from rich.console import Console
from rich.table import Table

from bench import bodies, load
from service.clients import Client, Clients
from service.play.demo import marrow_running
from service.security.client_jwt import Gate
from service.security.key_ring import KeyRing, KeysNotFetchedError
from service.security.keys import read_keys
from service.security.replay import TokensInMemory

ISSUER, AUDIENCE = "https://bench.example.org", "marrow-bench"
WITHIN = 0.12  # that much throughput may RS384 take
REPEATS = 300
SPARE = 1.5  # tokens for calls that come faster than in the first round

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


async def cost(console: Console, wrk: str, rounds: int, seconds: float, folder: Path) -> None:
    """Print requests per second for each way, and what of the unsigned throughput is left."""
    keys = _keys()
    body = folder / "body.json"
    body.write_bytes(bodies.order_sign(bodies.ILOPROST))
    found: dict[str, list[load.Load]] = {"no token": [], **{algorithm: [] for algorithm in keys}}
    count = 0
    async with marrow_running(_knowing(folder, keys)) as marrow:
        url = f"{marrow}/cds-services/bme-order-sign"
        for _ in range(rounds):
            for way, runs in found.items():
                tokens = _tokens(keys[way], way, count) if way in keys else [""]
                runs.append(await asyncio.to_thread(load.run, wrk, url, body, seconds, folder, tokens))
                count = max(count, round(runs[-1].rate * seconds * SPARE))
    _print(console, found)


async def inside() -> dict[str, float]:
    """Microseconds that the gate takes for one call, by algorithm (median)."""
    found = {}
    for algorithm, key in _keys().items():
        known = read_keys([{**_public(key), "kid": algorithm}], "bench")
        client = Client("bench", ISSUER, audience=(AUDIENCE,), keys=known)
        clients = Clients({(ISSUER, None): client}, None)
        gate = Gate(clients, (), lambda: datetime.now(UTC), KeyRing(_nobody), TokensInMemory())
        found[f"client token, {algorithm}"] = await _admitted(gate, _tokens(key, algorithm, REPEATS))
    return found


async def _admitted(gate: Gate, tokens: list[str]) -> float:
    times = []
    for token in tokens:
        start = time.perf_counter()
        await gate.admit([f"Bearer {token}"], "/")
        times.append(time.perf_counter() - start)
    return median(times) * 1e6


async def _nobody(url: str) -> list[dict[str, Any]]:
    raise KeysNotFetchedError


def _keys() -> dict[str, Key]:
    return {
        "RS384": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES384": ec.generate_private_key(ec.SECP384R1()),
    }


WITHOUT_LIMIT = {"MARROW_CALLS_PER_SECOND": "1000000"}


def _knowing(folder: Path, keys: dict[str, Key]) -> dict[str, str]:
    """One process for all ways, so that only the token differs: it knows a client, and also takes unsigned calls."""
    published = [{**_public(key), "kid": name} for name, key in keys.items()]
    client = {"name": "bench", "issuer": ISSUER, "audience": [AUDIENCE], "jwks": {"keys": published}}
    clients = folder / "clients.yaml"
    clients.write_text(json.dumps({"clients": [client]}))
    return {**WITHOUT_LIMIT, "MARROW_CLIENTS_FILE": str(clients)}


def _public(key: Key) -> dict[str, Any]:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return dict(ECAlgorithm.to_jwk(key.public_key(), as_dict=True))
    return dict(RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))


def _tokens(key: Key, algorithm: str, count: int) -> list[str]:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 3000}
    return [jwt.encode({**claims, "jti": uuid4().hex}, key, algorithm, {"kid": algorithm}) for _ in range(count)]


def _print(console: Console, found: dict[str, list[load.Load]]) -> None:
    title = f"who asks: critical card, a new token with every call, {len(found['no token'])} rounds"
    table = Table("token", "requests/s", "p50 ms", "p99 ms", "errors", "of unsigned", title=title, title_justify="left")
    for name, runs in found.items():
        left = median(run.rate / plain.rate for run, plain in zip(runs, found["no token"], strict=True))
        table.add_row(
            name,
            f"{median(run.rate for run in runs):.0f}",
            f"{median(run.p50 for run in runs):.1f}",
            f"{median(run.p99 for run in runs):.1f}",
            str(sum(run.errors for run in runs)),
            f"{left:.2f}",
        )
    console.print(table)
    console.print(f"RS384 to keep: {1 - WITHIN:.2f} of unsigned; ES384 costs several times more by its nature\n")
