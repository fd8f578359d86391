"""Golden list of the clinical concepts: a code of each kind in, its neighbors out."""

import re

import pytest

from mappings import Knowledge
from mappings.systems import SYSTEMS, uri

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
CVX = "http://hl7.org/fhir/sid/cvx"
ATC = "http://www.whocc.no/atc"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"

OBSERVATIONS = [
    ("vitamin_d_25_oh", "62292-8 68438-1 83070-3", "62290-2 1990-1 2236-8 1989-3 49054-0 35365-6 17861-6"),
    ("vitamin_d3_25_oh", "1989-3 14635-7", "1990-1 62290-2 62292-8"),
    ("vitamin_d2_25_oh", "49054-0", "2236-8 1989-3"),
    ("vitamin_d_other", "62290-2 1990-1 2236-8", "62292-8 1989-3 49054-0"),
    ("calcium_total", "17861-6 2000-8 49765-1", "1995-0 46099-8 29265-6 18281-6"),
    ("calcium_ionized", "1995-0 1994-3 17864-0", "17861-6 2000-8 46099-8"),
    ("calcium_corrected", "46099-8 29265-6", "17861-6 18281-6 1995-0"),
    ("albumin", "1751-7 54347-0", "2160-0"),
    ("creatinine", "2160-0 14682-9", "2164-2 33914-3"),
    ("creatinine_clearance", "2164-2", "2160-0 62238-1"),
    ("egfr_ckd_epi_2021", "98979-8", "62238-1 33914-3"),
    ("egfr_ckd_epi", "62238-1", "98979-8 88293-6 88294-4"),
    ("egfr_mdrd", "33914-3 77147-7", "48642-3 48643-1 62238-1"),
    ("egfr_race_specific", "48642-3 48643-1 88293-6 88294-4", "33914-3 62238-1 98979-8"),
    ("egfr_not_indexed", "50383-9", "69405-9 98979-8"),
    ("crp", "1988-5 30522-7", "4537-7"),
    ("esr", "4537-7 30341-2", "18184-2 1988-5"),
    ("triglycerides", "2571-8 14927-8", "2160-0"),
    ("platelets", "777-3 26515-7", "6690-2 718-7"),
    ("hemoglobin", "718-7 59260-0", "4548-4"),
    ("hba1c", "4548-4 59261-8", "718-7"),
    ("pain_nrs", "72514-3", "38214-3 38221-8 38208-5"),
    ("pain_vas", "38214-3", "72514-3"),
    ("systolic_bp", "8480-6", "8462-4 85354-9"),
    ("diastolic_bp", "8462-4", "8480-6"),
    ("bp_panel", "85354-9", "8480-6"),
    ("dxa_t_score", "38264-8 80946-7", "24701-5 80933-5 38268-9"),
    ("dxa", "38268-9 83311-1 38264-8 24701-5", "83051-3 36013-1"),
    ("gestational_age", "49051-6 49052-4 11884-4", "18185-9 76516-4 11778-8"),
    ("gestational_age_at_birth", "18185-9 76516-4", "49051-6"),
    ("body_temperature", "8310-5", "8480-6"),
    ("body_weight", "29463-7", "8302-2 39156-5"),
    ("body_height", "8302-2", "29463-7"),
    ("phq2_total", "55758-7", "44261-6 44260-8"),
    ("phq9_total", "44261-6", "55758-7 44260-8 44249-1 94328-2"),
    ("phq9_item9", "44260-8", "44261-6"),
    ("igra", "71773-6", "71772-8 71776-9"),
    ("tuberculin_skin_test", "1648-5", "71773-6"),
    ("hbsag", "5196-1", "10900-9 13952-7"),
    ("anti_hbc", "13952-7 24113-3", "10900-9 5196-1"),
    ("rheumatoid_factor", "11572-5", "33935-8"),
    ("anti_ccp", "33935-8", "11572-5 56913-7"),
    ("hla_b27", "4821-5", "11572-5"),
    ("pregnancy_status", "82810-3", "86645-9"),
    ("report_impression", "19005-8", "18782-3"),
    ("report_findings", "18782-3", "19005-8"),
]

