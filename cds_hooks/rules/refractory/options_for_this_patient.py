"""Where edema syndrome is still painful after 12 weeks of care, a specialist should weigh the advanced options.

When    edema syndrome of an adult began 12 weeks ago or more and conservative care is documented
  and   the newest pain score of the last 30 days is 5 or more
Then    lay out iloprost, ibandronate, denosumab, at the hip shock waves, and electromagnetic fields, each as the safety
        rules judge it for this patient; offer a referral and no order
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import (
    CONSUMER_ARTICLE,
    DPM_BLOG,
    ICLINIQ,
    ILOPROST_META_ANALYSIS,
    MANAGEMENT,
    STATPEARLS,
    Evidence,
)
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    Group,
    MissingData,
    Option,
    Propose,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot import age, course, refractory
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, GapKind, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.vocabulary import Need, Service, Treatment

REFRACTORY_DAYS = Threshold(
    name="refractory-onset-days",
    unit="d",
    default=84,
    low=42,
    high=180,
    source="management text: conservative care for 2 to 12 weeks",
)
ILOPROST = Option(
    Treatment.ILOPROST,
    "By infusion. It also opens vessels; its original use is critical ischemia and pulmonary hypertension.",
)
IBANDRONATE = Option(Treatment.IBANDRONATE, "By infusion, together with vitamin D.")
DENOSUMAB = Option(Treatment.DENOSUMAB, "60 mg as a single dose; the largest series had 14 patients.")
SHOCK_WAVES = Option(  # rule RF-06
    Treatment.ESWT,
    "Promising for pain and function in edema of the hip; energy by the protocol of the center.",
)
FIELDS = Option(Treatment.PEMF, "Sources disagree; only after standard care.", last=True)

RULE = Rule(
    id="BME-RF-02",
    version=1,
    title="Refractory edema syndrome: options that are safe for this patient",
    check="options in refractory edema syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(
        Need.PROBLEMS,
        Need.DEMOGRAPHICS,
        Need.PAIN,
        Need.CARE,
        Need.PROCEDURES,
        Need.MEDICATIONS,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(MANAGEMENT, "advanced therapy"),
        Evidence(STATPEARLS, "Treatment / Management"),
        Evidence(ICLINIQ, "Treatment: shock waves, iloprost"),
        Evidence(DPM_BLOG, "treatment options"),
        Evidence(CONSUMER_ARTICLE, "treatment"),
        Evidence(ILOPROST_META_ANALYSIS, "iloprost at the hip"),
    ),
    limits="Case series of low certainty; one source calls treatment limited, another reports a response of 93 %.",
    proposes=tuple(option.treatment for option in (ILOPROST, IBANDRONATE, DENOSUMAB, SHOCK_WAVES, FIELDS)),
    thresholds=(REFRACTORY_DAYS, refractory.PAIN, refractory.PAIN_DAYS),
)

SUMMARY = "BMES still painful after 12 weeks - options to discuss, safety-checked for this patient (all off-label)"
BLOCKED = "BMES still painful after 12 weeks - a safety finding against each advanced option: specialist referral"
OFF_LABEL = "All options are off-label in bone marrow edema syndrome, and the certainty is low."
HOW = "Each was tried against the safety rules as if it were ordered today; nothing is ordered."
NO_DATE = Gap(Need.PROBLEMS, GapKind.NOT_RECORDED, "onset of the edema syndrome: not recorded")


def assess(patient: Patient) -> Verdict:
    syndrome, child = course.active_syndrome(patient), age.child(patient)
    if isinstance(syndrome, Absent) or isinstance(child, Present):
        return NOT_APPLICABLE
    if isinstance(syndrome, Unknown):
        return MissingData(syndrome.gap)
    since = syndrome.items[0].since
    if since is None:
        return MissingData(NO_DATE)
    if since.age_days(patient.as_of) < patient.policy[REFRACTORY_DAYS]:
        return NOT_APPLICABLE
    pain, care = refractory.lasting_pain(patient), patient.care_started
    if isinstance(pain, Absent) or isinstance(care, Absent):
        return Satisfied(pain.remarks if isinstance(pain, Absent) else ())
    for unclear in (child, pain, care):
        if isinstance(unclear, Unknown):
            return MissingData(unclear.gap)
    medicines = patient.medications.gap
    if medicines and medicines.kind is GapKind.OUT_OF_REACH:  # no option could be called safe
        return MissingData(medicines)
    return _advice(any_of(syndrome, pain, care), patient)


def _advice(why: Finding[Factual], patient: Patient) -> Advice:
    facts, gaps = (why.facts, why.gaps) if isinstance(why, Present) else ((), ())
    hip = any(item.site.region is Region.HIP for item in course.syndromes(patient))
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(OFF_LABEL, HOW),
        because=tuple(dict.fromkeys(facts)),
        unchecked=gaps,
        proposals=(Propose(Service.SPECIALIST_REVIEW),),
        options=(ILOPROST, IBANDRONATE, DENOSUMAB, *((SHOCK_WAVES,) if hip else ()), FIELDS),
        all_blocked=BLOCKED,
        group=Group.REFRACTORY,
    )
