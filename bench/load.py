"""Throughput and latency by wrk, which this installs where it may (Debian package, as root)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """Requests per second; p50 and p99 in milliseconds; answers other than 2xx or 3xx."""

    rate: float
    p50: float
    p99: float
    errors: int


def find_wrk() -> str | None:
    """The load tool, installed if need be; None, with a word, where it may not be."""
    return _find("wrk", "throughput")


def find_hey() -> str | None:
    """The tool for a fixed rate of requests, found like `wrk`."""
    return _find("hey", "the answer times at half load")


def _find(tool: str, measures: str) -> str | None:
    if shutil.which(tool) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", tool], check=False, **quiet)  # type: ignore[call-overload]
    if shutil.which(tool) is None:
        print(f"{tool} is not here and cannot be installed: {measures} is skipped")
    return shutil.which(tool)


def run(wrk: str, url: str, body: Path, seconds: float, folder: Path, tokens: Sequence[str] | None = None) -> Load:
    """One round against one address on this machine. Raises RuntimeError when nothing came back.

    With `tokens`, each call brings the next of them; an empty one sends a header that nobody reads.
    """
    script = folder / "post.lua"
    script.write_text(
        f'local file = io.open("{body}", "rb")\n'
        'wrk.method = "POST"\nwrk.body = file:read("*a")\nwrk.headers["Content-Type"] = "application/json"\n'
    )
    if tokens is not None:
        listed = folder / "tokens.txt"
        listed.write_text("\n".join(tokens))
        name = "Authorization" if tokens[0] else "X-No-Token"
        with script.open("a") as more:
            more.write(
                "local tokens = {}\n"
                f'for line in io.lines("{listed}") do tokens[#tokens + 1] = "Bearer " .. line end\n'
                'if #tokens == 0 then tokens[1] = "Bearer" end\nlocal next = 0\n'
                "function request()\n  next = next % #tokens + 1\n"
                f'  wrk.headers["{name}"] = tokens[next]\n  return wrk.format()\nend\n'
            )
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if rate is None or float(rate[1]) == 0:
        raise RuntimeError(f"no answer from {url}:\n{said}")
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Load(float(rate[1]), _percentile(said, 50), _percentile(said, 99), int(failed[1]) if failed else 0)


def steady(hey: str, url: str, body: Path, seconds: float, rate: float) -> float:
    """p99 in milliseconds at a fixed rate (requests per second, all connections together)."""
    command = [hey, "-z", f"{seconds:g}s", "-c", str(CONNECTIONS), "-q", str(max(1, round(rate / CONNECTIONS)))]
    command += ["-m", "POST", "-T", "application/json", "-D", str(body), "-o", "csv", url]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    times = sorted(float(line.partition(",")[0]) for line in lines)
    return 1000 * times[int(len(times) * 0.99)] if times else float("nan")


def _percentile(said: str, which: int) -> float:
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s)$", said, re.MULTILINE)
    return float(found[1]) * _UNITS[found[2]] if found else float("nan")
