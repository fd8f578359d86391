"""BME-CI-01: a prostacyclin analog should not be given together with an anticoagulant."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Listing, Present
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.calls import topics_for
from tests.builders.fhir import (
    EDEMA_SYNDROME,
    INHALED,
    PULMONARY_HYPERTENSION,
    Json,
    coded,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_statement,
    named,
)
from tests.builders.moment import day, days_ago
from tests.builders.snapshot import (
    ANTICOAGULANTS,
    PROSTACYCLINS,
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    an_order,
    blood_thinner,
    cut_off,
    heparin_flush,
    stopped_medication,
    unreadable_draft,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-CI-01"
CONTRAINDICATED = (
    "Prostacyclin plus anticoagulant: contraindicated per BMES literature (bleeding) - consider another option"
)
CONFIRM = "Prostacyclin plus anticoagulant: added bleeding risk - confirm that the combination is intended"
CONSULT = "hematology_consult"
DELETE = "delete MedicationRequest/draft-iloprost"
PULMONARY = a_problem(Concept.PULMONARY_HYPERTENSION)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)
FOR_EDEMA = a_reason(Concept.EDEMA_SYNDROME)
FOR_PULMONARY_HYPERTENSION = a_reason(Concept.PULMONARY_HYPERTENSION)
ILOPROST_ON_FILE = a_medication("iloprost")


def inhaled(**overrides: object) -> Order:
    return a_draft(route=Route.INHALATION, **overrides)  # type: ignore[arg-type]


# -- When a systemic prostacyclin is ordered and an anticoagulant is active


@pytest.mark.parametrize("anticoagulant", ANTICOAGULANTS)
def test_every_anticoagulant_counts(anticoagulant: str) -> None:
    """When: an anticoagulant is active, whatever its class; a prophylactic low-molecular-weight heparin counts."""
    spec(a_patient(a_draft(), medications=[a_medication(anticoagulant)]), advice(RULE, "critical"))


@pytest.mark.parametrize("prostacyclin", PROSTACYCLINS)
def test_every_prostacyclin_counts(prostacyclin: str) -> None:
    """When: a prostacyclin analog, or the receptor agonist selexipag, is ordered."""
    spec(a_patient(a_draft(prostacyclin), medications=[a_medication()]), advice(RULE, "critical"))


@pytest.mark.parametrize("route", [Route.PARENTERAL, Route.ORAL, Route.LOCAL, Route.UNKNOWN])
def test_any_route_but_inhalation_is_systemic(route: Route) -> None:
    """When: the prostacyclin is systemic: by vein, under the skin, by mouth or by an unknown route."""
    spec(a_patient(a_draft(route=route), medications=[a_medication()]), advice(RULE, "critical"))


def test_the_card_names_both_and_offers_to_remove_the_prostacyclin_only() -> None:
    """Then: critical, both orders named, the draft prostacyclin may be removed, the active order is not touched."""
    spec(
        a_patient(a_draft(), medications=[a_medication("apixaban")]),
        advice(
            RULE,
            "critical",
            summary=CONTRAINDICATED,
            offers=[DELETE, CONSULT],
            because=["MedicationRequest/draft-iloprost", "MedicationRequest/apixaban"],
            mirror=False,
            unchecked=False,
        ),
    )


def test_one_card_names_every_partner() -> None:
    """Then: two anticoagulants give one advice that names both."""
    both = [a_medication("warfarin"), a_medication("enoxaparin")]
    spec(
        a_patient(a_draft(), medications=both),
        advice(RULE, "critical", because=["MedicationRequest/warfarin", "MedicationRequest/enoxaparin"]),
    )


def test_no_anticoagulant() -> None:
    """When: without an anticoagulant the check is satisfied."""
    spec(a_patient(a_draft()), satisfied(RULE))
    spec(a_patient(a_draft(), medications=[ILOPROST_ON_FILE]), satisfied(RULE))


@pytest.mark.parametrize("standing", [Standing.UNCERTAIN, Standing.ENDED])
def test_only_active_anticoagulants_count(standing: Standing) -> None:
    """When: on hold, of unknown status or ended is the business of BME-CI-04."""
    spec(a_patient(a_draft(), medications=[a_medication(standing=standing)]), satisfied(RULE))


def test_a_class_word_is_uncertain_not_active() -> None:
    """When: "blood thinner" names no anticoagulant; BME-CI-04 speaks."""
    spec(a_patient(a_draft(), medications=[blood_thinner()]), satisfied(RULE))


def test_other_orders_are_not_its_business() -> None:
    """When: orders that give neither drug are not looked at."""
    patient = a_patient(medications=[a_medication()])
    for order in (a_draft("nifedipine"), an_order(), an_order(kind="MedicationRequest")):
        spec(patient, not_applicable(RULE), of=order)


# -- or is another draft of the session; or the other way round


def test_two_drafts_meet() -> None:
    """When: the anticoagulant is another draft; each side has advice, the anticoagulant's is the mirrored one."""
    prostacyclin, anticoagulant = a_draft(), a_draft("warfarin")
    patient = a_patient(prostacyclin, anticoagulant)
    both = ["MedicationRequest/draft-iloprost", "MedicationRequest/draft-warfarin"]
    spec(patient, advice(RULE, "critical", offers=[DELETE, CONSULT], because=both, mirror=False), of=prostacyclin)
    spec(patient, advice(RULE, "critical", because=both, mirror=True), of=anticoagulant)