CONDITIONS = [
    ("osteonecrosis", ICD10CM, "M87.052 M87.9 M90.50", "M87.180 M86.9 M93.2 M89.9 M27.2"),
    ("osteonecrosis", SNOMED, "203476003 398199007", "441809006"),
    ("osteonecrosis_of_jaw", ICD10CM, "M87.180 M87180", "M87.052 M27.2 M87.188"),
    ("osteonecrosis_of_jaw_with_text", ICD10, "K10.2", "K10.8 M87.9"),
    ("osteoarthritis", ICD10CM, "M17.12 M16.0 M19.071", "M06.9 M47.816"),
    ("degenerative_spine", ICD10CM, "M47.816 M51.36", "M45.9 M54.50"),
    ("rheumatoid_arthritis", ICD10CM, "M06.9 M05.79", "M08.00 M13.0 M19.90"),
    ("rheumatoid_arthritis", SNOMED, "69896004", "143441000119108"),
    ("axial_spondyloarthritis", ICD10CM, "M45.9 M46.1", "M47.816 M48.00"),
    ("axial_spondyloarthritis", SNOMED, "9631008", "8847002"),
    ("psoriatic_arthritis", ICD10CM, "L40.50", "L40.0"),
    ("psoriasis", ICD10CM, "L40.0 L40.50", "L41.0"),
    ("gout", ICD10CM, "M10.9 M1A.00X0", "M11.20 E79.0"),
    ("osteomyelitis", ICD10CM, "M86.171 M46.20", "M86.30 M00.9 M87.9"),
    ("osteomyelitis", SNOMED, "60168000", "240151005 60684003"),
    ("chronic_nonbacterial_osteomyelitis", ICD10CM, "M86.30 M86.39", "M86.171"),
    ("septic_arthritis", ICD10CM, "M00.9 M01.X0", "M13.0 M86.9"),
    ("charcot", ICD10CM, "M14.672 E11.610", "E11.42 M14.80 G60.0"),
    ("charcot", SNOMED, "781000119106", "44054006"),
    ("diabetes", ICD10CM, "E11.9 E10.9 E11.621", "R73.03 O24.410 E23.2"),
    ("diabetes", ICD10, "E14.9", "E15"),
    ("diabetes", SNOMED, "44054006 46635009", "703138006"),
    ("foot_ulcer", ICD10CM, "E11.621 L97.421 L89.621", "L97.211 E11.622 L89.150"),
    ("foot_ulcer", SNOMED, "95345008", "280137006"),
    ("vertebral_fracture", ICD10CM, "M48.54XA M48.56XA M80.08XA S22.080A S32.010A", "M48.46XA M81.0 M84.58XA S12.9XXA"),
    ("vertebral_fracture", SNOMED, "698077007 274146004", "46866001"),
    ("vertebral_fracture_with_text", ICD10CM, "M84.58XA M84.48XA", "M84.551A"),
    ("neoplastic_fracture", ICD10CM, "M84.58XA M84.551A", "M80.08XA M84.48XA"),
    ("unstable_vertebral_fracture", ICD10CM, "S32.012A S22.082S", "S32.010A S32.011A M48.56XA"),
    ("stress_fracture", ICD10CM, "M84.371A M84.362A", "M48.46XA M84.471A S82.101A"),
    ("stress_fracture", SNOMED, "240197007 11304721000119108", "42942008"),
    ("atypical_femur_fracture", ICD10CM, "M84.750A", "S72.301A M84.351A"),
    ("pathological_fracture", ICD10CM, "M84.40XA M80.08XA", "S72.001A M84.371A"),
    ("lower_limb_fracture", ICD10CM, "S72.001A S82.101A S92.001A S32.401A", "S32.010A S42.001A"),
    ("lower_limb_fracture", ICD10, "S72.0 S32.5", "S32.0 S42.0"),
    ("contusion", ICD10CM, "S80.01XA", "S80.11XA S82.001A"),
    ("osteochondral_lesion", ICD10CM, "M93.271", "M23.40 M87.9"),
    ("crps", ICD10CM, "G90.521 G57.71", "M89.00 M79.2"),
    ("algoneurodystrophy", ICD10CM, "M89.00 M89.079", "M89.8X7 G90.521"),
    ("osteoporosis", ICD10CM, "M81.0 M80.08XA", "M81.6 M85.80"),
    ("sickle_cell_disease", ICD10CM, "D57.1 D57.00 D57.20", "D57.3 D56.1"),
    ("sickle_cell_disease", SNOMED, "127040003", "16402000"),
    ("sickle_cell_trait", ICD10CM, "D57.3", "D57.1"),
    ("joint_effusion", ICD10CM, "M25.471 M25.462", "M25.571 M25.00"),
    ("back_pain", ICD10CM, "M54.50 M54.9", "M53.3 M25.551"),
    ("cellulitis", ICD10CM, "L03.115", "L02.415 L97.421"),
    ("abscess", ICD10CM, "L02.415", "L03.115 K04.7"),
    ("sepsis", ICD10CM, "A41.9 R78.81", "A49.9"),
    ("malignancy", ICD10CM, "C50.911 C61 C79.51 C90.00 C92.00 C43.9", "C44.91 D05.10 D22.9 Z85.3 Z80.3 D47.2"),
    ("malignancy", SNOMED, "254837009 109989006", "254701007 254651007"),
    ("malignancy_history", ICD10CM, "Z85.3", "Z80.3 C50.911"),
    ("bone_metastasis", ICD10CM, "C79.51", "C79.31 C40.20"),
    ("bone_metastasis", SNOMED, "94222008", "428281000"),
    ("primary_bone_tumor", ICD10CM, "C40.20 C41.9", "D16.20 C79.51"),
    ("primary_bone_tumor", SNOMED, "428281000 307576001", "302859004 126537000 93985007"),
    ("multiple_myeloma", ICD10CM, "C90.00 C90.01", "C90.10 D47.2"),
    ("leukemia", ICD10CM, "C91.10 C92.00", "C90.00 C81.90"),
    ("lymphoma", ICD10CM, "C81.90 C83.30", "C90.00 C92.00"),
    ("mgus", ICD10CM, "D47.2", "C90.00"),
    ("third_trimester", ICD10CM, "Z3A.33 Z3A.28 Z34.93", "Z3A.27 Z34.92"),
    ("lactation", ICD10CM, "Z39.1 O92.4", "Z39.2 O92.3 O92.5 O92.011"),
    ("lactation", SNOMED, "69840006 866041003", "289256000"),
    ("postpartum", ICD10CM, "Z39.2 O80 Z37.0", "Z34.93 O03.9"),
    ("cirrhosis", ICD10CM, "K74.60 K70.30", "K72.00 K76.0"),
    ("liver_decompensation", ICD10CM, "K70.31 K76.7", "K70.30 K74.60"),
    ("hypertriglyceridemia", ICD10CM, "E78.1", "E78.2 E78.5 E78.00"),
    ("hyperlipidemia_with_test", ICD10CM, "E78.2 E78.5", "E78.1"),
    ("hypocalcemia", ICD10CM, "E83.51", "E83.52 E20.9"),
    ("hypercalcemia", ICD10CM, "E83.52", "E83.51 E21.0"),
    ("primary_hyperparathyroidism", ICD10CM, "E21.0", "E21.1 E83.52"),
    ("ckd_3", ICD10CM, "N18.31 N18.30", "N18.4 N18.2"),
    ("ckd_3", SNOMED, "700378005", "431857002"),
    ("ckd_4", ICD10CM, "N18.4", "N18.31 N18.5"),
    ("ckd_5", ICD10CM, "N18.5 N18.6", "N18.4"),
    ("dialysis", ICD10CM, "Z99.2 N18.6", "N18.5 Z99.11"),
    ("acute_kidney_injury", ICD10CM, "N17.9", "N18.9"),
    ("nephrolithiasis", ICD10CM, "N20.0 Z87.442", "N23"),
    ("peptic_ulcer", ICD10CM, "K26.9 K25.4", "K29.70 Z87.11 K22.10"),
    ("peptic_ulcer_history", SNOMED, "266998003", "13200003"),
    ("gi_bleeding", ICD10CM, "K92.2", "K26.9 D68.9"),
    ("bleeding_disorder", ICD10CM, "D66 D68.00 D68.4", "D68.51 D68.61 D69.2 D69.6 I82.401"),
    ("bleeding_disorder", SNOMED, "90935002", "302215000 131148009"),
    ("thrombophilia", ICD10CM, "D68.51 D68.61", "D66"),
    ("thrombocytopenia", ICD10CM, "D69.6", "D69.2 D66"),
    ("intracranial_hemorrhage", ICD10CM, "I61.9 S06.5X0A", "I63.9 S06.0X0A"),
    ("heart_failure", ICD10CM, "I50.9 I11.0", "I11.9 I25.10"),
    ("heart_failure_decompensated", ICD10CM, "I50.23", "I50.22 I50.9"),
    ("myocardial_infarction", ICD10CM, "I21.4 I22.0", "I25.2 I20.0"),
    ("myocardial_infarction", SNOMED, "22298006", "399211009 32574007 194821006"),
    ("old_myocardial_infarction", ICD10CM, "I25.2", "I21.4 I25.10"),
    ("old_myocardial_infarction", ICD10, "I25.2", "I25.1"),
    ("old_myocardial_infarction", SNOMED, "399211009", "22298006"),
    ("ischemic_heart_disease", ICD10CM, "I25.10 I20.9", "I25.2 I21.4"),
    ("unstable_angina", ICD10CM, "I20.0 I25.110 I24.9", "I20.9 I25.10"),
    ("stroke_tia", ICD10CM, "I63.9 G45.9 I61.9", "G45.4 I69.30 Z86.73"),
    ("stroke_tia", SNOMED, "266257000 422504002", "195243003"),
    ("severe_arrhythmia", ICD10CM, "I47.20 I49.01 I46.9", "I48.91 I49.3"),
    ("high_grade_av_block", ICD10CM, "I44.2", "I44.1 I44.0"),
    ("high_grade_av_block", SNOMED, "27885002 28189009", "195042002"),
    ("second_degree_av_block", ICD10CM, "I44.1", "I44.2"),
    ("atrial_fibrillation", ICD10CM, "I48.91", "I47.20"),
    ("aortic_stenosis", ICD10CM, "I35.0", "I35.1 I34.0"),
    ("pulmonary_edema", ICD10CM, "J81.0", "I50.9"),
    ("hypertension", ICD10CM, "I10", "I27.0 O13.9"),
    ("esophageal_emptying_disorder", ICD10CM, "K22.0 K22.2", "K22.70 K21.9"),
    ("esophageal_emptying_disorder", SNOMED, "45564002", "302914006"),
    ("barrett_esophagus", ICD10CM, "K22.70", "K22.0"),
    ("nsaid_hypersensitivity", SNOMED, "293586001 407674008", "195967001"),
    ("asthma", ICD10CM, "J45.909", "J44.9 Z88.6"),
    ("depression", ICD10CM, "F32.1 F33.9", "F32.5 F33.42 F31.9"),
    ("falls", ICD10CM, "W19.XXXA R29.6", "W16.011A V00.111A"),
    ("falls", SNOMED, "161898004", "129839007"),
    ("sleep_apnea", ICD10CM, "G47.33", "G47.00"),
    ("copd", ICD10CM, "J44.9", "J45.909"),
    ("respiratory_depression", ICD10CM, "J96.01", "J96.10"),
    ("gi_obstruction", ICD10CM, "K56.7", "K59.00"),
    ("sarcoidosis", ICD10CM, "D86.0", "D89.9"),
    ("demyelinating_disease", ICD10CM, "G35", "G61.0"),
    ("tuberculosis_active", ICD10CM, "A15.0", "Z22.7 B90.9 R76.11"),
    ("tuberculosis_latent", ICD10CM, "Z22.7 R76.12", "A15.0 B90.9"),
    ("hepatitis_b", ICD10CM, "B18.1", "B18.2 Z23"),
    ("cauda_equina", ICD10CM, "G83.4", "G83.9"),
    ("myelopathy", ICD10CM, "G95.20 M47.12", "M47.816 G82.20"),
    ("pacemaker", ICD10CM, "Z95.0", "Z95.1 Z95.810"),
    ("pacemaker", SNOMED, "14106009", "72506001"),
    ("implantable_defibrillator", ICD10CM, "Z95.810", "Z95.0"),
    ("implanted_electronic_device", ICD10CM, "Z95.0 Z95.810 Z96.82 Z96.21", "Z96.641 Z95.5"),
    ("claustrophobia", ICD10CM, "F40.240", "F40.241"),
    ("artificial_joint", ICD10CM, "Z96.641", "Z96.7"),
    ("malabsorption", ICD10CM, "K90.0", "K58.9"),
    ("weight_loss", ICD10CM, "R63.4", "R63.5"),
    ("limb_ischemia", ICD10CM, "I73.9 I70.211 E11.51", "I73.00 I82.401"),
    ("vitamin_d_deficiency", ICD10CM, "E55.9", "E56.9"),
    ("pain_hip", ICD10CM, "M25.551", "M25.561 R10.30"),
    ("pain_foot", ICD10CM, "M79.671", "M79.661"),
    ("lower_limb_bone_pain", ICD10CM, "M25.551 M25.561 M25.571 M79.661", "M54.50 M25.511 M79.609"),
    ("lower_limb_bone_pain", SNOMED, "49218002 30989003", "279039007 10601006"),
    ("long_term_anticoagulant_use", ICD10CM, "Z79.01", "Z79.02"),
    ("crutches", SNOMED, "363753007 74566002", "58938008"),
    ("offloading_orthosis", SNOMED, "462421009", "363753007"),
    ("patient_education", SNOMED, "311401005", "442284008"),
    ("physiotherapy", SNOMED, "91251008 308447003", "183545006"),
    ("dental_examination", SNOMED, "34043003", "55162003"),
    ("invasive_dental_procedure", SNOMED, "55162003", "34043003"),
    ("specialty_orthopedics", SNOMED, "394801008", "394810000"),
]  # fmt: skip

