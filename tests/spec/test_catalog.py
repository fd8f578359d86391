"""The catalog: what every rule carries, and that what it declares is enough for its verdict."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cds_hooks.rules
from cds_hooks.authoring.override import BY_INDICATOR, OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, AnyRule, ChartRule, Hook, OrderRule
from cds_hooks.authoring.verdict import Verdict
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.from_fhir.snapshot import Reading
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Policy, Threshold
from cds_hooks.snapshot.queries import HELD_IN, keys_for
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.wire.card import SUMMARY_LIMIT
from cds_hooks.wire.request import ChartContext, OrderSignContext, read_request
from tests.builders.calls import a_request, full_prefetch, the_advisor
from tests.builders.fhir import (
    APIXABAN,
    DUE_DATE,
    EDEMA_SYNDROME,
    EGFR,
    HYSTERECTOMY,
    ILOPROST,
    INHALED,
    INR,
    LONG_TERM_ANTICOAGULATION,
    NEGATIVE,
    POSITIVE,
    PREGNANCY_TEST,
    PULMONARY_HYPERTENSION,
    WARFARIN,
    Json,
    a_quantity,
    an_outcome,
    coded,
    fhir_administration,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    fhir_procedure,
    fhir_statement,
    named,
)
from tests.builders.moment import AS_OF, day

FOLDER = Path(cds_hooks.rules.__file__).parent
FILES = sorted(path for path in FOLDER.rglob("*.py") if path.name != "__init__.py")
IDS = [rule.rule.id for rule in CATALOG]
ID = re.compile(r"BME-(?:(?:DX|TB|VF|IA|RF|CF|ON|SP|CI|ED)|DS-[A-Z]{2,3})-\d{2}")


def module_of(path: Path) -> ModuleType:
    return importlib.import_module(".".join(("cds_hooks.rules", *path.relative_to(FOLDER).with_suffix("").parts)))


def units(text: str) -> int:
    """Length as browsers count it: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


# -- what every rule carries


def test_ids_are_unique_and_those_of_the_specification() -> None:
    """An id names one rule for good; it may have one arm for orders and one for the chart."""
    assert len({(rule.rule.id, type(rule)) for rule in CATALOG}) == len(CATALOG)
    assert len({rule.rule for rule in CATALOG}) == len(set(IDS))
    assert [each for each in IDS if not ID.fullmatch(each)] == []


def test_the_catalog_stands_in_the_order_of_the_specification() -> None:
    """Within a package the rules are listed by number, pathway by pathway."""
    by_package: dict[str, list[str]] = {}
    for rule in CATALOG:
        by_package.setdefault(rule.assess.__module__.rpartition(".")[0], []).append(rule.rule.id)
    for ids in by_package.values():
        pathways = list(dict.fromkeys(each.rpartition("-")[0] for each in ids))
        assert sorted(ids, key=lambda each: (pathways.index(each.rpartition("-")[0]), each)) == ids


@pytest.mark.parametrize("rule", CATALOG, ids=IDS)
def test_what_a_rule_states(rule: AnyRule) -> None:
    """A rule names its check, its limits, its evidence with the place in it, its needs and an integer version."""
    stated = rule.rule
    assert type(stated.version) is int
    assert stated.version >= 1
    assert stated.title
    assert stated.check
    assert stated.limits
    assert stated.needs
    assert len(set(stated.needs)) == len(stated.needs)
    assert all(evidence.title and evidence.section for evidence in stated.evidence)


@pytest.mark.parametrize("rule", CATALOG, ids=IDS)
def test_where_a_rule_is_asked(rule: AnyRule) -> None:
    """A rule about orders names what it concerns; a rule about the chart is asked when a chart is opened, at least."""
    stated = rule.rule
    assert set(stated.speaks) <= stated.hooks
    if isinstance(rule, ChartRule):
        assert Hook.PATIENT_VIEW in stated.hooks
    else:
        assert stated.hooks & ORDER_HOOKS
        assert stated.orders
    both = {type(other) for other in CATALOG if other.rule is stated}
    assert bool(stated.orders) is (OrderRule in both)
    assert bool(stated.hooks - ORDER_HOOKS) is (ChartRule in both)


@pytest.mark.parametrize("rule", CATALOG, ids=IDS)
def test_the_check_fits_the_summary_of_a_notice(rule: AnyRule) -> None:
    """The notice "Check not done: ..." names at least one check in full."""
    assert units(f"Check not done: {rule.rule.check}") <= SUMMARY_LIMIT


