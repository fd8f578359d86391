"""Reading the body of a call: JSON by its headers, and never more of it than the limit."""

from __future__ import annotations

from starlette.requests import Request

from service.errors import FHIR_JSON, BodyTooLargeError, MediaTypeError

MEDIA_TYPES = frozenset({"application/json", FHIR_JSON})


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body as it came.

    Raises MediaTypeError and BodyTooLargeError; ClientDisconnect when the caller leaves.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise MediaTypeError("content_type")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeError("content_encoding")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most_bytes:
        raise BodyTooLargeError("announced")
    chunks: list[bytes] = []
    had = 0
    async for chunk in request.stream():
        had += len(chunk)
        if had > most_bytes:
            raise BodyTooLargeError("counted")
        chunks.append(chunk)
    return b"".join(chunks)
