"""Code systems under their many names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.systems import SYSTEMS, normalize_code, normalize_system, uri


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("http://www.nlm.nih.gov/research/umls/rxnorm", "rxnorm"),
        ("urn:oid:2.16.840.1.113883.6.88", "rxnorm"),
        ("2.16.840.1.113883.6.88", "rxnorm"),
        ("https://www.nlm.nih.gov/research/umls/rxnorm/", "rxnorm"),
        ("http://www.whocc.no/atc", "atc"),
        ("https://www.whocc.no/atc", "atc"),
        ("https://snomed.info/sct/900000000000207008", "sct"),
        ("https://hl7.org/fhir/sid/icd-10-cm", "icd10cm"),
        ("http://fhir.de/CodeSystem/bfarm/atc", "atc"),
        ("urn:oid:2.16.840.1.113883.6.73", "atc"),
        ("http://snomed.info/sct", "sct"),
        ("http://snomed.info/sct/900000000000207008", "sct"),
        ("http://snomed.info/sct|http://snomed.info/sct/731000124108", "sct"),
        ("urn:oid:2.16.840.1.113883.6.96", "sct"),
        ("http://loinc.org", "loinc"),
        (" HTTP://LOINC.ORG/ ", "loinc"),
        ("urn:oid:2.16.840.1.113883.6.1", "loinc"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "icd10cm"),
        ("urn:oid:2.16.840.1.113883.6.90", "icd10cm"),
        ("http://hl7.org/fhir/sid/icd-10", "icd10"),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "icd10"),
        ("http://hl7.org/fhir/sid/ndc", "ndc"),
        ("urn:oid:2.16.840.1.113883.6.69", "ndc"),
        ("http://unitsofmeasure.org", "ucum"),
        pytest.param("http://snomed.info/sctx", None, id="another system with a like name"),
        pytest.param("http://hl7.org/fhir/sid/icd-10-pcs", None, id="procedures, not diagnoses"),
        ("urn:oid:2.16.840.1.113883.6.253", None),
        ("", None),
    ],
)
def test_names(text: str, key: str | None) -> None:
    assert normalize_system(text) == key


def test_the_canonical_uri_of_a_system_names_that_system() -> None:
    assert {normalize_system(uri(key)) for key in SYSTEMS} == SYSTEMS
    with pytest.raises(KeyError):
        uri("cpt")


@pytest.mark.parametrize(
    ("system", "code", "normal"),
    [
        ("icd10cm", " z3a.22 ", "Z3A22"),
        ("icd10", "Z33!", "Z33"),
        ("icd10", "M07.4*", "M074"),
        ("ndc", "00003-0894-21", "00003089421"),
        ("ndc", "0003-0894-21", "00003089421"),
        ("ndc", "50090-347-1", "50090034701"),
        ("ndc", "00003089421", "00003089421"),
        ("ndc", "0003089421", "0003089421"),
        ("atc", "b01ac11 ", "B01AC11"),
        ("rxnorm", " 40138", "40138"),
        ("loinc", "la15173-0", "LA15173-0"),
    ],
)
def test_codes(system: str, code: str, normal: str) -> None:
    assert normalize_code(system, code) == normal


@given(st.text())
def test_any_text_may_come_as_system_or_code(text: str) -> None:
    assert normalize_system(text) in SYSTEMS | {None}
    for system in SYSTEMS:
        once = normalize_code(system, text)
        assert isinstance(once, str)
