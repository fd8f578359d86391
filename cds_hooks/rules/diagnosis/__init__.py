"""Diagnosis and work-up (rule specification, section 1)."""

from cds_hooks.authoring.rule import AnyRule, ChartRule, OrderRule
from cds_hooks.rules.diagnosis import (
    atypical_site,
    bone_density_test,
    cause_of_edema,
    contributing_exposure,
    dynamic_contrast_mri,
    early_radiograph,
    exclusion_checklist,
    incidental_edema,
    mri_not_possible,
    mri_sequences,
    negative_mri,
    possible_infection,
    possible_neoplasm,
    second_site,
    unexplained_bone_pain,
    vitamin_d_test,
)

RULES: tuple[AnyRule, ...] = (
    OrderRule(cause_of_edema.RULE, cause_of_edema.assess_order),
    ChartRule(cause_of_edema.RULE, cause_of_edema.assess_chart),
    ChartRule(unexplained_bone_pain.RULE, unexplained_bone_pain.assess),
    ChartRule(early_radiograph.RULE, early_radiograph.assess),
    OrderRule(mri_sequences.RULE, mri_sequences.assess),
    OrderRule(dynamic_contrast_mri.RULE, dynamic_contrast_mri.assess_order),
    ChartRule(dynamic_contrast_mri.RULE, dynamic_contrast_mri.assess_chart),
    ChartRule(exclusion_checklist.RULE, exclusion_checklist.assess),
    OrderRule(possible_infection.RULE, possible_infection.assess_order),
    ChartRule(possible_infection.RULE, possible_infection.assess_chart),
    ChartRule(possible_neoplasm.RULE, possible_neoplasm.assess),
    ChartRule(vitamin_d_test.RULE, vitamin_d_test.assess),
    ChartRule(bone_density_test.RULE, bone_density_test.assess),
    ChartRule(second_site.RULE, second_site.assess),
    ChartRule(atypical_site.RULE, atypical_site.assess),
    ChartRule(contributing_exposure.RULE, contributing_exposure.assess),
    OrderRule(negative_mri.RULE, negative_mri.assess),
    OrderRule(mri_not_possible.RULE, mri_not_possible.assess_order),
    ChartRule(mri_not_possible.RULE, mri_not_possible.assess_chart),
    ChartRule(incidental_edema.RULE, incidental_edema.assess),
)
