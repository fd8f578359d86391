"""What a rule stands on, cited by what it is: `Evidence(STATPEARLS, "Treatment / Management")`.

`VERIFY_LABEL` marks a limit taken from excerpts or general knowledge, to be checked against the current label.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """A source with the place in it. `title` names author or publisher, title and year."""

    title: str
    section: str


VERIFY_LABEL = "verify in the current label"

# The texts that the rules start from.
STATPEARLS = "Davis D, Kane S (ed.). Bone Marrow Edema Syndrome. StatPearls, updated 23 June 2020 (review article)"
ICLINIQ = "Jingonda PM. Bone Marrow Edema: Causes, Symptoms, Diagnosis, and Treatment. iCliniq, 12 December 2023"
DPM_BLOG = "Miller JR. Is There An Association Between Bone Marrow Edema Syndrome And Vitamin D Deficiency? DPM Blog"
CONSUMER_ARTICLE = "Bone marrow edema treatment (consumer health article, author not stated)"
MANAGEMENT = "Management of Bone Marrow Edema (clinical answer with guideline references, publisher not stated)"
PROJECT = "Marrow rule specification (no clinical sign-off)"

# Labels, regulators and societies.
ILOPROST_SMPC = "Iloprost 100 microgram/mL concentrate, UK SmPC (Colonis, 2019)"
ILOMEDIN_DATA_SHEET = "Ilomedin data sheet New Zealand (Bayer, 2019)"
ILOPROST_US_LABEL = "Aurlumyn (iloprost injection), US prescribing information (2024)"
ILOPROST_HOSPITAL_GUIDE = "NHS Highland iloprost guideline"
ILOPROST_INTERACTIONS = "Iloprost interaction monograph (EU text)"
IBANDRONATE_LABEL = "Ibandronate injection, US label and drug summaries"
ZOLEDRONATE_LABEL = "Zoledronic acid label summaries; UK drug safety update on renal effects"
PROLIA_BOXED_WARNING = "FDA safety communication on Prolia, 19 January 2024 (boxed warning)"
PROLIA_LABEL = "Prolia label summaries"
XGEVA_SUMMARY = "Xgeva summary (MIMS Hong Kong)"
COLECALCIFEROL_SMPC = "Colecalciferol UK SmPCs (Thorens, Strivit, oral solution)"
ENDOCRINE_SOCIETY = "Endocrine Society vitamin D guidelines 2011 and 2024"
IOM_UPPER_LIMIT = "Institute of Medicine tolerable upper intake level for vitamin D; hospital laboratory catalogs"
FDA_NSAID_PREGNANCY = "FDA NSAID pregnancy communication, 15 October 2020"
NSAID_LABEL = "Naproxen and ibuprofen US label texts"
NSAID_PRECAUTIONS = "NSAID prescribing precautions. Am Fam Physician 2009"
TOPICAL_DICLOFENAC = "EU core safety profile, cutaneous diclofenac"
NIFEDIPINE_SMPC = "Nifedipine SmPCs (Cyprus, Switzerland, Italy) and US label change 2010"
CDC_OPIOIDS = "CDC Clinical Practice Guideline for Prescribing Opioids for Pain, 2022 (summaries)"
ADALIMUMAB_SMPC = "Adalimumab SmPC summaries (Imraldi, Swiss text)"
ESWT_CONSENSUS = "ESWT practice paper PM&R 2022; ISMST consensus 2016"
PEMF_INSTRUCTIONS = "PEMF device instructions of several vendors (weak source)"
AUGMENTATION_REVIEWS = "Vertebral augmentation: contraindication lists, review 2020, AAOS 2010, multi-society position"
ASRA_PAIN = "ASRA interventional pain guideline 2015/2018 (summaries)"
FDA_REGENERATIVE = "FDA patient information on regenerative medicine, 2021"
JOINT_INJECTION = "Meta-analyses 2021-2023 on injection before arthroplasty; joint injection consensus (summaries)"
IWGDF = "IWGDF Charcot guideline 2023 and IWGDF/IDSA infection guideline 2023"
SIJ_MRI = "de Winter J et al. 2018, MRI of the sacroiliac joint in healthy people; ASAS papers"
DENOSUMAB_SERIES = "Denosumab in bone marrow edema, retrospective n = 14, 2017"
DENOSUMAB_SERIES_7 = "Denosumab in bone marrow edema, n = 7 (conference abstract)"
OEHLER = "Oehler N et al. 2018, 65 patients with primary bone marrow edema syndrome"
ILOPROST_META_ANALYSIS = "Iloprost in the proximal femur, meta-analysis 2022 (11 studies, 190 hips)"
AAOMS = "AAOMS position paper on medication-related osteonecrosis of the jaw, 2022"
ACR_GADOLINIUM = "ACR and ACOG statements on gadolinium (secondary copies)"
TRANSIENT_OSTEOPOROSIS_PREGNANCY = "Reviews and case series on transient osteoporosis of the hip in pregnancy"
PHENPROCOUMON_STOP = "Phenprocoumon stopped 5 days before surgery, retrospective n = 118, 2019"
PERIOPERATIVE = "General perioperative practice (no single source)"
