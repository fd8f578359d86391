"""The command itself: starts, says where it is, answers, and loses nothing when it is stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.builders.feedback import an_item
from tests.builders.tls import self_signed
from tests.integration.test_shell_support import SIGN, a_call
from tests.unit.service.signing import ISSUER, ec_jwk

MARROW = [sys.executable, "-c", "from service.cli import app; app()"]
REPOSITORY = Path(__file__).parents[2]


def environment(**settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MARROW_")}
    return {**inherited, "PYTHONPATH": str(REPOSITORY), **settings}


def run(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MARROW, *arguments],
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def started(*arguments: str, cwd: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command and the address that it listens on, taken from its log."""
    process = subprocess.Popen(
        [*MARROW, *arguments], cwd=cwd, env=environment(**settings), stderr=subprocess.PIPE, text=True
    )
    try:
        yield process, _wait_until_it_answers(process, int(arguments[-1]))
    finally:
        process.kill()
        process.communicate()


def _wait_until_it_answers(process: subprocess.Popen[str], port: int) -> str:
    url = f"http://127.0.0.1:{port}"
    while process.poll() is None:
        try:
            httpx.get(f"{url}/health/live", timeout=5)
        except httpx.ConnectError:
            time.sleep(0.05)  # and leave the processor to the command
            continue
        except httpx.TransportError:
            pass  # listens, and speaks TLS
        return url
    raise AssertionError(process.communicate()[1])


def tls_is_begun(port: int, version: int) -> bool:
    """Whether the server answers a hello that offers this minor version (2: TLS 1.1, 3: TLS 1.2) with a hello.

    Written by hand (RFC 5246, section 7.4.1): the TLS library of this machine may not offer the older one any more.
    """
    suites = bytes.fromhex("c02bc02cc009c00a")  # ECDHE with ECDSA: two of TLS 1.2, two that TLS 1.1 knows as well
    extensions = bytes.fromhex("000a 0004 0002 0017  000b 0002 0100  000d 0004 0002 0403")  # P-256, SHA-256
    hello = bytes((3, version)) + bytes(32) + b"\x00" + len(suites).to_bytes(2) + suites + b"\x01\x00"
    hello += len(extensions).to_bytes(2) + extensions
    handshake = b"\x01" + len(hello).to_bytes(3) + hello
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01" + len(handshake).to_bytes(2) + handshake)
        return connection.recv(1) == b"\x16"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_serve_answers_and_drains_when_it_is_stopped(tmp_path: Path) -> None:
    with started("serve", "--port", str(free_port()), cwd=tmp_path, MARROW_MODE="development") as (process, url):
        reply = httpx.post(url + SIGN, json=a_call(), timeout=10)
        assert reply.json()["cards"]
        assert "server" not in reply.headers
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[1]
    assert "development mode" in said
    assert "without a token are accepted" in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines].count("call_answered") == 1
    connection = sqlite3.connect(tmp_path / "marrow.db")
    assert connection.execute("SELECT count(*) FROM decisions").fetchone() == (1,)
    connection.close()


@pytest.mark.conforms("A10", "T1")
def test_serve_speaks_https_by_itself(tmp_path: Path) -> None:
    """TLS 1.2 or later, with the site's certificate (checklist item A10)."""
    chain, key = self_signed(tmp_path)
    tls = {"MARROW_TLS_CERTIFICATE": str(chain), "MARROW_TLS_KEY": str(key)}
    port = free_port()
    with started("serve", "--port", str(port), cwd=tmp_path, MARROW_MODE="development", **tls) as (process, _):
        context = ssl.create_default_context(cafile=chain)
        reply = httpx.get(f"https://127.0.0.1:{port}/cds-services", verify=context, timeout=10)
        assert reply.json()["services"]
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
        assert httpx.get(f"https://127.0.0.1:{port}/health/live", verify=context, timeout=10).status_code == 200
        assert tls_is_begun(port, 3)
        assert not tls_is_begun(port, 2)
        process.send_signal(signal.SIGTERM)
        assert f"https://127.0.0.1:{port}/cds-services" in process.communicate(timeout=30)[1]