IMAGING = [
    ("mri_hip", "36488-5 36013-1", "36510-6 36469-5"),
    ("mri_knee", "36510-6", "36488-5"),
    ("mri_ankle", "36429-9 36427-3", "36469-5"),
    ("mri_foot", "36469-5", "36429-9"),
    ("mri_sacroiliac", "36502-3", "36532-0"),
    ("mri_pelvis_sacroiliac", "36502-3 24867-4", "72245-4 42389-7"),
    ("mri_spine_lumbar", "30679-5 24968-0", "36532-0 36502-3"),
    ("mri_spine_thoracic", "36532-0", "30679-5 35950-5"),
    ("mri_any", "36488-5 25056-3 39141-7 36532-0", "35940-6 38268-9 36428-1 35950-5"),
    ("mri_unspecified", "25056-3", "36488-5"),
    ("mri_with_contrast", "36363-0 36204-6", "36488-5 36013-1"),
    ("mri_without_contrast", "36363-0 36488-5", "36204-6 36013-1"),
    ("dynamic_contrast_mri", "43555-2", "36363-0"),
    ("side_left", "36488-5 36427-3 46278-8", "36490-1 36013-1 36017-2"),
    ("side_right", "36490-1 36510-6", "36488-5"),
    ("side_bilateral", "36017-2", "36488-5"),
    ("ct_ankle", "36428-1", "36429-9"),
    ("bone_scan", "25031-6", "81585-2"),
    ("leukocyte_scan", "81585-2 42700-5", "25031-6"),
]


