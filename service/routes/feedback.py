"""POST /cds-services/{id}/feedback: what clinicians answered (CDS Hooks 2.0, "Feedback").

    who says so -> body -> items -> on disk -> reply

200 means that what is counted as kept, now or before, is on disk. Items that are no feedback are named and do not cost
the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from cds_hooks.wire.feedback import Feedback, read_feedback, schema
from cds_hooks.wire.problem import UnknownServiceError
from service.clients import Client
from service.errors import JSON_UTF8, NO_STORE
from service.observability.metrics import CLIENT
from service.persistence.feedback import FeedbackStore
from service.routes.body import BodyLimits, read_body
from service.routes.invoke import PATH
from service.security.client_jwt import Gate
from service.security.throttle import Throttle
from service.site_files import AdvisorHolder

log = structlog.get_logger()
END = "/feedback"
MOST_BYTES = 1024 * 1024
"""The longest feedback that is taken, whatever the limit of calls."""
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": text}
    for status, text in {
        400: "Not a single item that CDS Hooks defines as feedback",
        401: "No valid client token",
        404: "No service with this id",
        413: "Longer than the limit",
        415: "Not JSON by its Content-Type",
        503: "Could not be kept; send it again",
    }.items()
}


@dataclass(frozen=True, slots=True)
class FeedbackDesk:
    """All that taking feedback takes. `heard` is told service, client and items."""

    in_force: AdvisorHolder
    gate: Gate
    store: FeedbackStore
    limits: BodyLimits
    throttle: Throttle
    heard: Callable[[str, str, Feedback], None] = lambda _service, _client, _feedback: None

    async def take(self, request: Request) -> Response:
        """Keep the feedback of one request."""
        path: str = request.scope["path"]
        client = await self.gate.admit(request.headers.getlist("authorization"), path)
        request.scope[CLIENT] = client.name
        with self.throttle.turn(client.name):
            return await self._keep(request, path, client)

    async def _keep(self, request: Request, path: str, client: Client) -> Response:
        service = path.removeprefix(PATH).removesuffix(END)
        if service not in {each.id for each in self.in_force.advisor.services}:
            raise UnknownServiceError("No service has this id. GET /cds-services lists the services.", "id")
        found = read_feedback(await read_body(request, self.limits))
        new = await self.store.keep(found.items, service, client.name, client.tenant)
        log.info("feedback_kept", service=service, client=client.name, status=200, count=new)
        self.heard(service, client.name, found)
        return Response(_reply(found, new), headers={"Content-Type": JSON_UTF8, **NO_STORE})


def feedback_routes(desk: FeedbackDesk) -> APIRouter:
    """One documented route per service, and one for ids that no service has."""
    router = APIRouter()
    for service in desk.in_force.advisor.services:
        router.add_api_route(
            PATH + service.id + END,
            desk.take,
            methods=["POST"],
            response_class=Response,
            responses=ERRORS,
            summary=f"Feedback on cards of {service.id}",
            operation_id=f"{service.id}-feedback",
            openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": schema()[0]}}}},
        )
    router.add_api_route(PATH + "{service_id}" + END, desk.take, methods=["POST"], include_in_schema=False)
    return router


def _reply(found: Feedback, new: int) -> bytes:
    told: dict[str, Any] = {"kept": new, "known": len(found.items) - new}
    if found.refused:
        told["refused"] = [
            {"index": each.index, "text": each.problem.text, "expression": each.problem.where} for each in found.refused
        ]
    return msgspec.json.encode(told)