def test_an_unselected_draft_is_a_partner() -> None:
    """When: at order-select the drafts that are not selected still count as partners."""
    spec(a_patient(a_draft(), a_draft("warfarin", selected=False)), advice(RULE, "critical"))


def test_the_other_way_round_with_an_active_prostacyclin() -> None:
    """When: the anticoagulant is ordered while the prostacyclin is active. Then: no removal of either is offered."""
    spec(
        a_patient(a_draft("apixaban"), medications=[ILOPROST_ON_FILE]),
        advice(
            RULE,
            "critical",
            summary=CONTRAINDICATED,
            offers=[CONSULT],
            because=["MedicationRequest/draft-apixaban", "MedicationRequest/iloprost"],
            mirror=True,
        ),
    )


def test_the_other_way_round_never_removes_the_anticoagulant() -> None:
    """Then: from the anticoagulant's side only the drafted prostacyclin may be removed."""
    anticoagulant = a_draft("apixaban")
    patient = a_patient(anticoagulant, a_draft(selected=False))
    spec(patient, advice(RULE, "critical", offers=[DELETE, CONSULT], mirror=True), of=anticoagulant)


def test_the_other_way_round_without_a_prostacyclin() -> None:
    """When: an anticoagulant alone is ordered."""
    spec(a_patient(a_draft("apixaban")), satisfied(RULE))
    spec(a_patient(a_draft("apixaban"), medications=[stopped_medication("iloprost", 1)]), satisfied(RULE))


def test_an_order_does_not_meet_the_one_that_it_replaces() -> None:
    """When: a renewal replaces the order on file; a third order still counts."""
    renewal = a_draft("iloprost", replaces="MedicationRequest/apixaban")
    spec(a_patient(renewal, medications=[a_medication("apixaban")]), satisfied(RULE))
    spec(a_patient(renewal, medications=[a_medication("apixaban"), a_medication("heparin")]), advice(RULE, "critical"))
    switch = a_draft("apixaban", replaces="MedicationRequest/iloprost")
    spec(a_patient(switch, medications=[ILOPROST_ON_FILE]), satisfied(RULE))


def test_an_order_does_not_meet_the_draft_that_it_replaces() -> None:
    """When: a draft that replaces another draft of the session does not interact with it."""
    switch = a_draft("iloprost", replaces="MedicationRequest/draft-apixaban")
    spec(a_patient(switch, a_draft("apixaban", selected=False)), satisfied(RULE))


# -- Unless the heparin only keeps a line open


