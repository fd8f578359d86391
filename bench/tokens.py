"""What it costs to know who asks: the same calls without a token, signed with RS384, and signed with ES384.

Every call brings a token of its own, since a token counts once. All three go through the same load script, so that
what the script costs does not count.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from statistics import median
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from rich.console import Console
from rich.table import Table

from bench import bodies, load
from service.play.demo import marrow_running

ISSUER, AUDIENCE = "https://bench.example.org", "marrow-bench"
WITHIN = 0.12  # that much throughput may RS384 take
SPARE = 1.5  # tokens for calls that come faster than in the first round

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


async def cost(console: Console, wrk: str, rounds: int, seconds: float, folder: Path) -> None:
    """Print requests per second for each way, and what of the unsigned throughput is left."""
    keys: dict[str, Key] = {
        "RS384": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES384": ec.generate_private_key(ec.SECP384R1()),
    }
    body = folder / "body.json"
    body.write_bytes(bodies.order_sign(bodies.ILOPROST))
    found: dict[str, list[load.Load]] = {"no token": [], **{algorithm: [] for algorithm in keys}}
    async with marrow_running(WITHOUT_LIMIT) as unsigned, marrow_running(_production(folder, keys)) as signed:
        path = "/cds-services/bme-order-sign"
        for _ in range(rounds):
            plain = load.run(wrk, unsigned + path, body, seconds, folder, [""])
            found["no token"].append(plain)
            for algorithm, key in keys.items():
                tokens = _tokens(key, algorithm, round(plain.rate * seconds * SPARE))
                found[algorithm].append(
                    await asyncio.to_thread(load.run, wrk, signed + path, body, seconds, folder, tokens)
                )
    _print(console, found)


WITHOUT_LIMIT = {"MARROW_CALLS_PER_SECOND": "1000000"}


def _production(folder: Path, keys: dict[str, Key]) -> dict[str, str]:
    """Production mode with one client, whose keys stand in the file."""
    published = [
        {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": name}
        if isinstance(key, ec.EllipticCurvePrivateKey)
        else {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": name}
        for name, key in keys.items()
    ]
    client = {"name": "bench", "issuer": ISSUER, "audience": [AUDIENCE], "jwks": {"keys": published}}
    clients = folder / "clients.yaml"
    clients.write_text(json.dumps({"clients": [client]}))
    return {
        **WITHOUT_LIMIT,
        "MARROW_MODE": "production",
        "MARROW_CLIENTS_FILE": str(clients),
        "MARROW_PATIENT_HASH_KEY": uuid4().hex,
    }


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
