"""The clinical words that rules are written in. What codes stand behind a word is the business of `mappings`."""

from __future__ import annotations

from enum import StrEnum


class DrugGroup(StrEnum):
    """Drug groups, named as the tables in `mappings/drugs`."""

    PROSTACYCLIN = "prostacyclin"
    ANTICOAGULANT = "anticoagulant"
    ANTICOAGULANT_FLUSH = "anticoagulant_flush"
    ANTICOAGULANT_VAGUE = "anticoagulant_vague"  # "blood thinner": a class word without an ingredient


class Concept(StrEnum):
    """Conditions, procedures, observations and answers, named as the tables in `mappings/value_sets`."""

    PREGNANCY = "pregnancy"
    PREGNANCY_ENDED = "pregnancy_ended"
    DELIVERY = "delivery_procedure"
    ABORTION = "abortion_procedure"
    NO_CHILDBEARING = "no_childbearing"
    PULMONARY_HYPERTENSION = "pulmonary_hypertension"
    EDEMA_SYNDROME = "bone_marrow_edema_syndrome"
    EDEMA = "bone_marrow_edema"
    EDEMA_WITH_TEXT = "bone_marrow_edema_with_text"
    OTHER_PROSTACYCLIN_INDICATION = "other_prostacyclin_indication"
    LONG_TERM_ANTICOAGULANT = "long_term_anticoagulant_use"
    INR = "inr"
    EGFR = "egfr"
    PREGNANCY_STATUS = "pregnancy_status"
    HCG_QUALITATIVE = "hcg_qualitative"
    HCG_QUANTITATIVE = "hcg_quantitative"
    DELIVERY_DATE = "estimated_delivery_date"
    ANSWER_PREGNANT = "answer_pregnant"
    ANSWER_NOT_PREGNANT = "answer_not_pregnant"
    ANSWER_POSITIVE = "answer_positive"
    ANSWER_NEGATIVE = "answer_negative"
    MRI_ANY = "mri_any"
    MRI_HIP = "mri_hip"
    MRI_KNEE = "mri_knee"
    MRI_ANKLE = "mri_ankle"
    MRI_FOOT = "mri_foot"
    MRI_SPINE = "mri_spine"
    MRI_PELVIS = "mri_pelvis_sacroiliac"
    SIDE_LEFT = "side_left"
    SIDE_RIGHT = "side_right"
    SIDE_BILATERAL = "side_bilateral"


class Route(StrEnum):
    """How a medicine is given, as far as rules tell routes apart."""

    ORAL = "oral"
    PARENTERAL = "parenteral"
    INHALATION = "inhalation"
    LOCAL = "local"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How a medicine was recognized, the surest first."""

    CODE = "code"
    CLASS = "class"  # by the class of an ATC code, or by an ingredient of a product whose own code is not known
    NAME = "name"
    UNCERTAIN = "uncertain"  # a class word ("blood thinner"), or a name whose text says that it was stopped


class Service(StrEnum):
    """What rules may propose, named as the rows of `mappings/services`."""

    PREGNANCY_TEST = "pregnancy_test"
    INR_TEST = "inr_test"
    ANTI_XA_TEST = "anti_xa_test"
    HEMATOLOGY_CONSULT = "hematology_consult"
    OBSTETRIC_CONSULT = "obstetric_consult"
    MEDICATION_RECONCILIATION = "medication_reconciliation"
    PHARMACIST_REVIEW = "pharmacist_review"


class Need(StrEnum):
    """What a rule must know about the patient; the value is how a card names it.

    Which FHIR queries hold it is said once, in `queries.py`.
    """

    DEMOGRAPHICS = "sex and birth date"
    MEDICATIONS = "medication list"
    STOPPED_MEDICATIONS = "dates of stopped medicines"
    PROBLEMS = "problem list"
    PREGNANCY = "pregnancy evidence"
    CHILDBEARING = "record of operations"
    INR = "INR"
    KIDNEY_FUNCTION = "kidney function"
    OPEN_ORDERS = "open orders"
    MRI = "MR reports"
