"""The rows of the mapping files, one model per kind of file."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from mappings import systems
from mappings.models import ResourceType, Route
from mappings.text import words


def _known_system(key: str) -> str:
    if key not in systems.SYSTEMS:
        known = ", ".join(sorted(systems.SYSTEMS))
        raise ValueError(f"unknown code system {key!r}; known: {known}")
    return key


def _has_words(phrase: str) -> str:
    if not words(phrase):
        raise ValueError("a phrase needs at least one letter or digit")
    return phrase


Filled = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(?:.*\S)?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Language = Annotated[str, StringConstraints(pattern=r"^(?:mul|[a-z]{2}(?:-[A-Z]{2})?)$")]
System = Annotated[str, AfterValidator(_known_system)]
Phrase = Annotated[Filled, AfterValidator(_has_words)]
Status = Literal["current", "unknown", "retired"]


class Row(BaseModel):
    """One line of a mapping file. Its fields are the columns, in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceRow(Row):
    """provenance/sources.csv"""

    key: Key
    title: Filled
    publisher: Filled
    release: Filled
    license: Filled


class DrugRow(Row):
    """drugs/<group>.csv; the dose form may be empty. An NDC row has its RxNorm code as display."""

    system: System
    code: Filled
    ingredient: Filled
    route: Route
    dose_form: str
    combination: Literal["yes", "no", "unknown"]
    display: Filled
    provenance: Key
    status: Status


class DrugNameRow(Row):
    """lexicon/drug_names/<group>.csv"""

    name: Phrase
    ingredient: Filled
    kind: Literal["generic", "brand", "designation", "class-name"]
    language: Language
    provenance: Key


class ValueSetRow(Row):
    """value_sets/<concept>.csv; the display may be empty where a title may not be shipped (ICD-10 of the WHO)."""

    system: System
    code: Filled
    match: Literal["exact", "prefix"]
    display: str
    provenance: Key
    status: Status

    @model_validator(mode="after")
    def _only_classifications_have_prefixes(self) -> "ValueSetRow":
        if self.match == "prefix" and self.system not in (systems.ICD10, systems.ICD10CM):
            raise ValueError("only ICD-10 codes can be matched by prefix")
        return self


class ConditionNameRow(Row):
    """lexicon/condition_names/<concept>.csv"""

    name: Phrase
    match: Literal["whole", "words"]
    language: Language
    provenance: Key


class RouteNameRow(Row):
    """lexicon/route_names/<route>.csv"""

    name: Phrase
    language: Language
    provenance: Key


class WordRow(Row):
    """lexicon/words/<list>.csv and lexicon/report/<list>.csv"""

    phrase: Phrase
    language: Language
    provenance: Key


class UnitRow(Row):
    """units/units.csv; the plausible range is in the canonical unit."""

    spelling: Filled
    canonical: Filled
    factor: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    kind: Name
    provenance: Key
    plausible_low: Annotated[float, Field(allow_inf_nan=False)]
    plausible_high: Annotated[float, Field(allow_inf_nan=False)]

    @model_validator(mode="after")
    def _range_in_order(self) -> "UnitRow":
        if self.plausible_low >= self.plausible_high:
            raise ValueError("plausible_low must be below plausible_high")
        return self


class ServiceRow(Row):
    """services/services.csv; system, code and display are all given or all empty."""

    name: Name
    resource_type: ResourceType
    system: str
    code: str
    display: str
    text: Filled
    provenance: Key

    @model_validator(mode="after")
    def _coded_or_not(self) -> "ServiceRow":
        coded = (bool(self.system), bool(self.code), bool(self.display))
        if any(coded) and not all(coded):
            raise ValueError("system, code and display are all given or all empty")
        if self.system:
            _known_system(self.system)
        return self


class LocalCodeRow(Row):
    """A site's local_codes.csv; `mappings.local` says what a target may be. The display is for people."""

    system: Filled
    code: Filled
    target: Filled
    display: str
