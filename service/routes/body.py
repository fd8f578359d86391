"""Reading the body of a call: JSON by its headers, never more of it than the limits, and in time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request

from service.errors import FHIR_JSON, BodyTooLargeError, BodyTooSlowError, MediaTypeError

MEDIA_TYPES = frozenset({"application/json", FHIR_JSON})
SMALLEST_RESOURCE = 16  # bytes: no shorter body can hold more resources than the limit, so it is not looked through


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much a body may hold, and how long it may take to arrive. How deep it nests is the decoder's to limit."""

    bytes: int
    resources: int
    seconds: float


async def read_body(request: Request, limits: BodyLimits) -> bytes:
    """The body as it came.

    Raises MediaTypeError, BodyTooLargeError and BodyTooSlowError; ClientDisconnect when the caller leaves.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise MediaTypeError("content_type")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeError("content_encoding")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limits.bytes:
        raise BodyTooLargeError("announced")
    try:
        async with asyncio.timeout(limits.seconds):
            body = await _read(request, limits.bytes)
    except TimeoutError:
        raise BodyTooSlowError("slow") from None
    if len(body) > limits.resources * SMALLEST_RESOURCE and body.count(b'"resourceType"') > limits.resources:
        raise BodyTooLargeError("resources")
    return body


async def _read(request: Request, most_bytes: int) -> bytes:
    chunks: list[bytes] = []
    had = 0
    async for chunk in request.stream():
        had += len(chunk)
        if had > most_bytes:
            raise BodyTooLargeError("counted")
        chunks.append(chunk)
    return b"".join(chunks)
