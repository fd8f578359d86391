"""Where each kind of mapping file stands, which must be there, and which belong to a licensed set."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from mappings import systems
from mappings.errors import MappingError
from mappings.models import ROUTE_GROUPS

SOURCES: Final = "provenance/sources.csv"
UNITS: Final = "units/units.csv"
SERVICES: Final = "services/services.csv"
DRUGS: Final = "drugs"
VALUE_SETS: Final = "value_sets"
LICENSED: Final = "licensed"
DRUG_NAMES: Final = "lexicon/drug_names"
CONDITION_NAMES: Final = "lexicon/condition_names"
ROUTE_NAMES: Final = "lexicon/route_names"
REPORT: Final = "lexicon/report"
WORDS: Final = "lexicon/words"
BUILT: Final = "_built/knowledge.msgpack"

# Sets that a site may switch off, each with the one code system that it holds. Their files stand in licensed/<set>/.
LICENSED_SETS: Final[Mapping[str, str]] = MappingProxyType({"atc": systems.ATC, "snomed_ct": systems.SNOMED})
BASE: Final = "base"

# Without these the rules would be silent where they should speak. A value set may stand in a licensed set alone.
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        DRUGS: ("prostacyclin", "anticoagulant", "anticoagulant_flush"),
        DRUG_NAMES: ("prostacyclin", "anticoagulant", "anticoagulant_flush", "anticoagulant_vague"),
        VALUE_SETS: (
            "abortion_procedure",
            "albumin",
            "answer_negative",
            "answer_not_pregnant",
            "answer_positive",
            "answer_pregnancy_uncertain",
            "answer_pregnant",
            "anti_ccp",
            "anti_hbc",
            "body_temperature",
            "body_weight",
            "bone_marrow_edema",
            "bone_marrow_edema_syndrome",
            "bone_marrow_edema_with_text",
            "bp_panel",
            "breastfeeding_status",
            "calcium_corrected",
            "calcium_ionized",
            "calcium_total",
            "creatinine",
            "creatinine_clearance",
            "crp",
            "delivery_procedure",
            "dxa_t_score",
            "egfr",
            "esr",
            "estimated_delivery_date",
            "gestational_age",
            "hba1c",
            "hbsag",
            "hcg_qualitative",
            "hcg_quantitative",
            "hla_b27",
            "igra",
            "inr",
            "long_term_anticoagulant_use",
            "no_childbearing",
            "not_pregnancy",
            "nyha_class",
            "pain_nrs",
            "pain_vas",
            "phq2_total",
            "phq9_item9",
            "phq9_total",
            "platelets",
            "pregnancy",
            "pregnancy_ended",
            "pregnancy_status",
            "pulmonary_hypertension",
            "radiology_category",
            "rheumatoid_factor",
            "route_inhalation",
            "route_local",
            "route_oral",
            "route_parenteral",
            "systolic_bp",
            "tuberculin_skin_test",
            "vitamin_d2_25_oh",
            "vitamin_d3_25_oh",
            "vitamin_d_25_oh",
        ),
        CONDITION_NAMES: (
            "bone_marrow_edema",
            "bone_marrow_edema_syndrome",
            "long_term_anticoagulant_use",
            "other_prostacyclin_indication",
            "pregnancy",
            "pulmonary_hypertension",
        ),
        ROUTE_NAMES: ROUTE_GROUPS,
        WORDS: ("clause_break", "heparin_flush", "negation", "negation_behind"),
    }
)
_SINGLE_FILES = frozenset({SOURCES, UNITS, SERVICES})
# A new file of these would be read by nobody.
_CLOSED = frozenset({ROUTE_NAMES, WORDS})
_CODED = (DRUGS, VALUE_SETS)
_FOLDERS = frozenset({*REQUIRED, REPORT, *(f"{LICENSED}/{name}/{kind}" for name in LICENSED_SETS for kind in _CODED)})


def file_of(directory: str, name: str) -> str:
    """The file of a group, concept or list, relative to the folder."""
    return f"{directory}/{name}.csv"


def directories(kind: str) -> tuple[str, ...]:
    """Where the rows of drugs or value sets stand: in the base, then in each licensed set."""
    return (kind, *(f"{LICENSED}/{name}/{kind}" for name in LICENSED_SETS))


def set_of(file: str) -> str:
    """The set that a file belongs to: the name of a licensed one, or "base"."""
    parts = file.split("/")
    return parts[1] if parts[0] == LICENSED else BASE


def refuse_strays(files: Iterable[str]) -> None:
    """Raises MappingError for a file in the wrong place: it would be read by nobody, which is better said."""
    for file in sorted(files):
        directory, _, name = file.rpartition("/")
        expected = file in _SINGLE_FILES or directory in _FOLDERS
        if not expected or (directory in _CLOSED and name.removesuffix(".csv") not in REQUIRED[directory]):
            raise MappingError(file, 0, "no mapping file is expected here")


def refuse_other_systems(file: str, line: int, system: str) -> None:
    """Raises MappingError for a row of a licensed code system outside its set, or of another one inside."""
    own = LICENSED_SETS.get(set_of(file))
    if own is not None and system != own:
        raise MappingError(file, line, f"only {own} rows stand in this licensed set, not {system}")
    if own is None and system in LICENSED_SETS.values():
        home = next(name for name, held in LICENSED_SETS.items() if held == system)
        raise MappingError(
            file, line, f"rows of {system} stand in {LICENSED}/{home}/, so that a site can switch them off"
        )
