"""A steroid should not be injected into a joint that may be infected; a prosthetic joint is the surgeon's.

When    a local steroid injection is ordered
  and   a bone or joint infection is suspected or known, the CRP is high, fever comes with a raised CRP, there is an
        ulcer, cellulitis or abscess at the site, or bacteremia; or the joint is a prosthesis
Then    warn, critically where an infection is possible, and offer to remove the draft
"""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.authoring.evidence import JOINT_INJECTION, MANAGEMENT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import safety
from cds_hooks.snapshot.indication import STEROID_INJECTION, injects_steroid
from cds_hooks.snapshot.injections import at_joint_of
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Factual, Finding, Present, Unknown, any_of, finding, gaps_of, remarks_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need

RULE = Rule(
    id="BME-DS-COR-01",
    version=1,
    title="Steroid injection with suspected infection",
    check="infection or prosthesis before a steroid injection",
    hooks=ORDER_HOOKS,
    orders=STEROID_INJECTION,
    gate=Gate.EDEMA,
    needs=(Need.PROBLEMS, Need.INFLAMMATION, Need.TEMPERATURE, Need.PROCEDURES, Need.DEVICES),
    evidence=(
        Evidence(JOINT_INJECTION, "infection before a joint injection"),
        Evidence(MANAGEMENT, "signs of osteomyelitis"),
    ),
    limits="Consensus; the CRP limit is ours and awaits a clinical board.",
    thresholds=(safety.CRP_OF_INFECTION, safety.CRP_DAYS, safety.FEVER, safety.FEVER_DAYS),
)

INFECTION = "Possible infection at the joint - steroid injection should wait until infection is excluded"
PROSTHESIS = "Prosthetic joint at the injection site - a steroid injection there needs the surgeon's decision"
EXCLUDE = "Septic arthritis or osteomyelitis is excluded (aspiration, CRP) before any steroid goes into a joint."
SURGEON = "A prosthetic joint needs the surgeon: an injection may carry an infection to the implant."
JOINT = (Concept.ARTIFICIAL_JOINT, Concept.JOINT_REPLACEMENT)


def assess(order: Order, patient: Patient) -> Verdict:
    if not injects_steroid(order):
        return NOT_APPLICABLE
    infection = any_of(patient.infection(order.site), patient.has(Concept.SEPSIS))
    prosthesis = _prosthesis(order, patient)
    if not (isinstance(infection, Present) or isinstance(prosthesis, Present)):
        unclear = [each.gap for each in (infection, prosthesis) if isinstance(each, Unknown)]
        return MissingData(unclear[0]) if unclear else Satisfied(remarks_of(infection))
    found = [each for each in (infection, prosthesis) if isinstance(each, Present)]
    infected, implanted = isinstance(infection, Present), isinstance(prosthesis, Present)
    facts = dict.fromkeys(fact for each in found for fact in each.facts)
    return Advice(
        indicator="critical" if infected else "warning",
        summary=INFECTION if infected else PROSTHESIS,
        detail=(*((EXCLUDE,) if infected else ()), *((SURGEON,) if implanted else ())),
        because=(order.fact, *facts),
        unchecked=tuple(dict.fromkeys((*gaps_of(infection), *gaps_of(prosthesis)))),
        remarks=remarks_of(infection),
        proposals=(DeleteDraft(order.reference, "Remove the draft order of the steroid injection"),),
        arm="infection" if infected else "prosthesis",
    )


def _prosthesis(order: Order, patient: Patient) -> Finding[Factual]:
    """An artificial joint there: as a problem, a device, or the operation."""
    gaps = (*patient.problems.gaps, *patient.procedures.gaps, *patient.devices.gaps)
    return finding(tuple(item for item in _implants(patient) if at_joint_of(order, item.site)), gaps)


def _implants(patient: Patient) -> Iterator[Problem | Event]:
    yield from (item for item in patient.problems.items if item.current and not item.concepts.isdisjoint(JOINT))
    for item in (*patient.procedures.items, *patient.devices.items):
        if not item.concepts.isdisjoint(JOINT):
            yield item
