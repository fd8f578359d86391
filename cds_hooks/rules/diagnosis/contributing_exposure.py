"""A medicine, radiotherapy, an operation or crystal disease may explain a marrow edema.

When    marrow edema is known
  and   a glucocorticoid for weeks, ciclosporin or a cytostatic is taken or was stopped in the last year, the site had
        radiotherapy or an operation in the last two years, or a crystal disease is recorded
Unless  another cause is recorded. A glucocorticoid with edema of hip, knee or shoulder is left to the rule on risk
        factors of osteonecrosis
Then    name the exposure; nothing is ordered and no stop suggested
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import exposures
from cds_hooks.snapshot.causes import CAUSES
from cds_hooks.snapshot.exposures import INFARCTION_SITES, long_glucocorticoid, marrow_toxic_medicine, treated_site
from cds_hooks.snapshot.indication import EDEMA
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, gaps_of, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need

RULE = Rule(
    id="BME-DX-13",
    version=1,
    title="Treatment-induced or metabolic contributor",
    check="medicines, radiotherapy, surgery and crystal disease behind a marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.MRI, *exposures.NEEDS),
    evidence=(Evidence(ICLINIQ, "Metabolic and treatment-induced causes"),),
    limits="A list in one narrative text.",
    thresholds=exposures.THRESHOLDS,
)

SUMMARY = "A drug, radiotherapy, surgery or crystal disease may explain the marrow edema"
DRUG = "A medicine that is on record may be the cause: review need and dose with its prescriber; do not stop abruptly."
TREATMENT = "Radiotherapy or an operation of the site may be the cause."
CRYSTALS = "A crystal disease may be the cause: consider urate where gout is possible."
CRYSTAL_DISEASE = frozenset({Concept.CRYSTAL_ARTHROPATHY, Concept.GOUT})
OTHER_CAUSES = CAUSES - CRYSTAL_DISEASE - exposures.RECORDED


def assess(patient: Patient) -> Verdict:
    context = patient.edema_context()
    if isinstance(context, Absent):
        return NOT_APPLICABLE
    sites = _sites(patient)
    medicines, treatment, crystals = _medicines(patient, sites), _treatment(patient, sites), _crystals(patient)
    match unless(any_of(medicines, treatment, crystals), _other_cause(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found if isinstance(context, Unknown):
            return MissingData(context.gap)
        case found:
            told = ((DRUG, medicines), (TREATMENT, treatment), (CRYSTALS, crystals))
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=tuple(sentence for sentence, each in told if isinstance(each, Present)),
                because=tuple(dict.fromkeys((*context.facts, *found.facts))),
                unchecked=tuple(dict.fromkeys((*gaps_of(context), *found.gaps))),
            )


def _sites(patient: Patient) -> tuple[Site, ...]:
    """Where the edema is, as MRI and the problem list say."""
    seen = patient.edema_on_mri()
    on_mri = [each.site for each in seen.items] if isinstance(seen, Present) else []
    recorded = [item.site for item in patient.problems.about(*EDEMA) if item.current]
    return tuple(dict.fromkeys((*on_mri, *recorded)))


def _medicines(patient: Patient, sites: tuple[Site, ...]) -> Finding[Factual]:
    if any(site.region in INFARCTION_SITES for site in sites):
        return marrow_toxic_medicine(patient)
    return any_of(long_glucocorticoid(patient), marrow_toxic_medicine(patient))


def _treatment(patient: Patient, sites: tuple[Site, ...]) -> Finding[Factual]:
    return any_of(*(treated_site(patient, site) for site in sites))


def _crystals(patient: Patient) -> Finding[Problem]:
    return patient.has(*CRYSTAL_DISEASE)


def _other_cause(patient: Patient) -> Finding[Problem]:
    return patient.has(*OTHER_CAUSES)
