"""Bone pain of the lower limb that other rules answer than DX-02 and DX-03: at a second site after an edema syndrome
(rule DX-11), and in pregnancy (rule SP-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.bone_pain import PAIN, BonePain, imaged, lower_limb_pain
from cds_hooks.snapshot.gestation import LAST_DAY
from cds_hooks.snapshot.model import Finding, Present, finding, gaps_of, only, unless
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NEEDS = (Need.DEMOGRAPHICS, Need.PREGNANCY, Need.CHILDBEARING)
"""What `not_answered` looks at beside the pains and their imaging."""
RESOLVED_DAYS = Threshold(
    name="syndrome-resolved-days", unit="d", default=730, low=180, high=1825, source="rule specification: 24 months"
)
LATE_PREGNANCY = 140  # days: 20 weeks


def second_site_pain(patient: Patient) -> Finding[Problem]:
    """Pain that began after an edema syndrome, active or resolved in the last two years, at another site or side, where
    no MRI was made since. A syndrome without a site says nothing; without a side it may be of either."""
    syndromes = [item for item in patient.problems.items if _lately(item, patient)]
    pains = lower_limb_pain(patient)
    if not isinstance(pains, Present) or not syndromes:
        return finding((), patient.problems.gaps)
    new = [pain for pain in pains.items if _new(pain, syndromes)]
    judged = [unless(Present((pain,)), imaged(patient, pain.site, since=pain.since)) for pain in new]
    found = tuple(item for each in judged if isinstance(each, Present) for item in each.items)
    return finding(found, (*pains.gaps, *(gap for each in judged for gap in gaps_of(each))))


def _lately(item: Problem, patient: Patient) -> bool:
    if Concept.EDEMA_SYNDROME not in item.concepts or not item.site.known:
        return False
    days = patient.policy[RESOLVED_DAYS]
    return item.current or (item.ended is not None and item.ended.age_days_at_most(patient.as_of) <= days)


def _new(pain: Problem, syndromes: list[Problem]) -> bool:
    elsewhere = not any(item.site.same_as(pain.site) for item in syndromes)
    return elsewhere and any(_after(pain, item) for item in syndromes)


def _after(pain: Problem, syndrome: Problem) -> bool:
    return pain.since is not None and syndrome.since is not None and pain.since.first > syndrome.since.last


def pregnancy_pain(patient: Patient) -> Finding[Problem]:
    """Bone pain anywhere in the lower limb that began in this pregnancy, from its 20th week on or where its age is
    unknown."""
    pregnancy, pains, gestation = patient.pregnancy, patient.has(*PAIN), patient.gestation
    if not (isinstance(pregnancy, Present) and isinstance(pains, Present)):
        return pains if isinstance(pregnancy, Present) else finding((), gaps_of(pregnancy))
    if gestation and gestation.compared < LATE_PREGNANCY:
        return finding((), ())
    days = gestation.last if gestation else LAST_DAY
    return only(pains, lambda pain: pain.since is not None and pain.since.age_days_at_most(patient.as_of) <= days)


def not_answered(patient: Patient, pains: Finding[BonePain]) -> Finding[BonePain]:
    """These pains without those at a second site or at a site that pregnancy explains."""
    if not isinstance(pains, Present):
        return pains
    answered = _answered(patient)
    return only(pains, lambda pain: not any(site.alike(pain.site) for site in answered))


def _answered(patient: Patient) -> tuple[Site, ...]:
    others: list[Finding[Problem]] = [second_site_pain(patient), pregnancy_pain(patient)]
    if isinstance(patient.pregnancy, Present):
        others.append(patient.has(Concept.EDEMA_SYNDROME))
    return tuple(item.site for each in others if isinstance(each, Present) for item in each.items)
