"""GET /metrics, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from service.observability.metrics import Metrics
from service.persistence.decisions import DecisionStore
from service.routes.operator import OperatorDoor


def metrics_routes(door: OperatorDoor, metrics: Metrics, store: DecisionStore) -> APIRouter:
    """The route that tells all metrics."""
    router = APIRouter()

    @router.get("/metrics", response_class=Response, operation_id="metrics")
    async def page(request: Request) -> Response:
        """The metrics of all workers in the text format of Prometheus."""
        door.admit(request)
        metrics.watch(store)
        return Response(metrics.page(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
