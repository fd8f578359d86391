"""The three calls that most of the bench makes."""

from __future__ import annotations

from dataclasses import dataclass

from bench import bodies


@dataclass(frozen=True, slots=True)
class Case:
    """One body, what must come of it, and which part of the bare endpoint's throughput is to be reached."""

    name: str
    service: str
    body: bytes
    indicators: tuple[str, ...]
    part: float


def cases() -> tuple[Case, ...]:
    return (
        Case("order-sign, critical card", "bme-order-sign", bodies.order_sign(bodies.ILOPROST), ("critical",), 0.6),
        Case("order-sign, no rule concerned", "bme-order-sign", bodies.order_sign(bodies.METFORMIN), (), 0.7),
        Case("patient-view, five cards", "bme-patient-view", bodies.patient_view(), ("info",) * 5, 0.5),
    )