def _in_and_out(rows: list[tuple[str, str, str]]) -> list[tuple[str, str, bool]]:
    return [
        (concept, code, inside)
        for concept, wanted, refused in rows
        for codes, inside in ((wanted, True), (refused, False))
        for code in codes.split()
    ]


@pytest.mark.parametrize(("concept", "code", "inside"), _in_and_out([*OBSERVATIONS, *IMAGING]))
def test_loinc(knowledge: Knowledge, concept: str, code: str, inside: bool) -> None:
    assert knowledge.contains(concept, LOINC, code) is inside


@pytest.mark.parametrize(
    ("concept", "system", "code", "inside"),
    [
        (concept, system, code, inside)
        for concept, system, wanted, refused in CONDITIONS
        for _, code, inside in _in_and_out([(concept, wanted, refused)])
    ],
)
def test_conditions_and_procedures(knowledge: Knowledge, concept: str, system: str, code: str, inside: bool) -> None:
    assert knowledge.contains(concept, system, code) is inside


@pytest.mark.parametrize("code", ["M89.8X7", "M89.9", "D75.89"])
def test_an_unspecific_bone_code_alone_is_no_edema(knowledge: Knowledge, code: str) -> None:
    found = knowledge.concepts(ICD10CM, code)

    assert "bone_marrow_edema_with_text" in found
    assert not {"bone_marrow_edema", "bone_marrow_edema_syndrome"} & found


@pytest.mark.parametrize(
    ("code", "concepts"),
    [
        ("M87.052", {"osteonecrosis", "side_left", "site_hip"}),
        ("M25.551", {"pain_hip", "side_right", "site_hip"}),
        ("M84.371A", {"stress_fracture", "side_right", "site_ankle"}),
        ("M86.171", {"osteomyelitis", "side_right", "site_ankle", "site_foot"}),
        ("M93.271", {"osteochondral_lesion", "side_right", "site_ankle"}),
        ("M17.0", {"osteoarthritis", "side_bilateral", "site_knee"}),
        ("L03.115", {"cellulitis", "side_right"}),
        ("Z96.641", {"artificial_joint", "side_right", "site_hip"}),
        ("M14.672", {"charcot", "side_left", "site_ankle", "site_foot"}),
        pytest.param("M87.180", {"osteonecrosis_of_jaw", "not_osteonecrosis"}, id="a jaw is no hip"),
        ("S72.412A", {"lower_limb_fracture", "fracture", "side_left", "site_knee"}),
    ],
)
def test_a_diagnosis_code_tells_its_site_and_side(knowledge: Knowledge, code: str, concepts: set[str]) -> None:
    assert concepts <= knowledge.concepts(ICD10CM, code)


