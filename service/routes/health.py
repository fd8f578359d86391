"""GET /health/live and /health/ready, for those who run Marrow."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from service.drain import Drain
from service.errors import JSON_UTF8, NO_STORE
from service.persistence.decisions import DecisionStore
from service.site_files import AdvisorHolder


def health_routes(store: DecisionStore, in_force: AdvisorHolder, drain: Drain) -> APIRouter:
    """Routes that say whether this process lives, and whether it can do its work."""
    router = APIRouter(prefix="/health")

    @router.get("/live", response_class=Response, operation_id="live")
    async def live() -> Response:
        """Whether the process answers. Restart it when not."""
        return _reply(200, {"status": "live"})

    @router.get("/ready", response_class=Response, operation_id="ready")
    async def ready() -> Response:
        """Whether to send calls here.

        503 until the store has answered once. After that a dead store no longer takes the service away, since cards
        still go out: `degraded` says that decisions wait in vain, or were lost. 503 again, `stopping`, before the end.
        `knowledge` and `policy` are the revisions in force.
        """
        answers = await store.ping()
        if drain.begun:
            status = "stopping"
        elif not store.ready and not answers:
            status = "unavailable"
        else:
            status = "ready" if answers and not store.failing and not store.lost else "degraded"
        return _reply(
            503 if status in {"unavailable", "stopping"} else 200,
            {
                "status": status,
                "decisions": {"answers": answers, "waiting": store.waiting, "lost": store.lost},
                "knowledge": in_force.advisor.knowledge_revision,
                "policy": in_force.advisor.policy.revision or "default",
            },
        )

    return router


def _reply(status: int, body: object) -> Response:
    return Response(msgspec.json.encode(body), status, headers={"Content-Type": JSON_UTF8, **NO_STORE})
