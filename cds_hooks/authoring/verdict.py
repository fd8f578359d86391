"""What a rule can say. A closed union: whoever reads a verdict names every kind.

NotApplicable   the rule is not about this order or this patient
MissingData     it is, but a fact that it needs is missing; the gap says which and why
Satisfied       checked, nothing to say
Advice          there is something to say
"""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.snapshot.model import Fact, Gap
from cds_hooks.snapshot.vocabulary import Service
from cds_hooks.wire.card import Indicator


@dataclass(frozen=True, slots=True)
class DeleteDraft:
    """Offer to remove a draft of the session. `label` names it in our words; `what` is its place in the basket."""

    what: str
    label: str


@dataclass(frozen=True, slots=True)
class Propose:
    """Offer a new draft by its clinical name."""

    service: Service


Proposal = DeleteDraft | Propose


@dataclass(frozen=True, slots=True)
class NotApplicable:
    pass


@dataclass(frozen=True, slots=True)
class MissingData:
    gap: Gap


@dataclass(frozen=True, slots=True)
class Satisfied:
    """`remarks` name recorded data that could not be used on the way."""

    remarks: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`detail` holds plain sentences; `because` the facts that it stands on; `unchecked` what could not be looked at.

    `partners` are the drafts it names beside its own. `mirror` marks the card of the partner's side: it is not shown
    beside the card of the other side (rule specification 0.2, pair rules).
    """

    indicator: Indicator
    summary: str
    detail: tuple[str, ...]
    because: tuple[Fact, ...]
    unchecked: tuple[Gap, ...] = ()
    remarks: tuple[Gap, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    partners: tuple[str, ...] = ()
    mirror: bool = False


Verdict = NotApplicable | MissingData | Satisfied | Advice

NOT_APPLICABLE = NotApplicable()
SATISFIED = Satisfied()
