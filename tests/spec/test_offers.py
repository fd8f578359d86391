"""What a card may offer: treatments are tried as hypothetical drafts, examinations are weighed against the patient
(rule specification 0.2: HYPOTHETICAL DRAFT, VITD_OK, NSAID_OK, MRI_OK, GADO_OK, RADIATION_OK)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cds_hooks.authoring.evidence import PROJECT, Evidence
from cds_hooks.authoring.rule import AnyRule, ChartRule, Gate, Hook, OrderRule, Rule
from cds_hooks.authoring.verdict import SATISFIED, Advice, DeleteDraft, MissingData, Proposal, Propose, Treat, Verdict
from cds_hooks.evaluation.merge import CardPlan, Spoken
from cds_hooks.evaluation.offers import GUARDED, Offers, all_needs, offers
from cds_hooks.evaluation.trial import hypothetical, trial
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service, Treatment
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_allergy,
    an_event,
    cut_off,
    out_of_reach,
)

D3, NSAID = Treat(Treatment.COLECALCIFEROL), Treat(Treatment.NSAID)


def advised(indicator: str, summary: str = "High calcium") -> Advice:
    return Advice(indicator=indicator, summary=summary, detail=(), because=())  # type: ignore[arg-type]


def rule_about(
    *orders: DrugGroup | Concept,
    verdict: Verdict | Callable[[], Verdict] = SATISFIED,
    id: str = "BME-DS-VTD-01",  # noqa: A002 -- the rule's own word
    needs: tuple[Need, ...] = (Need.CALCIUM,),
    proposes: tuple[Treatment | Service, ...] = (),
    gate: Gate = Gate.ALWAYS,
) -> OrderRule:
    def assess(order: Order, patient: Patient) -> Verdict:
        return verdict() if callable(verdict) else verdict

    rule = Rule(
        id=id,
        version=1,
        title="t",
        check="calcium before vitamin D",
        hooks=frozenset(Hook),
        orders=orders,
        needs=needs,
        evidence=(Evidence(PROJECT, "none"),),
        limits="none",
        proposes=proposes,
        gate=gate,
    )
    return OrderRule(rule, assess)


def offered(patient: Patient, *proposals: Proposal, rules: tuple[AnyRule, ...] = ()) -> Offers:
    advice = replace(advised("info"), proposals=proposals)
    return offers(CardPlan(Spoken(rule_about().rule, None, advice)), rules, patient)


# -- hypothetical drafts


@pytest.mark.parametrize("treatment", list(Treatment))
def test_every_treatment_stands_for_a_draft_with_the_reason_edema_syndrome(treatment: Treatment) -> None:
    """Acetaminophen alone is tried with nothing: no rule speaks of it."""
    order = hypothetical(treatment)
    if treatment is Treatment.ACETAMINOPHEN:
        assert order is None
    else:
        assert order
        assert order.hypothetical
        assert order.subjects
        assert order.reasons.concepts == {Concept.EDEMA_SYNDROME}


def broken() -> Verdict:
    raise ZeroDivisionError


def test_a_trial_asks_the_safety_rules_whatever_their_gate_and_hooks() -> None:
    """Critical findings first; information is no hit; what could not be checked or broke stays open."""
    of = DrugGroup.VITAMIN_D
    rules: list[AnyRule] = [
        rule_about(of, verdict=advised("warning"), id="BME-DS-VTD-03", gate=Gate.EDEMA),
        rule_about(of, verdict=advised("critical"), id="BME-DS-VTD-01"),
        rule_about(of, verdict=advised("info"), id="BME-DS-VTD-05"),
        rule_about(of, verdict=MissingData(out_of_reach(Need.CALCIUM)), id="BME-DS-VTD-02"),
        rule_about(of, verdict=broken, id="BME-CI-01"),
        rule_about(of, verdict=advised("critical"), id="BME-TB-03"),
        rule_about(DrugGroup.OPIOID, verdict=advised("critical"), id="BME-DS-OPI-01"),
        ChartRule(rule_about(id="BME-DS-NSA-10").rule, lambda patient: advised("critical")),
    ]
    found = trial(Treatment.COLECALCIFEROL, rules, a_patient())
    assert [rule.id for rule, _ in found.hits] == ["BME-DS-VTD-01", "BME-DS-VTD-03"]
    assert [rule.id for rule in found.open] == ["BME-DS-VTD-02", "BME-CI-01"]
    assert found.critical
    assert not trial(Treatment.COLECALCIFEROL, rules[:1], a_patient()).critical
    assert trial(Treatment.ACETAMINOPHEN, rules, a_patient()).hits == ()


# -- treatments


def test_a_treatment_without_a_finding_is_offered() -> None:
    found = offered(a_patient(), D3, NSAID, D3, rules=(rule_about(DrugGroup.VITAMIN_D),))
    assert found == Offers((D3, NSAID), ())


def test_a_finding_keeps_a_treatment_from_being_offered() -> None:
    """The card says why; all other proposals stand."""
    remove = DeleteDraft("MedicationRequest/1", "Remove the draft")
    rules = (rule_about(DrugGroup.VITAMIN_D, verdict=advised("warning")),)
    found = offered(a_patient(), remove, D3, rules=rules)
    assert found == Offers((remove,), ("Colecalciferol is not suggested: High calcium (BME-DS-VTD-01).",))


def test_a_check_that_could_not_be_made_comes_first() -> None:
    rules = (rule_about(DrugGroup.VITAMIN_D, verdict=MissingData(out_of_reach(Need.CALCIUM))),)
    found = offered(a_patient(), D3, rules=rules)
    assert found.proposals == ()
    assert found.notes == (
        "Colecalciferol is not suggested before this is checked: calcium before vitamin D (BME-DS-VTD-01).",
    )


@pytest.mark.parametrize(
    ("treatment", "patient", "why"),
    [
        (
            Treatment.COLECALCIFEROL,
            a_patient(medications=[a_medication("colecalciferol")]),
            "vitamin D product is active",
        ),
        (Treatment.COLECALCIFEROL, a_patient(medications=cut_off(Need.MEDICATIONS)), "medicines could not be checked"),
        (Treatment.CALCIUM, a_patient(bone_labs=[a_result(Concept.CALCIUM_TOTAL, 10.6)]), "calcium is above its limit"),
        (Treatment.CALCIUM, a_patient(problems=[a_problem(Concept.NEPHROLITHIASIS)]), "kidney stones"),
        (Treatment.NSAID, a_patient(demographics=Demographics(birth_date=born(17))), "not known to be an adult"),
        (Treatment.NSAID, a_patient(demographics=Demographics()), "not known to be an adult"),
        (Treatment.NSAID, a_patient(medications=[a_medication("iloprost")]), "prostacyclin is active"),
        (Treatment.NSAID, a_patient(problems=cut_off(Need.PROBLEMS)), "pregnancy could not be checked"),
        (
            Treatment.TOPICAL_NSAID,
            a_patient(demographics=A_WOMAN, problems=[a_problem(Concept.PREGNANCY)]),
            "a pregnancy is on record",
        ),
    ],
)
def test_what_else_keeps_a_treatment_from_being_offered(treatment: Treatment, patient: Patient, why: str) -> None:
    found = offered(patient, Treat(treatment))
    assert found.proposals == ()
    assert why in found.notes[0]


@pytest.mark.parametrize("calcium", [10.5, 8.0])
def test_calcium_within_its_limit_is_offered(calcium: float) -> None:
    """Also for a patient who takes vitamin D: what speaks against more vitamin D is no duplicate calcium."""
    patient = a_patient(
        medications=[a_medication("colecalciferol")], bone_labs=[a_result(Concept.CALCIUM_TOTAL, calcium)]
    )
    assert offered(patient, Treat(Treatment.CALCIUM)).notes == ()


def test_calcium_is_tried_like_vitamin_d() -> None:
    """VITD_OK holds for calcium as well."""
    rules = (rule_about(DrugGroup.VITAMIN_D, verdict=advised("critical")),)
    assert offered(a_patient(), Treat(Treatment.CALCIUM), rules=rules).proposals == ()


# -- examinations

MRI, DCE = Propose(Service.MRI_HIP), Propose(Service.MRI_DYNAMIC_CONTRAST)
DXA = Propose(Service.DXA)
PREGNANT = (a_problem(Concept.PREGNANCY),)


@pytest.mark.parametrize(
    ("proposal", "patient", "kept", "note"),
    [
        (MRI, a_patient(), True, ""),
        (MRI, a_patient(problems=[a_problem(Concept.PACEMAKER)]), False, "check MR safety"),
        (MRI, a_patient(devices=[an_event(Concept.COCHLEAR_IMPLANT, kind="Device")]), False, "check MR safety"),
        (MRI, a_patient(devices=[an_event(Concept.CRUTCHES, kind="Device")]), True, ""),
        (MRI, a_patient(devices=cut_off(Need.DEVICES)), True, "Check MR safety before the MRI"),
        (MRI, a_patient(demographics=A_WOMAN, problems=PREGNANT), True, ""),
        (DCE, a_patient(), True, ""),
        (DCE, a_patient(demographics=A_WOMAN, problems=PREGNANT), False, "MRI with contrast is not suggested"),
        (DCE, a_patient(labs=[a_result(Concept.EGFR, 29)]), False, "MRI with contrast is not suggested"),
        (DCE, a_patient(labs=[a_result(Concept.EGFR, 30)]), True, ""),
        (DCE, a_patient(labs=[a_result(Concept.EGFR, 29, when=days_ago(43))]), True, ""),
        (DCE, a_patient(problems=[a_problem(Concept.DIALYSIS)]), False, "MRI with contrast is not suggested"),
        (DCE, a_patient(allergies=[an_allergy(Concept.GADOLINIUM_ALLERGY)]), False, "MRI with contrast is not"),
        (DCE, a_patient(allergies=cut_off(Need.ALLERGIES)), True, "kidney function and allergies"),
        (DCE, a_patient(problems=[a_problem(Concept.PACEMAKER)]), False, "check MR safety"),
        (DXA, a_patient(), True, ""),
        (DXA, a_patient(demographics=A_WOMAN, problems=PREGNANT), False, "a pregnancy is on record"),
        (DXA, a_patient(demographics=A_WOMAN), True, "Exclude pregnancy before"),
        (DXA, a_patient(pregnancy_results=cut_off(Need.PREGNANCY)), True, "it could not be checked"),
        (Propose(Service.PHYSIOTHERAPY), a_patient(devices=cut_off(Need.DEVICES)), True, ""),
    ],
)
def test_which_examination_is_offered(proposal: Propose, patient: Patient, kept: bool, note: str) -> None:
    found = offered(patient, proposal)
    assert bool(found.proposals) is kept
    assert bool(found.notes) is bool(note)
    assert not note or note in found.notes[0]


def test_a_recent_negative_test_is_enough_for_radiation() -> None:
    negative = a_result(Concept.HCG_QUALITATIVE, Answer.NEGATIVE, when=days_ago(14))
    assert offered(a_patient(demographics=A_WOMAN, pregnancy_results=[negative]), DXA).notes == ()


# -- what must be known


def test_a_rule_reads_what_its_gate_and_its_proposals_need() -> None:
    """The queries of a rule follow from what it may say, not only from what it looks at."""
    catalog = (rule_about(DrugGroup.VITAMIN_D, needs=(Need.KIDNEY_FUNCTION,)),)
    bare = rule_about(needs=(Need.PAIN,)).rule
    assert all_needs(bare, catalog) == (Need.PAIN,)
    assert all_needs(replace(bare, gate=Gate.EDEMA), catalog) == (Need.PAIN, Need.PROBLEMS, Need.MRI)
    for proposed, wanted in (
        (Treatment.COLECALCIFEROL, {Need.KIDNEY_FUNCTION, Need.MEDICATIONS}),
        (Treatment.CALCIUM, {Need.KIDNEY_FUNCTION, Need.CALCIUM, Need.PROBLEMS}),
        (Treatment.ACETAMINOPHEN, set()),
        (Service.MRI_HIP, {Need.DEVICES, Need.PROBLEMS}),
        (Service.DXA, {Need.DEMOGRAPHICS, Need.PROBLEMS, Need.PREGNANCY, Need.CHILDBEARING}),
    ):
        assert set(all_needs(replace(bare, proposes=(proposed,)), catalog)) == wanted | {Need.PAIN}
    contrast = all_needs(replace(bare, proposes=(Service.MRI_DYNAMIC_CONTRAST,)), catalog)
    assert {Need.DEVICES, Need.KIDNEY_FUNCTION, Need.ALLERGIES, Need.PREGNANCY} <= set(contrast)


def test_examinations_with_and_without_radiation_are_told_apart() -> None:
    assert {Service.MRI_HIP, Service.CT, Service.CT_HIP, Service.DXA, Service.LEUKOCYTE_SCAN} <= GUARDED
    assert Service.PHYSIOTHERAPY not in GUARDED
