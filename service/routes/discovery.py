"""GET /cds-services: which services there are and what they want as prefetch (CDS Hooks 2.0, "Discovery")."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from service.errors import JSON_UTF8
from service.site_files import AdvisorHolder

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor

MAX_AGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Page:
    """The discovery document of one advisor, whose bytes are made once."""

    advisor: Advisor
    body: bytes
    etag: str


def discovery_routes(in_force: AdvisorHolder) -> APIRouter:
    """Routes that serve the discovery document of the advisor in force."""
    page = _page(in_force.advisor)
    router = APIRouter()

    @router.head("/cds-services", include_in_schema=False)
    @router.get("/cds-services", response_class=Response, operation_id="discover")
    async def discover(request: Request) -> Response:
        """The CDS services of this server."""
        nonlocal page
        if page.advisor is not in_force.advisor:
            page = _page(in_force.advisor)
        headers = {"ETag": page.etag, "Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
        if page.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(page.body, headers={"Content-Type": JSON_UTF8, **headers})

    return router


def _page(advisor: Advisor) -> Page:
    body = msgspec.json.encode(advisor.discovery())
    return Page(advisor, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