def test_a_flush_is_no_anticoagulation() -> None:
    """Unless: heparin that keeps a line open, active or drafted."""
    spec(a_patient(a_draft(), medications=[heparin_flush()]), satisfied(RULE))
    flush = a_draft("heparin", group=DrugGroup.ANTICOAGULANT_FLUSH)
    spec(a_patient(a_draft(), flush), satisfied(RULE))
    spec(a_patient(flush, medications=[ILOPROST_ON_FILE]), not_applicable(RULE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("heparin lock flush 10 UNT/ML", []),
        ("heparin 100 units/mL flush", []),
        ("heparin 101 units/mL flush", ["BME-CI-01"]),
        ("heparin 100 units/mL", ["BME-CI-01"]),
        ("heparin 5000 units/mL", ["BME-CI-01"]),
    ],
)
def test_a_flush_is_told_by_strength_and_words(text: str, expected: list[str]) -> None:
    """Unless: up to 100 U/mL and said to flush or lock; the strength alone excludes nothing."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_medication_request(named(text))]) == expected


def test_a_topical_heparinoid_is_no_anticoagulation() -> None:
    """Unless: a heparinoid for the skin."""
    gel = fhir_medication_request(
        coded("http://www.whocc.no/atc", "B01AB01", "heparin gel"),
        dosageInstruction=[{"route": coded("http://snomed.info/sct", "6064005", "Topical route")}],
    )
    assert topics_for("order-sign", [fhir_draft()], [gel]) == []


# -- or the prostacyclin is inhaled and not for bone marrow edema


def test_inhaled_for_another_reason() -> None:
    """Unless: an inhaled prostacyclin for another stated reason, or for none without the syndrome."""
    medications = [a_medication()]
    spec(a_patient(inhaled(), medications=medications), not_applicable(RULE))
    spec(a_patient(inhaled(reasons=a_reason()), medications=medications), not_applicable(RULE))
    spec(a_patient(inhaled(reasons=FOR_PULMONARY_HYPERTENSION), medications=medications), not_applicable(RULE))
    stated_otherwise = a_patient(inhaled(reasons=a_reason()), medications=medications, problems=[SYNDROME])
    spec(stated_otherwise, not_applicable(RULE))


@pytest.mark.parametrize("concept", [Concept.EDEMA, Concept.EDEMA_SYNDROME])
def test_inhaled_for_edema(concept: Concept) -> None:
    """When: an inhaled prostacyclin with bone marrow edema or the syndrome as its reason counts as systemic."""
    spec(a_patient(inhaled(reasons=a_reason(concept)), medications=[a_medication()]), advice(RULE, "critical"))


def test_inhaled_without_a_reason_in_the_syndrome() -> None:
    """When: no reason stated and the syndrome active count as edema, unless another usual indication is there."""
    medications = [a_medication()]
    spec(a_patient(inhaled(), medications=medications, problems=[SYNDROME]), advice(RULE, "critical"))
    edema_only = a_patient(inhaled(), medications=medications, problems=[a_problem(Concept.EDEMA)])
    spec(edema_only, not_applicable(RULE))
    over = a_patient(inhaled(), medications=medications, problems=[a_problem(Concept.EDEMA_SYNDROME, current=False)])
    spec(over, not_applicable(RULE))
    for other in (PULMONARY, a_problem(Concept.OTHER_PROSTACYCLIN_INDICATION)):
        patient = a_patient(inhaled(), medications=medications, problems=[SYNDROME, other])
        spec(patient, not_applicable(RULE))


def test_an_active_inhaled_prostacyclin_with_a_drafted_anticoagulant() -> None:
    """Unless: the other way round an inhaled prostacyclin on file is no partner either."""
    on_file = a_medication("iloprost", route=Route.INHALATION)
    spec(a_patient(a_draft("apixaban"), medications=[on_file]), satisfied(RULE))
    spec(a_patient(a_draft("apixaban"), medications=[on_file], problems=[SYNDROME]), advice(RULE, "critical"))


# -- in pulmonary hypertension ask to confirm it instead


def test_pulmonary_hypertension_as_the_stated_reason() -> None:
    """Then: in pulmonary hypertension a warning that asks to confirm, and no removal."""
    spec(
        a_patient(a_draft(reasons=FOR_PULMONARY_HYPERTENSION), medications=[a_medication()]),
        advice(RULE, "warning", summary=CONFIRM, offers=[CONSULT]),
    )


def test_pulmonary_hypertension_on_the_problem_list() -> None:
    """Then: no reason stated and pulmonary hypertension active without the syndrome is use for it."""
    medications = [a_medication()]
    spec(a_patient(a_draft(), medications=medications, problems=[PULMONARY]), advice(RULE, "warning"))
    both = a_patient(a_draft(), medications=medications, problems=[PULMONARY, SYNDROME])
    spec(both, advice(RULE, "critical", offers=[DELETE, CONSULT]))
    stated = a_patient(a_draft(reasons=FOR_EDEMA), medications=medications, problems=[PULMONARY])
    spec(stated, advice(RULE, "critical"))
    other = a_patient(a_draft(reasons=a_reason()), medications=medications, problems=[PULMONARY])
    spec(other, advice(RULE, "critical"))
    over = a_problem(Concept.PULMONARY_HYPERTENSION, current=False)
    spec(a_patient(a_draft(), medications=medications, problems=[over]), advice(RULE, "critical"))


def test_pulmonary_hypertension_the_other_way_round() -> None:
    """Then: an active prostacyclin for pulmonary hypertension and a drafted anticoagulant give the same warning."""
    on_file = a_medication("treprostinil", reasons=FOR_PULMONARY_HYPERTENSION)
    spec(a_patient(a_draft("warfarin"), medications=[on_file]), advice(RULE, "warning", summary=CONFIRM))
    for_another = a_medication("iloprost", reference="MedicationRequest/other", reasons=FOR_EDEMA)
    mixed = a_patient(a_draft("warfarin"), medications=[on_file, for_another])
    spec(mixed, advice(RULE, "critical", offers=[CONSULT]))


def test_a_prostacyclin_for_pulmonary_hypertension_is_never_removed() -> None:
    """Then: of two drafted prostacyclins only the one that is not for pulmonary hypertension may be removed."""
    anticoagulant = a_draft("warfarin")
    patient = a_patient(
        anticoagulant,
        a_draft("treprostinil", reasons=FOR_PULMONARY_HYPERTENSION, selected=False),
        a_draft("iloprost", reasons=FOR_EDEMA, selected=False),
    )
    spec(patient, advice(RULE, "critical", offers=[DELETE, CONSULT]), of=anticoagulant)


# -- what could not be read


def test_the_medication_list_is_out_of_reach() -> None:
    """A failed query is never "no anticoagulant"."""
    nothing: Listing[Medication] = cut_off(Need.MEDICATIONS)
    spec(a_patient(a_draft(), medications=nothing), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(a_draft("apixaban"), medications=nothing), missing(RULE, Need.MEDICATIONS))


def test_what_arrived_of_a_list_that_was_cut_off_counts() -> None:
    """An anticoagulant among the rows that arrived is enough; the card says that the list is not complete."""
    patient = a_patient(a_draft(), medications=cut_off(Need.MEDICATIONS, a_medication()))
    spec(patient, advice(RULE, "critical", unchecked=True))


def test_a_list_that_was_cut_off_after_an_inhaled_prostacyclin() -> None:
    """An inhaled prostacyclin among the rows that arrived does not show that no systemic one is among the rest."""
    on_file = a_medication("iloprost", route=Route.INHALATION, reasons=FOR_PULMONARY_HYPERTENSION)
    patient = a_patient(a_draft("apixaban"), medications=cut_off(Need.MEDICATIONS, on_file))
    spec(patient, missing(RULE, Need.MEDICATIONS))


def test_an_unreadable_draft_may_be_the_partner() -> None:
    """Another draft that cannot be read may be the anticoagulant."""
    prostacyclin = a_draft()
    spec(a_patient(prostacyclin, unreadable_draft(selected=False)), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(prostacyclin, unreadable_draft(), a_draft("warfarin")), advice(RULE, "critical", unchecked=True))


def test_inhaled_with_an_unreadable_reason_or_problem_list() -> None:
    """Whether an inhaled prostacyclin is for edema must be known before the rule can say no."""
    medications = [a_medication()]
    spec(a_patient(inhaled(reasons=UNREADABLE_REASON), medications=medications), missing(RULE, Need.PROBLEMS))
    spec(a_patient(inhaled(), medications=medications, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    partial = a_patient(inhaled(), medications=medications, problems=cut_off(Need.PROBLEMS, SYNDROME))
    spec(partial, missing(RULE, Need.PROBLEMS))
    on_file = a_medication("iloprost", route=Route.INHALATION)
    mirrored = a_patient(a_draft("apixaban"), medications=[on_file], problems=cut_off(Need.PROBLEMS))
    spec(mirrored, missing(RULE, Need.PROBLEMS))


def test_without_an_anticoagulant_the_reason_does_not_matter() -> None:
    """Nothing to say, so nothing to know."""
    spec(a_patient(inhaled(), problems=cut_off(Need.PROBLEMS)), satisfied(RULE))


@pytest.mark.parametrize("problems", [cut_off(Need.PROBLEMS), cut_off(Need.PROBLEMS, PULMONARY)])
def test_use_in_pulmonary_hypertension_unknown(problems: Listing[Problem]) -> None:
    """When the problem list is out of reach the card stays critical, says so, and offers no removal."""
    patient = a_patient(a_draft(), medications=[a_medication()], problems=problems)
    spec(patient, advice(RULE, "critical", summary=CONTRAINDICATED, offers=[CONSULT], unchecked=True))


def test_an_unreadable_reason_leaves_the_use_unknown() -> None:
    """The same when the reason on the order cannot be read."""
    patient = a_patient(a_draft(reasons=UNREADABLE_REASON), medications=[a_medication()])
    spec(patient, advice(RULE, "critical", offers=[CONSULT], unchecked=True))


# -- as an EHR writes it


@pytest.mark.parametrize("text", ["Eliquis 5 mg BD", "warfarin 5 mg tablets", "Marcumar 3 mg"])
def test_an_anticoagulant_given_only_as_text(text: str) -> None:
    """When: a free-text order holds an exact ingredient or brand name."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_medication_request(named(text))]) == [RULE]


