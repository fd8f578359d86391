"""What a rule can say. A closed union: whoever reads a verdict names every kind.

NotApplicable   the rule is not about this order or this patient
MissingData     it is, but a fact that it needs is missing; the gap says which and why
Satisfied       checked, nothing to say
Advice          there is something to say
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cds_hooks.snapshot.model import Fact, Gap
from cds_hooks.snapshot.vocabulary import Service, Treatment
from cds_hooks.wire.card import Indicator

# -- what a rule offers


@dataclass(frozen=True, slots=True)
class DeleteDraft:
    """Offer to remove a draft of the session. `label` names it in our words; `what` is its place in the basket."""

    what: str
    label: str


class Change(StrEnum):
    """What an offered update of a draft changes; how that is written in FHIR is the business of `cards.suggestions`."""

    ON_HOLD = "put on hold"
    WITHOUT_CONTRAST = "ask for an examination without contrast"
    SEQUENCES = "ask for T1 and a fluid-sensitive sequence"
    SHORT_SUPPLY = "limit the supply to a few days"
    SHORTER = "shorten the immobilization"
    NON_WEIGHT_BEARING = "state non-weight-bearing"
    MODIFIED_RELEASE = "choose a modified-release form"
    LOWER_START_DOSE = "note the lower start dose"


@dataclass(frozen=True, slots=True)
class UpdateDraft:
    """Offer to change a draft of the session; all else in it stays as it came."""

    what: str
    change: Change


@dataclass(frozen=True, slots=True)
class MakeProvisional:
    """Offer to set a Condition's verification status to provisional. `what` is `Condition/id`."""

    what: str


@dataclass(frozen=True, slots=True)
class Propose:
    """Offer a new draft of a test, referral, task or aid by its clinical name. Whether an examination is safe for this
    patient is looked at when the card is made (rule specification 0.2, MRI_OK and its kin)."""

    service: Service


@dataclass(frozen=True, slots=True)
class Treat:
    """Offer a medicine by its clinical name, without a dose. It is tested as a hypothetical draft first (0.2)."""

    treatment: Treatment


Proposal = DeleteDraft | UpdateDraft | MakeProvisional | Propose | Treat


@dataclass(frozen=True, slots=True)
class Option:
    """A treatment that a card lays out as something to discuss, not as a draft: it is tried as a hypothetical draft
    first (0.2), and a table says whether it may be used in this patient.

    `note` is what the table says of it beside the findings. `last` keeps it behind the others. An option with `alone`
    falls out where a critical or warning finding stands against it: `alone` is the summary where no other is left, and
    where none at all is left the advice is not said.
    """

    treatment: Treatment
    note: str = ""
    last: bool = False
    alone: str = ""


# -- how cards are put together


class Group(StrEnum):
    """The card groups of the rule specification (0.5): one card for all members that fire.

    A basis card says what is known about a treatment; it is not shown beside a critical card about the same draft.
    """

    DENOSUMAB_CHECK = "denosumab check"
    DENOSUMAB_BASIS = "denosumab basis"
    BISPHOSPHONATE_CHECK = "bisphosphonate check"
    BISPHOSPHONATE_BASIS = "bisphosphonate basis"
    ILOPROST_BASIS = "iloprost basis"
    STIMULATION_BASIS = "bone stimulation basis"
    WORK_UP = "work-up"
    CARE = "care"
    REFRACTORY = "refractory"
    DIABETIC_FOOT_INFECTION = "diabetic foot infection"


BASIS_GROUPS = frozenset(
    {Group.DENOSUMAB_BASIS, Group.BISPHOSPHONATE_BASIS, Group.ILOPROST_BASIS, Group.STIMULATION_BASIS}
)


# -- the verdicts


@dataclass(frozen=True, slots=True)
class NotApplicable:
    pass


@dataclass(frozen=True, slots=True)
class MissingData:
    """`urgent` where the rule, had it spoken, would have given more than information."""

    gap: Gap
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Satisfied:
    """`remarks` name recorded data that could not be used on the way."""

    remarks: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`detail` holds plain sentences; `because` the facts that it stands on; `unchecked` what could not be looked at.

    `partners` are the drafts it names beside its own. `mirror` marks the card of the partner's side: it is not shown
    beside the card of the other side (rule specification 0.2, pair rules). `arm` names which part of a rule with
    several speaks ("missing", "repeat"). `group` is the card group that this arm belongs to. `line` is what another
    card says of it when it carries this one; the summary where it is empty. `options` are laid out in a table;
    `all_blocked` is the summary where a critical finding stands against each of them.
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
    arm: str = ""
    group: Group | None = None
    line: str = ""
    options: tuple[Option, ...] = ()
    all_blocked: str = ""


Verdict = NotApplicable | MissingData | Satisfied | Advice

NOT_APPLICABLE = NotApplicable()
SATISFIED = Satisfied()
