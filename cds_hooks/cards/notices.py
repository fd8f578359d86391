"""The two technical notices, made from gaps in this one place (rule specification 0.1).

BME-SYS-01: a check could not be made. BME-SYS-02: recorded data that would have mattered could not be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_hooks.authoring.rule import UndoneCheck
from cds_hooks.cards.markdown import bullets
from cds_hooks.cards.render import NO_SIGN_OFF, VERIFY, card_id, overrides, source_of
from cds_hooks.snapshot.model import Gap
from cds_hooks.wire.card import BASIS, SUMMARY_LIMIT, Basis, BasisGap, BasisRule, Card
from cds_hooks.wire.request import Request

VERSION = 1
NOT_DONE, NOT_USED = "BME-SYS-01", "BME-SYS-02"
CHECKS_NAMED = 8
BROKE = "the check itself failed; it has been recorded for the maintainers"


def check_not_done(request: Request, undone: Sequence[UndoneCheck]) -> Card:
    """One warning for everything that could not be checked in this call."""
    checks = list(dict.fromkeys(check.rule.check for check in undone))
    parts = ["These checks could not be made. No card about them does not mean that there is no problem."]
    parts += [bullets(_reasons(undone)), f"Check them by hand, or try again when the data can be reached. {VERIFY}"]
    gaps = dict.fromkeys((check.gap.fact if check.gap else check.rule.check, _why(check)) for check in undone)
    return Card(
        uuid=str(card_id(request, NOT_DONE, "")),
        summary=_summary(checks),
        detail="\n\n".join(parts),
        indicator="warning",
        source=source_of(NO_SIGN_OFF, NOT_DONE, "Check not done"),
        override_reasons=overrides("warning"),
        extension={
            BASIS: Basis(
                rules=[BasisRule(NOT_DONE, VERSION, "warning")], missing=[BasisGap(fact, why) for fact, why in gaps]
            )
        },
    )


def data_not_used(request: Request, remarks: Sequence[Gap]) -> Card:
    """One information card for everything that was recorded but could not be used."""
    parts = ["Recorded data that would have mattered here could not be used:"]
    parts += [bullets(gap.text for gap in remarks), f"Correct the record where it is wrong. {VERIFY}"]
    return Card(
        uuid=str(card_id(request, NOT_USED, "")),
        summary="Data quality: recorded data could not be used for a check - see the detail",
        detail="\n\n".join(parts),
        indicator="info",
        source=source_of(NO_SIGN_OFF, NOT_USED, "Data quality"),
        override_reasons=overrides("info"),
        extension={
            BASIS: Basis(
                rules=[BasisRule(NOT_USED, VERSION, "info")], missing=[BasisGap(gap.fact, gap.text) for gap in remarks]
            )
        },
    )


def _reasons(undone: Sequence[UndoneCheck]) -> Iterator[str]:
    """One line for each reason, with the checks that it keeps from being made."""
    by_reason: dict[str, dict[str, None]] = {}
    for check in undone:
        by_reason.setdefault(_why(check), {})[f"{check.rule.check} ({check.rule.id})"] = None
    for why, checks in by_reason.items():
        rest = f" and {len(checks) - CHECKS_NAMED} more" if len(checks) > CHECKS_NAMED else ""
        yield f"{', '.join(list(checks)[:CHECKS_NAMED])}{rest}: {why}"


def _why(check: UndoneCheck) -> str:
    return check.gap.text if check.gap else BROKE


def _summary(checks: Sequence[str]) -> str:
    """As many checks as fit; the rest are counted."""
    for shown in range(len(checks), 0, -1):
        rest = f" and {len(checks) - shown} more" if shown < len(checks) else ""
        summary = f"Check not done: {', '.join(checks[:shown])}{rest}"
        if len(summary) <= SUMMARY_LIMIT:
            return summary
    return f"{len(checks)} checks could not be made - see the detail"
