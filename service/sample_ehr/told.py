"""Sample patients whose charts are built by code, one function each, named by pathway. All are made up."""

from __future__ import annotations

from service.sample_ehr.charts import Chart

BMES = "Bone marrow edema syndrome"
LEQUESNE = "M81.6"


# -- diagnosis and work-up


def cause_unknown(chart: Chart) -> None:
    chart.problem("Pain in left knee", "M25.562", 40)
    chart.mri("knee", "Bone marrow edema of the medial femoral condyle of the left knee. No fracture line.", 6)


def possible_infection(chart: Chart) -> None:
    chart.problem("Type 2 diabetes mellitus with foot ulcer", "E11.621", 60)
    chart.mri("foot", "Bone marrow edema of the right calcaneus next to a soft tissue ulcer.", 3)
    chart.result("crp", 96, 2).result("temperature", 38.6, 1)


def no_mri_possible(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right hip", LEQUESNE, 30)
    chart.device("Cardiac pacemaker", "14106009")


def osteonecrosis_or_edema(chart: Chart) -> None:
    chart.problem("Pain in right hip", "M25.551", 35).takes("prednisone", 200)
    chart.mri(
        "hip", "Bone marrow edema of the right femoral head. Osteonecrosis cannot be excluded; a rim is not seen.", 5
    )


def negative_mri(chart: Chart) -> None:
    chart.problem("Pain in left hip", "M25.552", 50)
    chart.mri("hip", "No bone marrow edema. No fracture. Normal signal of both femoral heads.", 8)


# -- transient edema syndrome


def early_course(chart: Chart) -> None:
    chart.problem("Transient osteoporosis of the left hip", LEQUESNE, 42, "Left hip")
    chart.mri("hip", "Diffuse bone marrow edema of the left femoral head and neck. No rim sign, no fracture.", 30)
    chart.result("vitamin D", 11, 120).result("vitamin D", 14, 30).result("vitamin D", 17, 4)
    chart.result("calcium", 9.2, 4).result("pain", 7, 30).result("pain", 6, 4)
    chart.takes("acetaminophen", 35).takes("ibuprofen", 30).ordered("Physiotherapy", 27).ordered("Forearm crutches", 29)


def long_cast(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right ankle", LEQUESNE, 25, "Right ankle")
    chart.mri("ankle", "Bone marrow edema of the right talus. No fracture line.", 15)


def beyond_the_course(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left hip", LEQUESNE, 425, "Left hip")
    chart.mri("hip", "Diffuse bone marrow edema of the left femoral head.", 400)
    chart.mri("hip", "Bone marrow edema of the left femoral head, little changed.", 190)
    chart.ordered("Physiotherapy", 395).takes("ibuprofen", 390)
    chart.result("pain", 7, 400).result("pain", 6, 190).result("pain", 6, 3)
    chart.result("vitamin D", 16, 400).result("vitamin D", 24, 190).result("vitamin D", 34, 10)


# -- vertebral fracture


def vertebral_opioid(chart: Chart) -> None:
    chart.problem("Age-related osteoporosis with current pathological fracture, vertebra(e)", "M80.08XA", 9)
    chart.mri("spine", "Fresh fracture of L1 with bone marrow edema.", 7)
    chart.takes("lorazepam", 300).result("pain", 8, 1)


def vertebroplasty_early(chart: Chart) -> None:
    chart.problem("Age-related osteoporosis with current pathological fracture, vertebra(e)", "M80.08XA", 28)
    chart.mri("spine", "Fracture of T12 with bone marrow edema, no retropulsion.", 26)
    chart.result("pain", 5, 2)


def bed_rest(chart: Chart) -> None:
    chart.problem("Age-related osteoporosis with current pathological fracture, vertebra(e)", "M80.08XA", 4)
    chart.mri("spine", "Fresh compression fracture of L2 with bone marrow edema.", 3)


# -- inflammatory arthropathy


def tnf_without_indication(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left knee", LEQUESNE, 70, "Left knee")
    chart.mri("knee", "Bone marrow edema of the left tibial plateau.", 50)


def axial_spondyloarthritis(chart: Chart) -> None:
    chart.problem("Ankylosing spondylitis of unspecified sites in spine", "M45.9", 500)
    chart.mri("pelvis", "Bone marrow edema of both sacroiliac joints with erosions.", 20)
    chart.takes("ibuprofen", 200).result("crp", 21, 6)


# -- refractory or severe


def denosumab_low_vitamin_d(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right hip", LEQUESNE, 260, "Right hip")
    chart.mri("hip", "Persistent bone marrow edema of the right femoral head.", 30)
    chart.ordered("Physiotherapy", 230).result("pain", 7, 3)
    chart.result("vitamin D", 12, 8).result("calcium", 7.9, 8).result("egfr", 82, 8)


def zoledronate_kidney(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left talus", LEQUESNE, 210, "Left talus")
    chart.problem("Chronic kidney disease, stage 4 (severe)", "N18.4", 900)
    chart.mri("ankle", "Bone marrow edema of the talus.", 40)
    chart.result("egfr", 26, 6).result("calcium", 9.0, 6).result("vitamin D", 33, 6)


def decompression_early(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left hip", LEQUESNE, 60, "Left hip")
    chart.mri("hip", "Diffuse bone marrow edema of the left femoral head. No rim sign.", 40)


def platelet_plasma(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right knee", LEQUESNE, 150, "Right knee")
    chart.mri("knee", "Bone marrow edema of the lateral femoral condyle.", 60)


def denosumab_stopped(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right ankle", LEQUESNE, 400, "Right ankle")
    chart.problem("Age-related osteoporosis without current pathological fracture", "M81.0", 900)
    chart.takes("denosumab", 230)


# -- diabetic foot


def charcot_walking(chart: Chart) -> None:
    chart.problem("Type 2 diabetes mellitus with diabetic neuropathic arthropathy", "E11.610", 21, "Left foot")
    chart.mri("foot", "Bone marrow edema of the left midfoot, consistent with an active Charcot foot.", 12)


def foot_ulcer(chart: Chart) -> None:
    chart.problem("Type 2 diabetes mellitus with foot ulcer", "E11.621", 45, "Right heel")
    chart.problem("Type 2 diabetes mellitus with diabetic polyneuropathy", "E11.42", 900)
    chart.mri("foot", "Bone marrow edema of the right calcaneus.", 4)
    chart.result("crp", 44, 3)


# -- ischemia and osteonecrosis


def osteonecrosis_injection(chart: Chart) -> None:
    chart.problem("Idiopathic aseptic necrosis of right femur", "M87.051", 120, "Right hip")
    chart.mri("hip", "Osteonecrosis of the right femoral head with a double line sign and bone marrow edema.", 40)
    chart.takes("prednisone", 400)


def ischemic_limb(chart: Chart) -> None:
    chart.problem("Atherosclerosis of native arteries of extremities with rest pain, left leg", "I70.222", 80)
    chart.mri("foot", "Bone marrow edema of the left forefoot.", 14)


# -- special populations


def child(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left knee", LEQUESNE, 30, "Left knee")
    chart.mri("knee", "Bone marrow edema of the distal femur.", 14)


def nsaid_in_third_trimester(chart: Chart) -> None:
    chart.problem("Transient osteoporosis of the left hip", LEQUESNE, 30, "Left hip")
    chart.pregnant(weeks_to_go=7)
    chart.mri("hip", "Bone marrow edema of the left femoral head.", 12)


def runner(chart: Chart) -> None:
    chart.problem("Stress fracture, right tibia, initial encounter", "M84.361A", 16, "Right tibia")
    chart.problem("Marathon runner")
    chart.mri("ankle", "Bone marrow edema of the distal tibia with a fracture line.", 7)


# -- education and team


def low_mood(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right hip", LEQUESNE, 240, "Right hip")
    chart.mri("hip", "Bone marrow edema of the right femoral head.", 200)
    chart.result("PHQ-9", 16, 6).result("pain", 7, 6).result("vitamin D", 31, 60)


def discharge(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left talus", LEQUESNE, 20, "Left talus")
    chart.mri("ankle", "Bone marrow edema of the left talus.", 10)
    chart.result("pain", 6, 1).result("vitamin D", 18, 2)


# -- drug and procedure safety


def nsaid_heart(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right knee", LEQUESNE, 40, "Right knee")
    chart.problem("Heart failure, unspecified", "I50.9", 700)
    chart.takes("apixaban", 300).takes("lisinopril 20 MG Oral Tablet", 400)
    chart.takes("hydrochlorothiazide 25 MG Oral Tablet", 400).result("egfr", 48, 20)


def nifedipine_pressure(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right foot", LEQUESNE, 90, "Right foot")
    chart.blood_pressure(88, 54).takes("clarithromycin", 3)


def vitamin_d_high(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left hip", LEQUESNE, 100, "Left hip")
    chart.problem("Calculus of kidney", "N20.0", 600).takes("digoxin", 500)
    chart.result("vitamin D", 22, 98).result("vitamin D", 64, 50).result("vitamin D", 112, 5)
    chart.result("calcium", 10.9, 5).result("egfr", 71, 5)


def contrast_kidney(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left hip", LEQUESNE, 50, "Left hip")
    chart.problem("Chronic kidney disease, stage 4 (severe)", "N18.4", 800).result("egfr", 22, 7)


def allergic(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left ankle", LEQUESNE, 30, "Left ankle").allergy("ibuprofen", "5640")


def injection_before_replacement(chart: Chart) -> None:
    chart.problem(f"{BMES} of the right knee", LEQUESNE, 120, "Right knee")
    chart.problem("Type 2 diabetes mellitus without complications", "E11.9", 1500)
    chart.done("Corticosteroid injection of the right knee", 30).takes("apixaban", 200)


def shock_wave(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left foot", LEQUESNE, 130, "Left foot").takes("apixaban", 90)


def iloprost_low_pressure(chart: Chart) -> None:
    chart.problem(f"{BMES} of the left hip", LEQUESNE, 110, "Left hip")
    chart.problem("Old myocardial infarction", "I25.2", 1200).takes("clopidogrel", 1100).takes("sildenafil", 90)
    chart.blood_pressure(96, 58)
