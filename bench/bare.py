"""The yardstick: FastAPI and orjson, the same body parsed, a fixed card returned."""

from __future__ import annotations

import orjson
from fastapi import FastAPI, Request
from starlette.responses import Response

app = FastAPI()
CARD = {
    "cards": [
        {
            "uuid": "4b9c7d1e-0f4a-4f3b-8a53-4a3b2c1d0e9f",
            "summary": "A fixed card",
            "detail": "x" * 1200,
            "indicator": "critical",
            "source": {"label": "fixed", "topic": {"code": "FIXED", "system": "https://example.org/topic"}},
        }
    ]
}


@app.post("/fixed")
async def fixed(request: Request) -> Response:
    orjson.loads(await request.body())
    return Response(orjson.dumps(CARD), media_type="application/json")
