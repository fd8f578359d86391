"""Which clinical idea a code or a problem text stands for."""

import itertools

import pytest

from mappings import Code, Knowledge

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (ICD10CM, "Z3A.22"),
        (ICD10CM, "Z3A22"),
        (ICD10CM, "z33.1"),
        (ICD10CM, "Z33.3"),
        (ICD10CM, "O09.90"),
        (ICD10CM, "O24.410"),
        (ICD10CM, "O24.019"),
        (ICD10CM, "O48.0"),
        (ICD10CM, "O88.213"),
        (ICD10CM, "O99.013"),
        ("urn:oid:2.16.840.1.113883.6.90", "Z34.80"),
        (ICD10, "Z33"),
        (ICD10, "Z33!"),
        (ICD10, "Z35.9"),
        (ICD10, "O24.4"),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "O26.9"),
        pytest.param(ICD10, "Z3A.22", id="a United States code under the URI of the WHO edition"),
        (SNOMED, "77386006"),
        (SNOMED, "72892002"),
        ("http://snomed.info/sct/900000000000207008/version/20240101", "77386006"),
    ],
)
def test_pregnancy(knowledge: Knowledge, system: str, code: str) -> None:
    assert knowledge.contains("pregnancy", system, code)


@pytest.mark.parametrize(
    ("system", "code"),
    [
        pytest.param(ICD10CM, "O24.430", id="diabetes in the puerperium"),
        pytest.param(ICD10CM, "O24430", id="the same without its dot"),
        pytest.param(ICD10, "O24.430", id="the same under the URI of the WHO edition"),
        pytest.param(ICD10, "O15.2", id="eclampsia in the puerperium"),
        pytest.param(ICD10CM, "O10.03", id="hypertension in the puerperium"),
        pytest.param(ICD10CM, "O14.05", id="pre-eclampsia in the puerperium"),
        pytest.param(ICD10CM, "O00.101", id="ectopic"),
        pytest.param(ICD10CM, "O03.9", id="miscarriage"),
        pytest.param(ICD10CM, "O80", id="delivery"),
        pytest.param(ICD10CM, "O88.23", id="embolism in the puerperium"),
        pytest.param(ICD10CM, "O90.3", id="cardiomyopathy of the puerperium"),
        pytest.param(ICD10CM, "Z33.2", id="termination"),
        pytest.param(ICD10CM, "Z37.0", id="outcome of delivery"),
        pytest.param(ICD10CM, "Z39.2", id="postpartum visit"),
        pytest.param(ICD10CM, "Z32.01", id="test positive, not a state"),
        pytest.param(ICD10CM, "Z31.9", id="procreative management"),
        pytest.param(ICD10CM, "Z3", id="half a code"),
        pytest.param(SNOMED, "289256000", id="mother delivered"),
        pytest.param(SNOMED, "60001007", id="not pregnant"),
        pytest.param(LOINC, "Z3A.22", id="a code of another system"),
    ],
)
def test_not_pregnancy(knowledge: Knowledge, system: str, code: str) -> None:
    assert not knowledge.contains("pregnancy", system, code)


@pytest.mark.parametrize(
    ("concept", "system", "code"),
    [
        ("pregnancy_ended", ICD10CM, "O24.430"),
        ("pregnancy_ended", ICD10CM, "O80"),
        ("pregnancy_ended", ICD10, "O82.1"),
        ("pregnancy_ended", ICD10CM, "Z33.2"),
        ("pregnancy_ended", SNOMED, "17369002"),
        ("delivery_procedure", SNOMED, "11466000"),
        ("abortion_procedure", SNOMED, "386639001"),
        ("no_childbearing", ICD10CM, "Z90.710"),
        ("no_childbearing", ICD10CM, "Z90.722"),
        ("no_childbearing", ICD10CM, "Z98.51"),
        ("no_childbearing", ICD10CM, "Z78.0"),
        ("no_childbearing", SNOMED, "236886002"),
        ("no_childbearing", SNOMED, "287664005"),
        ("pulmonary_hypertension", ICD10CM, "I27.0"),
        ("pulmonary_hypertension", ICD10CM, "I27.21"),
        ("pulmonary_hypertension", ICD10, "I27.20"),
        ("pulmonary_hypertension", SNOMED, "70995007"),
        ("bone_marrow_edema_syndrome", ICD10CM, "M81.6"),
        ("bone_marrow_edema_syndrome", SNOMED, "240160002"),
        ("bone_marrow_edema", SNOMED, "6411000179107"),
        ("bone_marrow_edema_with_text", ICD10CM, "M89.8X7"),
        ("bone_marrow_edema_with_text", ICD10CM, "R93.7"),
        ("long_term_anticoagulant_use", ICD10CM, "Z79.01"),
        ("long_term_anticoagulant_use", ICD10, "Z92.1"),
        ("inr", LOINC, "6301-6"),
        ("egfr", LOINC, "98979-8"),
        ("pregnancy_status", LOINC, "82810-3"),
        ("hcg_qualitative", LOINC, "2118-8"),
        ("hcg_quantitative", LOINC, "21198-7"),
        ("estimated_delivery_date", LOINC, "11778-8"),
        ("answer_pregnant", LOINC, "LA15173-0"),
        ("answer_pregnant", SNOMED, "77386006"),
        ("answer_not_pregnant", SNOMED, "60001007"),
        ("answer_pregnancy_uncertain", SNOMED, "146799005"),
        ("answer_positive", SNOMED, "10828004"),
        ("answer_positive", LOINC, "LA6576-8"),
        ("answer_positive", INTERPRETATION, "POS"),
        ("answer_negative", SNOMED, "260385009"),
        ("answer_negative", INTERPRETATION, "NEG"),
    ],
)
def test_codes_inside(knowledge: Knowledge, concept: str, system: str, code: str) -> None:
    assert concept in knowledge.concepts(system, code)