def test_a_certificate_without_its_key_stops_the_start(tmp_path: Path) -> None:
    chain, _ = self_signed(tmp_path)
    for tls in ({"MARROW_TLS_CERTIFICATE": str(chain)}, {"MARROW_TLS_KEY": str(tmp_path / "none.pem")}):
        refused = run("serve", cwd=tmp_path, MARROW_MODE="development", **tls)
        assert refused.returncode == 2
        assert "MARROW_TLS_CERTIFICATE" in refused.stderr


def test_several_workers_in_production_need_redis(tmp_path: Path) -> None:
    (tmp_path / "clients.yaml").write_text(
        json.dumps({"clients": [{"name": "hospital", "issuer": ISSUER, "jwks": {"keys": [ec_jwk()]}}]})
    )
    site = {"MARROW_CLIENTS_FILE": "clients.yaml", "MARROW_PATIENT_HASH_KEY": "sixteen characters"}
    refused = run("serve", "--workers", "2", cwd=tmp_path, **site)
    assert refused.returncode == 2
    assert "2 processes need MARROW_REDIS_URL" in refused.stderr


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    port = str(free_port())
    with started("serve", "--port", port, cwd=tmp_path, MARROW_MODE="development"):
        second = run("serve", "--port", port, cwd=tmp_path, MARROW_MODE="development")
    assert second.returncode != 0
    assert "Address already in use" in second.stderr


@pytest.mark.parametrize(
    ("settings", "expected"),
    [({}, "MARROW_CLIENTS_FILE"), ({"MARROW_MOED": "development"}, "did you mean MARROW_MODE?")],
)
def test_a_start_that_must_not_be_is_refused_in_one_sentence(
    tmp_path: Path, settings: dict[str, str], expected: str
) -> None:
    refused = run("serve", cwd=tmp_path, MARROW_PATIENT_HASH_KEY="sixteen characters", **settings)
    assert refused.returncode == 2
    assert expected in refused.stderr
    assert "Traceback" not in refused.stderr


def test_config_lists_every_setting_without_secrets(tmp_path: Path) -> None:
    listed = run("config", cwd=tmp_path, MARROW_DATABASE_URL="postgresql+asyncpg://u:s3cr3t@db/marrow")
    assert "MARROW_DEADLINE_SECONDS = 2.5" in listed.stdout
    assert "postgresql+asyncpg://db/marrow" in listed.stdout
    assert "s3cr3t" not in listed.stdout
    assert "| `MARROW_MODE` | `production` |" in run("config", "--markdown", cwd=tmp_path).stdout


def test_version_is_one_line(tmp_path: Path) -> None:
    assert len(run("version", cwd=tmp_path).stdout.splitlines()) == 1


def test_a_production_start_waits_for_the_schema_and_says_the_command(tmp_path: Path) -> None:
    site = {"MARROW_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/site.db"}
    (tmp_path / "clients.yaml").write_text(
        json.dumps(
            {"clients": [{"name": "hospital", "issuer": "https://ehr.example.org", "jwks": {"keys": [ec_jwk()]}}]}
        )
    )
    production = {"MARROW_CLIENTS_FILE": "clients.yaml", "MARROW_PATIENT_HASH_KEY": "sixteen characters", **site}
    refused = run("serve", "--port", str(free_port()), cwd=tmp_path, **production)
    assert refused.returncode == 2
    assert "run `marrow db upgrade`" in refused.stderr
    assert run("db", "status", cwd=tmp_path, **site).returncode == 1
    assert run("db", "upgrade", cwd=tmp_path, **site).returncode == 0
    assert run("db", "status", cwd=tmp_path, **site).returncode == 0
    with started("serve", "--port", str(free_port()), cwd=tmp_path, **production) as (_, url):
        assert httpx.get(f"{url}/health/ready", timeout=10).json()["status"] == "ready"


