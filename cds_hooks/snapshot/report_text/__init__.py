"""What an imaging report says: findings with negation, doubt and history, each with the sentence that decided it."""

from cds_hooks.snapshot.report_text.model import (
    ELSEWHERE,
    Assertion,
    Finding,
    FractureKind,
    Mention,
    Pattern,
    Region,
    ReportReading,
    Side,
)
from cds_hooks.snapshot.report_text.reader import ReportReader

__all__ = [
    "ELSEWHERE",
    "Assertion",
    "Finding",
    "FractureKind",
    "Mention",
    "Pattern",
    "Region",
    "ReportReader",
    "ReportReading",
    "Side",
]