@pytest.mark.parametrize(
    ("code", "concepts"),
    [
        ("11304721000119108", {"stress_fracture", "side_left", "site_lower_leg"}),
        ("203476003", {"osteonecrosis", "site_hip"}),
        ("239873007", {"osteoarthritis", "site_knee"}),
        ("698077007", {"vertebral_fracture", "site_spine"}),
    ],
)
def test_a_finding_tells_its_site_and_side(knowledge: Knowledge, code: str, concepts: set[str]) -> None:
    assert concepts <= knowledge.concepts(SNOMED, code)


def test_no_code_has_both_sides(knowledge: Knowledge) -> None:
    left, right = ({each.code for each in knowledge.codes(f"side_{side}")} for side in ("left", "right"))

    assert not left & right


@pytest.mark.parametrize(
    ("system", "code", "inside"),
    [
        (CVX, "03", True),
        (CVX, "37", True),
        (CVX, "121", True),
        pytest.param(CVX, "187", False, id="recombinant zoster is not live"),
        pytest.param(CVX, "53", False, id="killed typhoid is not live"),
        pytest.param(CVX, "56", False, id="not confirmed"),
        (ATC, "J07BD52", True),
        (ATC, "J07AN01", True),
        pytest.param(ATC, "J07BK03", False, id="zoster, purified antigen"),
        pytest.param(ATC, "J07BX01", False, id="smallpox: depends on the product"),
    ],
)
def test_live_vaccines(knowledge: Knowledge, system: str, code: str, inside: bool) -> None:
    assert knowledge.contains("live_vaccine", system, code) is inside


