"""What the knowledge answers with. All of it is frozen and shared."""

from dataclasses import dataclass
from typing import Literal, get_args

Route = Literal[
    "oral",
    "parenteral",
    "inhalation",
    "topical",
    "transdermal",
    "ophthalmic",
    "otic",
    "nasal",
    "rectal",
    "vaginal",
    "oromucosal",
    "irrigation",
    "mixed",
    "unspecified",
]
ROUTES: tuple[Route, ...] = get_args(Route)
RouteGroup = Literal["oral", "parenteral", "inhalation", "local"]
ROUTE_GROUPS: tuple[RouteGroup, ...] = get_args(RouteGroup)
ResourceType = Literal[
    "ServiceRequest", "Task", "MedicationRequest", "DeviceRequest", "CommunicationRequest", "Condition"
]
CLASS = "(class)"


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: a publication, or the project's own wording ("editorial")."""

    key: str
    title: str
    publisher: str
    release: str
    license: str


@dataclass(frozen=True, slots=True)
class DrugEntry:
    """What a code or a name says about a medicine. The ingredient is "(class)" where only the class is known.

    One entry stands for all codes that say the same, so it has no display; `mappings.details` reads that from the text.
    """

    group: str
    ingredient: str
    route: Route
    combination: bool
    dose_form: str = ""


@dataclass(frozen=True, slots=True)
class NamedDrug:
    """A medicine found in a text, with the name of the lexicon that was found there."""

    entry: DrugEntry
    name: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is written and emitted: canonical URI, code with its dot, display (may be empty)."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """An order or task that we may suggest. Without a verified code it is text only."""

    name: str
    resource_type: ResourceType
    code: Code | None
    text: str


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit is read: value times factor is in the canonical unit, where low to high is plausible."""

    kind: str
    canonical: str
    factor: float
    plausible_low: float
    plausible_high: float