def test_a_statement_counts_like_an_order() -> None:
    """When: the patient is stated to take an anticoagulant."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_statement()]) == [RULE]
    assert topics_for("order-sign", [fhir_draft()], [fhir_statement(status="not-taken")]) == []


@pytest.mark.parametrize(
    "overrides",
    [
        {"status": "cancelled"},
        {"status": "entered-in-error"},
        {"status": "draft"},
        {"doNotPerform": True},
        {"intent": "proposal"},
        {"intent": "option"},
    ],
)
def test_orders_that_never_count(overrides: Json) -> None:
    """When: cancelled, entered in error, a draft elsewhere, not to be performed, or only proposed."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_medication_request(**overrides)]) == []


@pytest.mark.parametrize(
    "intent", ["order", "plan", "original-order", "reflex-order", "filler-order", "instance-order"]
)
def test_every_other_intent_counts(intent: str) -> None:
    """When: every intent but proposal and option."""
    assert topics_for("order-sign", [fhir_draft()], [fhir_medication_request(intent=intent)]) == [RULE]


def test_past_its_supply_is_uncertain() -> None:
    """When: active but past its supply, refills and 30 days of grace, is the business of BME-CI-04."""

    def supplied(days: int) -> Json:
        supply = {"value": 30, "unit": "days", "code": "d"}
        dispense = {"expectedSupplyDuration": supply, "numberOfRepeatsAllowed": 2}
        return fhir_medication_request(authoredOn=day(days), dispenseRequest=dispense)

    assert topics_for("order-sign", [fhir_draft()], [supplied(119)]) == [RULE]
    assert topics_for("order-sign", [fhir_draft()], [supplied(121)]) == ["BME-CI-04"]


