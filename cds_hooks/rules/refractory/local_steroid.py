"""A local steroid injection relieves symptoms in some marrow edema; it is no first choice in the syndrome or
osteonecrosis.

When    a local steroid injection is ordered for marrow edema
Unless  the joint has osteoarthritis or an inflammatory arthritis
Then    say what it can do, and that steroids are a listed cause of marrow edema
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ICLINIQ, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Verdict
from cds_hooks.snapshot.indication import ARTHRITIS, EDEMA, STEROID_INJECTION, injects_steroid
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need

RULE = Rule(
    id="BME-RF-10",
    version=1,
    title="Local corticosteroid injection: sometimes, with care",
    check="local steroid for marrow edema",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=STEROID_INJECTION,
    gate=Gate.EDEMA,
    needs=(Need.PROBLEMS,),
    evidence=(
        Evidence(ICLINIQ, "Treatment: corticosteroid injection; causes: corticosteroids"),
        Evidence(CONSUMER_ARTICLE, "Treatment options"),
    ),
    limits="Low: narrative texts that list steroids as a treatment and as a cause.",
)

SUMMARY = "Intra-articular steroid relieves symptoms in some BME; it is not a first choice in BMES or osteonecrosis"
WHY = "The joint is usually not inflamed in the edema syndrome, and steroids are a listed cause of marrow edema."
DIAGNOSES = (Concept.EDEMA_SYNDROME, Concept.OSTEONECROSIS, Concept.SUBCHONDRAL_FRACTURE)


def assess(order: Order, patient: Patient) -> Verdict:
    reason = patient.edema_reason(order) if injects_steroid(order) else Absent()
    if isinstance(reason, Absent):
        return NOT_APPLICABLE
    arthritis = _arthritis(order, patient)
    if isinstance(arthritis, Present):
        return SATISFIED
    if isinstance(reason, Unknown):
        return MissingData(reason.gap)
    diagnosis = patient.has_at(order.site, *DIAGNOSES)
    known = diagnosis.facts if isinstance(diagnosis, Present) else ()
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(WHY,),
        because=(order.fact, *known),
        unchecked=gaps_of(arthritis),
    )


def _arthritis(order: Order, patient: Patient) -> Finding[Problem]:
    """Of the joint that is injected. Where no joint is named, one of another place is none of it: the reason says why
    the steroid is given."""
    found = patient.has_at(order.site, *ARTHRITIS)
    if order.site.known or not order.reasons.concepts & EDEMA:
        return found
    return only(found, lambda item: not item.site.known or _edema_at(item.site, patient))


def _edema_at(site: Site, patient: Patient) -> bool:
    edema = patient.has_at(site, *EDEMA)
    return isinstance(edema, Present)
