"""Throughput and latency by wrk, which this installs where it may (Debian package, as root)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.tokens import Tokens

CONNECTIONS = 8
MOST_RATE = 4000  # calls per second that tokens are made for; those that are left serve the next round
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
POST = """
local file = io.open("{body}", "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
"""
ONE_PER_CALL = """
local tokens = {{}}
for line in io.lines("{tokens}") do tokens[#tokens + 1] = line end
local next = 0
function request()
  next = next % #tokens + 1
  wrk.headers["{header}"] = "Bearer " .. tokens[next]
  return wrk.format()
end
"""
# Calls leave at even distances, whatever connection is free; one that is late leaves at once.
AT_A_RATE = """
local ffi = require("ffi")
ffi.cdef[[typedef struct {{ long s; long ns; }} moment; int clock_gettime(int, moment *);]]
local clock, slot = ffi.new("moment"), nil
function delay()
  ffi.C.clock_gettime(1, clock)
  local now = tonumber(clock.s) * 1000 + tonumber(clock.ns) / 1e6
  slot = (slot or now) + 1000 / {rate}
  return math.max(0, slot - now)
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests per second; p50 and p99 in milliseconds; calls that were answered, and those that broke or timed out."""

    rate: float
    p50: float
    p99: float
    calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls one address with one body for some seconds: as fast as it answers, or at a rate.

    With `tokens` each call brings one that was not used before. Scripts and tokens are written into `folder`.
    """

    wrk: str
    url: str
    body: Path
    folder: Path
    tokens: Tokens | None = None
    connections: int = CONNECTIONS

    def warm_up(self, seconds: int) -> None:
        """A round that does not count; none at all in no time."""
        if seconds:
            self.run(seconds)

    def run(self, seconds: int, rate: float | None = None) -> Load:
        """One round. Raises RuntimeError when nothing came back, or another answer than 200."""
        taken = self.tokens.take(MOST_RATE * seconds) if self.tokens else []
        command = [self.wrk, "-t1", f"-c{self.connections}", f"-d{seconds}s", "--latency"]
        command += ["-s", str(self._script(taken, rate)), self.url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        load = understood(said)
        if self.tokens:
            self.tokens.give_back(taken[load.calls + 2 * self.connections :])
        return load

    def _script(self, tokens: list[str], rate: float | None) -> Path:
        parts = [POST.format(body=self.body)]
        if self.tokens:
            listed = self.folder / "tokens.txt"
            listed.write_text("\n".join(tokens))
            parts.append(ONE_PER_CALL.format(tokens=listed, header=self.tokens.header))
        if rate:
            parts.append(AT_A_RATE.format(rate=rate))
        script = self.folder / "calls.lua"
        script.write_text("".join(parts))
        return script


def understood(said: str) -> Load:
    """What wrk says at its end. Raises RuntimeError when nothing came back, or another answer than 200."""
    rate, calls = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"(\d+) requests in", said)
    if rate is None or calls is None or float(rate[1]) == 0:
        raise RuntimeError(f"no answer:\n{said}")
    if "Non-2xx or 3xx responses" in said:
        raise RuntimeError(f"the calls were refused:\n{said}")
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = sum(map(int, broken.groups())) if broken else 0
    return Load(float(rate[1]), _percentile(said, 50), _percentile(said, 99), int(calls[1]), errors)


def _percentile(said: str, which: int) -> float:
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s)\s*$", said, re.MULTILINE)
    return float(found[1]) * _UNITS[found[2]] if found else float("nan")


def find_wrk() -> str | None:
    """The load tool, installed if need be; None, with a word, where it may not be."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, **quiet)  # type: ignore[call-overload]
    if shutil.which("wrk") is None:
        print("wrk is not here and cannot be installed: what needs it is skipped")
    return shutil.which("wrk")