@pytest.mark.parametrize(
    ("code", "concept"),
    [("MR", "mri_any"), ("CT", "ct_any"), ("DX", "xray_any"), ("CR", "xray_any"), ("NM", "nuclear_medicine")],
)
def test_modality_of_a_study(knowledge: Knowledge, code: str, concept: str) -> None:
    assert concept in knowledge.concepts(DICOM, code)


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "392010000"),
        (SNOMED, "241642006"),
        (SNOMED, "241643001"),
        (SNOMED, "41747008"),
        (SNOMED, "711150003"),
        (SNOMED, "50373000"),
        (SNOMED, "429616001"),
        (SNOMED, "67411009"),
        (CVX, "204"),
    ],
)
def test_a_code_that_nobody_confirmed_is_not_known(knowledge: Knowledge, system: str, code: str) -> None:
    assert not knowledge.concepts(system, code)


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Balloon kyphoplasty L1", {"kyphoplasty", "vertebral_augmentation"}),
        ("Percutaneous vertebroplasty L1", {"vertebroplasty", "vertebral_augmentation"}),
        ("Kyphoplastie LWK 1", {"kyphoplasty", "vertebral_augmentation"}),
        ("Zementaugmentation", {"vertebral_augmentation"}),
        ("Extracorporeal shock wave therapy (ESWT)", {"eswt"}),
        ("Stosswellen Hüfte links", {"eswt"}),
        ("Stoßwelle", {"eswt"}),
        ("Low-energy radial shock wave therapy", {"eswt", "low_energy_shock_wave"}),
        ("Sympathetic ganglion blockade", {"sympathetic_block"}),
        ("Pulsating electromagnetic field therapy", {"pemf"}),
        ("Exosome injection", {"cell_therapy"}),
        ("MR ankle right with gadolinium", {"mri_any", "mri_with_contrast"}),
        ("ICD", {"implantable_defibrillator"}),
        ("Cardiac resynchronization therapy defibrillator", {"implantable_defibrillator"}),
        ("Left ventricular assist device", {"cardiac_assist_device"}),
        ("Discitis L4/L5", {"osteomyelitis"}),
        ("Pneumonia", {"serious_infection"}),
        ("PEMF bone stimulator", {"pemf"}),
        ("Magnetfeldtherapie", {"pemf"}),
        ("Core decompression of the left femoral head", {"core_decompression"}),
        ("Markraumdekompression", {"core_decompression"}),
        ("Lumbar sympathetic block", {"sympathetic_block"}),
        ("Sympathikusblockade", {"sympathetic_block"}),
        ("stellate block", {"sympathetic_block"}),
        ("Strict bed rest", {"bed_rest"}),
        ("Bettruhe", {"bed_rest"}),
        ("Short leg cast (non-removable)", {"immobilizer"}),
        ("Platelet-rich plasma (PRP) injection", {"platelet_rich_plasma"}),
        ("Bone marrow derived stem cell injection", {"cell_therapy"}),
        ("Forearm crutches for partial weight-bearing", {"crutches", "weight_bearing_restricted"}),
        ("Unterarmgehstützen", {"crutches"}),
        ("Knee-high offloading walker (ankle/foot orthosis)", {"offloading_device"}),
        ("Written patient education on bone marrow edema syndrome", {"patient_education"}),
        ("Gait training, weight-bearing as tolerated", {"physiotherapy", "weight_bearing_allowed"}),
        ("MRI hip left without and with contrast", {"mri_any", "mri_with_contrast", "mri_without_contrast"}),
        ("MRI ANKLE RIGHT WO CONTRAST", {"mri_any", "mri_without_contrast"}),
        (
            "Cardiac pacemaker, not MR conditional: MRI contraindicated",
            {"pacemaker", "mri_contraindication"},
        ),
        ("Avascular necrosis of femoral head", {"osteonecrosis"}),
        ("Hüftkopfnekrose links", {"osteonecrosis"}),
        ("Osteonecrosis of the jaw due to drugs", {"osteonecrosis_of_jaw"}),
        ("Stress fracture of second metatarsal", {"stress_fracture"}),
        ("Fracture of clavicle", {"fracture"}),
        ("Closed fracture of the left tibial plateau", {"fracture"}),
        ("Right ankle fracture", {"fracture"}),
        ("Schenkelhalsfraktur links", {"fracture"}),
        ("Fracture du col du fémur", {"fracture"}),
        ("Active Charcot foot", {"charcot"}),
        ("Inactive Charcot foot", {"charcot_inactive"}),
        ("Charcot foot, quiescent", {"charcot_inactive"}),
        ("Loss of protective sensation of both feet", {"neuropathy"}),
        ("Ulcer of left foot", {"foot_ulcer"}),
        ("DM type 2", {"diabetes"}),
        ("Diabetic Charcot foot", {"diabetes", "charcot"}),
        ("Diabetic foot infection", {"diabetes", "cellulitis"}),
        ("Removable cast walker", {"offloading_device"}),
        ("Discontinue knee-high walker", {"offloading_ended"}),
        ("Advance to full weightbearing", {"weight_bearing_allowed"}),
        ("Below-knee cast, 8 weeks", {"immobilizer"}),
        ("Ankle orthosis", {"orthosis"}),
        ("White blood cell scintigraphy", {"leukocyte_scan"}),
        ("SPECT/CT left foot", {"leukocyte_scan"}),
        ("Core compression of the femoral head", {"core_decompression"}),
        ("Psychotherapy", {"referral_mental_health"}),
        ("Orthopedic surgeon", {"specialty_orthopedics"}),
        ("Complex regional pain syndrome", {"crps"}),
        ("Rheumatoid arthritis", {"rheumatoid_arthritis"}),
        ("Type 2 diabetes mellitus", {"diabetes"}),
        ("Sickle cell trait", {"sickle_cell_trait"}),
        (
            "Pathological vertebral fracture in neoplastic disease",
            {"vertebral_fracture", "neoplastic_fracture"},
        ),
        ("Chronic non-bacterial osteomyelitis (CRMO)", {"chronic_nonbacterial_osteomyelitis"}),
        ("Old myocardial infarction", {"old_myocardial_infarction"}),
        ("History of myocardial infarction", {"old_myocardial_infarction"}),
        ("Basal cell carcinoma of the nose", {"skin_cancer_not_melanoma"}),
        ("Pelvic girdle pain in pregnancy", {"pain_pelvic_girdle"}),
        ("Swelling of left foot", {"localized_swelling"}),
        ("Pain of right heel", {"pain_foot", "lower_limb_bone_pain"}),
        ("Bone pain of left tibia", {"pain_lower_leg", "lower_limb_bone_pain"}),
        ("Fußschmerzen rechts", {"pain_foot", "lower_limb_bone_pain"}),
        ("Effusion of right ankle", {"joint_effusion"}),
        ("Pressure ulcer of left heel", {"foot_ulcer"}),
        ("Osteoporotic fracture", {"fracture", "pathological_fracture"}),
        ("Metastatic disease to bone", {"bone_metastasis", "malignancy"}),
        ("Postoperative changes of the right ankle", {"postsurgical_state"}),
        ("Implantable defibrillator in situ", {"implantable_defibrillator"}),
        ("Cardiac pacemaker, MR conditional", {"pacemaker", "mri_compatible"}),
        ("Cardiac pacemaker, not MR conditional", {"pacemaker", "mri_contraindication"}),
        ("Referral to orthopedic oncology", {"referral_oncology"}),
        ("25-hydroxyvitamin D", {"vitamin_d_25_oh"}),
        ("Arthrodesis of right ankle", {"bone_or_joint_surgery"}),
        ("NYHA III", {"nyha_3"}),
        ("Second degree AV block Mobitz II", {"high_grade_av_block"}),
        ("Second degree AV block, Wenckebach", {"second_degree_av_block"}),
        ("Coronary artery disease, severe", {"ischemic_heart_disease", "severe_ischemic_heart_disease"}),
        ("Severe mitral regurgitation", {"valve_disease", "severe_valve_disease"}),
        ("Hemodynamically relevant valve disease", {"severe_valve_disease"}),
        ("Mild aortic regurgitation", {"mild_valve_disease"}),
        ("Hemodynamically unstable atrial fibrillation", {"atrial_fibrillation", "severe_arrhythmia"}),
        ("VWD type 1", {"bleeding_disorder"}),
        ("Unable to stand or sit upright", {"bed_confinement"}),
        ("Atypical subtrochanteric fracture of femur", {"atypical_femur_fracture"}),
        ("Pregnancy, third trimester", {"pregnancy", "third_trimester"}),
        ("Menopause", {"no_childbearing"}),
        ("Laparoscopic sterilization", {"no_childbearing"}),
        ("Dialysis", {"dialysis"}),
        ("Liver cirrhosis, Child A", {"cirrhosis", "child_pugh_a"}),
        ("Elective surgery", {"operation"}),
        ("Recent stroke", {"stroke_tia"}),
        ("L1 compression fracture", {"vertebral_fracture"}),
        ("Compression fracture of L1", {"vertebral_fracture"}),
        ("Burst fracture of T12", {"vertebral_fracture"}),
        ("Fracture of vertebra", {"vertebral_fracture"}),
        ("LWK 1 Fraktur", {"vertebral_fracture"}),
        ("Vertebral insufficiency fracture", {"vertebral_fracture"}),
        ("Compression fracture of tibial plateau", {"fracture"}),
        ("Unstable L1 fracture", {"unstable_vertebral_fracture"}),
        ("Immobilization of spine", {"bed_rest"}),
        ("AVN of hip", {"osteonecrosis"}),
        ("CNO", {"chronic_nonbacterial_osteomyelitis"}),
        ("Skin discoloration of the left foot", {"skin_color_asymmetry"}),
        ("Temperature difference, right foot warmer", {"skin_temperature_asymmetry"}),
        ("Abnormal sweating", {"sweating_asymmetry"}),
        ("Full-term uncomplicated delivery", {"postpartum"}),
        ("Rheumatology Physician", {"specialty_rheumatology"}),
        ("Orthopaedic Surgery Physician", {"specialty_orthopedics"}),
        ("Orthopedics", {"referral_orthopedics"}),
        ("Orthopedic surgery consult", {"referral_orthopedics"}),
        ("Ambulatory referral to orthopedic surgery", {"referral_orthopedics"}),
        ("AVN left hip", {"osteonecrosis"}),
        ("TOH", {"bone_marrow_edema_syndrome"}),
        ("ONJ", {"osteonecrosis_of_jaw"}),
        ("MI", {"myocardial_infarction"}),
        ("s/p MI", {"old_myocardial_infarction"}),
        ("CHF", {"heart_failure"}),
        ("VTach", {"severe_arrhythmia"}),
        ("Second-degree AV block type II", {"high_grade_av_block"}),
        ("CKD G4", {"ckd", "ckd_4"}),
        ("ESKD", {"end_stage_renal_disease"}),
        ("Cirrhosis, Child-Pugh B", {"cirrhosis", "child_pugh_b_or_c"}),
        ("Child C cirrhosis", {"cirrhosis", "child_pugh_b_or_c"}),
        ("PUD", {"peptic_ulcer", "upper_gi_disease"}),
        ("History of hysterectomy", {"no_childbearing"}),
        ("Tuberculosis", {"tuberculosis_active"}),
        ("Positive QuantiFERON", {"tuberculosis_latent"}),
        ("Myeloma", {"multiple_myeloma", "malignancy"}),
        ("DLBCL", {"lymphoma", "malignancy"}),
        ("OA knee", {"osteoarthritis"}),
        ("HbSS", {"sickle_cell_disease"}),
        ("HTN", {"hypertension"}),
        ("CIDP", {"demyelinating_disease"}),
        ("Bone marrow edema, fracture ruled out", {"bone_marrow_edema"}),
    ],
)
def test_text_names(knowledge: Knowledge, text: str, concepts: set[str]) -> None:
    assert concepts <= knowledge.concepts_named(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Family history of rheumatoid arthritis", "rheumatoid_arthritis"),
        ("Family history of osteosarcoma", "malignancy"),
        ("Family history of myocardial infarction", "myocardial_infarction"),
        ("Family history of myocardial infarction", "old_myocardial_infarction"),
        ("Family history of peptic ulcer", "peptic_ulcer_history"),
        ("No significant mitral regurgitation", "severe_valve_disease"),
        ("Mild mitral regurgitation", "valve_disease"),
        ("Family history of pregnancy in third trimester", "pregnancy"),
        ("Ectopic pregnancy, first trimester", "pregnancy"),
        ("Perimenopause", "no_childbearing"),
        ("Referral to orthopedic surgery", "operation"),
        ("Wishes to become pregnant", "pregnancy"),
        ("Old myocardial infarction", "myocardial_infarction"),
        ("History of myocardial infarction", "myocardial_infarction"),
        ("Basal cell carcinoma of the nose", "malignancy"),
        ("Sickle cell trait", "sickle_cell_disease"),
        ("Osteonecrosis of the jaw", "osteonecrosis"),
        ("Chronic nonbacterial osteomyelitis", "osteomyelitis"),
        ("Gestational diabetes mellitus", "diabetes"),
        ("Prediabetes", "diabetes"),
        ("Localized osteoporosis [Lequesne]", "osteoporosis"),
        ("Transient osteoporosis of hip", "osteoporosis"),
        ("Portal hypertension", "hypertension"),
        ("Athlete's foot", "athlete"),
        ("Hay fever", "fever"),
        ("Heat stroke", "stroke_tia"),
        ("Respiratory depression", "depression"),
        ("ST depression", "depression"),
        ("Thrombophilia", "bleeding_disorder"),
        ("Low back pain", "lower_limb_bone_pain"),
        ("Neuropathic pain of right foot", "lower_limb_bone_pain"),
        ("no pain of right heel", "lower_limb_bone_pain"),
        ("1,25-dihydroxyvitamin D", "vitamin_d_25_oh"),
        ("Pacemaker, not MR conditional", "mri_compatible"),
        ("Pacemaker, non-MR conditional", "mri_compatible"),
        ("no osteomyelitis", "osteomyelitis"),
        ("Screening for osteoporosis", "osteoporosis"),
        ("Hepatitis B vaccination", "hepatitis_b"),
        ("MRI ankle without contrast", "mri_with_contrast"),
        ("Algodystrophy", "bone_marrow_edema_syndrome"),
        ("High risk of fracture", "fracture"),
        ("History of fracture of hip", "fracture"),
        ("Personal history of (healed) traumatic fracture", "fracture"),
        ("Osteoporosis without current pathological fracture", "fracture"),
        ("Osteomyelitis ruled out", "osteomyelitis"),
        ("Cirrhosis was excluded", "cirrhosis"),
        ("Herzinsuffizienz ausgeschlossen", "heart_failure"),
        ("r/o septic arthritis", "septic_arthritis"),
        ("Breast cancer screening", "malignancy"),
        ("Peptic ulcer prophylaxis", "peptic_ulcer"),
        ("Latent tuberculosis", "tuberculosis_active"),
        ("History of tuberculosis", "tuberculosis_active"),
    ],
)
def test_text_that_means_something_else(knowledge: Knowledge, text: str, concept: str) -> None:
    assert concept not in knowledge.concepts_named(text)


