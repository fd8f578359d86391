"""The code systems that the knowledge knows, under the many names by which clients call them."""

import re
from collections.abc import Callable
from typing import Final

RXNORM: Final = "rxnorm"
ATC: Final = "atc"
SNOMED: Final = "sct"
NDC: Final = "ndc"
LOINC: Final = "loinc"
ICD10CM: Final = "icd10cm"
ICD10: Final = "icd10"
UCUM: Final = "ucum"
INTERPRETATION: Final = "v3oi"
ROUTE: Final = "v3route"
OBSERVATION_CATEGORY: Final = "obscat"
DIAGNOSTIC_SERVICE: Final = "v2-0074"
CVX: Final = "cvx"
DICOM: Final = "dcm"
RADLEX: Final = "radlex"

# The first URI of each system is the one to emit.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    RXNORM: ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88"),
    ATC: (
        "http://www.whocc.no/atc",
        "http://whocc.no/atc",
        "http://fhir.de/CodeSystem/bfarm/atc",
        "http://fhir.de/CodeSystem/dimdi/atc",
        "http://terminology.hl7.org/CodeSystem/v3-WC",
        "urn:oid:2.16.840.1.113883.6.73",
    ),
    SNOMED: ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"),
    NDC: ("http://hl7.org/fhir/sid/ndc", "urn:oid:2.16.840.1.113883.6.69"),
    LOINC: ("http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"),
    ICD10CM: (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10-us",
        "urn:oid:2.16.840.1.113883.6.90",
    ),
    ICD10: (
        "http://hl7.org/fhir/sid/icd-10",
        "urn:oid:2.16.840.1.113883.6.3",
        "http://hl7.org/fhir/sid/icd-10-gm",
        "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
        "http://fhir.de/CodeSystem/dimdi/icd-10-gm",
        "http://hl7.org/fhir/sid/icd-10-de",
        "http://hl7.org/fhir/sid/icd-10-nl",
        "http://hl7.org/fhir/sid/icd-10-am",
    ),
    UCUM: ("http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8"),
    INTERPRETATION: (
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
        "http://hl7.org/fhir/v3/ObservationInterpretation",
        "urn:oid:2.16.840.1.113883.5.83",
    ),
    ROUTE: (
        "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration",
        "http://hl7.org/fhir/v3/RouteOfAdministration",
        "urn:oid:2.16.840.1.113883.5.112",
    ),
    OBSERVATION_CATEGORY: (
        "http://terminology.hl7.org/CodeSystem/observation-category",
        "http://hl7.org/fhir/observation-category",
    ),
    DIAGNOSTIC_SERVICE: (
        "http://terminology.hl7.org/CodeSystem/v2-0074",
        "http://hl7.org/fhir/v2/0074",
        "urn:oid:2.16.840.1.113883.12.74",
    ),
    CVX: ("http://hl7.org/fhir/sid/cvx", "urn:oid:2.16.840.1.113883.12.292"),
    DICOM: ("http://dicom.nema.org/resources/ontology/DCM", "urn:oid:1.2.840.10008.2.16.4"),
    RADLEX: ("http://radlex.org", "http://www.radlex.org", "urn:oid:2.16.840.1.113883.6.256"),
}
_KEYS: Final = {name: key for key, names in _NAMES.items() for name in names}
_KEYS_FOLDED: Final = {name.lower(): key for name, key in _KEYS.items()}
# "http://snomed.info/sct/900000000000207008/version/20240101": an edition or version of the same system.
_EDITION: Final = re.compile(r"http://snomed\.info/sct(?:/.*)?")
_OID: Final = re.compile(r"\d+(?:\.\d+)+")

SYSTEMS: Final = frozenset(_NAMES)
DRUG_SYSTEMS: Final = frozenset({RXNORM, ATC, SNOMED, NDC})

_NDC_SEGMENTS: Final = (5, 4, 2)
_ICD_MARKS: Final = " \t\r\n!*+-†#"


def normalize_system(text: str) -> str | None:
    """The short key of a code system ("rxnorm", "sct" ...) for any of its URIs or OIDs; None for a system not known."""
    return _KEYS.get(text) or _by_other_spelling(text)


def _by_other_spelling(text: str) -> str | None:
    plain = text.strip().split("|", 1)[0].rstrip("/").lower().replace("https://", "http://", 1)
    if _EDITION.fullmatch(plain):
        return SNOMED
    if _OID.fullmatch(plain):
        plain = f"urn:oid:{plain}"
    return _KEYS_FOLDED.get(plain)


def of_site(text: str) -> str:
    """The short key of a system; a system that is not known stands for itself, as the site writes it."""
    return normalize_system(text) or text.strip()


def uri(key: str) -> str:
    """The canonical URI of a system, for codes that we emit. Raises KeyError for a key that is not ours."""
    return _NAMES[key][0]


def normalize_code(system: str, code: str) -> str:
    """A code in the form under which it is indexed; `system` is a short key. Never raises."""
    return _NORMALIZERS.get(system, str.strip)(code)


def _icd(code: str) -> str:
    # Without the dot, and without the marks of national editions: "Z33!", "M07.4*", "Z79.0-".
    return code.upper().replace(".", "").strip(_ICD_MARKS)


def _upper(code: str) -> str:
    return code.strip().upper()


def _ndc(code: str) -> str:
    """Eleven digits: "0003-0894-21" and "00003-0894-21" give 00003089421. Ten digits without hyphens stay as they are,
    since nobody can tell which segment lacks the zero."""
    segments = code.strip().split("-")
    if len(segments) != len(_NDC_SEGMENTS):
        return "".join(segments)
    return "".join(segment.zfill(width) for segment, width in zip(segments, _NDC_SEGMENTS, strict=True))


_NORMALIZERS: Final[dict[str, Callable[[str], str]]] = {
    ICD10CM: _icd,
    ICD10: _icd,
    ATC: _upper,
    LOINC: _upper,
    INTERPRETATION: _upper,
    ROUTE: _upper,
    DIAGNOSTIC_SERVICE: _upper,
    DICOM: _upper,
    RADLEX: _upper,
    NDC: _ndc,
}
