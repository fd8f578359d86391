"""Where the newest MRI of the site shows no marrow edema, a treatment of edema has no ground in imaging.

When    a therapy of marrow edema is ordered for marrow edema
  and   the newest final MRI of the site, of the last six months, says that there is none
Unless  an MRI of a site of the edema shows it
Then    warn, and offer to remove the drafted medicine and a specialist's review
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    DeleteDraft,
    MissingData,
    Proposal,
    Propose,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.indication import EDEMA, EDEMA_THERAPY, treats_edema
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

NEGATIVE_MRI_DAYS = Threshold(
    name="negative-mri-days", unit="d", default=183, low=30, high=365, source="rule specification: six months"
)
RULE = Rule(
    id="BME-DX-14",
    version=1,
    title="Negative MRI: do not start treatment of marrow edema",
    check="negative MRI before a treatment of marrow edema",
    hooks=ORDER_HOOKS,
    orders=EDEMA_THERAPY,
    needs=(Need.MRI, Need.PROBLEMS),
    evidence=(
        Evidence(MANAGEMENT, "MRI before treatment"),
        Evidence(ICLINIQ, "Diagnosis: MRI"),
    ),
    limits="Inferred from two narrative texts.",
    thresholds=(NEGATIVE_MRI_DAYS,),
    overrides=(OverrideReason("mri-outside-or-newer", "An MRI from outside, or a newer one, shows it"),),
)

SUMMARY = "Latest MRI shows no marrow edema - BME-specific treatment is not supported"
WHY = (
    "MRI is the reference test. Check the site, date and sequences again before treating, and look for another cause "
    "of the pain."
)


def assess(order: Order, patient: Patient) -> Verdict:
    if not treats_edema(order):
        return NOT_APPLICABLE
    reason = patient.edema_reason(order)
    if isinstance(reason, Absent):
        return NOT_APPLICABLE
    match _ruled_out(order, patient):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return MissingData(reason.gap) if isinstance(reason, Unknown) else _advice(order, found)


def _ruled_out(order: Order, patient: Patient) -> Finding[EdemaReport]:
    """Edema ruled out at the sites that are treated, and seen at none of them."""
    sites = _sites(order, patient)
    if any(isinstance(patient.edema_on_mri(site), Present) for site in sites):
        return Absent()
    days = patient.policy[NEGATIVE_MRI_DAYS]
    asked = [patient.edema_ruled_out_on_mri(site, within_days=days) for site in sites]
    found = tuple(item for each in asked if isinstance(each, Present) for item in each.items)
    gaps = tuple(gap for each in asked for gap in gaps_of(each))
    return finding(found, gaps if sites else patient.problems.gaps, patient.mri_reports.remarks)


def _sites(order: Order, patient: Patient) -> tuple[Site, ...]:
    """Where the procedure goes, else where its reason is, else where the edema is recorded.

    A medicine acts elsewhere than where it is injected, and a sympathetic block elsewhere than at its nerves.
    """
    if order.site.known and not order.medication and not order.asks_for(Concept.SYMPATHETIC_BLOCK):
        return (order.site,)
    if order.reasons.sites:
        return order.reasons.sites
    recorded = (item.site for item in patient.problems.about(*EDEMA) if item.current)
    return tuple(dict.fromkeys(site for site in recorded if site.known))


def _advice(order: Order, found: Present[EdemaReport]) -> Advice:
    removal: tuple[Proposal, ...] = ()
    if order.medication and not found.gaps:
        removal = (DeleteDraft(order.reference, "Remove the draft order of the medicine"),)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(WHY,),
        because=(order.fact, *dict.fromkeys(found.facts)),
        unchecked=found.gaps,
        proposals=(*removal, Propose(Service.SPECIALIST_REVIEW)),
    )