def test_the_code_of_each_service_leads_back_to_a_concept_or_a_drug(knowledge: Knowledge) -> None:
    unknown = {
        name
        for name, service in knowledge.services.items()
        if service.code is not None
        and not knowledge.concepts(service.code.system, service.code.code)
        and not knowledge.drugs(service.code.system, service.code.code)
    }

    assert not unknown


@pytest.mark.parametrize(
    ("service", "concept"),
    [
        ("vitamin_d_test", "vitamin_d_25_oh"),
        ("calcium_test", "calcium_total"),
        ("albumin_test", "albumin"),
        ("creatinine_test", "creatinine"),
        ("crp_test", "crp"),
        ("esr_test", "esr"),
        ("dxa", "dxa"),
        ("mri_hip", "mri_hip"),
        ("mri_knee_without_contrast", "mri_without_contrast"),
        ("mri_foot", "mri_foot"),
        ("mri_lumbar_spine", "mri_spine_lumbar"),
        ("bone_scan", "bone_scan"),
        ("leukocyte_scan", "leukocyte_scan"),
        ("physiotherapy", "physiotherapy"),
        ("orthopedic_referral", "referral_orthopedics"),
        ("rheumatology_referral", "referral_rheumatology"),
        ("mental_health_referral", "referral_mental_health"),
        ("dental_referral", "referral_dental"),
        ("crutches", "crutches"),
    ],
)
def test_a_suggestion_is_recognized_as_what_it_suggests(knowledge: Knowledge, service: str, concept: str) -> None:
    code = knowledge.service(service).code

    assert code is not None
    assert concept in knowledge.concepts(code.system, code.code)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("vitamin_d_25_oh", "vitamin_d_other"),
        ("calcium_total", "calcium_ionized"),
        ("calcium_total", "calcium_corrected"),
        ("gestational_age", "gestational_age_at_birth"),
        ("pain_nrs", "pain_vas"),
        ("sickle_cell_disease", "sickle_cell_trait"),
        ("bleeding_disorder", "thrombophilia"),
        ("myocardial_infarction", "old_myocardial_infarction"),
        ("stroke_tia", "stroke_history"),
        ("peptic_ulcer", "peptic_ulcer_history"),
        ("tuberculosis_active", "tuberculosis_latent"),
        ("tuberculosis_active", "tuberculosis_history"),
        ("severe_arrhythmia", "atrial_fibrillation"),
        ("high_grade_av_block", "second_degree_av_block"),
        ("igra", "igra_control"),
        ("primary_bone_tumor", "benign_bone_tumor"),
        ("osteomyelitis", "septic_arthritis"),
        ("mri_any", "ct_any"),
        ("mri_any", "xray_any"),
        ("bone_scan", "leukocyte_scan"),
        ("lactation", "pregnancy"),
        ("crps", "algoneurodystrophy"),
    ],
)
def test_concepts_that_must_not_share_a_code(knowledge: Knowledge, first: str, second: str) -> None:
    both = [
        (each.system, each.code)
        for each in (*knowledge.codes(first), *knowledge.codes(second))
        if {first, second} <= knowledge.concepts(each.system, each.code)
    ]

    assert not both


