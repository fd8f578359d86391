"""A TNF inhibitor starts after infection is controlled, and after screening for tuberculosis and hepatitis B.

When    a TNF inhibitor is ordered
  and   a serious infection or tuberculosis is active, or cellulitis or an abscess, of which the record does not say how
        serious it is, or a test for tuberculosis or hepatitis B is positive or missing
Unless  a test is missing, and a TNF inhibitor was given within the last 12 months
Then    warn critically of the serious infection; of another and of tests warn, and offer those that are missing
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import ADALIMUMAB_SMPC, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Propose, Verdict
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Present, any_of, finding, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Answer, Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

TB_TEST_DAYS = Threshold(
    name="tnf-tuberculosis-test-days", unit="d", default=365, low=90, high=365, source="ours, awaiting a clinical board"
)
CONTINUATION_DAYS = Threshold(
    name="tnf-continuation-days", unit="d", default=365, low=90, high=730, source="ours, awaiting a clinical board"
)
ANY_AGE = float("inf")  # a hepatitis B test has no window
ACTIVE_INFECTION = (
    Concept.SERIOUS_INFECTION,
    Concept.SEPSIS,
    Concept.TUBERCULOSIS_ACTIVE,
    Concept.OSTEOMYELITIS,
    Concept.SEPTIC_ARTHRITIS,
    Concept.PROSTHETIC_JOINT_INFECTION,
)
UNGRADED_INFECTION = (Concept.CELLULITIS, Concept.ABSCESS)
TB_TESTS = (Concept.IGRA, Concept.TUBERCULIN_SKIN_TEST)

RULE = Rule(
    id="BME-DS-TNF-01",
    version=1,
    title="TNF inhibitor: infection, tuberculosis, hepatitis B screening",
    check="infection and screening before a TNF inhibitor",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.TNF_INHIBITOR,),
    needs=(Need.PROBLEMS, Need.SCREENING, Need.MEDICATIONS, Need.STOPPED_MEDICATIONS, Need.OPEN_ORDERS),
    gate=Gate.EDEMA,
    thresholds=(TB_TEST_DAYS, CONTINUATION_DAYS),
    evidence=(Evidence(ADALIMUMAB_SMPC, "4.3 Contraindications, 4.4 Infections, tuberculosis, hepatitis B"),),
    limits="Label. The age of a tuberculosis test and the time that counts as continuation are assumptions of this "
    "project.",
)

SUMMARY = "TNF inhibitor: active infection, or TB/hepatitis B screening incomplete"
SCREEN = "Labels ask to screen for latent and active tuberculosis and for hepatitis B before the first dose."
CONTROL = "A TNF inhibitor is started only after an infection is controlled. Marrow edema may itself be infection."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.gives(DrugGroup.TNF_INHIBITOR):
        return NOT_APPLICABLE
    missing = _missing(patient)
    weighed = weigh(
        critical=patient.has(*ACTIVE_INFECTION),
        warning=any_of(_found(patient), *(test for test, _ in missing)),
    )
    if not isinstance(weighed, Weighed):
        return weighed
    sure = weighed.indicator == "critical" or isinstance(_found(patient), Present)
    offers = tuple(Propose(service) for test, service in missing if isinstance(test, Present))
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(CONTROL, SCREEN),
        because=(order.fact, *weighed.facts),
        unchecked=weighed.unchecked,
        remarks=weighed.remarks,
        proposals=offers,
        arm="" if sure else "missing",
    )


def _found(patient: Patient) -> Finding[Factual]:
    """An infection of unstated severity, or a positive test."""
    return any_of(patient.has(*UNGRADED_INFECTION), _positive(patient))


def _positive(patient: Patient) -> Finding[Factual]:
    """By the newest test of each kind, or as a problem."""
    tests = (*(_newest(patient, test) for test in TB_TESTS), *_hepatitis_b(patient))
    return any_of(
        patient.has(Concept.TUBERCULOSIS_LATENT, Concept.HEPATITIS_B),
        *(only(test, lambda result: result.answer is Answer.POSITIVE) for test in tests),
    )


def _missing(patient: Patient) -> tuple[tuple[Finding[Fact], Service], ...]:
    """Each test without a decided result as a fact, with what may be ordered. None in a continuation."""
    earlier = _earlier(patient)
    if isinstance(earlier, Present):
        return ()
    surface, core = _hepatitis_b(patient)
    tuberculosis = any_of(*(_decided(_newest(patient, test)) for test in TB_TESTS))
    lacking = (
        (tuberculosis, "tuberculosis test", Service.IGRA_TEST),
        (_decided(surface), "HBsAg", Service.HBSAG_TEST),
        (_decided(core), "anti-HBc", Service.ANTI_HBC_TEST),
    )
    return tuple((_lack(test, name, earlier), service) for test, name, service in lacking)


def _lack(test: Finding[Factual], name: str, earlier: Finding[Medication]) -> Finding[Fact]:
    """Whether this is a continuation may be unknown: then the test is asked for, and the card says so."""
    if not isinstance(test, Absent):
        return Absent() if isinstance(test, Present) else test
    return Present((Fact(name=name, value="no usable result", kind="screening results"),), gaps_of(earlier))


def _newest(patient: Patient, test: Concept) -> Finding[Result]:
    return patient.newest(test, patient.policy[TB_TEST_DAYS])


def _hepatitis_b(patient: Patient) -> tuple[Finding[Result], Finding[Result]]:
    return patient.newest(Concept.HBSAG, ANY_AGE), patient.newest(Concept.ANTI_HBC, ANY_AGE)


def _decided(test: Finding[Result]) -> Finding[Result]:
    """An indeterminate result says neither yes nor no."""
    return only(test, lambda result: result.answer in (Answer.POSITIVE, Answer.NEGATIVE))


def _earlier(patient: Patient) -> Finding[Medication]:
    """A TNF inhibitor in use, or given within the time that counts as continuation."""
    on_file = patient.on_file(DrugGroup.TNF_INHIBITOR, Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED)
    return finding(tuple(item for item in on_file if _is_recent(item, patient)), patient.medications.gaps)


def _is_recent(item: Medication, patient: Patient) -> bool:
    if item.standing is Standing.ACTIVE:
        return True
    last = item.stopped or item.last_given or item.written
    return last is not None and last.age_days(patient.as_of) <= patient.policy[CONTINUATION_DAYS]