def test_past_its_validity_is_uncertain() -> None:
    """When: active but past the end of its validity, is the business of BME-CI-04."""

    def valid_until(days: int) -> Json:
        return fhir_medication_request(dispenseRequest={"validityPeriod": {"end": day(days)}})

    assert topics_for("order-sign", [fhir_draft()], [valid_until(0)]) == [RULE]
    assert topics_for("order-sign", [fhir_draft()], [valid_until(1)]) == ["BME-CI-04"]


def test_the_reason_may_be_a_reference_to_a_problem() -> None:
    """Unless: the reason of an inhaled draft may be the syndrome, or pulmonary hypertension, by reference."""
    inhalation = [{"route": INHALED}]
    reason = [{"reference": "Condition/condition-1"}]
    draft = fhir_draft(dosageInstruction=inhalation, reasonReference=reason)
    for code, expected in ((EDEMA_SYNDROME, [RULE]), (PULMONARY_HYPERTENSION, [])):
        chart = [fhir_medication_request(), fhir_condition(code)]
        assert topics_for("order-sign", [draft], chart) == expected


def test_the_wording_of_the_two_indicators_is_the_one_of_the_specification() -> None:
    """Then: the exact summaries; dates of both orders are on the card."""
    patient = a_patient(a_draft(), medications=[a_medication(written=days_ago(224))])
    found = patient.takes(DrugGroup.ANTICOAGULANT)
    assert isinstance(found, Present)
    assert [fact.when for fact in found.facts] == [days_ago(224)]
    assert a_patient(a_draft()).takes(DrugGroup.ANTICOAGULANT) == Absent()