@pytest.mark.parametrize("concept", ["malignancy", "diabetes", "lower_limb_fracture", "osteonecrosis"])
def test_names_of_history_and_screening_are_not_in_a_disease(knowledge: Knowledge, concept: str) -> None:
    wrong = re.compile(r"\b(?:family history|history of|screening|suspected|in situ)\b", re.IGNORECASE)

    assert not [each.display for each in knowledge.codes(concept) if wrong.search(each.display)]


def test_snomed_codes_have_a_valid_check_digit(knowledge: Knowledge) -> None:
    concepts = ("malignancy", "diabetes", "osteomyelitis", "site_hip", "crutches", "lower_limb_fracture")
    codes = [each.code for name in concepts for each in knowledge.codes(name) if each.system == uri("sct")]

    assert "sct" in SYSTEMS
    assert codes
    assert not [code for code in codes if not _verhoeff(code)]


_D = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
_FIRST = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def _verhoeff(code: str) -> bool:
    permutation = list(range(10))
    check = 0
    for position, digit in enumerate(reversed(code)):
        if position:
            permutation = [_FIRST[each] for each in permutation]
        check = _D[check][permutation[int(digit)]]
    return check == 0


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Compression fracture of tibial plateau", "vertebral_fracture"),
        ("History of vertebral fracture", "vertebral_fracture"),
        ("Vertebral insufficiency fracture", "stress_fracture"),
        ("Osteonecrosis due to drugs, jaw", "osteonecrosis"),
        ("Neuropathic foot pain", "pain_foot"),
        ("Neuropathic foot pain", "lower_limb_bone_pain"),
    ],
)
def test_a_longer_name_means_something_else(knowledge: Knowledge, text: str, hidden: str) -> None:
    assert hidden not in knowledge.concepts_named(text)