def test_a_copy_of_a_running_sqlite_can_be_brought_back(tmp_path: Path) -> None:
    """As docs/record.md says: copied while the service runs, put in the place of the database, and used on."""
    site = {"MARROW_MODE": "development", "MARROW_PATIENT_HASH_KEY": "sixteen characters"}

    def answered(url: str, card: str) -> dict[str, int]:
        reply = httpx.post(f"{url}{SIGN}/feedback", json=an_item(card), timeout=10)
        return dict(reply.json())

    with started("serve", "--port", str(free_port()), cwd=tmp_path, **site) as (process, url):
        assert answered(url, "before") == {"kept": 1, "known": 0}
        copied = run("db", "backup", "copy.db", cwd=tmp_path, **site)
        assert copied.returncode == 0, copied.stderr
        assert run("db", "backup", "copy.db", cwd=tmp_path, **site).returncode == 2  # never over another
        assert answered(url, "after") == {"kept": 1, "known": 0}
        process.kill()
        process.wait()
    (tmp_path / "copy.db").replace(tmp_path / "marrow.db")
    for leftover in ("marrow.db-wal", "marrow.db-shm"):
        (tmp_path / leftover).unlink(missing_ok=True)
    with started("serve", "--port", str(free_port()), cwd=tmp_path, **site) as (process, url):
        assert answered(url, "before") == {"kept": 0, "known": 1}
        assert answered(url, "after") == {"kept": 1, "known": 0}
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    verified = run("audit", "verify", cwd=tmp_path, **site)
    assert verified.returncode == 0, verified.stderr
    assert "2 rows as they were written" in verified.stdout


def test_going_back_asks_first_and_only_to_a_schema_that_exists(tmp_path: Path) -> None:
    assert run("db", "upgrade", cwd=tmp_path).returncode == 0
    assert run("db", "downgrade", "0001", cwd=tmp_path).returncode == 1  # nobody answers the question
    assert run("db", "downgrade", "7", "--yes", cwd=tmp_path).returncode == 2
    assert run("db", "downgrade", "0001", "--yes", cwd=tmp_path).returncode == 0
    assert "schema 0001" in run("db", "status", cwd=tmp_path).stdout


def test_a_database_that_cannot_be_had_is_said_without_its_address(tmp_path: Path) -> None:
    failed = run("db", "upgrade", cwd=tmp_path, MARROW_DATABASE_URL="sqlite+aiosqlite:////nowhere/s3cr3t/m.db")
    assert failed.returncode == 2
    assert "s3cr3t" not in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_trail_is_verified_purged_and_erased_from_the_command_line(tmp_path: Path) -> None:
    site = {"MARROW_MODE": "development", "MARROW_PATIENT_HASH_KEY": "sixteen characters"}
    with started("serve", "--port", str(free_port()), cwd=tmp_path, **site) as (process, url):
        httpx.post(url + SIGN, json=a_call(), timeout=10)
        httpx.post(url + SIGN, json=a_call("sample-safe"), timeout=10)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    held = run("audit", "verify", cwd=tmp_path, **site)
    assert held.returncode == 0, held.stderr
    assert "2 rows as they were written" in held.stdout
    assert (
        json.loads(run("audit", "export", cwd=tmp_path, **site).stdout.splitlines()[0])["resourceType"] == "AuditEvent"
    )
    assert (
        run("audit", "verify", cwd=tmp_path, **{**site, "MARROW_PATIENT_HASH_KEY": "another secret!!"}).returncode == 1
    )
    assert run("audit", "verify", cwd=tmp_path).returncode == 2  # without the secret nothing can be said
    with closing(sqlite3.connect(tmp_path / "marrow.db")) as connection:
        [(key,)] = connection.execute("SELECT patient_key FROM decisions LIMIT 1").fetchall()
    assert "1 decisions and 0 answers erased" in run("erase", "--patient-key", key, cwd=tmp_path, **site).stdout
    assert "0 decisions" in run("purge", "--older-than", "30d", cwd=tmp_path, **site).stdout
    assert run("purge", "--older-than", "soon", cwd=tmp_path, **site).returncode == 2
    assert "1 removed as the trail says" in run("audit", "verify", cwd=tmp_path, **site).stdout
