"""GET /cds-services: which services there are and what they want as prefetch (CDS Hooks 2.0, "Discovery")."""

from __future__ import annotations

import hashlib

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from service.errors import JSON_UTF8

MAX_AGE_SECONDS = 300


def discovery_routes(discovery: dict[str, object]) -> APIRouter:
    """Routes that serve this discovery document, whose bytes are made once."""
    body = msgspec.json.encode(discovery)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
    router = APIRouter()

    @router.head("/cds-services", include_in_schema=False)
    @router.get("/cds-services", response_class=Response, operation_id="discover")
    async def discover(request: Request) -> Response:
        """The CDS services of this server."""
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers={"Content-Type": JSON_UTF8, **headers})

    return router
