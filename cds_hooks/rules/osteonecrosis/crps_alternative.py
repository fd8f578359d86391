"""With signs of complex regional pain syndrome the Budapest criteria should be checked before labeling an edema BMES.

When    an edema syndrome is active and two signs of complex regional pain syndrome are recorded at its site, or that
        syndrome is suspected; or algodystrophy, a name of either disease, is recorded with marrow edema
Then    say so and offer a pain clinic
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-ON-05",
    version=1,
    title="Complex regional pain syndrome as alternative",
    check="signs of complex regional pain syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.OPEN_ORDERS),
    evidence=(
        Evidence(ICLINIQ, "Complex regional pain syndrome"),
        Evidence(STATPEARLS, "Differential Diagnosis"),
    ),
    limits="Narrative texts; algodystrophy names the one disease in some countries and the other elsewhere.",
)

SUMMARY = "Signs of complex regional pain syndrome - check Budapest criteria before labeling BMES"
WHY = "Complex regional pain syndrome is treated differently, with early rehabilitation."
SIGNS = frozenset(
    {
        Concept.ALLODYNIA,
        Concept.SKIN_TEMPERATURE_ASYMMETRY,
        Concept.SKIN_COLOR_ASYMMETRY,
        Concept.SWEATING_ASYMMETRY,
    }
)
ENOUGH = 2


def assess(patient: Patient) -> Verdict:
    match any_of(_of_syndrome(patient), _algodystrophy(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHY,),
                because=tuple(dict.fromkeys(found.facts)),
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=(Propose(Service.PAIN_CLINIC_REFERRAL),),
            )


def _of_syndrome(patient: Patient) -> Finding[Factual]:
    """An edema syndrome, with what speaks for the other syndrome at its site."""
    syndromes = patient.has(Concept.EDEMA_SYNDROME)
    if not isinstance(syndromes, Present):
        return syndromes
    return any_of(*(_with_signs(item, patient) for item in syndromes.items))


def _with_signs(syndrome: Problem, patient: Patient) -> Finding[Factual]:
    found = any_of(_signs(patient, syndrome.site), _suspected(patient, syndrome.site))
    return Present((syndrome, *found.items), found.gaps) if isinstance(found, Present) else found


def _signs(patient: Patient, site: Site) -> Finding[Problem]:
    """Two different signs at the least; one entry may name both."""
    signs = patient.has_at(site, *SIGNS)
    if not isinstance(signs, Present):
        return signs
    named = frozenset().union(*(item.concepts for item in signs.items)) & SIGNS
    return signs if len(named) >= ENOUGH else finding((), signs.gaps)


def _suspected(patient: Patient, site: Site) -> Finding[Problem]:
    candidates = (*(item for item in patient.problems.items if item.provisional), *patient.differentials)
    here = (item for item in candidates if item.current and item.site.may_be(site))
    return finding(tuple(item for item in here if Concept.CRPS in item.concepts), patient.problems.gaps)


def _algodystrophy(patient: Patient) -> Finding[Factual]:
    """It is reviewed where there is an edema, and never read as one."""
    named = patient.has(Concept.ALGONEURODYSTROPHY)
    if not isinstance(named, Present):
        return named
    edema = patient.edema_context()
    return Present((*named.items, *edema.items), gaps_of(edema)) if isinstance(edema, Present) else edema
