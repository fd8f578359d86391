"""Decisions as FHIR R4 AuditEvents, for a site's own audit repository: one per call, one per line (NDJSON)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
from sqlalchemy import select

from service.persistence.database import Database
from service.persistence.decisions import Detail
from service.persistence.tables import decisions

PORTION = 1000
PATIENT_KEYS = "https://marrow-cds.org/fhir/NamingSystem/patient-key"
DECISIONS = "https://marrow-cds.org/fhir/NamingSystem/decision"
OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
OBJECT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
EVENT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"


async def audit_events(database: Database, since: date | None = None) -> AsyncIterator[bytes]:
    """One resource per decision, the oldest first, each validated."""
    from fhir.resources.R4B.auditevent import AuditEvent

    start = datetime.combine(since or date(1, 1, 1), time.min, UTC)
    place = (start, "")
    async with database.engine.connect() as connection:
        while True:
            beyond = (decisions.c.at > place[0]) | ((decisions.c.at == place[0]) & (decisions.c.decision_id > place[1]))
            chosen = select(decisions).where(decisions.c.at >= start, beyond)
            ordered = chosen.order_by(decisions.c.at, decisions.c.decision_id).limit(PORTION)
            rows = (await connection.execute(ordered)).all()
            if not rows:
                return
            for row in rows:
                resource = AuditEvent.model_validate(_event(row))
                dumped = resource.model_dump(by_alias=True, exclude_none=True, mode="json")
                yield msgspec.json.encode({"resourceType": "AuditEvent", **dumped})
            place = (_aware(rows[-1].at), rows[-1].decision_id)


def _event(row: Any) -> dict[str, Any]:
    detail = msgspec.json.decode(row.detail or "{}", type=Detail)
    failed = any(outcome[2] == "failed" for outcome in detail.outcomes)
    client = f"{row.client}/{row.tenant}" if row.tenant else row.client
    cards = ", ".join(topic for _, topic, _ in detail.cards) or "no card"
    return {
        "type": {"system": EVENT_TYPE, "code": "rest", "display": "RESTful Operation"},
        "subtype": [{"system": "http://cds-hooks.hl7.org", "code": row.hook}],
        "action": "E",
        "recorded": _aware(row.at).isoformat(),
        "outcome": "4" if failed else "0",
        "agent": [{"who": {"display": client}, "name": client, "requestor": True}],
        "source": {"observer": {"display": f"Marrow {detail.program}".strip()}},
        "entity": [
            {
                "what": {"identifier": {"system": DECISIONS, "value": row.decision_id}},
                "type": {"system": OBJECT_TYPE, "code": "2", "display": "System Object"},
                "description": f"{row.service}: {cards}",
            },
            {
                "what": {"identifier": {"system": PATIENT_KEYS, "value": row.patient_key}},
                "type": {"system": OBJECT_TYPE, "code": "1", "display": "Person"},
                "role": {"system": OBJECT_ROLE, "code": "1", "display": "Patient"},
            },
        ],
    }


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
