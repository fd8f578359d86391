"""Medicines as the rules see them: what a draft, an order on file or a statement gives, and where it stands.

Where an order stands follows the status filters of the rule specification (0.1): what counts as active, what is
uncertain, what has ended. Anything else never reaches the snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Route
from cds_hooks.snapshot.when import When
from cds_hooks.wire.delivery import Origin

UNRECOGNIZED = "unrecognized"
"""What a medicine is about that no table knows."""


class Standing(StrEnum):
    """Where a medicine stands; the value is how a card names its source."""

    DRAFT = "draft order"
    ACTIVE = "active order"
    UNCERTAIN = "order of unclear status"
    ENDED = "ended order"


@dataclass(frozen=True, slots=True)
class Drug:
    """One substance that a medicine holds and how it was recognized."""

    group: DrugGroup
    ingredient: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of its substance a product holds: in one unit of it, and in one milliliter; what a transdermal system
    gives off. None where not stated."""

    mg: float | None = None
    units: float | None = None  # international units
    mg_per_ml: float | None = None
    units_per_ml: float | None = None
    mcg_per_hour: float | None = None

    @property
    def stated(self) -> bool:
        return any(
            amount is not None for amount in (self.mg, self.units, self.mg_per_ml, self.units_per_ml, self.mcg_per_hour)
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """What a product's names state, and the amount of a single substance in one unit of it; of an injection whose names
    state none, the dose."""

    strength: Strength = Strength()
    mg: float | None = None


@dataclass(frozen=True, slots=True)
class Medicine:
    """A product: its name as the chart writes it, the drugs that the tables know in it, its route and dose form.

    `readable` is False when the chart gives neither a name nor a code of a standard system. `named` is False when it
    gives a code and no words. `recognized` is False when its words are in no list and it has no code of a drug
    terminology: it may be any drug. `doubt` says what its own text puts in doubt.
    """

    name: str
    drugs: tuple[Drug, ...] = ()
    route: Route = Route.UNKNOWN
    readable: bool = True
    named: bool = True
    recognized: bool = True
    form: str = ""
    doubt: str = ""
    measure: Later[Measure] = Later.of(Measure())
    groups: frozenset[DrugGroup] = field(init=False, repr=False, compare=False)  # asked for again and again

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", frozenset(drug.group for drug in self.drugs))

    @property
    def strength(self) -> Strength:
        return self.measure.value.strength

    @property
    def strength_mg(self) -> float | None:
        return self.measure.value.mg

    def of(self, group: DrugGroup) -> tuple[Drug, ...]:
        return tuple(drug for drug in self.drugs if drug.group is group)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a medicine is given, as far as it is stated. `readable` is False when a stated reason cannot be read; `sites`
    are the places that it names."""

    stated: bool = False
    concepts: frozenset[Concept] = frozenset()
    readable: bool = True
    sites: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Dose:
    """How much a structured dosage gives in a day: mg of the substance, or international units. At least one is set."""

    mg: float | None = None
    units: float | None = None


@dataclass(frozen=True, slots=True)
class Dosing:
    """How much is given and for how long, as far as it is stated. `per_day` is None where the dosage is not structured
    or not complete: unknown, never zero. `supply_days` is the expected supply with its refills, else how
    long the instructions are to be followed."""

    per_day: Dose | None = None
    supply_days: float | None = None
    as_needed: bool = False


@dataclass(frozen=True, kw_only=True)
class Medication:
    """A draft, an order on file or a statement that gives a medicine.

    `doubt` says why its standing is uncertain. `stopped` is the specification's STOP_DATE (0.2), which R4 does not
    carry as such; `touched` (meta.lastUpdated) is only an upper bound for it. `last_given` is the newest
    administration of the order. `site` is where a local injection goes.
    """

    reference: str
    medicine: Medicine
    standing: Standing
    origin: Origin
    doubt: str = ""
    written: When | None = None
    stopped: When | None = None
    touched: When | None = None
    why: Later[Reasons] = Later.of(Reasons())
    replaces: str | None = None
    dosing: Later[Dosing] = Later.of(Dosing())
    last_given: When | None = None
    site: Site = ANYWHERE

    @property
    def groups(self) -> frozenset[DrugGroup]:
        return self.medicine.groups

    @property
    def reasons(self) -> Reasons:
        """Why it is given, as far as it says."""
        return self.why.value

    @property
    def per_day(self) -> Dose | None:
        return self.dosing.value.per_day

    @property
    def supply_days(self) -> float | None:
        return self.dosing.value.supply_days

    @property
    def as_needed(self) -> bool:
        return self.dosing.value.as_needed

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The groups of its drugs; what no table knows may be any drug."""
        return self.medicine.groups if self.medicine.recognized else self.medicine.groups | {UNRECOGNIZED}

    @cached_property
    def ingredients(self) -> frozenset[str]:
        return frozenset(drug.ingredient for drug in self.medicine.drugs)

    def gives(self, group: DrugGroup) -> bool:
        return group in self.medicine.groups

    def standing_of(self, group: DrugGroup) -> Standing:
        """Where its drugs of this group stand: an active order is unclear where its own text says "stopped"."""
        drugs = self.medicine.of(group)
        stopped = bool(drugs) and all(drug.certainty is Certainty.UNCERTAIN for drug in drugs)
        return Standing.UNCERTAIN if stopped and self.standing is Standing.ACTIVE else self.standing

    def is_active(self, *groups: DrugGroup) -> bool:
        """Does it stand as active for its drugs of one of these groups?"""
        return any(self.standing_of(group) is Standing.ACTIVE for group in self.groups.intersection(groups))

    @cached_property
    def fact(self) -> Fact:
        """The medicine as a line on the card, in the chart's words and with the drug that was recognized in them."""
        medicine, drugs = self.medicine, self.medicine.drugs
        said = (_product(medicine), self.doubt, medicine.doubt, _how_recognized(drugs))
        return Fact(
            name=group_name(drugs[0].group) if drugs else "medicine",
            value="; ".join(filter(None, said)),
            kind=str(self.standing),
            when=self.stopped if self.standing is Standing.ENDED else self.written,
            resource=self.reference,
            origin=self.origin,
        )


CLASS = "(class)"
"""The ingredient of a drug of which only the class is known."""

GROUP_NAMES = {
    DrugGroup.ANALGESIC_OTHER: "analgesic",
    DrugGroup.ANTICOAGULANT_VAGUE: "anticoagulation, drug not named",
    DrugGroup.NSAID_SYSTEMIC: "NSAID",
    DrugGroup.NSAID_TOPICAL: "topical NSAID",
    DrugGroup.TNF_INHIBITOR: "TNF inhibitor",
    DrugGroup.SSRI: "SSRI",
    DrugGroup.SNRI: "SNRI",
    DrugGroup.PPI: "proton pump inhibitor",
    DrugGroup.PDE5_INHIBITOR: "PDE5 inhibitor",
    DrugGroup.ACE_INHIBITOR: "ACE inhibitor",
    DrugGroup.ARB: "angiotensin receptor blocker",
    DrugGroup.ARNI: "ARNI",
    DrugGroup.COX2_INHIBITOR: "COX-2 inhibitor",
}


def group_name(group: DrugGroup) -> str:
    """A drug group as a card names it."""
    return GROUP_NAMES.get(group) or group.replace("_", " ")


def _product(medicine: Medicine) -> str:
    """A brand with its ingredients behind it."""
    written = medicine.name.casefold()
    ingredients = dict.fromkeys(drug.ingredient for drug in medicine.drugs if not drug.ingredient.startswith("("))
    unsaid = [ingredient for ingredient in ingredients if ingredient.casefold() not in written]
    return f"{medicine.name} ({', '.join(unsaid)})" if unsaid else medicine.name


def _how_recognized(drugs: tuple[Drug, ...]) -> str:
    found = {drug.certainty for drug in drugs}
    if found & {Certainty.NAME, Certainty.UNCERTAIN}:
        return "recognized from free text"
    if Certainty.CLASS not in found:
        return ""
    by_class = any(drug.ingredient == CLASS for drug in drugs)
    return "recognized from its class" if by_class else "recognized from its ingredients"


class Series(StrEnum):
    """The kinds of MR sequences that a rule tells apart."""

    T1 = "T1"
    FLUID_SENSITIVE = "fluid-sensitive"  # STIR, or T2 or proton density with fat saturation
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Order:
    """A draft order of the session.

    `kind` is its FHIR type. `medication` is what it gives; None for orders of other kinds and for drafts that name no
    medicine yet. `concepts` are what the code and the words of an order of another kind say: an MRI, a cast, bed rest.
    `selected` is False for a draft that only counts as a partner (order-select). `planned_days` is how long it is to
    last, None where that is not said. `levels` are those of the spine that an augmentation names. `sequences` are the
    MR sequences it asks for, empty where it names none; `agents` are the groups of the contrast agents that it names.
    `hypothetical` marks the draft that stands for a proposal of ours (rule specification 0.2, HYPOTHETICAL DRAFT).
    """

    reference: str
    kind: str
    selected: bool = True
    medication: Medication | None = None
    concepts: frozenset[Concept] = frozenset()
    why: Later[Reasons] = Later.of(Reasons())
    site: Site = ANYWHERE
    levels: frozenset[str] = frozenset()
    planned_days: float | None = None
    sequences: frozenset[Series] = frozenset()
    agents: frozenset[DrugGroup] = frozenset()
    line: Fact | None = None
    hypothetical: bool = False
    unreadable: str = ""
    number: int = 0  # its place among drafts of the same reference

    @property
    def key(self) -> str:
        """Tells it from the other drafts, also where ids are missing or repeated."""
        return f"{self.reference}#{self.number}" if self.number else self.reference

    @cached_property
    def subjects(self) -> frozenset[DrugGroup | Concept]:
        """What it is about: the drug groups that it gives, and what else it asks for."""
        return self.concepts | self.medication.groups if self.medication else frozenset(self.concepts)

    @property
    def reasons(self) -> Reasons:
        """Why it is ordered, as far as it says."""
        return (self.medication.why if self.medication else self.why).value

    @property
    def fact(self) -> Fact:
        """The order as a line on the card."""
        if self.medication:
            return self.medication.fact
        return self.line or Fact(name="order", value=self.kind, kind=str(Standing.DRAFT), resource=self.reference)

    @property
    def replaces(self) -> str | None:
        """The order that it takes the place of."""
        return self.medication.replaces if self.medication else None

    def gives(self, *groups: DrugGroup) -> bool:
        return self.medication is not None and not self.medication.groups.isdisjoint(groups)

    def asks_for(self, *concepts: Concept) -> bool:
        return not self.concepts.isdisjoint(concepts)