# -- the files


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_file_is_in_the_catalog(path: Path) -> None:
    """A file that nobody lists would never be asked."""
    module = module_of(path)
    listed = [rule.assess for rule in CATALOG if rule.rule is module.RULE]
    judging = [getattr(module, name, None) for name in ("assess", "assess_order", "assess_chart")]
    assert set(listed) == {function for function in judging if function}
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_file_opens_with_its_recommendation(path: Path) -> None:
    """A sentence that a clinician would sign, then When and Then in this order."""
    text = inspect.getdoc(module_of(path)) or ""
    sentence, *clauses = text.split("\n\n")
    assert sentence.endswith(".")
    assert [line.split()[0] for line in "\n".join(clauses).splitlines() if re.match(r"(When|Unless|Then)\b", line)] in (
        ["When", "Unless", "Then"],
        ["When", "Then"],
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_file_has_a_specification(path: Path) -> None:
    """The cases of a rule stand in a file of the same name."""
    here = Path(__file__).parent
    assert (here / path.relative_to(FOLDER).parent / f"test_{path.name}").is_file()


def summaries(path: Path) -> Iterable[str]:
    """The constants that a rule file uses as summaries."""
    module = module_of(path)
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Advice":
            (summary,) = [keyword.value for keyword in call.keywords if keyword.arg == "summary"]
            names = [node.id for node in ast.walk(summary) if isinstance(node, ast.Name) and node.id.isupper()]
            yield from (getattr(module, name) for name in names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_summaries_are_shorter_than_140_characters(path: Path) -> None:
    """Fewer than 140 UTF-16 units, and a summary never orders anybody to stop a medicine."""
    found = list(summaries(path))
    assert found
    assert [text for text in found if units(text) >= 140] == []
    assert [text for text in found if re.match(r"(?i)stop\b", text)] == []


def thresholds() -> list[Threshold]:
    own = [value for path in FILES for value in vars(module_of(path)).values() if isinstance(value, Threshold)]
    return list(dict.fromkeys([*own, *(threshold for rule in CATALOG for threshold in rule.rule.thresholds)]))


def test_thresholds_have_a_name_of_their_own_a_unit_and_a_source() -> None:
    """A site sets a threshold by its name."""
    names = [threshold.name for threshold in thresholds()]
    assert len(set(names)) == len(names)
    assert [each.name for each in thresholds() if not (each.unit and each.source)] == []


# -- override reasons (rule specification 0.5)

O1 = ["data-incorrect", "benefit-outweighs-risk-documented", "specialist-approved", "emergency"]
O2 = [
    *("will-monitor", "benefit-outweighs-risk", "already-done-elsewhere", "not-applicable-to-patient"),
    *("patient-declined", "data-incorrect"),
]
O3 = ["already-done", "not-relevant", "remind-later", "patient-declined"]
OWN = {
    "BME-CI-01": ["anticoagulant-stopped-washout-done"],
    "BME-CI-02": ["pregnancy-ended"],
    "BME-CI-03": ["test-negative-today", "not-of-childbearing-potential"],
    "BME-CI-04": ["confirmed-not-anticoagulated"],
    "BME-CI-05": [],
    "BME-DX-01": ["cause-documented-elsewhere"],
    "BME-DX-04": [],
    "BME-DX-05": ["already-clear"],
    "BME-DX-07": ["infection-excluded"],
    "BME-DX-14": ["mri-outside-or-newer"],
    "BME-DX-15": ["device-mr-conditional"],
    "BME-TB-01": ["already-offloaded"],
    "BME-TB-02": [],
    "BME-TB-03": ["supplement-otc"],
    "BME-TB-04": [],
    "BME-TB-05": [],
    "BME-TB-07": [],
    "BME-RF-02": [],
    "BME-ED-01": [],
    "BME-ED-02": [],
    "BME-ED-04": [],
    "BME-DS-COR-01": [],
    "BME-DS-COR-02": [],
    "BME-DS-COR-03": [],
    "BME-DS-COR-04": [],
    "BME-DS-IMG-01": [],
    "BME-RF-10": [],
    "BME-RF-03": ["supplement-otc"],
    "BME-RF-05": ["result-available-elsewhere"],
    "BME-DS-DEN-04": ["otc-supplement"],
    "BME-VF-03": ["cancer-pain", "palliative"],
    "BME-SP-02": ["under-haematology"],
    "BME-SP-04": ["paediatric-specialist"],
    "BME-IA-05": ["specialist-approved"],
    "BME-DS-OPI-02": ["cancer-pain", "palliative"],
    "BME-DS-VTD-01": [],
    "BME-DS-VTD-02": [],
    "BME-DS-VTD-03": [],
    "BME-DS-VTD-04": ["loading-course"],
    "BME-DS-VTD-05": [],
    "BME-DS-NSA-01": [],
    "BME-DS-NSA-02": [],
    "BME-DS-NSA-03": [],
    "BME-DS-NSA-04": [],
    "BME-DS-NSA-05": [],
    "BME-DS-NSA-06": ["switching"],
    "BME-DS-NSA-07": [],
    "BME-DS-NSA-08": ["tolerated-since"],
    "BME-DS-NSA-10": [],
    "BME-DS-ALG-01": ["tolerated-since"],
}
ADDED_BY_THE_BLOCK = {"BME-IA-05": {"specialist-approved"}}


def codes(reasons: Iterable[OverrideReason]) -> list[str]:
    return [reason.code for reason in reasons]


def test_override_reasons_follow_the_indicator() -> None:
    """O1 for critical, O2 for warning, O3 for info, each with words for people."""
    assert {kind: codes(reasons) for kind, reasons in BY_INDICATOR.items()} == {
        "critical": O1,
        "warning": O2,
        "info": O3,
    }
    assert all(reason.display for reasons in BY_INDICATOR.values() for reason in reasons)


@pytest.mark.parametrize("rule", CATALOG, ids=IDS)
def test_a_rule_adds_its_own_override_reasons(rule: AnyRule) -> None:
    """Extra reasons are those of the rule's block and repeat none of the shared ones but where the block says so."""
    own = codes(rule.rule.overrides)
    assert own == OWN.get(rule.rule.id, own)
    assert not set(own) & {*O1, *O2, *O3} - ADDED_BY_THE_BLOCK.get(rule.rule.id, set())


# -- what a rule declares is enough


def test_every_need_is_held_in_some_query() -> None:
    """A fact that no query holds could never be had."""
    assert set(HELD_IN) == set(Need)
    assert set(keys_for(Need)) == set(the_advisor().sources)


WOMAN = fhir_patient(gender="female", birthDate="1990-01-10")
ILOPROST_ON_FILE = fhir_medication_request(ILOPROST, id="order-2")
ACTIVE = fhir_medication_request(APIXABAN)
STOPPED = fhir_medication_request(WARFARIN, id="order-3", status="stopped", authoredOn=day(200))
POSITIVE_TEST = fhir_observation(PREGNANCY_TEST, valueCodeableConcept=POSITIVE, effectiveDateTime=day(20))
INHALED_DRAFT = fhir_draft(dosageInstruction=[{"route": INHALED}])
BY_REFERENCE = {"reasonReference": [{"reference": "Condition/condition-1"}]}
ILOPROST_BY_VEIN = fhir_draft()
APIXABAN_DRAFT = fhir_draft(APIXABAN, id="draft-2", dosageInstruction=[])
IBUPROFEN_DRAFT = fhir_draft(named("ibuprofen"), id="draft-3", dosageInstruction=[])
VITAMIN_D_DRAFT = fhir_draft(named("colecalciferol"), id="draft-3", dosageInstruction=[])
ANOTHER_NSAID = fhir_medication_request(named("naproxen"), id="order-4", authoredOn=day(100))
LOW_EGFR = fhir_observation(EGFR, valueQuantity=a_quantity(25, "mL/min/{1.73_m2}"))

STORIES: dict[str, tuple[list[Json], list[Json]]] = {
    "nothing": ([ILOPROST_BY_VEIN], []),
    "active": ([ILOPROST_BY_VEIN], [ACTIVE]),
    "statement": ([ILOPROST_BY_VEIN], [fhir_statement()]),
    "drafted": ([ILOPROST_BY_VEIN, APIXABAN_DRAFT], []),
    "mirror": ([APIXABAN_DRAFT], [ILOPROST_ON_FILE]),
    "inhaled in the syndrome": ([INHALED_DRAFT], [ACTIVE, fhir_condition(EDEMA_SYNDROME)]),
    "inhaled by reference": ([INHALED_DRAFT | BY_REFERENCE], [ACTIVE, fhir_condition(EDEMA_SYNDROME)]),
    "hypertension": ([ILOPROST_BY_VEIN], [ACTIVE, fhir_condition(PULMONARY_HYPERTENSION)]),
    "hypertension by reference": ([ILOPROST_BY_VEIN | BY_REFERENCE], [ACTIVE, fhir_condition(PULMONARY_HYPERTENSION)]),
    "woman": ([ILOPROST_BY_VEIN], [WOMAN]),
    "hysterectomy": ([ILOPROST_BY_VEIN], [WOMAN, fhir_condition(HYSTERECTOMY)]),
    "sterilized": (
        [ILOPROST_BY_VEIN],
        [WOMAN, fhir_procedure(coded("http://snomed.info/sct", "236886002", "Hysterectomy"))],
    ),
    "tested": ([ILOPROST_BY_VEIN], [WOMAN, fhir_observation(PREGNANCY_TEST, valueCodeableConcept=NEGATIVE)]),
    "pregnant": ([ILOPROST_BY_VEIN], [WOMAN, fhir_condition(), ILOPROST_ON_FILE]),
    "pregnant by test": ([ILOPROST_BY_VEIN], [WOMAN, POSITIVE_TEST, ILOPROST_ON_FILE]),
    "pregnant by due date": ([ILOPROST_BY_VEIN], [WOMAN, fhir_observation(DUE_DATE, valueDateTime=day(-100))]),
    "delivered": ([ILOPROST_BY_VEIN], [WOMAN, POSITIVE_TEST, fhir_procedure(performedDateTime=day(5))]),
    "man": ([ILOPROST_BY_VEIN], [fhir_condition(), ILOPROST_ON_FILE]),
    "on hold": ([ILOPROST_BY_VEIN], [fhir_medication_request(status="on-hold")]),
    "stopped": ([ILOPROST_BY_VEIN], [STOPPED]),
    "given lately": ([ILOPROST_BY_VEIN], [STOPPED, fhir_administration("order-3", 2)]),
    "cleared": (
        [ILOPROST_BY_VEIN],
        [STOPPED, fhir_administration("order-3", 2), fhir_observation(INR, valueQuantity=a_quantity(1.1, "{INR}"))],
    ),
    "dabigatran": (
        [ILOPROST_BY_VEIN],
        [
            fhir_medication_request(named("dabigatran"), status="completed", authoredOn=day(200)),
            fhir_administration("order-1", 4),
            fhir_observation(EGFR, valueQuantity=a_quantity(70, "mL/min/{1.73_m2}")),
        ],
    ),
    "raised": ([ILOPROST_BY_VEIN], [fhir_observation(INR, valueQuantity=a_quantity(2.8, "{INR}"))]),
    "long-term": ([ILOPROST_BY_VEIN], [fhir_condition(LONG_TERM_ANTICOAGULATION)]),
    "ongoing": ([ILOPROST_BY_VEIN], [ILOPROST_ON_FILE, ACTIVE]),
    "nsaid": ([IBUPROFEN_DRAFT], [ACTIVE, fhir_condition(EDEMA_SYNDROME), LOW_EGFR]),
    "nsaid, unclear": ([IBUPROFEN_DRAFT], [fhir_medication_request(status="on-hold"), ANOTHER_NSAID]),
    "nsaid, mirror": ([APIXABAN_DRAFT, fhir_draft(named("lithium"), id="draft-4")], [ANOTHER_NSAID, LOW_EGFR]),
    "nsaid, pregnant": ([IBUPROFEN_DRAFT], [WOMAN, POSITIVE_TEST]),
    "nsaid, long": ([IBUPROFEN_DRAFT], [ANOTHER_NSAID, fhir_condition(EDEMA_SYNDROME), LOW_EGFR]),
    "vitamin D": ([VITAMIN_D_DRAFT], [LOW_EGFR, fhir_medication_request(named("digoxin"))]),
    "opioid": ([fhir_draft(named("oxycodone"), id="draft-5")], [fhir_condition(EDEMA_SYNDROME)]),
}


@cache
def snapshot(story: str, at_chart: bool, declared: tuple[str, ...], failing: bool, read: tuple[str, ...]) -> Patient:
    """The patient of a story, read from what `declared` holds; every other query failed, or was not made at all."""
    drafts, _ = STORIES[story]
    hook, context = ("patient-view", ChartContext) if at_chart else ("order-sign", OrderSignContext)
    complete = everything(story)
    sent = {key: complete[key] for key in declared}
    if failing:
        sent |= {key: an_outcome() for key in complete if key not in declared}
    advisor = the_advisor()
    request = read_request(a_request(hook, drafts, sent), hook, context)
    return Reading(request, advisor.sources, advisor.knowledge, advisor.reports, AS_OF).patient(read, Policy())


@cache
def everything(story: str) -> dict[str, Any]:
    chart = STORIES[story][1]
    hooks = ("patient-view", "order-select", "order-sign")
    return {key: value for hook in hooks for key, value in full_prefetch(the_advisor(), hook, chart).items()}


def verdicts(rule: AnyRule, patient: Patient) -> list[Verdict]:
    if isinstance(rule, ChartRule):
        return [rule.assess(patient)]
    return [rule.assess(order, patient) for order in patient.drafts]


@pytest.mark.parametrize("story", STORIES)
def test_the_rules_look_only_at_what_they_declare(story: str) -> None:
    """With every query that a rule does not declare failed, or not read at all, its verdict is the same."""
    every = tuple(everything(story))
    for rule in CATALOG:
        at_chart, declared = isinstance(rule, ChartRule), keys_for(rule.rule.needs)
        expected = verdicts(rule, snapshot(story, at_chart, every, failing=False, read=every))
        for failing, read in ((True, every), (True, declared), (False, declared)):
            found = verdicts(rule, snapshot(story, at_chart, declared, failing=failing, read=read))
            assert found == expected, (rule.rule.id, failing)