@pytest.mark.parametrize(
    ("concept", "system", "code"),
    [
        pytest.param("long_term_anticoagulant_use", ICD10CM, "Z79.02", id="antiplatelet use"),
        pytest.param("no_childbearing", ICD10CM, "Z90.721", id="one ovary"),
        pytest.param("no_childbearing", ICD10CM, "Z90.712", id="uterus remains"),
        pytest.param("no_childbearing", ICD10CM, "N95.1", id="climacteric"),
        pytest.param("no_childbearing", ICD10CM, "Z98.52", id="vasectomy"),
        pytest.param("pulmonary_hypertension", ICD10CM, "I27.82", id="chronic pulmonary embolism"),
        pytest.param("pulmonary_hypertension", ICD10CM, "I27.9", id="unspecified"),
        pytest.param("bone_marrow_edema", ICD10CM, "M89.8X7", id="other disorder of bone, alone"),
        pytest.param("bone_marrow_edema_syndrome", ICD10CM, "M89.00", id="algoneurodystrophy"),
        pytest.param("pregnancy_ended", ICD10CM, "O07.4", id="failed termination"),
        pytest.param("egfr", LOINC, "50383-9", id="not indexed to body surface"),
        pytest.param("egfr", LOINC, "2164-2", id="creatinine clearance"),
    ],
)
def test_codes_outside(knowledge: Knowledge, concept: str, system: str, code: str) -> None:
    assert concept not in knowledge.concepts(system, code)


def test_answers_that_contradict_share_no_code(knowledge: Knowledge) -> None:
    groups = [
        ("answer_pregnant", "answer_not_pregnant", "answer_pregnancy_uncertain"),
        ("answer_positive", "answer_negative"),
        ("pregnancy", "pregnancy_ended"),
        ("pregnancy", "not_pregnancy"),
    ]
    for first, second in itertools.chain.from_iterable(itertools.combinations(group, 2) for group in groups):
        assert set(knowledge.codes(first)).isdisjoint(knowledge.codes(second))


def test_codes_of_a_value_set_carry_the_canonical_uri(knowledge: Knowledge) -> None:
    assert knowledge.codes("bone_marrow_edema") == (
        Code("http://snomed.info/sct", "6411000179107", "Edema of bone marrow"),
    )


def test_a_value_set_that_does_not_exist_is_an_error(knowledge: Knowledge) -> None:
    with pytest.raises(KeyError):
        knowledge.codes("pregnency")
    with pytest.raises(KeyError):
        knowledge.contains("pregnency", SNOMED, "77386006")


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("BMES", {"bone_marrow_edema_syndrome"}),
        ("Bone marrow edema syndrome", {"bone_marrow_edema_syndrome"}),
        ("Transient osteoporosis of the left hip", {"bone_marrow_edema_syndrome"}),
        ("Knochenmarködem-Syndrom", {"bone_marrow_edema_syndrome"}),
        ("Bone marrow oedema of the talus", {"bone_marrow_edema"}),
        ("Knochenmarködem", {"bone_marrow_edema"}),
        ("Knochenmarkoedem re.", {"bone_marrow_edema"}),
        ("œdème médullaire", {"bone_marrow_edema"}),
        ("PAH", {"pulmonary_hypertension"}),
        ("Severe pulmonary arterial hypertension", {"pulmonary_hypertension"}),
        ("Pregnancy", {"pregnancy"}),
        ("schwanger.", {"pregnancy", "answer_pregnant"}),
        ("Raynaud's phenomenon", {"other_prostacyclin_indication"}),
        ("Long term (current) use of anticoagulants", {"long_term_anticoagulant_use"}),
        ("BME", set()),
        ("BML", set()),
        ("PAH exposure at work", set()),
        ("Pregnancy test negative", set()),
        ("frostbite", set()),
        ("no bone marrow edema", set()),
        ("Family history of scleroderma", set()),
        ("", set()),
    ],
)
def test_conditions_by_name(knowledge: Knowledge, text: str, concepts: set[str]) -> None:
    assert knowledge.concepts_named(text) == concepts


@pytest.mark.parametrize(
    ("code", "route"),
    [
        ("26643006", "oral"),
        ("47625008", "parenteral"),
        ("34206005", "parenteral"),
        ("447694001", "inhalation"),
        ("6064005", "local"),
        ("12130007", "local"),
        pytest.param("418730005", None, id="nasojejunal, often mistaken for inhalation"),
        ("37161004", None),
    ],
)
def test_route_codes(knowledge: Knowledge, code: str, route: str | None) -> None:
    assert knowledge.route(SNOMED, code) == route


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("Inhalation via nebulizer", "inhalation"),
        ("oral inhalation", "inhalation"),
        ("nébulisation", "inhalation"),
        ("Intravenous infusion", "parenteral"),
        ("i.v.", "parenteral"),
        ("IV", "parenteral"),
        ("s.c.", "parenteral"),
        ("Oral", "oral"),
        ("p.o.", "oral"),
        ("Intra-articular injection", "local"),
        ("Intracatheter", "local"),
        ("Topical (cutaneous)", "local"),
        pytest.param("PO or IV", None, id="two routes"),
        pytest.param("Tropfen im Mund", None, id="a German preposition"),
        ("", None),
    ],
)
def test_routes_by_name(knowledge: Knowledge, text: str, route: str | None) -> None:
    assert knowledge.route_named(text) == route


def test_a_route_without_system_or_code_is_unknown(knowledge: Knowledge) -> None:
    assert knowledge.route(None, "26643006") is None
    assert knowledge.route(SNOMED, None) is None
